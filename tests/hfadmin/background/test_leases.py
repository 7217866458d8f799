"""Claiming due rows, here those of access tokens: the first model that is leased."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.simple import SimpleQueue

from hfadmin.accounts.models import Organization
from hfadmin.background import dispatch, heartbeats, holder
from hfadmin.background.models import LEASE, Claim, Heartbeat
from hfadmin.celery import app
from providers.tokens.models import AccessToken
from tests.factories import stored_token

NOW = timezone.now
LOOK = "providers.endpoints.tasks.look"


@pytest.fixture
def queue() -> Iterator[SimpleQueue]:
    """The embedded broker's, with nothing in it."""
    with app.connection_for_read() as link, link.SimpleQueue("hfadmin") as queue:
        queue.clear()
        yield queue


def stored(organization: Organization, number: int, **values: object) -> AccessToken:
    due = {"next_check_at": NOW(), **values}
    return stored_token(organization, str(number), f"hf_{number:034d}", **due)


def test_only_what_is_due_is_claimed_the_oldest_first(organization: Organization) -> None:
    late = stored(organization, 1, next_check_at=NOW() - timedelta(hours=1))
    stored(organization, 2, next_check_at=NOW() + timedelta(hours=1))
    stored(organization, 3, next_check_at=None)
    stored(organization, 4, next_check_at=NOW() - timedelta(seconds=1))

    assert AccessToken.objects.all().claim(limit=1).ids == (late.pk,)


def test_what_is_claimed_is_given_in_the_order_in_which_it_is_due(
    organization: Organization,
) -> None:
    rows = [stored(organization, n, next_check_at=NOW() - timedelta(minutes=n)) for n in range(9)]

    assert AccessToken.objects.all().claim().ids == tuple(row.pk for row in reversed(rows))


def test_what_is_claimed_is_not_claimed_again_until_the_lease_is_over(
    organization: Organization,
) -> None:
    stored(organization, 1)
    rows = AccessToken.objects.all()

    first, second = rows.claim(), rows.claim()
    rows.update(lease_until=NOW() - timedelta(seconds=1))
    third = rows.claim()

    assert (len(first.ids), len(second.ids), len(third.ids)) == (1, 0, 1)
    assert not rows.held(third.ids[0], first.lease).exists()
    assert rows.held(third.ids[0], third.lease).exists()


def test_a_lease_that_ran_out_holds_nothing(organization: Organization) -> None:
    token = stored(organization, 1)
    claim = AccessToken.objects.all().claim(lease_for=timedelta(seconds=-1))

    assert not AccessToken.objects.held(token.pk, claim.lease).exists()


@pytest.fixture
def as_worker(db: None) -> Iterator[None]:
    """This process holds leases, and has just been seen."""
    holder.become()
    heartbeats.beat_of_worker("celery@one")
    yield
    holder.cease()


def let_heartbeats_stop(seconds: int) -> None:
    """As if all processes had been killed so many seconds ago, just after a claim."""
    length = timedelta(seconds=seconds)
    Heartbeat.objects.update(seen_at=NOW() - length)
    AccessToken.objects.filter(lease_holder__isnull=False).update(
        lease_until=NOW() + LEASE - length
    )


@pytest.mark.usefixtures("as_worker")
def test_a_lease_whose_holder_is_no_longer_seen_is_free_before_its_time(
    organization: Organization,
) -> None:
    token = stored(organization, 1)
    first = AccessToken.objects.all().claim()
    let_heartbeats_stop(9)
    assert AccessToken.objects.all().claim().ids == ()

    let_heartbeats_stop(11)
    holder.become()  # another process
    second = AccessToken.objects.all().claim()

    assert (first.ids, second.ids) == ((token.pk,), (token.pk,))
    assert not AccessToken.objects.held(token.pk, first.lease).finish(None)
    assert AccessToken.objects.held(token.pk, second.lease).exists()


@pytest.mark.usefixtures("as_worker")
def test_a_lease_that_was_taken_just_now_is_nobodys_who_was_lost(
    organization: Organization,
) -> None:
    """Its process may have begun after it was asked who is alive."""
    token = stored(organization, 1)
    AccessToken.objects.all().claim()
    Heartbeat.objects.all().delete()
    holder.become()

    assert AccessToken.objects.all().claim().ids == ()
    assert AccessToken.objects.take(token.pk) is None


