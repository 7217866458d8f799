"""Benchmark of polling 200 namespaces of 50 endpoints by one worker, embedded, on SQLite."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.servers import run
from tests.stack.processes import PYTHON, Process, SandboxServer, clean_environment

NAMESPACES = 200
ENDPOINTS = NAMESPACES * 50
PART = f"Polling by one worker, {NAMESPACES} namespaces × {ENDPOINTS // NAMESPACES} endpoints"


def measure(directory: Path) -> Iterator[Figure]:
    sandbox = SandboxServer(directory / "logs", seed="bulk")
    environment = clean_environment(HFADMIN_DATA_DIR=str(directory / "data"), **sandbox.environment)
    run("hfadmin", "migrate", environment=environment)
    worker = Process("worker", [PYTHON, "-m", "hfadmin", "worker"], environment, directory / "logs")
    try:
        sweeps = json.loads(run("bench.sweeps", environment=environment))
    finally:
        worker.kill()
        sandbox.stop()
    yield Figure(PART, "first look, all is new", sweeps["first"][0]["seconds"], "s")
    yield from _figures("unchanged", sweeps["unchanged"], at_most=2)
    yield from _figures("10 % changed", sweeps["changed"], at_most=4)


def _figures(what: str, sweeps: list[dict[str, Any]], *, at_most: float) -> Iterator[Figure]:
    seconds = statistics.median(sweep["seconds"] for sweep in sweeps)
    calls = statistics.median(sweep["calls"] for sweep in sweeps)
    yield Figure(PART, what, seconds, "s", at_most=at_most)
    yield Figure(PART, f"{what}: refreshed", ENDPOINTS / seconds, "endpoints/s")
    yield Figure(PART, f"{what}: calls to Hugging Face", calls, "", at_most=NAMESPACES)
    yield Figure(PART, f"{what}: calls per endpoint", calls / ENDPOINTS, "")
