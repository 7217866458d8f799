"""Benchmark of recovery: a worker is killed at random moments while endpoints change.

Each round changes the state of an endpoint in the sandbox, has its namespace polled, and kills a
worker during the call. It measures the time from the kill until the change is on the page, and
counts changes that are never shown and those that are in the history twice.
"""

import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from hfadmin.sandbox.seed import DEMO_TOKENS
from tests.stack.databases import missing_programs
from tests.stack.processes import Process, SandboxServer, kill
from tests.stack.running import Composed, Stack
from tests.stack.visitor import Visitor

ROUNDS = 20
GOAL_SECONDS = 20.0  # from the kill to the page
TIMEOUT_SECONDS = 120.0
CALL_SECONDS = 2.0
HOME = "/o/example"
NAMESPACE, NAME = "acme-labs", "smollm-edge"
LABELS = {"failed": "Failed", "running": "Running"}


def measure(directory: Path) -> Iterator[Figure]:
    yield from _measure(Stack, "SQLite, one worker", directory / "embedded")
    if not missing_programs():
        yield from _measure(Composed, "PostgreSQL and Redis, two workers", directory / "composed")


def _measure(kind: type[Stack], name: str, directory: Path) -> Iterator[Figure]:
    directory.mkdir()
    part = f"A worker killed {ROUNDS} times, {name}"
    sandbox = SandboxServer(directory / "logs")
    try:
        with kind(directory, sandbox.environment) as stack, stack.visitor() as visitor:
            took, doubled = _kills(stack, visitor, sandbox)
    finally:
        sandbox.stop()
    shown = [seconds for seconds in took if seconds < TIMEOUT_SECONDS]
    yield Figure(part, "on the page after the kill, median", statistics.median(took), "s")
    yield Figure(part, "on the page after the kill, slowest", max(took), "s", at_most=GOAL_SECONDS)
    yield Figure(part, "changes lost", ROUNDS - len(shown), "", at_most=0)
    yield Figure(part, "changes doubled", doubled, "", at_most=0)


def _kills(stack: Stack, visitor: Visitor, sandbox: SandboxServer) -> tuple[list[float], int]:
    second = stack.serve("worker") if isinstance(stack, Composed) else None
    stack.wait_until_ready()
    visitor.sign_in()
    visitor.submit(
        f"{HOME}/tokens/add/", token_name="ada-admin", token=dict(DEMO_TOKENS)["ada-admin"]
    )
    _wait_for(visitor, "Running")
    before = _periods(stack)
    sandbox.fault("slow", seconds=CALL_SECONDS, path=f"/v2/endpoint/{NAMESPACE}")
    took = []
    for number in range(ROUNDS):
        state = "running" if number % 2 else "failed"
        sandbox.set_state(NAMESPACE, NAME, state)
        visitor.press(f"{HOME}/endpoints/namespaces/", f"Look now {NAMESPACE}")
        time.sleep(random.uniform(0, CALL_SECONDS + 0.5))
        second = _kill(stack, second)
        took.append(_wait_for(visitor, LABELS[state]))
    return took, _periods(stack) - before - ROUNDS


def _kill(stack: Stack, second: Process | None) -> Process | None:
    """Kill one of the workers at random, and restart it; returns the second worker."""
    if second is None or random.random() < 0.5:
        stack.kill_worker()
        return second
    assert isinstance(stack, Composed)
    kill(second.pid)
    return stack.serve("worker")


def _wait_for(visitor: Visitor, word: str) -> float:
    began = time.monotonic()
    while (waited := time.monotonic() - began) < TIMEOUT_SECONDS:
        row = visitor.get(f"{HOME}/endpoints/", params={"q": NAME}).text.partition("<tbody")[2]
        if word in row.partition("</tr>")[0]:
            return waited
        time.sleep(0.1)
    return TIMEOUT_SECONDS


def _periods(stack: Stack) -> int:
    query = (
        "SELECT count(*) FROM endpoints_period JOIN endpoints_endpoint"
        " ON endpoint_id = endpoints_endpoint.id"
        f" WHERE name = '{NAME}'"
    )
    return int(stack.rows(query)[0][0])
