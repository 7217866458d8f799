import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from hfadmin.background import health, heartbeats, holder
from hfadmin.background.models import Heartbeat
from hfadmin.background.tasks import tidy
from hfadmin.background.worker import Heartbeats
from tests.factories import fresh_heartbeats

WORKER, BEAT = Heartbeat.Part.WORKER, Heartbeat.Part.BEAT


@pytest.fixture
def running(db: None) -> None:
    fresh_heartbeats()


@pytest.mark.usefixtures("running")
def test_everything_is_ready_when_all_parts_were_seen(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": True,
        "broker": True,
        "worker": True,
        "beat": True,
    }


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("part", [WORKER, BEAT])
def test_a_part_that_was_not_seen_for_half_a_minute_is_missing(client: Client, part: str) -> None:
    old = timezone.now() - timedelta(seconds=31)
    Heartbeat.objects.filter(part=part).update(seen_at=old)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert [name for name, there in response.json().items() if not there] == ["ready", part]


@pytest.mark.usefixtures("running")
def test_one_of_two_workers_is_enough(client: Client) -> None:
    Heartbeat.objects.filter(part=WORKER).update(seen_at=timezone.now() - timedelta(hours=1))
    Heartbeat.objects.create(part=WORKER, host="celery@two", seen_at=timezone.now())

    assert client.get("/readyz").status_code == 200


@pytest.mark.usefixtures("running")
def test_a_broker_that_cannot_be_written_is_not_ready(
    client: Client, settings: SimpleNamespace, tmp_path: Path
) -> None:
    settings.BROKER_DIR = tmp_path / "nowhere"

    assert client.get("/readyz").json()["broker"] is False


@pytest.mark.usefixtures("running")
def test_a_redis_that_does_not_answer_is_not_ready(
    client: Client, settings: SimpleNamespace
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert client.get("/readyz").json()["broker"] is False


def test_a_database_that_does_not_answer_is_said_and_not_a_server_error(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> set[str]:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "_seen", gone)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] is False


def test_a_connection_that_broke_is_a_database_that_does_not_answer(
    client: Client, db: None
) -> None:
    with connection.execute_wrapper(raising(InterfaceError)):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] is False


def raising(error: type[Error]) -> Callable[..., Any]:
    def fail(*_query: Any) -> Any:
        raise error("connection already closed")

    return fail


def test_being_alive_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_pages_say_that_nothing_is_checked_without_a_worker(as_viewer: Client) -> None:
    page = as_viewer.get("/o/acme/activity/").content.decode()

    assert "No background worker has been seen" in page


def test_right_after_the_start_nothing_is_missed_yet(
    as_viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_started", time.monotonic())

    page = as_viewer.get("/o/acme/activity/").content.decode()

    assert "No background worker has been seen" not in page


@pytest.mark.usefixtures("running")
def test_pages_say_nothing_while_all_is_well(as_viewer: Client) -> None:
    page = as_viewer.get("/o/acme/activity/").content.decode()

    assert "No background worker has been seen" not in page


def test_the_answer_is_remembered_for_a_few_seconds(
    db: None, django_assert_num_queries: object
) -> None:
    assert health.background_is_missing()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert health.background_is_missing()


@pytest.fixture
def as_worker() -> Iterator[None]:
    """This process holds leases."""
    holder.become()
    yield
    holder.cease()


@pytest.mark.usefixtures("as_worker")
def test_a_heartbeat_is_one_row_of_its_process_however_often_it_is_written(db: None) -> None:
    for _ in range(3):
        heartbeats.beat_of_worker("celery@one")
    assert Heartbeat.objects.get().pk == holder.current()

    holder.become()  # as a worker does that takes the place of another on the same host
    heartbeats.beat_of_worker("celery@one")
    assert Heartbeat.objects.count() == 2


@pytest.mark.usefixtures("as_worker")
def test_who_leaves_takes_those_along_that_vanished_long_ago(db: None) -> None:
    old = timezone.now() - timedelta(days=2)
    Heartbeat.objects.create(part=WORKER, host="celery@gone", seen_at=old)
    heartbeats.beat_of_worker("celery@one")

    heartbeats.leave()

    assert not Heartbeat.objects.exists()


@pytest.fixture
def step() -> Iterator[Heartbeats]:
    step = Heartbeats(SimpleNamespace(hostname="celery@one"))
    yield step
    step.stopped.set()
    holder.cease()


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_seen_as_it_starts_and_takes_its_heartbeat_along(step: Heartbeats) -> None:
    worker = SimpleNamespace(hostname="celery@one")
    step.start(worker)
    assert Heartbeat.objects.get().host == "celery@one"

    step.stop(worker)
    assert isinstance(step.thread, Thread)
    step.thread.join(10)
    assert not Heartbeat.objects.exists()
    assert holder.current() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [InterfaceError, OperationalError])
def test_a_heartbeat_that_a_broken_connection_lost_is_written_at_the_next_turn(
    step: Heartbeats, error: type[Error]
) -> None:
    holder.become()
    written: list[int] = []
    broken = ExitStack()
    turns = iter([lambda: broken.enter_context(connection.execute_wrapper(raising(error)))])

    def turn(timeout: float | None = None) -> bool:
        if (break_it := next(turns, None)) is not None:
            break_it()
            return False
        broken.close()
        written.append(Heartbeat.objects.count())
        return len(written) == 2

    step.stopped.wait = turn  # type: ignore[method-assign]
    step.run("celery@one")

    assert written == [0, 1]
    assert not Heartbeat.objects.exists()


def test_sessions_that_are_over_are_removed(as_viewer: Client, as_admin: Client) -> None:
    Session.objects.filter(pk=as_viewer.session.session_key).update(expire_date=timezone.now())

    tidy()

    assert Session.objects.get().pk == as_admin.session.session_key
