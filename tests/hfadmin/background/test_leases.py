"""Claiming due rows, here those of access tokens: the first model that is leased."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone
from kombu.simple import SimpleQueue

from hfadmin.accounts.models import Organization
from hfadmin.background import operations
from hfadmin.background.models import Claim
from hfadmin.celery import app
from providers.tokens.models import AccessToken
from tests.rows import stored_token

NOW = timezone.now


@shared_task(ignore_result=True)
def look(ids: list[str]) -> None:
    """Stands for a task that checks rows."""


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
    assert sorted(claimed.organizations) == [organization.pk] * 3 + [other.pk] * 3


def test_who_has_work_under_way_waits_for_those_who_have_none(organization: Organization) -> None:
    other = Organization.objects.create(name="Umbrella", slug="umbrella")
    first = stored(organization, 1, next_check_at=NOW() - timedelta(hours=1))
    second = stored(other, 2)
    rows, running = AccessToken.objects.all(), {organization.pk: 2}

    assert rows.claim(limit=1, running=running).ids == (second.pk,)
    assert rows.claim(limit=1, running=running, share=2).ids == ()
    assert rows.claim(limit=1, running=running, share=3).ids == (first.pk,)


def test_a_row_that_ended_its_worker_comes_after_the_others(organization: Organization) -> None:
    early = NOW() - timedelta(hours=1)
    poison = stored(organization, 1, next_check_at=early, lease_until=NOW() - timedelta(minutes=1))
    healthy = stored(organization, 2)

    assert AccessToken.objects.all().claim(limit=1).ids == (healthy.pk,)
    assert AccessToken.objects.all().claim(limit=1).ids == (poison.pk,)


@pytest.mark.django_db(transaction=True)
def test_what_a_person_asked_for_is_sent_when_it_is_committed(queue: SimpleQueue) -> None:
    with transaction.atomic():
        operations.send_on_commit(look, [7, 8])
        assert queue.qsize() == 0

    assert queue.get(block=False).payload[0] == [["7", "8"]]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_is_no_failure_of_what_was_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_arguments: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(look, "apply_async", refuse)
    with transaction.atomic():
        operations.send_on_commit(look, [7])
    assert not operations.publish(look, [7])
