"""Reading the history: stretches of a window, what they sum up to, and bars of equal length."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from statistics import median

from providers.endpoints import messages
from providers.endpoints.history import starts
from providers.endpoints.models import (
    ASLEEP,
    FAILED,
    IN_TRANSITION,
    UNKNOWN,
    Endpoint,
    EndpointState,
    Period,
)

WINDOW = timedelta(days=4)
SLOTS = 96
_SERVING = frozenset({EndpointState.RUNNING, EndpointState.UPDATING, EndpointState.UPDATE_FAILED})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period, or the part of it that lies in the window."""

    state: str
    message: str
    ready_replicas: int | None
    target_replicas: int | None
    began_at: datetime
    ended_at: datetime
    is_open: bool
    began_uncertainty: timedelta

    @property
    def says(self) -> str:
        """The message, where it adds something."""
        return messages.worth_telling(self.message)

    @property
    def is_short(self) -> bool:
        """Whether fewer replicas answered than were asked for."""
        return self.ready_replicas != self.target_replicas

    @property
    def length(self) -> timedelta:
        return self.ended_at - self.began_at

    @property
    def is_serving(self) -> bool:
        return self.state in _SERVING and self.ready_replicas != 0


@dataclass(frozen=True, slots=True)
class History:
    """An endpoint from `since` to `now`, the latest stretch first."""

    stretches: Sequence[Stretch]
    since: datetime
    now: datetime

    @property
    def available(self) -> float | None:
        """The percentage of the time in which it was meant to answer that it could; None where it
        was never meant to. Nobody waits for one that is being created."""
        # Of a stretch in which nobody saw how it was, nothing is said.
        unmeant = ASLEEP | {UNKNOWN}
        awake = _total(s for s in self._since_it_was_there if s.state not in unmeant)
        if not awake:
            return None
        return 100 * (_total(s for s in self.stretches if s.is_serving) / awake)

    @property
    def is_first_start(self) -> bool:
        """Whether it is being created."""
        return bool(self.stretches) and not self._since_it_was_there

    @property
    def _since_it_was_there(self) -> list[Stretch]:
        """The stretches after those of its creation, the earliest first."""
        earliest_first = list(reversed(self.stretches))
        if not earliest_first or earliest_first[0].began_at <= self.since:
            return earliest_first
        return list(dropwhile(lambda stretch: stretch.state in IN_TRANSITION, earliest_first))

    @property
    def failures(self) -> int:
        """How often it came to a failure: from one failed state into the other is the same one."""
        count, failed = 0, False
        for stretch in reversed(self.stretches):
            count += stretch.state in FAILED and not failed
            failed = stretch.state in FAILED
        return count

    @property
    def ready_in(self) -> timedelta | None:
        """The median time from the start to the first answer."""
        states = ((stretch.state, stretch.began_at) for stretch in reversed(self.stretches))
        took = [length.total_seconds() for _at, length in starts.completed(states)]
        return timedelta(seconds=median(took)) if took else None

    def bars(self) -> list[tuple[datetime, str]]:
        """(start, state) of equal slices, the oldest first. A failure shows however short it was,
        a transition too; else what there was most of. An empty state: nothing is known."""
        step = (self.now - self.since) / SLOTS
        starts = [self.since + step * number for number in range(SLOTS)]
        return [(start, _weightiest(self.stretches, start, start + step)) for start in starts]


def of(endpoint: Endpoint, now: datetime, window: timedelta = WINDOW) -> History:
    since = now - window
    periods = endpoint.periods.exclude(ended_at__lte=since).order_by("-began_at", "-pk")
    return History(within(periods, since, now), since, now)


def within(periods: Iterable[Period], since: datetime, until: datetime) -> list[Stretch]:
    """The periods clipped to the window; those outside of it are left out."""
    stretches = []
    for period in periods:
        began = max(period.began_at, since)
        ended = min(period.ended_at or until, until)
        if began < ended or (period.ended_at is None and began <= until):
            stretches.append(_stretch(period, began, max(began, ended)))
    return stretches


def _stretch(period: Period, began: datetime, ended: datetime) -> Stretch:
    return Stretch(
        state=period.state,
        message=period.message,
        ready_replicas=period.ready_replicas,
        target_replicas=period.target_replicas,
        began_at=began,
        ended_at=ended,
        is_open=period.ended_at is None,
        began_uncertainty=period.began_uncertainty,
    )


def _weightiest(stretches: Iterable[Stretch], start: datetime, end: datetime) -> str:
    shares: dict[str, timedelta] = {}
    for stretch in stretches:
        share = min(stretch.ended_at, end) - max(stretch.began_at, start)
        if share > timedelta():
            shares[stretch.state] = shares.get(stretch.state, timedelta()) + share
    return max(shares, key=lambda state: (_urgency(state), shares[state]), default="")


def _urgency(state: str) -> int:
    return 2 if state in FAILED else 1 if state in IN_TRANSITION else 0


def _total(stretches: Iterable[Stretch]) -> timedelta:
    return sum((stretch.length for stretch in stretches), timedelta())
