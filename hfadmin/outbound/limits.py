"""How large an answer may be: the client's own limits, and narrower ones for what is asked."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one answer, counted after decompression.

    `max_bytes` bounds the body. `max_values` bounds what parsing it as JSON makes: its opening
    brackets, opening braces and commas, of which there are about as many as values.
    """

    max_bytes: int
    max_values: int


_limits: ContextVar[Limits | None] = ContextVar("outbound_limits", default=None)


@contextmanager
def limited(limits: Limits) -> Generator[None]:
    """Answers to the calls inside may be this large; the client's own limits stay in force."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def in_force(most: Limits) -> Limits:
    """The narrower of `most` and what surrounds the call."""
    asked = _limits.get()
    if asked is None:
        return most
    return Limits(
        max_bytes=min(asked.max_bytes, most.max_bytes),
        max_values=min(asked.max_values, most.max_values),
    )
