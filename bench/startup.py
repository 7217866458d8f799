"""Benchmark of the embedded stack: start-up time, memory, and processor use when idle."""

import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from bench.cpu import cpu_seconds
from bench.figures import Figure
from tests.stack.processes import command_of, process_tree, wait_until
from tests.stack.running import Stack

STARTS = 3
IDLE_SECONDS = 60
PART = "The embedded stack, nothing to do"


def measure(directory: Path) -> Iterator[Figure]:
    with Stack(directory, {}) as first:
        first.wait_until_ready()
        first.up.stop()
    starts = [_start(directory) for _start_ in range(STARTS)]
    yield Figure(PART, "from `hfadmin up` to an answer", statistics.median(starts), "s", at_most=5)
    with Stack(directory, {}) as stack:
        stack.wait_until_ready()
        yield from _idle(stack)


def _start(directory: Path) -> float:
    stack = Stack(directory, {})
    began = time.perf_counter()
    with stack:
        took = time.perf_counter() - began
        stack.up.stop()
    return took


def _idle(stack: Stack) -> Iterator[Figure]:
    pids = process_tree(stack.up.pid)
    before, began = cpu_seconds(pids), time.monotonic()
    wait_until(lambda: time.monotonic() - began >= IDLE_SECONDS, "a minute", within=90, every=1)
    seconds = time.monotonic() - began
    used = cpu_seconds(pids) - before
    sizes = [(_name(pid), _megabytes(pid)) for pid in pids]
    for name, size in sizes:
        yield Figure(PART, f"memory of {name} (PSS)", size, "MB")
    yield Figure(PART, "memory of all", sum(size for _, size in sizes), "MB", at_most=320)
    yield Figure(PART, "processor", 100 * used / seconds, "% of a core", at_most=4)


def _name(pid: int) -> str:
    command = command_of(pid)
    found = re.search(r"supervisord|hfadmin\.server|hfadmin (\w+)|resource_tracker", command)
    return (found[1] or found[0]) if found else command[:30]


def _megabytes(pid: int) -> float:
    """Return the proportional set size."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
