"""What a worker does beside its tasks: it says that it is alive, keeps its connections well, and
has lanes for the work that its tasks begin."""

from threading import Event, Thread
from typing import Any

import structlog
from celery import Celery, bootsteps, signals
from django.db import Error, close_old_connections, connection

from hfadmin.background import health, lanes
from hfadmin.background.models import Heartbeat
from hfadmin.stack import DRAIN_SECONDS

INTERVAL = 10.0

log = structlog.get_logger(__name__)


def equip(app: Celery) -> None:
    """Called as a worker starts, once models can be imported."""
    app.steps["worker"].add(Pulse)
    app.steps["worker"].add(Lanes)
    signals.task_prerun.connect(refresh_connections)
    signals.task_postrun.connect(refresh_connections)


class Pulse(bootsteps.StartStopStep):
    """A thread of its own, so that a slow database holds no task up, and the other way round."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopped = Event()
        self.thread: Thread | None = None

    def start(self, parent: Any) -> None:
        self.stopped.clear()
        self.thread = Thread(target=self.run, args=(parent.hostname,), name="pulse", daemon=True)
        self.thread.start()

    def stop(self, parent: Any) -> None:
        self.stopped.set()
        if self.thread:
            self.thread.join(timeout=2)

    terminate = stop

    def run(self, host: str) -> None:
        while not self.stopped.is_set():
            _quietly(health.beat, host)
            self.stopped.wait(INTERVAL)
        _quietly(health.leave, host)
        connection.close()


class Lanes(bootsteps.StartStopStep):
    """Tasks only wake the lanes, so nothing that takes long holds a message up."""

    def start(self, parent: Any) -> None:
        lanes.open_all()

    def stop(self, parent: Any) -> None:
        lanes.close_all(within=DRAIN_SECONDS - 2)

    terminate = stop


def _quietly(write: Any, host: str) -> None:
    try:
        close_old_connections()
        write(Heartbeat.Part.WORKER, host)
    except Error as error:
        log.warning("heartbeat_failed", error=str(error))


def refresh_connections(**_signal: Any) -> None:
    """Before and after every task, as Django does for every request: connections stay open, and
    one that broke is replaced."""
    close_old_connections()
