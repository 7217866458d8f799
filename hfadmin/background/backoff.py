"""How long until the next check: regular intervals, and waits after failures, both with jitter."""

import random
from dataclasses import dataclass
from datetime import timedelta

_MOST_DOUBLINGS = 20


def jittered(interval: timedelta) -> timedelta:
    """The interval give or take a tenth, so that rows stored together are not due together."""
    return interval * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double with each failure in a row, from `first` up to `longest`."""

    first: timedelta
    longest: timedelta

    def wait(self, failures: int, *, told: float | None = None) -> timedelta:
        """How long to wait after one more failure than the `failures` before it, between half of
        the wait and all of it; never less than the `told` seconds that the other side asked for."""
        whole = min(self.first * 2 ** min(failures, _MOST_DOUBLINGS), self.longest)
        spread: timedelta = whole * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing
        return max(spread, timedelta(seconds=told or 0))
