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
    rows: LeasedQuerySet[Any],
    task: Task[Any, Any],
    *,
    limit: int = 500,
    lease_for: timedelta = LEASE,
) -> int:
    """Claim due rows and send `task(id, lease)` for each; how many. The task calls one operation.

    Rows whose message the broker refused are let go, so that they are due again at once.
    """
    claim = rows.claim(limit=limit, lease_for=lease_for)
    for sent, pk in enumerate(claim.ids):
        if not publish(task, str(pk), str(claim.lease)):
            rows.release(claim.lease, claim.ids[sent:])
            return sent
    return len(claim.ids)


def dispatch_on_commit(rows: LeasedQuerySet[Any], task: Task[Any, Any]) -> None:
    """For what a person just asked: the row, already due, need not wait for the next sweep."""
    transaction.on_commit(lambda: dispatch(rows, task))


def publish(task: Task[Any, Any], *args: str) -> bool:
    """Whether the broker took the message."""
    try:
        task.apply_async(args)
    except (OperationalError, OSError) as error:
        log.warning("broker_unavailable", task=task.name, error=str(error))
        return False
    return True
