"""The queue of record: rows that fall due, the leases on them, and who was last seen working."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Self, TypeVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

LEASE = timedelta(seconds=60)
_ATTEMPTS = 5  # to claim where others take the same rows

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """The rows that one sweep took, all under one lease."""

    lease: UUID
    ids: tuple[Any, ...]
    organizations: tuple[int, ...] = ()  # whose they are, in the same order


class LeasedQuerySet(models.QuerySet[_Row], Generic[_Row]):
    """Claims due rows with one conditional update, the same way on SQLite and PostgreSQL."""

    def due(self, now: datetime) -> Self:
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, next_check_at__lte=now)

    def claim(
        self,
        *,
        limit: int = 500,
        lease_for: timedelta = LEASE,
        running: Mapping[int, int] | None = None,
        share: int | None = None,
    ) -> Claim:
        """Take up to `limit` due rows, in turn from each organization. Two sweeps at once never
        get the same row.

        `running` is how many rows of an organization are worked on already: it waits that many
        turns, and gets none while these are `share` or more.
        """
        now, lease = timezone.now(), uuid4()
        for _attempt in range(_ATTEMPTS):
            candidates = list(self._in_turn(now, running or {}, share)[:limit])
            if not candidates:
                break
            # Whoever lost the race finds the row no longer due when its own update gets to it.
            rows = self.due(now).filter(pk__in=candidates)
            if rows.update(lease_id=lease, lease_until=now + lease_for):
                held = dict(self.filter(lease_id=lease).values_list("pk", "organization_id"))
                ids = tuple(pk for pk in candidates if pk in held)  # a database keeps no order
                return Claim(lease, ids, tuple(held[pk] for pk in ids))
        return Claim(lease, ())

    def _in_turn(
        self, now: datetime, running: Mapping[int, int], share: int | None
    ) -> "models.QuerySet[_Row, Any]":
        """Keys of due rows: the first of each organization, then the second of each, and so on.
        One whose lease ran out, as it does when it kills its worker, is the last of its own."""
        full = [pk for pk, count in running.items() if share is not None and count >= share]
        own_turn = Window(
            RowNumber(),
            partition_by=[F("organization")],
            order_by=[F("lease_until").asc(nulls_first=True), F("next_check_at").asc()],
        )
        busy = [When(organization=pk, then=Value(count)) for pk, count in running.items() if count]
        waits = Case(*busy, default=Value(0), output_field=IntegerField())
        due = self.due(now).exclude(organization__in=full)
        return due.order_by(own_turn + waits, "next_check_at").values_list("pk", flat=True)

    def held(self, pk: Any, lease: UUID | str) -> Self:
        """The row, if this lease is still its own; a result is written only through this."""
        return self.filter(pk=pk, lease_id=lease, lease_until__gt=timezone.now())


class Leased(models.Model):
    """Something that is looked at again and again. `next_check_at` null means: not by itself."""

    next_check_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    lease_id = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def is_due(self) -> bool:
        """Whether a look was asked for and has not ended yet."""
        return self.next_check_at is not None and self.next_check_at <= timezone.now()


class Heartbeat(models.Model):
    """When each part of the background was last seen."""

    class Part(models.TextChoices):
        WORKER = "worker"
        BEAT = "beat"

    part = models.CharField(max_length=16, choices=Part.choices)
    host = models.CharField(max_length=255, blank=True, default="")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "host"], name="one_heartbeat_per_part_and_host")
        ]

    def __str__(self) -> str:
        return f"{self.part}@{self.host}"
