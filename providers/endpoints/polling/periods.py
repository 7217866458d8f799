"""Writing the history: one open period an endpoint, ended when what it says no longer holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Value
from django.db.models.functions import Greatest

from providers.endpoints.models import UNKNOWN, Endpoint, Period

_EXACT = timedelta()


@dataclass(frozen=True, slots=True)
class Observation:
    """The last good look before this one (None: there was none) and this one."""

    before: datetime | None
    now: datetime

    def began(self, upstream: datetime | None) -> tuple[datetime, timedelta]:
        """When a change seen now happened, and how much earlier it may have been.

        Upstream's own time counts where it lies between the two looks; where there was no look
        before, it says since when nothing has changed.
        """
        since_before = upstream and (self.before is None or upstream >= self.before)
        if upstream and since_before and upstream <= self.now:
            return upstream, _EXACT
        return self.now, (self.now - self.before if self.before else _EXACT)


def record(endpoints: Sequence[Endpoint], observed: Observation) -> None:
    """Bring the history of these endpoints, as they were just saved, up to date."""
    by_id = {endpoint.pk: endpoint for endpoint in endpoints}
    open_periods = Period.objects.filter(endpoint_id__in=by_id, ended_at=None)
    current = {period.endpoint_id: period for period in open_periods}
    ended: list[Period] = []
    begun: list[Period] = []
    for pk, endpoint in by_id.items():
        before = current.get(pk)
        if before is not None and _says(before) == _says(endpoint):
            if before.message != endpoint.message:
                Period.objects.filter(pk=before.pk).update(message=endpoint.message)
            continue
        began_at, uncertainty = observed.began(_upstream(endpoint))
        if before is not None:
            began_at = max(began_at, before.began_at)
            before.ended_at = began_at
            ended.append(before)
        begun.append(_period(endpoint, began_at, uncertainty))
    _save_ended(ended)
    Period.objects.bulk_create(begun)


def end(endpoint_ids: Collection[int], at: datetime) -> None:
    """These endpoints are no more: nothing holds from `at` on."""
    Period.objects.filter(endpoint_id__in=endpoint_ids, ended_at=None).update(
        ended_at=Greatest("began_at", Value(at))
    )


def _upstream(endpoint: Endpoint) -> datetime | None:
    """When upstream last changed it. That is not when it could no longer be read."""
    return None if endpoint.state == UNKNOWN else endpoint.updated_upstream_at


def _says(row: Endpoint | Period) -> tuple[object, ...]:
    return row.state, row.ready_replicas, row.target_replicas, row.price_per_hour


def _period(endpoint: Endpoint, began_at: datetime, uncertainty: timedelta) -> Period:
    return Period(
        endpoint=endpoint,
        state=endpoint.state,
        message=endpoint.message,
        ready_replicas=endpoint.ready_replicas,
        target_replicas=endpoint.target_replicas,
        price_per_hour=endpoint.price_per_hour,
        began_at=began_at,
        began_uncertainty=uncertainty,
    )


def _save_ended(periods: Sequence[Period]) -> None:
    # One statement for all, each with its own time: `bulk_update` takes ten times as long.
    Period.objects.bulk_create(
        periods, update_conflicts=True, unique_fields=["id"], update_fields=["ended_at"]
    )
