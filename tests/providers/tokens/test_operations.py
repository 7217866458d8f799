import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from django.conf import settings
from django.utils import timezone

from hfadmin import outbound
from hfadmin.accounts.models import Organization, User
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.endpoints.models import Namespace, Pulse
from providers.huggingface.errors import Kind
from providers.tokens import checks, operations
from providers.tokens.asking import ask_with_stored
from providers.tokens.models import AccessToken
from providers.tokens.xray import ENDPOINTS_CALL, ENDPOINTS_WRITE, SERVERLESS
from tests.providers.tokens.conftest import EVERYTHING, Check

pytestmark = pytest.mark.django_db


def whoamis(hub: Sandbox) -> int:
    return sum(request.path == "/api/whoami-v2" for request in hub.requests)


def pulse(organization: Organization) -> int:
    return Pulse.objects.filter(organization=organization).values_list("number", flat=True).get()


# Adding


def test_a_new_token_is_unchecked_and_due(token: AccessToken) -> None:
    assert token.state == "unchecked"
    assert AccessToken.objects.due(timezone.now()).filter(pk=token.pk).exists()
    assert token.last_four == token.secret.last_four


def test_the_same_token_twice_is_recognised_by_name(
    token: AccessToken, organization: Organization, admin: User
) -> None:
    with pytest.raises(operations.AlreadyStored) as refused:
        operations.add(organization, "another name", token.secret, by=admin)
    assert refused.value.token == token


def test_a_second_click_on_save_stores_nothing_and_gives_the_first_one_back(
    token: AccessToken, organization: Organization, admin: User
) -> None:
    assert operations.add(organization, token.name, token.secret, by=admin) == token
    assert Record.objects.filter(verb="token.added").count() == 1


def test_a_name_that_is_taken_is_refused(
    token: AccessToken, organization: Organization, admin: User
) -> None:
    with pytest.raises(operations.NameTaken):
        operations.add(organization, token.name, Secret("hf_another_one"), by=admin)


def test_another_organization_may_store_the_same_token(token: AccessToken, admin: User) -> None:
    other = Organization.objects.create(name="Other", slug="other")
    assert operations.add(other, token.name, token.secret, by=admin).organization == other


# Checking


def test_a_check_tells_whose_it_is_and_what_it_reaches(token: AccessToken, check: Check) -> None:
    token = check(token)
    assert (token.state, token.owner, token.role) == ("valid", "ada", "fineGrained")
    assert token.created_upstream_at is not None
    reached = token.reaches.order_by("namespace__name")
    assert [reach.namespace.name for reach in reached] == ["acme", "ada"]
    assert reached[0].role_in_org == "admin"
    assert reached[0].abilities["manage"] == "yes"
    assert reached[1].abilities["list"] == "yes"


def test_namespaces_found_are_watched_and_due(token: AccessToken, check: Check) -> None:
    check(token)
    assert Namespace.objects.filter(watched=True, next_check_at__lte=timezone.now()).count() == 2


def test_a_namespace_that_is_switched_off_stays_so(
    token: AccessToken, organization: Organization, check: Check
) -> None:
    Namespace.objects.create(
        organization=organization, name="acme", kind="org", watched=False, next_check_at=None
    )
    check(token)
    acme = Namespace.objects.get(name="acme")
    assert (acme.watched, acme.next_check_at) == (False, None)


