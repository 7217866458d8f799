import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db.models import Count, Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints import messages, polling
from providers.endpoints.history import timeline
from providers.endpoints.models import Endpoint, Period
from providers.endpoints.polling.periods import Observation
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import endpoint, look

pytestmark = pytest.mark.django_db

STATES = ["running", "paused", "scaledToZero", "initializing", "failed", "mystery"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*STATES, "vanish", "replicas", "nothing"]),
        st.integers(0, 400),  # seconds until it happens
        st.integers(0, 400),  # seconds until somebody looks
        st.booleans(),  # whether somebody does
    ),
    max_size=12,
)


def apply(upstream: Sandbox, step: str) -> None:
    there = upstream.state.endpoint("acme-labs", "chat") is not None
    if step == "vanish":
        if there:
            upstream.remove_endpoint("acme-labs", "chat")
    elif not there:
        upstream.add_endpoint("acme-labs", "chat", max_replica=5, stuck=True)
    elif step == "replicas":
        known = upstream.state.endpoint("acme-labs", "chat")
        assert known is not None
        upstream.change_endpoint(
            "acme-labs", "chat", ready_replica=(known.ready_replica or 1) % 4 + 1
        )
    elif step in STATES:
        upstream.change_endpoint("acme-labs", "chat", state=step, stuck=True)


