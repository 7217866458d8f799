"""Rejected, expired, limited, silent: each is told apart, and nothing known is lost."""

from datetime import timedelta

import httpx2
import pytest
from django.utils import timezone

from hfadmin import outbound
from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import COMMAND, Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.catalog import tasks
from providers.catalog.models import ProviderModel
from providers.huggingface.errors import Kind
from providers.tokens import operations
from providers.tokens.models import AccessToken, Namespace
from providers.tokens.operations import NewToken
from tests.providers.tokens.conftest import Check
from tests.providers.tokens.helpers import add_model, let_doubt_lapse, whoamis

pytestmark = pytest.mark.django_db


def reject(token: AccessToken, check: Check) -> AccessToken:
    """Checks a token that Hugging Face rejects until that is settled."""
    for _ in range(3):
        check(token)
        let_doubt_lapse(token)
    return check(token)


def test_a_rejected_token_is_invalid_its_models_fail_and_it_is_said_once(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    model = add_model(check(token))
    hub.revoke_token(token.secret.reveal())
    reject(token, check)
    token = check(token)
    tasks.sweep_models()
    model.refresh_from_db()
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_REJECTED)
    assert (model.state, model.problem["kind"]) == ("failing", Kind.TOKEN_REJECTED)
    assert Record.objects.filter(verb="token.invalidated", actor=None).count() == 1
    assert Record.objects.filter(verb="model.failing", actor=None).count() == 1
    assert token.next_check_at is not None
    assert token.next_check_at > timezone.now() + timedelta(minutes=59)


