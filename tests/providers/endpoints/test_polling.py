from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints import operations
from providers.endpoints.models import Endpoint, Namespace, Period, Pulse
from providers.huggingface.types import Identity, TokenFacts
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Reach
from tests.providers.endpoints.conftest import Store, calls, endpoint, look, sweep, wait_for

pytestmark = pytest.mark.django_db


def good_identity() -> None:
    """As a good whoami left the tokens."""
    identity = Identity("ada", "", "user", True, False, (), TokenFacts("fineGrained"))
    AccessToken.objects.update(identity=identity.to_json(), checked_at=timezone.now())


def test_one_call_brings_every_endpoint_of_a_namespace(labs: Namespace, upstream: Sandbox) -> None:
    for number in range(7):
        upstream.add_endpoint("acme-labs", f"chat-{number}", tags=["prod"])
    assert sweep() == 1
    assert Endpoint.objects.filter(namespace=labs, state="running").count() == 7
    assert calls(upstream) == 1
    first = endpoint("chat-0")
    assert (first.repository, first.engine, first.vendor) == (
        "meta-llama/Llama-3.1-8B-Instruct",
        "vLLM",
        "aws",
    )
    assert str(first.price_per_hour) == "0.8000"
    assert first.tags == ["prod"]
    assert first.url.startswith("https://")


