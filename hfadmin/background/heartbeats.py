"""Writing and reading the heartbeats of the processes in the background."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from hfadmin.background import holder
from hfadmin.background.models import Heartbeat

INTERVAL = 3.0  # seconds between two heartbeats of a worker
_KEPT_FOR = timedelta(days=1)
_SCHEDULER = UUID(int=0)  # one row for all: any worker may receive the messages of any


def beat_of_worker(host: str = "") -> None:
    """Write the heartbeat of this process, if it holds leases."""
    if (own := holder.current()) is not None:
        _write(Heartbeat(id=own, part=Heartbeat.Part.WORKER, host=host[:255]))


def beat_of_scheduler() -> None:
    """Write that a message of the scheduler has arrived."""
    _write(Heartbeat(id=_SCHEDULER, part=Heartbeat.Part.BEAT))


def leave() -> None:
    """Delete the heartbeat of this process, which stops, and those that are long out of date."""
    if (own := holder.current()) is not None:
        Heartbeat.objects.filter(pk=own).delete()
    Heartbeat.objects.filter(seen_at__lt=timezone.now() - _KEPT_FOR).delete()


def parts_seen_since(moment: datetime) -> set[str]:
    """The kinds of processes of which at least one was seen."""
    parts = Heartbeat.objects.filter(seen_at__gt=moment).values_list("part", flat=True)
    return set(parts.distinct())


def _write(row: Heartbeat) -> None:
    row.seen_at = timezone.now()
    Heartbeat.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=["seen_at"]
    )