@settings(
    deadline=None,
    max_examples=20,  # each is a dozen looks
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_periods_never_overlap_and_sum_up_to_the_time_that_was_watched(
    labs: Namespace, upstream: Sandbox, clock: Clock, steps: Sequence[tuple[str, int, int, bool]]
) -> None:
    Endpoint.objects.all().delete()
    Namespace.objects.update(answer="", checked_at=None)
    apply(upstream, "vanish")
    upstream.add_endpoint("acme-labs", "chat", max_replica=5, stuck=True)
    look(labs)
    first = clock.now()
    for step, before, after, looked in steps:
        clock.advance(before)
        apply(upstream, step)
        clock.advance(after)
        if looked:
            look(labs)
    look(labs)
    chat = endpoint("chat")
    periods = list(chat.periods.order_by("began_at", "pk"))
    open_ones = [period for period in periods if period.ended_at is None]
    assert len(open_ones) == (0 if chat.deleted_at else 1)
    for earlier, later in itertools.pairwise(periods):
        assert earlier.ended_at is not None
        assert earlier.ended_at <= later.began_at
        assert earlier.began_uncertainty >= timedelta()
    seen = timeline.within(reversed(periods), first, clock.now())
    gaps = sum(
        (
            later.began_at - earlier.ended_at
            for earlier, later in itertools.pairwise(periods)
            if earlier.ended_at
        ),
        timedelta(),
    )
    until = chat.deleted_at or clock.now()
    watched = sum((stretch.length for stretch in seen), timedelta())
    assert watched + gaps == until - first
    if not chat.deleted_at:
        now_upstream = upstream.state.endpoint("acme-labs", "chat")
        assert now_upstream is not None
        assert open_ones[0].state == chat.state == now_upstream.state


def test_a_change_between_two_looks_is_dated_by_upstream(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat", stuck=True)
    look(labs)
    clock.advance(20)
    changed_at = clock.now()
    upstream.change_endpoint("acme-labs", "chat", state="failed")
    clock.advance(40)
    look(labs)
    failed, running = Period.objects.filter(endpoint__name="chat")
    assert (failed.state, failed.began_at, failed.began_uncertainty) == (
        "failed",
        changed_at,
        timedelta(),
    )
    assert running.ended_at == changed_at
    assert endpoint("chat").state_since == changed_at


def test_a_change_that_upstream_does_not_date_keeps_its_uncertainty(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat", max_replica=3, stuck=True)
    clock.advance(5)
    look(labs)
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "chat", ready_replica=2)
    look(labs)
    latest = Period.objects.filter(endpoint__name="chat")[0]
    assert (latest.ready_replicas, latest.began_at) == (2, timezone.now())
    assert latest.began_uncertainty == timedelta(seconds=60)
    assert endpoint("chat").state_since == clock.now() - timedelta(seconds=65)


def test_a_time_in_the_future_is_not_believed() -> None:
    now = timezone.now()
    looks = Observation(before=now - timedelta(minutes=1), now=now)
    assert looks.began(now + timedelta(days=1)) == (now, timedelta(minutes=1))
    assert looks.began(now - timedelta(days=1)) == (now, timedelta(minutes=1))
    assert looks.began(now - timedelta(seconds=9)) == (now - timedelta(seconds=9), timedelta())


def test_another_price_begins_another_period(
    labs: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.add_endpoint("acme-labs", "chat", stuck=True)
    look(labs)
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "chat", instance_size="x4")
    look(labs)
    prices = [str(p.price_per_hour) for p in Period.objects.filter(endpoint__name="chat")]
    assert prices == ["3.8000", "0.8000"]


def test_availability_leaves_out_the_time_asleep_and_counts_failures(acme: Organization) -> None:
    now = timezone.now()
    hour = timedelta(hours=1)
    namespace = Namespace.objects.create(organization=acme, name="n", kind="org")
    chat = Endpoint.objects.create(
        organization=acme, namespace=namespace, name="chat", fingerprint="f", state="running"
    )
    parts = [
        ("running", 1, 4),
        ("scaledToZero", 0, 10),
        ("initializing", 0, 1),
        ("running", 1, 2),
        ("failed", 0, 1),
        ("updateFailed", 0, 1),
        ("initializing", 0, 1),
        ("running", 1, None),
    ]
    at = now - 21 * hour
    for state, ready, hours in parts:
        until = at + hours * hour if hours else None
        Period.objects.create(
            endpoint=chat,
            state=state,
            ready_replicas=ready,
            began_at=at,
            ended_at=until,
            began_uncertainty=timedelta(),
        )
        at = until or at
    past = timeline.of(chat, now)
    assert past.failures == 1
    assert past.available == pytest.approx(100 * 7 / 11)
    assert past.ready_in == hour
    bars = past.bars()
    assert len(bars) == 96
    assert bars[0][1] == ""
    assert [state for _, state in bars[-1:]] == ["running"]
    assert "failed" in {state for _, state in bars}


def test_lengths_are_said_in_their_two_largest_units() -> None:
    said = [
        messages.duration(timedelta(seconds=s)) for s in (0, 5, 65, 600, 3_660, 90_000, 172_805)
    ]
    assert said == ["0 s", "5 s", "1 min 5 s", "10 min", "1 h 1 min", "1 day 1 h", "2 days"]


def test_the_database_holds_one_open_period_for_each_endpoint(
    labs: Namespace, upstream: Sandbox
) -> None:
    for number in range(3):
        upstream.add_endpoint("acme-labs", f"chat-{number}")
    look(labs)
    polling.look_soon(Namespace.objects.filter(pk=labs.pk))
    look(labs)
    open_ones = Count("periods", filter=Q(periods__ended_at=None))
    assert set(Endpoint.objects.annotate(n=open_ones).values_list("n", flat=True)) == {1}


def test_what_is_being_created_is_not_unavailable(labs: Namespace) -> None:
    now, minute = timezone.now(), timedelta(minutes=1)
    chat = Endpoint.objects.create(
        organization=labs.organization, namespace=labs, name="chat", first_seen_at=now
    )
    for state, ready, began, ended in (
        ("pending", 0, 10, 8),
        ("initializing", 0, 8, 4),
        ("running", 1, 4, None),
    ):
        until = None if ended is None else now - ended * minute
        Period.objects.create(
            endpoint=chat,
            state=state,
            ready_replicas=ready,
            began_at=now - began * minute,
            ended_at=until,
            began_uncertainty=timedelta(),
        )
    early = timeline.History(
        timeline.within(chat.periods.order_by("-began_at"), now - 60 * minute, now - 5 * minute),
        now - 60 * minute,
        now - 5 * minute,
    )
    assert early.is_first_start
    assert early.available is None
    later = timeline.of(chat, now)
    assert not later.is_first_start
    assert later.available == pytest.approx(100)
