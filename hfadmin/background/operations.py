"""Handing due rows to workers. A message is a hint: what is lost, the next sweep makes again."""

from datetime import timedelta
from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from hfadmin.background.models import LEASE, LeasedQuerySet

log = structlog.get_logger(__name__)


def dispatch(
    rows: LeasedQuerySet[Any], task: Task[Any, Any], *, limit: int = 500, lease_for: timedelta = LEASE
) -> int:
    """Claim due rows and send `task(id, lease)` for each; how many. The task calls one operation."""
    claim = rows.claim(limit=limit, lease_for=lease_for)
    for pk in claim.ids:
        publish(task, str(pk), str(claim.lease))
    return len(claim.ids)


def dispatch_on_commit(rows: LeasedQuerySet[Any], task: Task[Any, Any]) -> None:
    """For what a person just asked: the row, already due, need not wait for the next sweep."""
    transaction.on_commit(lambda: dispatch(rows, task))


def publish(task: Task[Any, Any], *args: str) -> None:
    try:
        task.apply_async(args)
    except (OperationalError, OSError) as error:
        log.warning("broker_unavailable", task=task.name, error=str(error))
