"""How long endpoints take to start, and the start that one of them is in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import dropwhile, groupby, takewhile
from operator import itemgetter, or_
from statistics import median

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from hfadmin.live.cache import VersionCache
from providers.endpoints.models import FAILED, IN_TRANSITION, Endpoint, EndpointState, Period

STARTING = frozenset({EndpointState.PENDING, EndpointState.INITIALIZING})
LEAST = 3  # starts, below which nothing counts as usual
MOST = 50  # starts that are looked at, the latest
LATE = timedelta(minutes=15)  # where nothing is usual
# A list of thousands of endpoints that wake up all day is not read for it.
_MOST_ENDPOINTS = 30
_MOST_PERIODS = 24  # of each
_cache: VersionCache[tuple["Start | None"]] = VersionCache(1000)


@dataclass(frozen=True, slots=True)
class Usual:
    """Of `count` past starts that were like it."""

    median: timedelta
    slowest: timedelta
    count: int


@dataclass(frozen=True, slots=True)
class Start:
    """A start that is under way, or failed as the endpoint's first."""

    began_at: datetime
    initializing_since: datetime | None  # None while it is pending
    was_pending: bool
    before: datetime | None  # when the state before it began; None where it is the first
    failed_at: datetime | None
    usual: Usual | None

    @property
    def due_at(self) -> datetime | None:
        """When half of those like it were over."""
        return self.began_at + self.usual.median if self.usual else None

    @property
    def late_after(self) -> timedelta:
        return 2 * self.usual.median if self.usual else LATE

    def lateness(self, now: datetime) -> int:
        """0, 1 from the time on that is usual, 2 from twice that on or where it has failed."""
        if self.failed_at or now >= self.began_at + self.late_after:
            return 2
        return int(self.due_at is not None and now >= self.due_at)


def as_of(organization_id: int, namespace: str, name: str, version: int) -> Start | None:
    """The start that the endpoint was in as of the organization's version. It is kept: a page that
    polls asks for it again and again."""
    key = (organization_id, version, namespace, name)
    return _cache.get_or_set(key, lambda: (_found(organization_id, namespace, name),))[0]


def under_way(endpoint: Endpoint) -> Start | None:
    """The start that the endpoint is in, or in which it failed at first."""
    periods: Sequence[Period] = list(endpoint.periods.all()[:_MOST_PERIODS])
    rest = list(dropwhile(lambda period: period.state in FAILED, periods))
    failed = periods[: len(periods) - len(rest)]
    begun = list(takewhile(lambda period: period.state in STARTING, rest))
    before = rest[len(begun)] if len(rest) > len(begun) else None
    if not begun or (failed and before):
        return None
    initializing = [each for each in begun if each.state == EndpointState.INITIALIZING]
    return Start(
        began_at=begun[-1].began_at,
        initializing_since=initializing[-1].began_at if initializing else None,
        was_pending=begun[-1].state == EndpointState.PENDING,
        before=before.began_at if before else None,
        failed_at=failed[-1].began_at if failed else None,
        usual=None if failed else usual(endpoint),
    )


def usual(endpoint: Endpoint) -> Usual | None:
    """How long the organization's latest starts took on the hardware and with the engine that it
    has. Those of endpoints that have changed either since count for what they have now."""
    latest = sorted(_past(_alike(endpoint)))[-MOST:]
    took = sorted(length for _at, length in latest)
    if len(took) < LEAST:
        return None
    middle = median(length.total_seconds() for length in took)
    return Usual(timedelta(seconds=middle), took[-1], len(took))


def completed(states: Iterable[tuple[str, datetime]]) -> Iterator[tuple[datetime, timedelta]]:
    """When each start that led to running was over, and how long it took: of (state, since), the
    oldest first."""
    began = None
    for state, since in states:
        if state in STARTING:
            began = began or since
        elif state == EndpointState.RUNNING and began is not None:
            yield since, since - began
        if state not in IN_TRANSITION:
            began = None


def _found(organization_id: int, namespace: str, name: str) -> Start | None:
    rows = Endpoint.objects.present().filter(organization=organization_id, name=name)
    rows = rows.filter(namespace__name=namespace, state__in=STARTING | {EndpointState.FAILED})
    endpoint = rows.only("organization", "engine", "instance_type", "instance_size").first()
    return under_way(endpoint) if endpoint else None


def _alike(endpoint: Endpoint) -> QuerySet[Endpoint]:
    """The endpoints that changed last; those that are gone too."""
    rows = Endpoint.objects.filter(
        organization=endpoint.organization_id,
        engine=endpoint.engine,
        instance_type=endpoint.instance_type,
        instance_size=endpoint.instance_size,
    )
    return rows.order_by(F("state_since").desc(nulls_last=True))[:_MOST_ENDPOINTS]


def _past(endpoints: QuerySet[Endpoint]) -> Iterator[tuple[datetime, timedelta]]:
    """In two queries, each bounded: where the latest periods of each begin, and those periods."""
    periods = Period.objects.filter(endpoint=OuterRef("pk"))
    first_of_them = Subquery(periods.values("began_at")[_MOST_PERIODS : _MOST_PERIODS + 1])
    chosen = Endpoint.objects.filter(pk__in=endpoints.values("pk"))
    bounds = dict(chosen.values_list("pk", first_of_them))
    if not bounds:
        return
    each = (Q(endpoint=pk, began_at__gte=at) if at else Q(endpoint=pk) for pk, at in bounds.items())
    rows = Period.objects.filter(reduce(or_, each)).order_by("endpoint", "began_at", "pk")
    found = rows.values_list("endpoint", "state", "began_at")
    for pk, states in groupby(found, itemgetter(0)):
        known = [(state, at) for _pk, state, at in states]
        # What the bound cuts off may be the beginning of a start.
        whole = dropwhile(lambda known: known[0] in STARTING, known) if bounds[pk] else known
        yield from completed(whole)
