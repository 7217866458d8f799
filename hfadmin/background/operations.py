"""Telling workers of what a person asked for. What gets lost, the next sweep finds due."""

from collections.abc import Iterable
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def send_on_commit(task: Task[Any, Any], ids: Iterable[Any]) -> None:
    """Once the rows are stored as due, have a worker take them without waiting for a sweep."""
    sent = [str(pk) for pk in ids]
    if sent:
        transaction.on_commit(lambda: publish(task, sent))


def publish(task: Task[Any, Any], *args: Any) -> bool:
    """Whether the broker took the message."""
    try:
        task.apply_async(args)
    except (OperationalError, OSError) as error:
        log.warning("broker_unavailable", task=task.name, error=str(error))
        return False
    return True
