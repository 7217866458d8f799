"""The queue of record: rows that fall due, the leases on them, and who was last seen working."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Self, TypeVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

LEASE = timedelta(seconds=60)

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """The rows that one sweep took, all under one lease."""

    lease: UUID
    ids: tuple[Any, ...]


class LeasedQuerySet(models.QuerySet[_Row], Generic[_Row]):
    """Claims due rows with one conditional update, the same way on SQLite and PostgreSQL."""

    def due(self, now: datetime) -> Self:
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, next_check_at__lte=now)

    def claim(self, *, limit: int = 500, lease_for: timedelta = LEASE) -> Claim:
        """Take up to `limit` due rows. Two sweeps at once never get the same row."""
        now, lease = timezone.now(), uuid4()
        oldest = self.due(now).order_by("next_check_at").values_list("pk", flat=True)[:limit]
        candidates = list(oldest)
        if not candidates:
            return Claim(lease, ())
        # Whoever lost the race finds the row no longer due when its own update gets to it.
        self.due(now).filter(pk__in=candidates).update(lease_id=lease, lease_until=now + lease_for)
        held = self.filter(lease_id=lease).values_list("pk", flat=True)
        return Claim(lease, tuple(held))

    def release(self, lease: UUID, pks: Iterable[Any]) -> int:
        """Give rows of this lease back: nobody was told about them."""
        rows = self.model._default_manager.filter(pk__in=list(pks), lease_id=lease)  # noqa: SLF001
        return rows.update(lease_id=None, lease_until=None)

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
