"""The queue of record: rows that fall due, the leases on them, and the heartbeats of processes.

find        due rows, in turn from each organization
claim       take due rows under a lease
hold        write progress, and let the lease run anew
finish      write the outcome, end the lease and plan the next check
reschedule  plan another time for the next check
revoke      end whatever lease there is, so that what is under way writes nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, Self, TypeVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from hfadmin.background import holder

LEASE = timedelta(seconds=60)
HOLDER_LOST_AFTER = timedelta(seconds=10)  # without a heartbeat, which is written every 3 s
NO_LEASE: dict[str, None] = {"lease_id": None, "lease_until": None, "lease_holder": None}
_ATTEMPTS = 5  # to claim where others take the same rows

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class Heartbeat(models.Model):
    """When each process of the background was last seen."""

    class Part(models.TextChoices):
        WORKER = "worker"
        BEAT = "beat"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)  # of the process
    part = models.CharField(max_length=16, choices=Part.choices)
    host = models.CharField(max_length=255, blank=True, default="")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.part}@{self.host}"


class Found(NamedTuple):
    """A row that was due when it was found, and may be taken by somebody else since."""

    pk: Any
    lease: UUID | None  # that has run out
    organization: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The rows that one sweep took, all under one lease."""

    lease: UUID
    ids: tuple[Any, ...]


class LeasedQuerySet(models.QuerySet[_Row], Generic[_Row]):
    """Works on due rows by conditional updates, the same way on SQLite and PostgreSQL."""

    def free(self, now: datetime) -> Self:
        """Rows without a lease, and those whose lease has run out or lost its holder."""
        is_over = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        # A query of its own: Django takes three times as long to write it into this one.
        seen = Heartbeat.objects.filter(seen_at__gt=now - HOLDER_LOST_AFTER)
        # Whoever asks lives, however late its heartbeat is.
        alive = [holder.current(), *seen.values_list("pk", flat=True)]
        is_lost = Q(lease_holder__isnull=False) & ~Q(lease_holder__in=alive)
        # Who was lost took its last lease before that. A younger one is that of a process which has
        # begun since the query above.
        is_lost &= Q(lease_until__lte=now + LEASE - HOLDER_LOST_AFTER / 2)
        return self.filter(is_over | is_lost)

    def due(self, now: datetime) -> Self:
        """Free rows whose time has come."""
        return self.free(now).filter(self.falls_due(now))

    def falls_due(self, now: datetime) -> Q:
        """The condition on a row's own columns, and on other tables by subqueries alone: a join
        would take the row's lock out of the conditional update."""
        return Q(next_check_at__lte=now)

    def find(self, limit: int) -> list[Found]:
        """Up to `limit` due rows: the first of each organization, then the second of each, and so
        on. One whose lease ran out, as it does when it kills its worker, is the last of its own."""
        own_turn = Window(
            RowNumber(),
            partition_by=[F("organization")],
            order_by=[F("lease_until").asc(nulls_first=True), F("next_check_at").asc()],
        )
        in_turn = self.due(timezone.now()).order_by(own_turn, "next_check_at")
        rows = in_turn.values_list("pk", "lease_id", "organization_id")
        return [Found(*row) for row in rows[:limit]]

    def claim(self, *, limit: int = 500, lease_for: timedelta = LEASE) -> Claim:
        """Take up to `limit` due rows. Two sweeps at once never get the same row."""
        for _attempt in range(_ATTEMPTS):
            found = self.find(limit)
            claim = self.claim_found(found, lease_for)
            if claim.ids or not found:
                break
        return claim

    def claim_found(self, found: Sequence[Found], lease_for: timedelta = LEASE) -> Claim:
        """Take those of the rows that are still as they were found."""
        now, claim = timezone.now(), Claim(uuid4(), tuple(row.pk for row in found))
        if not found:
            return claim
        # Whoever lost the race finds another lease, or the row no longer due.
        is_as_found = Q(lease_id=None) | Q(lease_id__in={row.lease for row in found} - {None})
        rows = self.filter(is_as_found, self.falls_due(now), pk__in=claim.ids)
        until, own = now + lease_for, holder.current()
        taken = rows.update(lease_id=claim.lease, lease_until=until, lease_holder=own)
        if taken == len(found):
            return claim
        held = set(self.filter(lease_id=claim.lease).values_list("pk", flat=True))
        return Claim(claim.lease, tuple(pk for pk in claim.ids if pk in held))

    def take(self, pk: Any) -> UUID | None:
        """A lease on this one row, whether it is due or not; None while it is worked on."""
        now, lease = timezone.now(), uuid4()
        row = self.free(now).filter(pk=pk)
        until, own = now + LEASE, holder.current()
        taken = row.update(lease_id=lease, lease_until=until, lease_holder=own)
        return lease if taken else None

    def held(self, pk: Any, lease: UUID | str) -> Self:
        """The row, if this lease is still its own; work is written only through this."""
        return self.filter(pk=pk, lease_id=lease, lease_until__gt=timezone.now())

    def hold(self, **columns: Any) -> bool:
        """Write these columns and let the lease run anew. False: it is no longer held."""
        return bool(self.update(lease_until=timezone.now() + LEASE, **columns))

    def finish(self, next_check_at: datetime | None, **columns: Any) -> bool:
        """Write these columns, end the lease and plan the next check (None: none by itself).
        False: the lease is no longer held, and nothing was written."""
        return bool(self.update(next_check_at=next_check_at, **NO_LEASE, **columns))

    def reschedule(self, next_check_at: datetime | None) -> int:
        """Plan another time for the next check. One that is under way goes on, and plans its own
        in the end. Returns the number of rows."""
        return self.update(next_check_at=next_check_at)

    def revoke(self, next_check_at: datetime | None, **columns: Any) -> int:
        """End whatever lease there is and plan the next check: what is under way has begun before
        something that matters to it, and its outcome is not written. Returns the number of rows."""
        return self.update(next_check_at=next_check_at, **NO_LEASE, **columns)


class Leased(models.Model):
    """Something that is checked again and again. `next_check_at` null means: not by itself."""

    next_check_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    lease_id = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    # The process that works on it; null where that writes no heartbeat.
    lease_holder = models.UUIDField(null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0)  # checks in a row that told nothing

    class Meta:
        abstract = True

    @property
    def is_due(self) -> bool:
        """Whether a check was asked for and has not ended yet."""
        return self.next_check_at is not None and self.next_check_at <= timezone.now()

    def plan(self, next_check_at: datetime | None) -> None:
        """Begin anew on a row that the caller saves: no lease, no failures, this next check."""
        self.next_check_at, self.failures = next_check_at, 0
        self.lease_id = self.lease_until = self.lease_holder = None
