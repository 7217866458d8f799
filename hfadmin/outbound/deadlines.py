"""Deadlines on the monotonic clock, which hold for all outbound calls within a block."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from hfadmin.outbound.errors import DeadlineExceededError

_deadline: ContextVar[float | None] = ContextVar("outbound_deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Generator[None]:
    """Context manager: all outbound calls inside end within `seconds` together.

    An earlier deadline of an enclosing block still applies.
    """
    with deadline_at(time.monotonic() + seconds):
        yield


@contextmanager
def deadline_at(moment: float) -> Generator[None]:
    """As `deadline`, for a moment of the monotonic clock."""
    outer = _deadline.get()
    token = _deadline.set(moment if outer is None else min(moment, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def current() -> float | None:
    """Return the moment of the monotonic clock at which the deadline passes; None without one."""
    return _deadline.get()


def remaining(limit: float) -> float:
    """Return the seconds that are left, at most `limit`. Raises DeadlineExceededError for none."""
    check()
    end = _deadline.get()
    return limit if end is None else min(limit, max(end - time.monotonic(), 0.001))


def check() -> None:
    """Raise DeadlineExceededError if the deadline has passed."""
    if has_passed():
        raise DeadlineExceededError("The time for this call is used up")


def has_passed() -> bool:
    """Whether there is a deadline and it has passed."""
    end = _deadline.get()
    return end is not None and end <= time.monotonic()
