"""Answers that are long or odd: written in batches, resumed, and refused one row at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.models import Endpoint, Period
from providers.endpoints.polling import poll, reconcile
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import endpoint, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "BATCH", 3)
    monkeypatch.setattr(poll, "PAUSE", 0)


@pytest.fixture
def ten(labs: Namespace, upstream: Sandbox) -> Namespace:
    for number in range(10):
        upstream.add_endpoint("acme-labs", f"e-{number}")
    return labs


class Broken(BaseException):
    """As if the process ended."""


def values(params: Any) -> Iterator[Any]:
    """What a statement inserts: value by value on SQLite, a list for each column on PostgreSQL."""
    for value in params or ():
        if isinstance(value, list):
            yield from value
        else:
            yield value


@contextmanager
def refusing(table: str, value: str, error: type[BaseException]) -> Iterator[None]:
    """A database that refuses to insert this value into the table."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(f'INSERT INTO "{table}"') and value in values(params):
            raise error("value out of range")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def test_no_transaction_writes_more_than_a_batch(ten: Namespace) -> None:
    per_transaction = [0]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("BEGIN", "SELECT")) or context["connection"].in_atomic_block is False:
            return execute(sql, params, many, context)
        if sql.startswith('INSERT INTO "endpoints_endpoint"'):
            per_transaction.append(sum(str(v).startswith("e-") for v in values(params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        look(ten)
    assert max(per_transaction) <= 3
    assert Endpoint.objects.count() == Period.objects.filter(ended_at=None).count() == 10
    assert ten.answer


def test_a_look_that_is_broken_off_is_resumed_and_loses_nothing(
    ten: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    with refusing("endpoints_endpoint", "e-7", Broken), pytest.raises(Broken):
        look(ten)
    ten.refresh_from_db()
    assert (ten.answer, ten.checked_at) == ("", None)
    assert 0 < Endpoint.objects.count() < 10
    clock.advance(61)
    before = dict(Endpoint.objects.values_list("name", "version"))
    look(ten)
    assert Endpoint.objects.count() == Period.objects.filter(ended_at=None).count() == 10
    now = dict(Endpoint.objects.values_list("name", "version"))
    assert before.items() <= now.items()


def test_what_vanished_is_told_only_after_all_that_is_there_was_written(
    ten: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    look(ten)
    clock.advance(60)
    for number in range(5):
        upstream.remove_endpoint("acme-labs", f"e-{number}")
        upstream.add_endpoint("acme-labs", f"new-{number}")
    with refusing("endpoints_endpoint", "new-4", Broken), pytest.raises(Broken):
        look(ten)
    assert not Endpoint.objects.exclude(deleted_at=None).exists()
    clock.advance(61)
    look(ten)
    assert Endpoint.objects.exclude(deleted_at=None).count() == 5
    assert Period.objects.filter(ended_at=None).count() == 10


def test_a_lease_that_is_lost_between_batches_ends_the_writing(
    ten: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = reconcile.apply

    def then_asked_for_anew(*arguments: Any) -> None:
        honest(*arguments)
        Namespace.objects.update(lease_id=None)

    monkeypatch.setattr(reconcile, "apply", then_asked_for_anew)
    look(ten)
    assert Endpoint.objects.count() == 3
    assert ten.checked_at is None


@pytest.mark.parametrize("error", [OverflowError, ValueError])
def test_one_endpoint_that_the_database_refuses_is_unknown_and_the_others_are_read(
    ten: Namespace, upstream: Sandbox, clock: Clock, error: type[Exception]
) -> None:
    look(ten)
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "e-4", state="paused", message="odd")
    upstream.change_endpoint("acme-labs", "e-5", state="failed", message="Out of disk")
    with refusing("endpoints_endpoint", "odd", error):
        look(ten)
    assert ten.problem == {}
    assert (endpoint("e-5").state, endpoint("e-5").message) == ("failed", "Out of disk")
    odd = endpoint("e-4")
    assert (odd.state, odd.ready_replicas, odd.deleted_at) == ("unknown", None, None)
    assert "cannot be stored" in odd.message
    assert odd.repository == endpoint("e-5").repository
    assert Period.objects.get(endpoint=odd, ended_at=None).state == "unknown"
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "e-4", state="running", message="")
    look(ten)
    assert endpoint("e-4").state == "running"
