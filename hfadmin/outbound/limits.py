"""Limits on the size of answers: those of the client, and narrower ones for a block of calls."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one answer, counted after decompression.

    `max_bytes` bounds the body. `max_values` bounds what parsing it as JSON makes: its opening
    brackets, opening braces and commas, of which there are about as many as values.
    """

    max_bytes: int
    max_values: int


_limits: ContextVar[Limits | None] = ContextVar("outbound_limits", default=None)


@contextmanager
def limited(limits: Limits) -> Generator[None]:
    """Context manager: narrow the limits of the calls inside; those of the client still apply."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def effective(limits: Limits) -> Limits:
    """Return the narrower of `limits` and those of the enclosing `limited` block."""
    enclosing = _limits.get()
    if enclosing is None:
        return limits
    return Limits(
        max_bytes=min(enclosing.max_bytes, limits.max_bytes),
        max_values=min(enclosing.max_values, limits.max_values),
    )
