"""Looks that fail: another token takes over, limits are kept, and nothing is made up."""

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.live import versions
from hfadmin.sandbox import Clock, Sandbox
from providers.huggingface.types import Identity, TokenFacts
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from tests.providers.endpoints.conftest import Store, calls, endpoint, look, sweep, wait_for

pytestmark = pytest.mark.django_db


def good_identity() -> None:
    """As a good whoami left the tokens."""
    identity = Identity("ada", "", "user", True, False, (), TokenFacts("fineGrained"))
    AccessToken.objects.update(identity=identity.to_json(), checked_at=timezone.now())


def test_another_token_takes_over_when_one_fails(
    labs: Namespace, store: Store, upstream: Sandbox, clock: Clock
) -> None:
    spare = store("bob-labs", user="bob")
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    first = labs.seen_through
    assert first is not None
    upstream.fault(403, token=first.secret.reveal(), text="Forbidden")
    clock.advance(60)
    look(labs)
    other = {first.pk, spare.pk} | set(AccessToken.objects.values_list("pk", flat=True))
    assert labs.seen_through_id in other - {first.pk}
    assert labs.problem == {}
    assert labs.failures == 0
    assert NamespaceAccess.objects.get(token=first).problem["kind"] == "forbidden"
    asked_before = calls(upstream)
    clock.advance(60)
    look(labs)
    assert calls(upstream) == asked_before + 1


def test_a_rejected_token_is_confirmed_once_suspended_and_said_once(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    token = AccessToken.objects.get()
    upstream.revoke_token(token.secret.reveal())
    for _ in range(5):
        clock.advance(900)
        look(labs)
    token.refresh_from_db()
    assert token.state == "invalid"
    assert calls(upstream, "/api/whoami-v2") == 1
    assert calls(upstream) == 2
    assert Record.objects.filter(verb="token.invalidated").count() == 1
    assert labs.problem["kind"] == "token_rejected"
    assert endpoint("chat").state == "running"


def test_an_outage_of_401_is_waited_out_and_the_namespace_recovers_by_itself(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    good_identity()
    upstream.fault(401, text="Invalid user token.")
    clock.advance(60)
    look(labs)
    token = AccessToken.objects.get()
    assert (token.state, token.problem["kind"]) == ("unreachable", "token_rejected_once")
    assert labs.problem["kind"] == "token_rejected_once"
    assert NamespaceAccess.objects.get().succeeded_at is not None
    asked = len(upstream.requests)
    clock.advance(30)
    look(labs)
    assert len(upstream.requests) == asked
    assert 0 < wait_for(labs) <= 30
    upstream.clear_faults()
    clock.advance(31)
    AccessToken.objects.update(lease_until=None)
    claim = AccessToken.objects.claim()
    tokens.check(token.pk, claim.lease)
    assert wait_for(labs) <= 0
    look(labs)
    assert labs.problem == {}
    token.refresh_from_db()
    assert token.problem == {}


def test_while_one_token_is_in_doubt_another_is_used(
    labs: Namespace, store: Store, upstream: Sandbox, clock: Clock
) -> None:
    spare = store("bob-labs", user="bob")
    Namespace.objects.update(seen_through=AccessToken.objects.exclude(pk=spare.pk).get())
    good_identity()
    value = AccessToken.objects.exclude(pk=spare.pk).get().secret.reveal()
    upstream.fault(401, token=value, text="Invalid user token.")
    look(labs)
    assert (labs.problem, labs.seen_through) == ({}, spare)
    asked = len(upstream.requests)
    clock.advance(30)
    look(labs)
    assert len(upstream.requests) == asked + 1


def test_a_namespace_that_a_good_token_may_not_see_does_not_condemn_the_token(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(401, namespace="acme-labs", text="Unauthorized")
    for _ in range(4):
        look(labs)
        clock.advance(900)
    token = AccessToken.objects.get()
    assert token.state != "invalid"
    assert calls(upstream, "/api/whoami-v2") == 1
    assert labs.problem["kind"] == "not_a_member"


@pytest.mark.parametrize("refusal", ["missing_permission", "policy_pending"])
def test_a_refusal_takes_back_what_an_earlier_answer_proved(
    labs: Namespace, upstream: Sandbox, refusal: str
) -> None:
    look(labs)
    assert NamespaceAccess.objects.exclude(succeeded_at=None).exists()
    upstream.fault(refusal, namespace="acme-labs", times=1)
    look(labs)
    upstream.fault(500, namespace="acme-labs", times=1)
    look(labs)
    access = NamespaceAccess.objects.get()
    assert (access.problem["kind"], access.succeeded_at) == ("upstream_error", None)
    look(labs)
    access = NamespaceAccess.objects.get()
    assert (access.problem, access.succeeded_at) == ({}, labs.checked_at)


def test_a_failure_to_ask_leaves_what_was_proved(labs: Namespace, upstream: Sandbox) -> None:
    look(labs)
    upstream.fault(500, namespace="acme-labs", times=1)
    look(labs)
    assert NamespaceAccess.objects.get().succeeded_at is not None


def test_a_rate_limit_is_waited_for_exactly_as_told(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(429, seconds=217, times=1)
    look(labs)
    assert wait_for(labs) == 217
    clock.advance(216)
    assert sweep() == 0
    clock.advance(1)
    assert sweep() == 1
    labs.refresh_from_db()
    assert labs.problem == {}


def test_a_limited_token_rests_in_all_its_namespaces(
    store: Store, upstream: Sandbox, clock: Clock
) -> None:
    store("ada-both", sees=("acme-labs", "ada"))
    sweep()
    first, second = Namespace.objects.order_by("name")
    upstream.fault(429, seconds=100, times=1)
    look(first)
    asked = calls(upstream)
    look(second)
    assert calls(upstream) == asked
    assert wait_for(second) == 100
    clock.advance(100)
    sweep()
    assert calls(upstream) == asked + 2


def test_failures_back_off_up_to_a_quarter_of_an_hour(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(500)
    waits = []
    for _ in range(12):
        look(labs)
        waits.append(wait_for(labs))
    assert 5 <= waits[0] <= 10
    assert all(5 <= wait <= 900 for wait in waits)
    assert waits[-1] >= 450
    upstream.clear_faults()
    look(labs)
    assert (labs.failures, labs.problem) == (0, {})


@pytest.mark.parametrize("kind", [500, 503, 504, "malformed", "truncated", 403, 404, 429])
def test_not_being_able_to_see_is_never_an_endpoint_that_failed(
    labs: Namespace, upstream: Sandbox, clock: Clock, kind: str | int
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    seen = look(labs).checked_at
    clock.advance(60)
    upstream.fault(kind)
    look(labs)
    assert labs.problem["kind"]
    assert labs.problem_since == timezone.now()
    assert labs.checked_at == seen
    assert endpoint("chat").state == "running"
    assert endpoint("chat").deleted_at is None
    assert labs.version == versions.current(labs.organization_id) > endpoint("chat").version


def test_a_token_that_cannot_be_decrypted_is_a_problem_of_the_namespace(
    labs: Namespace, upstream: Sandbox
) -> None:
    AccessToken.objects.update(organization=Organization.objects.create(name="B", slug="b"))
    look(labs)
    assert labs.problem["kind"] == "token_undecryptable"
    assert calls(upstream) == 0


def test_a_namespace_without_any_token_says_so_and_asks_nobody(
    labs: Namespace, upstream: Sandbox
) -> None:
    AccessToken.objects.all().delete()
    look(labs)
    assert labs.problem["kind"] == "not_a_member"
    assert calls(upstream) == 0