def test_a_token_that_was_good_is_asked_after_1_5_and_15_minutes_before_that_settles(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    model = add_model(check(token))
    hub.fault(401, path="/api/whoami-v2")
    for minutes in (1, 5, 15):
        token = check(token)
        assert (token.state, token.problem["kind"]) == ("unreachable", "token_rejected_once")
        assert token.next_check_at is not None
        wait = token.next_check_at - timezone.now()
        assert timedelta(minutes=minutes, seconds=-5) < wait <= timedelta(minutes=minutes)
        model.refresh_from_db()
        assert (model.state, model.problem) == ("verified", {})
        let_doubt_lapse(token)
    assert not Record.objects.filter(verb="token.invalidated").exists()
    assert check(token).state == "invalid"


def test_an_outage_of_401_leaves_no_trace_once_it_is_over(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    model = add_model(check(token), next_check_at=timezone.now() + timedelta(hours=1))
    hub.fault(401, path="/api/whoami-v2", times=1)
    check(token)
    let_doubt_lapse(token)
    token = check(token)
    model.refresh_from_db()
    assert (token.state, token.problem, token.failures) == ("valid", {}, 0)
    assert model.state == "verified"
    assert ProviderModel.objects.due(timezone.now()).get() == model
    assert Namespace.objects.due(timezone.now()).count() == token.accesses.count()


def test_a_person_who_checks_it_meanwhile_settles_nothing(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    hub.fault(401, path="/api/whoami-v2")
    first = check(token)
    for _ in range(5):
        token = check(token)
    assert (token.state, token.problem) == ("unreachable", first.problem)
    assert token.next_check_at == first.next_check_at


def test_an_outage_of_another_kind_meanwhile_does_not_begin_it_anew(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    hub.fault(401, path="/api/whoami-v2", times=1)
    first = check(token)
    let_doubt_lapse(token)
    hub.fault(500, path="/api/whoami-v2", times=1)
    token = check(token)
    assert token.problem["kind"] == "token_rejected_once"
    hub.fault(401, path="/api/whoami-v2", times=1)
    second = check(token)
    assert (first.problem["params"]["rejections"], second.problem["params"]["rejections"]) == (
        "1",
        "2",
    )


def test_a_token_that_was_never_good_is_invalid_at_once(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.revoke_token(token.secret.reveal())
    assert check(token).state == "invalid"


def test_what_hugging_face_gives_a_reason_for_settles_at_once(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    hub.fault("policy_revoked", path="/api/whoami-v2")
    token = check(token)
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.POLICY_REVOKED)


def test_an_expired_token_is_told_as_expired(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", expires_at=hub.clock.now() + timedelta(seconds=2))
    token = check(operations.add(organization, NewToken("short", Secret(value)), COMMAND))
    hub.clock.advance(10)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    token = check(token)
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_EXPIRED)


def test_a_good_answer_brings_a_rejected_token_and_what_hangs_on_it_back(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    model = add_model(token, next_check_at=timezone.now() + timedelta(hours=1))
    hub.fault(401, path="/api/whoami-v2", times=4)
    assert reject(token, check).state == "invalid"
    token = check(token)
    assert (token.state, token.problem) == ("valid", {})
    assert ProviderModel.objects.due(timezone.now()).get() == model


@pytest.mark.parametrize(
    "fault",
    [
        "500",
        "504",
        "html",
        "truncated",
        "malformed",
        "string",
        "empty",
        "endless",
        "gzip_bomb",
        "429",
    ],
)
def test_whatever_keeps_us_from_asking_leaves_the_last_good_answer(
    hub: Sandbox, token: AccessToken, check: Check, fault: str
) -> None:
    before = check(token)
    hub.fault(fault, path="/api/whoami-v2")
    after = check(token)
    assert after.state == "unreachable"
    assert (after.identity, after.checked_at) == (before.identity, before.checked_at)
    assert after.accesses.count() == 2
    assert Record.objects.filter(verb="token.invalidated").count() == 0


@pytest.mark.parametrize("error", [httpx2.ReadTimeout, httpx2.ConnectError])
def test_silence_is_unreachable_and_not_rejected(
    token: AccessToken, check: Check, error: type[httpx2.TransportError]
) -> None:
    def silent(request: httpx2.Request) -> httpx2.Response:
        raise error("nobody there", request=request)

    check(token)
    outbound.use_transport(lambda: httpx2.MockTransport(silent))
    token = check(token)
    assert (token.state, token.owner) == ("unreachable", "ada")


def test_failures_back_off_to_a_quarter_of_an_hour(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.fault(500, path="/api/whoami-v2")
    waits = []
    for _ in range(8):
        token = check(token)
        assert token.next_check_at is not None
        waits.append(token.next_check_at - timezone.now())
    assert timedelta(seconds=10) < waits[0] <= timedelta(seconds=30)
    assert timedelta(minutes=7) < waits[-1] <= timedelta(minutes=15)


def test_a_rate_limit_waits_exactly_as_told(
    hub: Sandbox, token: AccessToken, check: Check, admin: User
) -> None:
    hub.fault(429, path="/api/whoami-v2", seconds=345)
    begun = timezone.now()
    token = check(token)
    assert token.next_check_at is not None
    assert 345 <= (token.next_check_at - begun).total_seconds() < 350
    with pytest.raises(operations.MustWaitError) as told:
        operations.check_now(token, Actor.person(admin))
    assert told.value.until == token.next_check_at
    assert not operations.confirm_rejected(token)
    assert whoamis(hub) == 1


def test_a_rejected_token_that_nobody_could_ask_about_stays_rejected(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.fault(401, path="/api/whoami-v2", times=1)
    check(token)
    hub.fault(500, path="/api/whoami-v2")
    token = check(token)
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_REJECTED)


def test_a_token_that_cannot_be_decrypted_says_so_without_asking(
    hub: Sandbox, token: AccessToken, check: Check, organization: Organization
) -> None:
    moved = operations.add(organization, NewToken("other", Secret("hf_elsewhere_9999")), COMMAND)
    sealed = AccessToken.objects.filter(pk=moved.pk).values_list("secret", flat=True).get()
    AccessToken.objects.filter(pk=token.pk).update(secret=sealed)
    token = check(token)
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_UNDECRYPTABLE)
    assert whoamis(hub) == 0


def test_a_401_elsewhere_is_confirmed_with_one_whoami(hub: Sandbox, token: AccessToken) -> None:
    hub.revoke_token(token.secret.reveal())
    assert operations.confirm_rejected(token)
    assert operations.confirm_rejected(token)
    assert whoamis(hub) == 1
    token.refresh_from_db()
    assert token.state == "invalid"


def test_a_401_that_only_meant_a_namespace_leaves_the_token_alone(
    hub: Sandbox, token: AccessToken
) -> None:
    assert not operations.confirm_rejected(token)
    assert not operations.confirm_rejected(token)
    assert whoamis(hub) == 1
    token.refresh_from_db()
    assert token.state == "valid"


def test_a_401_while_a_check_is_under_way_does_not_ask_twice(
    hub: Sandbox, token: AccessToken
) -> None:
    AccessToken.objects.all().claim()
    assert not operations.confirm_rejected(token)
    assert whoamis(hub) == 0
