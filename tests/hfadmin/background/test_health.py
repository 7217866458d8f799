import time
from collections.abc import Callable
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

from hfadmin.background import health
from hfadmin.background.models import Heartbeat
from hfadmin.background.tasks import beat_seen, tidy
from hfadmin.background.worker import Pulse

WORKER, BEAT = Heartbeat.Part.WORKER, Heartbeat.Part.BEAT


@pytest.fixture
def running(db: None) -> None:
    health.beat(WORKER, "celery@one")
    beat_seen()


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
    health.beat(WORKER, "celery@two")
    health.leave(WORKER, "celery@one")

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


def test_a_heartbeat_is_one_row_however_often_it_is_written(db: None) -> None:
    for _ in range(3):
        health.beat(WORKER, "celery@one")

    assert Heartbeat.objects.count() == 1


def test_who_leaves_takes_those_along_that_vanished_long_ago(db: None) -> None:
    health.beat(WORKER, "celery@gone")
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(days=2))
    health.beat(WORKER, "celery@one")

    health.leave(WORKER, "celery@one")

    assert not Heartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_writes_its_heartbeat_without_a_message_and_takes_it_along() -> None:
    worker = SimpleNamespace(hostname="celery@one")
    pulse = Pulse(worker)
    written: list[str] = []
    original = pulse.stopped.wait

    def note_and_stop(timeout: float | None = None) -> bool:
        written.extend(Heartbeat.objects.values_list("host", flat=True))
        pulse.stopped.set()
        return original(timeout)

    pulse.stopped.wait = note_and_stop  # type: ignore[method-assign]
    pulse.start(worker)
    assert isinstance(pulse.thread, Thread)
    pulse.thread.join(10)

    assert written == ["celery@one"]
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [InterfaceError, OperationalError])
def test_a_heartbeat_that_a_broken_connection_lost_is_written_at_the_next_turn(
    error: type[Error],
) -> None:
    pulse = Pulse(SimpleNamespace(hostname="celery@one"))
    written: list[int] = []
    broken = ExitStack()
    broken.enter_context(connection.execute_wrapper(raising(error)))

    def turn(timeout: float | None = None) -> bool:
        broken.close()
        written.append(Heartbeat.objects.count())
        if len(written) == 2:
            pulse.stopped.set()
        return pulse.stopped.is_set()

    pulse.stopped.wait = turn  # type: ignore[method-assign]
    pulse.run("celery@one")

    assert written == [0, 1]
    assert not Heartbeat.objects.exists()


def test_sessions_that_are_over_are_removed(as_viewer: Client, as_admin: Client) -> None:
    Session.objects.filter(pk=as_viewer.session.session_key).update(expire_date=timezone.now())

    tidy()

    assert Session.objects.get().pk == as_admin.session.session_key
