"""Fixtures for every test: Hugging Face is the sandbox, in process, and its time stands still."""

from collections.abc import Iterator

import httpx2
import pytest

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox


@pytest.fixture
def clock() -> Clock:
    """The sandbox's time, held."""
    clock = Clock()
    clock.hold()
    return clock


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    """An empty Hugging Face, to which all that leaves this process goes."""
    stand_in = Sandbox(clock=clock)
    outbound.use_transport(lambda: httpx2.WSGITransport(app=stand_in))
    yield stand_in
    outbound.reset()