def test_a_namespace_no_longer_reached_is_let_go(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    hub.state.organizations["acme"].members.clear()
    check(token)
    assert [reach.namespace.name for reach in token.reaches.all()] == ["ada"]
    assert Namespace.objects.filter(name="acme").exists()


def test_the_next_look_is_an_hour_away(token: AccessToken, check: Check) -> None:
    token = check(token)
    assert token.next_check_at is not None
    assert timedelta(hours=1) <= token.next_check_at - timezone.now() + timedelta(seconds=5)


def test_the_next_look_is_at_the_expiry_where_that_is_sooner(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    soon = hub.clock.now() + timedelta(minutes=10)
    value = hub.add_token("ada", scopes={"ada": EVERYTHING}, expires_at=soon)
    token = check(operations.add(organization, "short", Secret(value), by=None))
    assert token.state == "expiring"
    assert token.next_check_at is not None
    assert token.next_check_at - timezone.now() < timedelta(minutes=11)


@pytest.mark.parametrize(("days", "state"), [(13, "expiring"), (15, "valid")])
def test_expiring_is_within_two_weeks(
    hub: Sandbox, organization: Organization, check: Check, days: int, state: str
) -> None:
    expires = hub.clock.now() + timedelta(days=days)
    value = hub.add_token("ada", scopes={"ada": EVERYTHING}, expires_at=expires)
    token = check(operations.add(organization, "dated", Secret(value), by=None))
    assert token.state == state
    assert token.expires_at is not None


@pytest.mark.parametrize(
    "scopes",
    [
        pytest.param({"ada": ["discussion.write"]}, id="good for nothing"),
        pytest.param({"ada": [ENDPOINTS_WRITE]}, id="deploys but cannot call"),
    ],
)
def test_limited_is_a_token_that_lacks_something_needed(
    hub: Sandbox, organization: Organization, check: Check, scopes: dict[str, list[str]]
) -> None:
    value = hub.add_token("ada", scopes=scopes)
    assert check(operations.add(organization, "poor", Secret(value), by=None)).state == "limited"


def test_a_token_for_one_purpose_is_not_limited(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", scopes={"ada": [SERVERLESS]})
    assert check(operations.add(organization, "hosted", Secret(value), by=None)).state == "valid"


def test_a_model_set_up_here_can_make_a_token_limited(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", scopes={"ada": [ENDPOINTS_CALL]})
    token = operations.add(organization, "caller", Secret(value), by=None)
    add_model(token)
    assert check(token).state == "limited"


def add_model(token: AccessToken, **facts: Any) -> Any:
    return token.providermodels.create(
        organization=token.organization,
        model_type="llm",
        name="meta-llama/Llama-3.1-8B-Instruct",
        endpoint_type="hosted",
        state="verified",
        **facts,
    )


# Failing


def test_a_rejected_token_is_invalid_its_models_fail_and_it_is_said_once(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    model = add_model(check(token))
    hub.revoke_token(token.secret.reveal())
    for _ in range(2):
        token = check(token)
    model.refresh_from_db()
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_REJECTED)
    assert (model.state, model.problem["kind"]) == ("failing", Kind.TOKEN_REJECTED)
    assert Record.objects.filter(verb="token.invalidated", actor=None).count() == 1
    assert token.next_check_at is not None
    assert token.next_check_at > timezone.now() + timedelta(minutes=59)


def test_an_expired_token_is_told_as_expired(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", expires_at=hub.clock.now() + timedelta(seconds=2))
    token = check(operations.add(organization, "short", Secret(value), by=None))
    hub.clock.advance(10)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    token = check(token)
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_EXPIRED)


def test_a_good_answer_brings_a_rejected_token_and_what_hangs_on_it_back(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    model = add_model(token, next_check_at=timezone.now() + timedelta(hours=1))
    hub.fault(401, path="/api/whoami-v2", times=1)
    check(token)
    token = check(token)
    model.refresh_from_db()
    assert (token.state, token.problem) == ("valid", {})
    assert model.next_check_at <= timezone.now()


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
    assert after.reaches.count() == 2
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
    with pytest.raises(operations.MustWait) as told:
        operations.check_now(token, by=admin)
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
    moved = operations.add(organization, "other", Secret("hf_elsewhere_9999"), by=None)
    sealed = AccessToken.objects.filter(pk=moved.pk).values_list("secret", flat=True).get()
    AccessToken.objects.filter(pk=token.pk).update(secret=sealed)
    token = check(token)
    assert (token.state, token.problem["kind"]) == ("invalid", Kind.TOKEN_UNDECRYPTABLE)
    assert whoamis(hub) == 0


# Leases


def test_a_result_is_not_written_where_the_lease_was_lost(
    hub: Sandbox, token: AccessToken, organization: Organization
) -> None:
    before = pulse(organization)
    assert not operations.check(token.pk, uuid4())
    assert whoamis(hub) == 0

    lease = AccessToken.objects.all().claim().lease
    stale = AccessToken.objects.held(token.pk, lease).get()
    AccessToken.objects.update(lease_id=uuid4())
    assert not checks._settle(stale, lease, ask_with_stored(stale))
    token.refresh_from_db()
    assert (token.state, token.attempted_at) == ("unchecked", None)
    assert pulse(organization) == before


def test_a_change_of_state_is_news_for_open_pages(
    token: AccessToken, organization: Organization, check: Check
) -> None:
    before = pulse(organization)
    check(token)
    assert pulse(organization) > before


# A 401 elsewhere


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


# Changing


def test_replacing_puts_the_new_one_in_place_with_what_it_can_do(
    hub: Sandbox, token: AccessToken, check: Check, admin: User
) -> None:
    check(token)
    hub.add_user("grace")
    value = hub.add_token("grace", role="write")
    operations.replace(token, Secret(value), by=admin)
    token = AccessToken.objects.get()
    assert token.secret == Secret(value)
    assert (token.state, token.owner, token.last_four) == ("valid", "grace", value[-4:])
    assert [reach.namespace.name for reach in token.reaches.all()] == ["grace"]
    assert Record.objects.get(verb="token.replaced").detail == {"owner": "grace"}


@pytest.mark.parametrize("fault", ["401", "500", "429"])
def test_the_old_one_stays_where_the_new_one_is_not_accepted(
    hub: Sandbox, token: AccessToken, admin: User, fault: str
) -> None:
    old = token.secret
    hub.fault(fault, path="/api/whoami-v2")
    with pytest.raises(operations.Refused):
        operations.replace(token, Secret(hub.add_token("ada")), by=admin)
    assert AccessToken.objects.get().secret == old
    assert not Record.objects.filter(verb="token.replaced").exists()


def test_replacing_by_a_stored_one_is_refused_with_its_name(
    token: AccessToken, admin: User
) -> None:
    with pytest.raises(operations.AlreadyStored) as refused:
        operations.replace(token, token.secret, by=admin)
    assert refused.value.token == token


def test_a_check_of_the_old_one_does_not_write_over_its_replacement(
    hub: Sandbox, token: AccessToken, admin: User
) -> None:
    lease = AccessToken.objects.all().claim().lease
    operations.replace(token, Secret(hub.add_token("ada", role="read")), by=admin)
    assert not operations.check(token.pk, lease)


def test_two_people_editing_do_not_write_over_each_other(
    hub: Sandbox, token: AccessToken, admin: User
) -> None:
    seen_by_both = AccessToken.objects.get()
    operations.rename(token, "first", by=admin)
    with pytest.raises(operations.ChangedMeanwhile):
        operations.rename(seen_by_both, "second", by=admin)
    with pytest.raises(operations.ChangedMeanwhile):
        operations.replace(seen_by_both, Secret(hub.add_token("ada")), by=admin)
    assert AccessToken.objects.get().name == "first"


def test_renaming_to_the_same_name_leaves_no_trace(token: AccessToken, admin: User) -> None:
    operations.rename(token, token.name, by=admin)
    assert not Record.objects.filter(verb="token.renamed").exists()


def test_deleting_keeps_models_and_namespaces(
    token: AccessToken, check: Check, admin: User
) -> None:
    check(token)
    model = add_model(token)
    operations.delete(token, by=admin)
    model.refresh_from_db()
    assert model.token is None
    assert Namespace.objects.count() == 2
    assert Record.objects.get(verb="token.deleted").detail == {"models": 1}


def test_asking_now_makes_the_token_due(token: AccessToken, check: Check, admin: User) -> None:
    token = check(token)
    operations.check_now(token, by=admin)
    assert AccessToken.objects.due(timezone.now()).exists()


# What a list call told


def test_a_policy_met_by_a_list_call_makes_the_token_limited(
    token: AccessToken, check: Check
) -> None:
    check(token)
    token.reaches.filter(namespace__name="acme").update(
        problem={"kind": "policy_pending"}, failed_at=timezone.now()
    )
    operations.reassess(token)
    token.refresh_from_db()
    assert token.state == "limited"
    assert token.reaches.get(namespace__name="acme").abilities["list"] == "no"


def lists(hub: Sandbox) -> list[str]:
    return [request.path for request in hub.requests if "/v2/endpoint/" in request.path]


def test_a_check_asks_each_organization_that_it_may_list_once(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    assert lists(hub) == ["/v2/endpoint/acme"]


def test_a_check_does_not_ask_where_the_inventory_has_just_looked(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    Namespace.objects.filter(name="acme").update(seen_through=token, checked_at=timezone.now())
    check(token)
    assert len(lists(hub)) == 1


@pytest.mark.parametrize(
    ("approval", "kind"),
    [("pending", "policy_pending"), ("revoked", "policy_revoked")],
)
def test_a_check_finds_what_an_organization_has_against_the_token(
    hub: Sandbox, organization: Organization, check: Check, approval: Any, kind: str
) -> None:
    hub.state.organizations["acme"].policy = "approval_required"
    value = hub.add_token("ada", scopes={"acme": EVERYTHING}, approvals={"acme": approval})
    token = check(operations.add(organization, "bot", Secret(value), by=None))
    assert (token.state, token.reaches.get().problem["kind"]) == ("limited", kind)

    hub.state.tokens[value].approvals["acme"] = "approved"
    token = check(token)
    assert (token.state, token.reaches.get().problem) == ("valid", {})


def test_a_yes_from_before_a_refusal_is_not_said_again(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    token = check(token)
    reach = token.reaches.filter(namespace__name="acme")
    assert reach.get().abilities["call"] == "yes"
    hub.fault("policy_pending", namespace="acme", times=1)
    check(token)
    assert reach.get().abilities["call"] == "no"
    hub.fault(429, namespace="acme", seconds=60, times=1)
    check(token)
    assert reach.get().abilities["call"] == "unknown"
    check(token)
    assert reach.get().abilities["call"] == "yes"


def test_a_limit_met_while_asking_around_is_kept_and_ends_it(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.fault(429, namespace="acme", seconds=77)
    token = check(token)
    reach = token.reaches.get(namespace__name="acme")
    assert (token.state, reach.problem["kind"]) == ("valid", "rate_limited")
    assert reach.problem["retry_after"] == 77
    assert reach.abilities["list"] == "unknown"


def test_a_good_list_call_turns_unknown_into_yes(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.fault(500, namespace="acme", times=1)
    check(token)
    assert token.reaches.get(namespace__name="acme").abilities["list"] == "unknown"
    token.reaches.update(succeeded_at=timezone.now())
    operations.reassess(token)
    assert token.reaches.get(namespace__name="acme").abilities["list"] == "yes"


# Secrets


def test_the_secret_is_in_no_record_no_argument_and_no_stored_answer(
    hub: Sandbox, token: AccessToken, check: Check, admin: User
) -> None:
    value = token.secret.reveal()
    hub.fault(403, path="/api/whoami-v2", text=f"refused {value}")
    token = check(token)
    assert value not in str(token.problem)
    assert value not in str(list(Record.objects.values()))
    assert value not in str(AccessToken.objects.values().get())


def test_a_worker_is_told_which_row_and_under_which_lease_and_nothing_else(
    hub: Sandbox,
    organization: Organization,
    django_capture_on_commit_callbacks: Any,
) -> None:
    queue = Path(settings.BROKER_DIR) / "queue"
    before = set(queue.glob("*")) if queue.exists() else set()
    value = hub.add_token("ada")
    with django_capture_on_commit_callbacks(execute=True):
        token = operations.add(organization, "bot", Secret(value), by=None)
    (message,) = set(queue.glob("*")) - before
    args, kwargs, _ = json.loads(b64decode(json.loads(message.read_text())["body"]))
    token.refresh_from_db()
    assert (args, kwargs) == ([str(token.pk), str(token.lease_id)], {})
    assert value not in message.read_text()
    message.unlink()
