"""Celery carries; the database is the queue of record. The schedule stands here, literally."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")


def broker() -> dict[str, Any]:
    """Redis where there is one, else files in the data directory."""
    if settings.REDIS_URL:
        return {
            "broker_url": settings.REDIS_URL,
            "broker_transport_options": {
                "visibility_timeout": 600,
                "socket_connect_timeout": 2,
                "socket_timeout": 5,
            },
        }
    folders = {name: Path(settings.BROKER_DIR) / name for name in ("queue", "control", "done")}
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            "data_folder_in": str(folders["queue"]),
            "data_folder_out": str(folders["queue"]),
            "control_folder": str(folders["control"]),
            "polling_interval": 0.1,
        },
    }


def every(seconds: float, task: str) -> dict[str, Any]:
    # A sweep that nobody picked up before the next one is due would only repeat it.
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}


app = Celery("hfadmin")
app.conf.update(
    **broker(),
    timezone="UTC",
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_publish_retry=False,
    task_serializer="json",
    accept_content=["json"],
    task_default_queue="hfadmin",
    broker_connection_retry_on_startup=True,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_prefetch_multiplier=4,
    worker_hijack_root_logger=False,
    beat_schedule={
        "namespaces": every(1.0, "providers.endpoints.tasks.sweep"),
        "verifications": every(2.0, "providers.catalog.tasks.sweep_verifications"),
        "tokens": every(5.0, "providers.tokens.tasks.sweep"),
        "models": every(5.0, "providers.catalog.tasks.sweep_models"),
        "pulse": every(5.0, "hfadmin.background.tasks.beat_seen"),
    },
)
app.autodiscover_tasks()
