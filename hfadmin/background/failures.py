"""Work on a leased row that fails for a reason that nobody foresaw: logged, and said on its row."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from hfadmin.background.models import Leased

PUT_OFF = timedelta(minutes=15)

log = structlog.get_logger(__name__)

_Result = TypeVar("_Result")
_Work = Callable[[Any, Any], _Result]


def recorded_by(
    model: type[Leased], record: Callable[[Any, Any, str], object]
) -> Callable[[_Work[_Result]], _Work[_Result | None]]:
    """Decorates `work(pk, lease)` on a row of `model`, so that no exception leaves it.

    An exception is logged under a number, and `record(pk, lease, number)` has to write it to the
    row, finish the lease and plan the next attempt. Where that fails too, the row is at least
    put off. The decorated work returns None then.
    """

    def decorate(work: _Work[_Result]) -> _Work[_Result | None]:
        @wraps(work)
        def guarded(pk: Any, lease: Any) -> _Result | None:
            try:
                return work(pk, lease)
            except Exception:
                number = uuid4().hex[:8]
                log.exception("work_failed", number=number, model=model.__name__, row=str(pk))
            try:
                if not connection.in_atomic_block:
                    close_old_connections()  # one that broke is replaced
                with transaction.atomic():
                    record(pk, lease, number)
            except Exception:
                log.exception("failure_not_recorded", number=number, row=str(pk))
                _put_off(model, pk, lease)
            return None

        return guarded

    return decorate


def _put_off(model: type[Leased], pk: Any, lease: Any) -> None:
    """The lease itself is what holds the row back: there may be more reasons than the time for
    which it falls due."""
    rows = model._default_manager.filter(pk=pk, lease_id=lease)  # noqa: SLF001
    later = timezone.now() + PUT_OFF
    try:
        with transaction.atomic():
            rows.update(next_check_at=later, lease_until=later, lease_holder=None)
    except Exception:
        # The lease runs out by itself.
        log.exception("row_not_put_off", row=str(pk))
