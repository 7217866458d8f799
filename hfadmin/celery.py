"""The Celery application and its schedule. The queue of record is the database."""

import os
import signal
from typing import Any

from celery import Celery, signals
from celery.beat import Scheduler, Service

from hfadmin import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")


def every(seconds: float, task: str) -> dict[str, Any]:
    """Return an entry of the schedule that sends `task` every `seconds`."""
    # A message that is still waiting when the next one is due would only repeat the work.
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}


app = Celery("hfadmin")
app.conf.update(
    **broker.configuration(),
    timezone="UTC",
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="hfadmin",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    beat_schedule={
        "namespaces": every(1.0, "providers.endpoints.tasks.sweep"),
        "actions": every(1.0, "providers.endpoints.lifecycle.tasks.sweep"),
        "verifications": every(2.0, "providers.catalog.tasks.sweep_verifications"),
        "tokens": every(5.0, "providers.tokens.tasks.sweep"),
        "models": every(1.0, "providers.catalog.tasks.sweep_models"),
        "heartbeat": every(5.0, "hfadmin.background.tasks.beat_seen"),
        "variables": every(3600.0, "providers.endpoints.lifecycle.tasks.sweep_variables"),
        "tidy": every(3600.0, "hfadmin.background.tasks.tidy"),
    },
)
# Celery would close the database connection around every task: hfadmin.background.worker keeps it.
app.conf["CELERY_DB_REUSE_MAX"] = 2**62
app.autodiscover_tasks()


def run_scheduler() -> None:
    """Run Celery's beat until SIGTERM or SIGINT. It imports neither tasks nor models."""
    service = Service(app, scheduler_cls=Scheduler)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    service.start()


@signals.worker_init.connect
def configure_worker(**_signal: Any) -> None:
    # Models can be imported only now, and only a worker needs this.
    from hfadmin.background import worker

    worker.configure(app)
