"""Claiming due rows, here those of access tokens: the first model that is leased."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

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
def look(pk: str, lease: str) -> None:
    """Stands for a task that checks one row."""


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


def test_each_claimed_row_is_sent_with_its_lease(
    organization: Organization, queue: SimpleQueue
) -> None:
    token = stored(organization, 1)

    assert operations.dispatch(AccessToken.objects.all(), look) == 1

    token.refresh_from_db()
    assert queue.get(block=False).payload[0] == [str(token.pk), str(token.lease_id)]


def test_rows_whose_message_is_refused_are_due_again_at_once(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        stored(organization, number)
    sent: list[Any] = []

    def refuse_the_second(arguments: Any) -> None:
        if sent:
            raise ConnectionRefusedError
        sent.append(arguments)

    monkeypatch.setattr(look, "apply_async", refuse_the_second)

    assert operations.dispatch(AccessToken.objects.all(), look) == 1
    assert AccessToken.objects.due(NOW()).count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_person_asked_for_is_sent_when_it_is_committed(queue: SimpleQueue) -> None:
    token = stored(Organization.objects.create(name="ACME", slug="acme"), 1)
    rows = AccessToken.objects.filter(pk=token.pk)

    with transaction.atomic():
        operations.dispatch_on_commit(rows, look)
        assert rows.due(NOW()).exists()

    assert not rows.due(NOW()).exists()
    assert queue.qsize() == 1


def test_giving_rows_back_leaves_those_of_others_alone(organization: Organization) -> None:
    token = stored(organization, 1)
    claim = AccessToken.objects.all().claim()

    assert AccessToken.objects.all().release(uuid4(), [token.pk]) == 0
    assert AccessToken.objects.all().release(claim.lease, [token.pk]) == 1
