"""What endpoints cost now, in USD per hour.

Hugging Face bills each replica from its start: those that are ready, and while an endpoint is
initializing those that it starts. What is paused or scaled to zero costs nothing. Where the price
or the replicas of something else are not known, its cost is not known either: NULL, never 0.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import (
    Case,
    Count,
    Expression,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Greatest

AMOUNT = models.DecimalField(max_digits=20, decimal_places=4)
_UNPRICED = Q(cost_per_hour=None, price_per_hour=None)
_UNCOUNTED = Q(cost_per_hour=None, price_per_hour__isnull=False)


@dataclass(frozen=True, slots=True)
class Total:
    """What several endpoints cost together, and how many are not in it."""

    known: Decimal
    unpriced: int = 0  # endpoints that run, at a price that is not known
    uncounted: int = 0  # endpoints of which it is not known how many replicas run

    @property
    def is_whole(self) -> bool:
        return not (self.unpriced or self.uncounted)


def now(*, asleep: Collection[str], starting: str) -> Case:
    """The cost of one row, as an expression over its columns."""
    starts = Q(state=starting)
    nothing = Q(ready_replicas=0) & (~starts | Q(target_replicas=0))
    started = Greatest(F("ready_replicas"), F("target_replicas"))
    return Case(
        When(Q(deleted_at__isnull=False) | Q(state__in=sorted(asleep)), then=Value(Decimal(0))),
        When(nothing, then=Value(Decimal(0))),
        # PostgreSQL's GREATEST passes over NULL: both have to be known.
        When(starts & Q(target_replicas=None), then=Value(None)),
        When(starts & Q(ready_replicas=None), then=Value(None)),
        When(starts, then=_times(started)),
        default=_times(F("ready_replicas")),
        output_field=AMOUNT,
    )


def total(rows: QuerySet[models.Model]) -> Total:
    found = rows.order_by().aggregate(
        known=Sum("cost_per_hour", output_field=AMOUNT),
        unpriced=Count("pk", filter=_UNPRICED),
        uncounted=Count("pk", filter=_UNCOUNTED),
    )
    # No row, or none with a known cost: the counts say which.
    return Total(found["known"] or Decimal(0), found["unpriced"], found["uncounted"])


def _times(replicas: F | Greatest) -> Expression:
    return ExpressionWrapper(F("price_per_hour") * replicas, output_field=AMOUNT)
