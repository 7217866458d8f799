"""Sending tasks to the workers, by name: who sends one does not import what it runs.

A message is a hint. One that gets lost costs the time until the next sweep, which finds the rows
due.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def send_on_commit(task: str, ids: Iterable[Any]) -> None:
    """Once the transaction is committed, send the task the ids of rows that are due; none for no
    ids."""
    sent = [str(pk) for pk in ids]
    if sent:
        transaction.on_commit(lambda: send(task, sent))


def send(task: str, *args: Any) -> bool:
    """Send the task now. Returns whether the broker took the message; a failure is logged."""
    try:
        current_app.send_task(task, args)
    except (OperationalError, OSError) as error:
        log.warning("broker_unavailable", task=task, error=str(error))
        return False
    return True