@pytest.mark.usefixtures("as_worker")
def test_a_process_whose_heartbeat_is_late_does_not_take_from_itself(
    organization: Organization,
) -> None:
    token = stored(organization, 1)
    first = AccessToken.objects.all().claim()
    let_heartbeats_stop(30)

    assert AccessToken.objects.all().claim().ids == ()
    assert AccessToken.objects.take(token.pk) is None
    assert AccessToken.objects.held(token.pk, first.lease).exists()


@pytest.mark.usefixtures("as_worker")
def test_a_lease_without_holder_runs_for_its_whole_time(organization: Organization) -> None:
    """As a web process takes one, which writes no heartbeat."""
    stored(organization, 1)
    holder.cease()
    AccessToken.objects.all().claim()
    let_heartbeats_stop(3600)

    assert AccessToken.objects.all().claim().ids == ()


def test_a_row_is_taken_alone_although_not_due_unless_it_is_worked_on(
    organization: Organization,
) -> None:
    token = stored(organization, 1, next_check_at=None)
    lease = AccessToken.objects.take(token.pk)

    assert lease is not None
    assert AccessToken.objects.held(token.pk, lease).exists()
    assert AccessToken.objects.take(token.pk) is None


def test_who_holds_a_lease_lets_it_run_anew_and_ends_it_with_a_plan(
    organization: Organization,
) -> None:
    token = stored(organization, 1)
    claim = AccessToken.objects.all().claim(lease_for=timedelta(seconds=1))
    held = AccessToken.objects.held(token.pk, claim.lease)
    later = NOW() + timedelta(hours=1)

    assert held.hold(failures=3)
    token.refresh_from_db()
    assert token.failures == 3
    assert token.lease_until is not None
    assert token.lease_until > NOW() + timedelta(seconds=30)
    assert held.finish(later, failures=0)
    assert not held.finish(None)
    token.refresh_from_db()
    assert (token.failures, token.next_check_at, token.lease_id) == (0, later, None)


def test_what_is_rescheduled_goes_on_and_what_is_revoked_writes_nothing_more(
    organization: Organization,
) -> None:
    token = stored(organization, 1)
    rows, claim = AccessToken.objects.all(), AccessToken.objects.all().claim()

    rows.reschedule(NOW())
    assert rows.claim().ids == ()
    assert rows.held(token.pk, claim.lease).exists()

    rows.revoke(NOW())
    assert not rows.held(token.pk, claim.lease).hold()
    assert rows.claim().ids == (token.pk,)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_share_the_rows_between_them() -> None:
    organization = Organization.objects.create(name="ACME", slug="acme")
    for number in range(40):
        stored(organization, number)
    barrier = Barrier(4)

    def sweep(_: int) -> Claim:
        barrier.wait()
        try:
            return AccessToken.objects.all().claim(limit=40)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as sweeps:
        claimed = [pk for claim in sweeps.map(sweep, range(4)) for pk in claim.ids]

    assert len(claimed) == len(set(claimed)) == 40


def test_organizations_take_turns(organization: Organization) -> None:
    """However many rows of one are due, and however long they have been."""
    other = Organization.objects.create(name="Umbrella", slug="umbrella")
    early = NOW() - timedelta(hours=1)
    for number in range(50):
        stored(organization, number, next_check_at=early)
    late = {stored(other, number).pk for number in range(50, 53)}

    claimed = AccessToken.objects.all().claim(limit=6)

    assert late <= set(claimed.ids)
    assert len(claimed.ids) == 6


def test_a_row_that_ended_its_worker_comes_after_the_others(organization: Organization) -> None:
    early = NOW() - timedelta(hours=1)
    poison = stored(organization, 1, next_check_at=early, lease_until=NOW() - timedelta(minutes=1))
    healthy = stored(organization, 2)

    assert AccessToken.objects.all().claim(limit=1).ids == (healthy.pk,)
    assert AccessToken.objects.all().claim(limit=1).ids == (poison.pk,)


@pytest.mark.django_db(transaction=True)
def test_what_a_person_asked_for_is_sent_when_it_is_committed(queue: SimpleQueue) -> None:
    with transaction.atomic():
        dispatch.send_on_commit(LOOK, [7, 8])
        assert queue.qsize() == 0

    assert queue.get(block=False).payload[0] == [["7", "8"]]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_is_no_failure_of_what_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(app, "send_task", refuse)
    with transaction.atomic():
        dispatch.send_on_commit(LOOK, [7])
    assert not dispatch.send(LOOK, [7])
