"""Work that is broken off: a worker is killed at random moments while endpoints change.

Each round changes the state of an endpoint at Hugging Face, has its namespace looked at, and kills
a worker within the time that the look takes. Measured is how long after the kill the change is on
the page; counted are changes that never came, and those that came twice into the history.
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
WITHIN = 20.0  # seconds from the kill to the page
GIVE_UP = 120.0
LOOK_TAKES = 2.0
HOME = "/o/example"
NAMESPACE, NAME = "acme-labs", "smollm-edge"
WORDS = {"failed": "Failed", "running": "Running"}


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
    shown = [seconds for seconds in took if seconds < GIVE_UP]
    yield Figure(part, "on the page after the kill, median", statistics.median(took), "s")
    yield Figure(part, "on the page after the kill, slowest", max(took), "s", at_most=WITHIN)
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
    sandbox.fault("slow", seconds=LOOK_TAKES, path=f"/v2/endpoint/{NAMESPACE}")
    took = []
    for number in range(ROUNDS):
        state = "running" if number % 2 else "failed"
        sandbox.set_state(NAMESPACE, NAME, state)
        visitor.press(f"{HOME}/endpoints/namespaces/", f"Look now {NAMESPACE}")
        time.sleep(random.uniform(0, LOOK_TAKES + 0.5))
        second = _kill(stack, second)
        took.append(_wait_for(visitor, WORDS[state]))
    return took, _periods(stack) - before - ROUNDS


def _kill(stack: Stack, second: Process | None) -> Process | None:
    """One of the workers; whoever runs them starts it anew."""
    if second is None or random.random() < 0.5:
        stack.kill_worker()
        return second
    assert isinstance(stack, Composed)
    kill(second.pid)
    return stack.serve("worker")


def _wait_for(visitor: Visitor, word: str) -> float:
    began = time.monotonic()
    while (waited := time.monotonic() - began) < GIVE_UP:
        row = visitor.get(f"{HOME}/endpoints/", params={"q": NAME}).text.partition("<tbody")[2]
        if word in row.partition("</tr>")[0]:
            return waited
        time.sleep(0.1)
    return GIVE_UP


def _periods(stack: Stack) -> int:
    query = (
        "SELECT count(*) FROM endpoints_period JOIN endpoints_endpoint"
        " ON endpoint_id = endpoints_endpoint.id"
        f" WHERE name = '{NAME}'"
    )
    return int(stack.rows(query)[0][0])
