from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hfadmin.live import versions
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints import polling
from providers.endpoints.models import Endpoint, Period
from providers.endpoints.polling import poll
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import calls, endpoint, look, sweep, wait_for

pytestmark = pytest.mark.django_db


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


def counted(namespace: Namespace) -> tuple[int, int, int]:
    """What grows with every change that is seen."""
    version = versions.current(namespace.organization_id)
    return endpoint("chat").version, version, Period.objects.count()


def test_a_look_without_news_writes_only_the_time(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    before = counted(labs)
    clock.advance(60)
    look(labs)
    assert counted(labs) == before
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
    assert endpoint("chat").version == versions.current(labs.organization_id) > untouched
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
    polling.look_soon(Namespace.objects.filter(pk=labs.pk))
    assert wait_for(labs) <= 0


def test_a_look_that_began_before_a_person_asked_does_not_count(labs: Namespace) -> None:
    claim = Namespace.objects.claim()
    polling.look_soon(Namespace.objects.filter(pk=labs.pk))
    polling.check(labs.pk, claim.lease)
    labs.refresh_from_db()
    assert labs.checked_at is None
    assert wait_for(labs) <= 0


def test_a_lost_lease_writes_nothing(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    polling.check(labs.pk, uuid4())
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
    assert gone.version == versions.current(labs.organization_id)
    assert not Period.objects.filter(ended_at=None).exists()
    clock.advance(60)
    upstream.add_endpoint("acme-labs", "chat")
    look(labs)
    assert endpoint("chat").deleted_at is None
    assert Period.objects.filter(ended_at=None).count() == 1


def test_a_namespace_that_is_not_watched_is_left_alone(labs: Namespace, upstream: Sandbox) -> None:
    Namespace.objects.update(watched=False)
    look_at = Namespace.objects.claim()
    polling.check(labs.pk, look_at.lease)
    labs.refresh_from_db()
    assert calls(upstream) == 0
    assert labs.next_check_at is None


def test_unknown_states_are_kept_as_they_came(labs: Namespace, upstream: Sandbox) -> None:
    upstream.add_endpoint("acme-labs", "chat", state="hibernating", message="Zzz", stuck=True)
    look(labs)
    assert (endpoint("chat").state, endpoint("chat").message) == ("hibernating", "Zzz")


def test_ten_thousand_endpoints_are_taken_in(
    labs: Namespace, upstream: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "PAUSE", 0)  # nobody else writes
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
    assert endpoint("chat").version == versions.current(labs.organization_id)


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
