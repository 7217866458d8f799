"""Lanes: threads for each kind of work, shared out among organizations."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Lock, Semaphore
from typing import Any

import pytest
from django.db import Error, InterfaceError, OperationalError
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.background.lanes import Lane
from hfadmin.background.models import LeasedQuerySet
from providers.tokens.models import AccessToken
from tests.factories import stored_token

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 120  # seconds, of which a machine that is not stuck needs a few


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane("test", 4)
    lane.open()
    yield lane
    lane.close(time.monotonic() + WITHIN)


class Hanging:
    """Work that hangs until it is let go, and notes whose rows came."""

    def __init__(self) -> None:
        self.released, self.lock = Event(), Lock()
        self.began: list[str] = []
        self.arrived: dict[str, Event] = {}

    def __call__(self, pk: Any, lease: Any) -> None:
        with self.lock:
            self.began.append(str(pk))
            self.arrived.setdefault(str(pk), Event()).set()
        AccessToken.objects.held(pk, lease).update(next_check_at=None, lease_until=None)
        self.released.wait()

    def wait_for(self, token: AccessToken) -> bool:
        with self.lock:
            arrived = self.arrived.setdefault(str(token.pk), Event())
        return arrived.wait(WITHIN)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    work = Hanging()
    yield work
    work.released.set()


Due = Callable[[str, int], list[AccessToken]]


@pytest.fixture
def due() -> Due:
    def run(name: str, count: int) -> list[AccessToken]:
        organization = Organization.objects.create(name=name, slug=name)
        since = timezone.now() - timedelta(seconds=count)  # one after the other, all of them due
        return [
            stored_token(
                organization,
                f"{name}{number}",
                f"hf_{name}{number:x<30}",
                next_check_at=since + timedelta(seconds=number),
            )
            for number in range(count)
        ]

    return run


def test_what_hangs_in_one_organization_does_not_hold_another_up(
    lane: Lane, hanging: Hanging, due: Due
) -> None:
    many = due("many", 40)
    lane.work_off(AccessToken.objects.all(), hanging)
    assert all(map(hanging.wait_for, many[: lane.share]))
    (other,) = due("other", 1)
    lane.work_off(AccessToken.objects.all(), hanging)
    assert hanging.wait_for(other)
    of_many = {str(token.pk) for token in many} & set(hanging.began)
    assert len(of_many) == lane.share


def test_only_what_a_thread_is_free_for_is_claimed(lane: Lane, hanging: Hanging, due: Due) -> None:
    many, few = due("many", 40), due("few", 2)
    lane.work_off(AccessToken.objects.all(), hanging)
    assert all(map(hanging.wait_for, [*many[:2], *few]))
    assert AccessToken.objects.exclude(lease_id=None).count() == lane.threads


def test_all_that_is_due_is_worked_off_by_one_wake(lane: Lane, hanging: Hanging, due: Due) -> None:
    tokens = due("one", 20) + due("two", 20)
    hanging.released.set()
    lane.work_off(AccessToken.objects.all(), hanging)
    assert all(map(hanging.wait_for, tokens))
    assert len(hanging.began) == len(set(hanging.began)) == 40


def test_of_what_is_due_only_what_was_asked_for_is_taken(
    lane: Lane, hanging: Hanging, due: Due
) -> None:
    first, second, third = due("one", 3)
    hanging.released.set()
    lane.work_off(AccessToken.objects.all(), hanging, [str(second.pk)])
    assert hanging.wait_for(second)
    lane.work_off(AccessToken.objects.all(), hanging, [str(first.pk)])
    assert hanging.wait_for(first)
    assert str(third.pk) not in hanging.began


def test_a_lane_that_was_asked_for_some_still_works_off_whatever_is_due(
    lane: Lane, hanging: Hanging, due: Due
) -> None:
    first, second, third = due("one", 3)
    hanging.released.set()
    lane.work_off(AccessToken.objects.all(), hanging, [str(second.pk)])
    assert hanging.wait_for(second)
    lane.work_off(AccessToken.objects.all(), hanging)
    assert all(map(hanging.wait_for, [first, third]))
    (later,) = due("two", 1)
    lane.work_off(AccessToken.objects.all(), hanging, [str(later.pk)])
    assert hanging.wait_for(later)


def test_what_was_asked_for_goes_before_whatever_is_due(
    lane: Lane, hanging: Hanging, due: Due
) -> None:
    many = due("many", 40)
    taken, ends = Semaphore(0), Semaphore(0)

    def ending_one_by_one(pk: Any, lease: Any) -> None:
        taken.release()
        ends.acquire()
        hanging(pk, lease)

    hanging.released.set()
    lane.work_off(AccessToken.objects.all(), ending_one_by_one)
    assert all(taken.acquire(timeout=WITHIN) for _thread in range(lane.share))
    lane.work_off(AccessToken.objects.all(), hanging, [str(many[-1].pk)])
    ends.release()
    has_begun, before = hanging.wait_for(many[-1]), hanging.began[:-1]
    ends.release(len(many))
    assert has_begun
    assert len(before) == 1


def test_a_lane_that_gives_way_takes_one_by_one_but_what_was_asked_for(
    lane: Lane, hanging: Hanging, due: Due
) -> None:
    rows = due("many", 20)
    first, later = rows[: lane.share + 1], rows[lane.share + 1 :]
    lane.work_off(AccessToken.objects.filter(pk__in=[row.pk for row in first]), hanging)
    assert all(map(hanging.wait_for, first[:-1]))
    assert lane.is_behind
    other = Lane("other", 8, gives_way_to=lane)
    other.open()
    others = AccessToken.objects.filter(pk__in=[row.pk for row in later])
    other.work_off(others, hanging)
    assert hanging.wait_for(later[0])
    other.work_off(others, hanging, [str(later[-1].pk)])
    assert hanging.wait_for(later[-1])
    assert str(later[1].pk) not in hanging.began
    hanging.released.set()
    assert hanging.wait_for(first[-1])
    other.work_off(others, hanging)
    assert all(map(hanging.wait_for, later))
    other.close(time.monotonic() + WITHIN)
    assert not lane.is_behind


def test_a_lane_that_closes_waits_for_what_is_under_way_and_takes_nothing_more(
    lane: Lane, hanging: Hanging, due: Due
) -> None:
    tokens = due("many", 10)
    lane.work_off(AccessToken.objects.all(), hanging)
    assert hanging.wait_for(tokens[0])
    lane.close(time.monotonic())
    hanging.released.set()
    lane.close(time.monotonic() + WITHIN)
    assert not lane._alive
    left = AccessToken.objects.due(timezone.now()).count()
    assert left >= 10 - lane.threads
    lane.work_off(AccessToken.objects.all(), hanging)  # a message that was still on its way
    assert AccessToken.objects.due(timezone.now()).count() == left


def test_work_that_raises_costs_no_thread(lane: Lane, due: Due) -> None:
    tokens, seen = due("one", 8), Event()
    done: list[str] = []

    def work(pk: Any, lease: Any) -> None:
        AccessToken.objects.held(pk, lease).update(next_check_at=None)
        done.append(str(pk))
        if len(done) == len(tokens):
            seen.set()
        raise ZeroDivisionError

    lane.work_off(AccessToken.objects.all(), work)
    assert seen.wait(WITHIN)


@pytest.mark.parametrize("error", [InterfaceError, OperationalError])
def test_a_connection_that_breaks_while_claiming_costs_no_thread(
    lane: Lane, hanging: Hanging, due: Due, monkeypatch: pytest.MonkeyPatch, error: type[Error]
) -> None:
    tokens = due("one", 3)
    hanging.released.set()

    claims = Semaphore(0)

    def broken(*_arguments: Any, **_options: Any) -> Any:
        claims.release()
        raise error("connection already closed")

    with monkeypatch.context() as patch:
        patch.setattr(LeasedQuerySet, "find", broken)
        for _sweep in range(3 * lane.threads):
            lane.work_off(AccessToken.objects.all(), hanging)
            assert claims.acquire(timeout=WITHIN)
    lane.work_off(AccessToken.objects.all(), hanging)
    assert all(map(hanging.wait_for, tokens))


def test_elsewhere_than_in_a_worker_it_is_done_at_once(hanging: Hanging, due: Due) -> None:
    due("one", 3)
    hanging.released.set()
    Lane("closed", 4).work_off(AccessToken.objects.all(), hanging)
    assert len(hanging.began) == 3
