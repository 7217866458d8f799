"""What a worker does beside its tasks: it writes heartbeats, keeps its database connections in
order, and has lanes for the work that its tasks begin."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import structlog
from celery import Celery, bootsteps, signals
from django.db import Error, close_old_connections, connection

from hfadmin.background import heartbeats, holder, lanes
from hfadmin.stack import DRAIN_SECONDS

log = structlog.get_logger(__name__)


def configure(app: Celery) -> None:
    """Called as a worker starts, once models can be imported."""
    app.steps["worker"].add(Heartbeats)
    app.steps["worker"].add(Lanes)
    signals.task_prerun.connect(refresh_connections)
    signals.task_postrun.connect(refresh_connections)


class Heartbeats(bootsteps.StartStopStep):
    """A thread of its own, so that a slow database holds no task up, and the other way round."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopped = Event()
        self.thread: Thread | None = None

    def start(self, parent: Any) -> None:
        self.stopped.clear()
        holder.become()
        # Before anything is claimed: a holder that was never seen holds nothing.
        _logging_errors(lambda: heartbeats.beat_of_worker(parent.hostname))
        self.thread = Thread(
            target=self.run, args=(parent.hostname,), name="heartbeats", daemon=True
        )
        self.thread.start()

    def stop(self, parent: Any) -> None:
        self.stopped.set()
        if self.thread:
            self.thread.join(timeout=2)
        holder.cease()

    terminate = stop

    def run(self, host: str) -> None:
        while not self.stopped.wait(heartbeats.INTERVAL):
            _logging_errors(lambda: heartbeats.beat_of_worker(host))
        _logging_errors(heartbeats.leave)
        connection.close()


class Lanes(bootsteps.StartStopStep):
    """Tasks only wake the lanes, so nothing that takes long holds a message up."""

    requires = (Heartbeats,)

    def start(self, parent: Any) -> None:
        lanes.open_all()

    def stop(self, parent: Any) -> None:
        lanes.close_all(within=DRAIN_SECONDS - 2)

    terminate = stop


def _logging_errors(write: Callable[[], object]) -> None:
    try:
        close_old_connections()
        write()
    except Error as error:
        log.warning("heartbeat_failed", error=str(error))


def refresh_connections(**_signal: Any) -> None:
    """Before and after every task, as Django does for every request: connections stay open, and
    one that broke is replaced."""
    close_old_connections()