def test_a_look_without_news_writes_only_the_time(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    before = endpoint("chat").version, Pulse.objects.get().number, Period.objects.count()
    clock.advance(60)
    look(labs)
    assert (endpoint("chat").version, Pulse.objects.get().number, Period.objects.count()) == before
    assert labs.checked_at == timezone.now()


def test_only_the_endpoint_that_changed_gets_a_new_version(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    upstream.add_endpoint("acme-labs", "search")
    look(labs)
    untouched = endpoint("search").version
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "chat", state="paused")
    look(labs)
    assert endpoint("chat").version == Pulse.objects.get().number > untouched
    assert endpoint("search").version == untouched


@pytest.mark.parametrize(
    ("states", "seconds"),
    [
        (["paused", "scaledToZero"], 300),
        ([], 300),
        (["paused", "running"], 60),
        (["failed"], 60),
        (["updateFailed", "paused"], 60),
        (["dreaming"], 60),
        (["running", "initializing"], 5),
        (["pending"], 5),
        (["updating", "failed"], 5),
    ],
)
def test_the_next_look_comes_by_what_is_seen(
    labs: Namespace, upstream: Sandbox, states: list[str], seconds: float
) -> None:
    for number, state in enumerate(states):
        upstream.add_endpoint("acme-labs", f"e-{number}", state=state, stuck=True)
    look(labs)
    assert wait_for(labs) == seconds


def test_after_a_quarter_of_an_hour_in_one_transition_looks_are_rarer(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "stuck", state="initializing", stuck=True)
    look(labs)
    clock.advance(14 * 60 + 59)
    look(labs)
    assert wait_for(labs) == 5
    clock.advance(1)
    look(labs)
    assert wait_for(labs) == 30
    upstream.change_endpoint("acme-labs", "stuck", state="pending", stuck=True)
    look(labs)
    assert wait_for(labs) == 5


def test_what_a_person_asks_for_is_due_at_once(labs: Namespace, upstream: Sandbox) -> None:
    look(labs)
    operations.look_now(Namespace.objects.filter(pk=labs.pk))
    assert wait_for(labs) <= 0


def test_a_look_that_began_before_a_person_asked_does_not_count(labs: Namespace) -> None:
    claim = Namespace.objects.claim()
    operations.look_now(Namespace.objects.filter(pk=labs.pk))
    operations.check(labs.pk, claim.lease)
    labs.refresh_from_db()
    assert labs.checked_at is None
    assert wait_for(labs) <= 0


def test_a_lost_lease_writes_nothing(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    operations.check(labs.pk, uuid4())
    assert not Endpoint.objects.exists()
    assert calls(upstream) == 0


def test_an_answer_that_comes_after_the_lease_ran_out_is_dropped(
    labs: Namespace, upstream: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    honest = upstream.handle

    def slowly(request):  # type: ignore[no-untyped-def]
        clock.advance(61)
        return honest(request)

    monkeypatch.setattr(upstream, "handle", slowly)
    sweep()
    assert not Endpoint.objects.exists()
    assert not Period.objects.exists()
    labs.refresh_from_db()
    assert labs.checked_at is None


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
    assert Reach.objects.get(token=first).problem["kind"] == "forbidden"
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
    assert Reach.objects.get().succeeded_at is not None
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
    assert Reach.objects.exclude(succeeded_at=None).exists()
    upstream.fault(refusal, namespace="acme-labs", times=1)
    look(labs)
    upstream.fault(500, namespace="acme-labs", times=1)
    look(labs)
    reach = Reach.objects.get()
    assert (reach.problem["kind"], reach.succeeded_at) == ("upstream_error", None)
    look(labs)
    reach = Reach.objects.get()
    assert (reach.problem, reach.succeeded_at) == ({}, labs.checked_at)


def test_a_failure_to_ask_leaves_what_was_proved(labs: Namespace, upstream: Sandbox) -> None:
    look(labs)
    upstream.fault(500, namespace="acme-labs", times=1)
    look(labs)
    assert Reach.objects.get().succeeded_at is not None


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
    assert labs.version == Pulse.objects.get().number > endpoint("chat").version


def test_what_vanished_upstream_is_kept_as_deleted(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    clock.advance(60)
    upstream.remove_endpoint("acme-labs", "chat")
    look(labs)
    gone = endpoint("chat")
    assert gone.deleted_at == timezone.now()
    assert gone.version == Pulse.objects.get().number
    assert not Period.objects.filter(ended_at=None).exists()
    clock.advance(60)
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    assert endpoint("chat").deleted_at is None
    assert Period.objects.filter(ended_at=None).count() == 1


def test_a_namespace_that_is_not_watched_is_left_alone(labs: Namespace, upstream: Sandbox) -> None:
    Namespace.objects.update(watched=False)
    look_at = Namespace.objects.claim()
    operations.check(labs.pk, look_at.lease)
    labs.refresh_from_db()
    assert calls(upstream) == 0
    assert labs.next_check_at is None


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


def test_unknown_states_are_kept_as_they_came(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat", state="hibernating", message="Zzz", stuck=True)
    look(labs)
    assert (endpoint("chat").state, endpoint("chat").message) == ("hibernating", "Zzz")


def test_ten_thousand_endpoints_are_taken_in(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    upstream.fault("huge_list", namespace="acme-labs", path="/v2/endpoint", times=1)
    look(labs)
    assert labs.problem == {}
    assert Endpoint.objects.count() >= 10_000


def test_hostile_strings_are_taken_in_harmless(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    upstream.fault("hostile", namespace="acme-labs")
    look(labs)
    assert Endpoint.objects.exists()
    for row in Endpoint.objects.all():
        shown = f"{row.name}{row.message}{row.repository}{row.tags}"
        assert not any(mark in shown for mark in "\x00\x1b\u202e\u2066\n")


def test_prices_are_asked_for_every_few_hours_and_their_change_is_news(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    Endpoint.objects.update(price_per_hour=None)
    for _ in range(5):
        clock.advance(3600)
        look(labs)
    assert calls(upstream, "/v2/provider/") == 1
    assert endpoint("chat").price_per_hour is None
    clock.advance(3601)
    look(labs)
    assert calls(upstream, "/v2/provider/") == 2
    assert endpoint("chat").price_per_hour is not None
    assert endpoint("chat").version == Pulse.objects.get().number


def test_missing_prices_do_not_fail_a_look(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    upstream.fault(500, path="/v2/provider")
    look(labs)
    assert labs.problem == {}
    assert endpoint("chat").price_per_hour is None
    assert labs.hardware_due_at - timezone.now() == timedelta(minutes=15)


def test_looks_wake_nothing(labs: Namespace, upstream: Sandbox, clock: Clock) -> None:
    upstream.add_endpoint("acme-labs", "asleep", state="scaledToZero", min_replica=0)
    upstream.add_endpoint("acme-labs", "paused", state="paused")
    for _ in range(3):
        look(labs)
        clock.advance(300)
    assert endpoint("asleep").state == "scaledToZero"
    assert endpoint("paused").state == "paused"
    assert {request.method for request in upstream.requests} == {"GET"}
    assert {request.host for request in upstream.requests} == {"sandbox.test"}
