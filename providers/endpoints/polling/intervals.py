"""How long until the next look, by what the last one showed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hfadmin.background.backoff import Backoff
from providers.endpoints.models import ASLEEP, IN_TRANSITION

IN_MOTION = timedelta(seconds=5)
STUCK = timedelta(seconds=30)
STUCK_AFTER = timedelta(minutes=15)
STEADY = timedelta(seconds=60)
QUIET = timedelta(minutes=5)
LONGEST = timedelta(minutes=15)
AFTER_FAILURE = Backoff(first=timedelta(seconds=10), longest=LONGEST)


def after_answer(states: Iterable[tuple[str, datetime | None]], now: datetime) -> timedelta:
    """`states` are all (state, since) of a namespace. Nothing there counts as asleep."""
    return min((_for(state, since, now) for state, since in states), default=QUIET)


def _for(state: str, since: datetime | None, now: datetime) -> timedelta:
    if state in IN_TRANSITION:
        return STUCK if since is not None and now - since >= STUCK_AFTER else IN_MOTION
    return QUIET if state in ASLEEP else STEADY
