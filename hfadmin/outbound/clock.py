"""The wall-clock bound over a call and everything inside it."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from hfadmin.outbound.errors import DeadlineExceededError

_until: ContextVar[float | None] = ContextVar("outbound_until", default=None)


@contextmanager
def deadline(seconds: float) -> Generator[None]:
    """All outbound calls inside end within `seconds` together; an outer bound stays in force."""
    with until(time.monotonic() + seconds):
        yield


@contextmanager
def until(moment: float) -> Generator[None]:
    """As `deadline`, given as a moment of the monotonic clock."""
    outer = _until.get()
    token = _until.set(moment if outer is None else min(moment, outer))
    try:
        yield
    finally:
        _until.reset(token)


def moment() -> float | None:
    """When the bound in force ends."""
    return _until.get()


def remaining(limit: float) -> float:
    """The seconds that are left, at most `limit`. Raises DeadlineExceededError when none are."""
    check()
    end = _until.get()
    return limit if end is None else min(limit, max(end - time.monotonic(), 0.001))


def check() -> None:
    """Raises DeadlineExceededError once the bound in force has passed."""
    if has_passed():
        raise DeadlineExceededError("The time for this call is used up")


def has_passed() -> bool:
    end = _until.get()
    return end is not None and end <= time.monotonic()
