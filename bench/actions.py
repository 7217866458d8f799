"""Benchmark of actions by one worker, embedded, on SQLite, while Hugging Face takes its time.

One person's pauses on another one's open page; many pauses at once; and looks at all namespaces
meanwhile.
"""

import json
import random
import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from bench.cpu import cpu_seconds
from bench.figures import Figure
from bench.load import Timing
from bench.servers import run
from hfadmin.sandbox.seed import BULK_TOKEN
from tests.stack.processes import SandboxServer, process_tree, wait_until
from tests.stack.running import Stack
from tests.stack.visitor import Forms, Visitor

ENDPOINTS = 10_000
CALL_SECONDS = 0.15  # of each call about one endpoint
SINGLE, AT_ONCE = 50, 5  # pauses whose way to an open page is timed, and so many pages
MANY = 500
POLL_SECONDS = 2.0  # as open pages do
HOME = "/o/example"
PART = f"Actions, {ENDPOINTS:,} endpoints, {1000 * CALL_SECONDS:g} ms for each call about one"


class Target(NamedTuple):
    pk: int
    name: str
    namespace: str


def measure(directory: Path) -> Iterator[Figure]:
    sandbox = SandboxServer(directory / "logs", seed="bulk")
    try:
        with Stack(directory, sandbox.environment) as stack, stack.visitor() as visitor:
            _fill(stack, visitor)
            sandbox.fault("slow", seconds=CALL_SECONDS, path="/v2/endpoint/*/*")
            yield from _seen(stack, sandbox)
            yield from _many(stack, visitor, sandbox)
            yield from _many_while_looking(stack, visitor)
    finally:
        sandbox.stop()


def _fill(stack: Stack, visitor: Visitor) -> None:
    stack.wait_until_ready()
    visitor.sign_in()
    visitor.submit(f"{HOME}/tokens/add/", token_name="bulk", token=BULK_TOKEN)
    count = "SELECT count(*) FROM endpoints_endpoint"
    wait_until(lambda: stack.rows(count)[0][0] == ENDPOINTS, "all are seen", within=120, every=1)


def _seen(stack: Stack, sandbox: SandboxServer) -> Iterator[Figure]:
    """From Hugging Face's answer to a pause until another person's open page shows it."""
    sandbox.clear_requests()
    targets = _running(stack, SINGLE)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        parts = [targets[start::AT_ONCE] for start in range(AT_ONCE)]
        shown = [
            pair for part in threads.map(lambda part: _pauses(stack, part), parts) for pair in part
        ]
    answered = _answers(sandbox)
    took = Timing([1000 * (at - answered[target.name]) for target, at in shown])
    part = f"{PART}: on another person's open page"
    yield Figure(part, "median", took.p50 / 1000, "s")
    yield Figure(part, f"p99 of {SINGLE}", took.p99 / 1000, "s", at_most=3)


def _pauses(stack: Stack, targets: list[Target]) -> list[tuple[Target, float]]:
    with stack.visitor() as one, stack.visitor() as other:
        one.sign_in()
        other.sign_in()
        return [(target, _shown_at(one, other, target)) for target in targets]


def _shown_at(one: Visitor, other: Visitor, target: Target) -> float:
    """When the page of `other` shows the pause that `one` asks for."""
    path = f"{HOME}/endpoints/?q={target.name}"
    found = re.search(r'"HX-PTag": "([^"]*)"', other.get(path).text)
    assert found is not None, "The inventory's page is not a live one."
    tag = found[1]
    one.submit(f"{HOME}/actions/pause/{target.pk}/", reason="")
    until = time.monotonic() + 60
    time.sleep(random.uniform(0, POLL_SECONDS))  # since its last poll
    while time.monotonic() < until:
        poll = other.get(path, headers={"HX-Request": "true", "HX-PTag": tag})
        if "Paused" in poll.text.partition("<tr")[2].partition("</tr>")[0]:
            return time.time()
        tag = poll.headers.get("HX-PTag", tag)
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"{target.name} is not shown as paused.")


def _answers(sandbox: SandboxServer) -> dict[str, float]:
    """When the pause of each endpoint was answered, by its name."""
    received: list[dict[str, Any]] = sandbox.control("GET", "/requests")["requests"]
    pauses = [each for each in received if each["url"].endswith("/pause")]
    return {each["url"].split("/")[-2]: each["answered_at"] for each in pauses}


def _many(stack: Stack, visitor: Visitor, sandbox: SandboxServer) -> Iterator[Figure]:
    sandbox.clear_requests()
    targets, worker = _running(stack, MANY), process_tree(stack.worker())
    began, used = time.monotonic(), cpu_seconds(worker)
    _pause_many(visitor, targets)
    asked = time.monotonic() - began
    latest = _latest_look(stack)
    took = time.monotonic() - began
    part = (
        f"{PART}: {MANY} paused at once, in {len({each.namespace for each in targets})} namespaces"
    )
    used = cpu_seconds(worker) - used
    yield Figure(part, "asked for", asked, "s")
    yield Figure(part, "processor time of the worker", used, "s")
    yield Figure(part, "all are paused", took, "s", at_most=60)
    yield Figure(part, "a look at a namespace is overdue at most", latest, "s", at_most=10)
    calls = sandbox.control("GET", "/requests")["requests"]
    pauses = sum(each["url"].endswith("/pause") for each in calls)
    yield Figure(part, "calls that pause", pauses, "", at_most=MANY)
    yield Figure(part, "all calls", len(calls), "")
    yield Figure(part, "paused in the end", _done(stack), "", at_least=SINGLE + MANY)


def _many_while_looking(stack: Stack, visitor: Visitor) -> Iterator[Figure]:
    targets, worker = _running(stack, MANY), process_tree(stack.worker())
    began, used = time.monotonic(), cpu_seconds(worker)
    _pause_many(visitor, targets)
    sweeps = json.loads(run("bench.sweeps", "again", environment=stack.environment))
    busy = 100 * (cpu_seconds(worker) - used) / (time.monotonic() - began)
    were_open = _open(stack)
    _latest_look(stack)
    took = time.monotonic() - began
    part = f"{PART}: looks at all of them while {MANY} are paused"
    for what, goal in {"unchanged": 2, "changed": 4}.items():
        seconds = [sweep["seconds"] for sweep in sweeps[what]]
        yield Figure(
            part, f"{what}, median of {len(seconds)}", statistics.median(seconds), "s", at_most=goal
        )
    yield Figure(part, "processor of the worker", busy, "% of a core")
    yield Figure(part, "pauses still open after the last look", were_open, "")
    yield Figure(part, "all are paused", took, "s", at_most=60)


def _running(stack: Stack, count: int) -> list[Target]:
    """Endpoints that run, of as few namespaces as hold them."""
    query = (
        "SELECT e.id, e.name, n.name FROM endpoints_endpoint e"
        " JOIN tokens_namespace n ON n.id = e.namespace_id"
        " WHERE e.state IN ('running', 'scaledToZero', 'failed')"
        f" ORDER BY n.name, e.name LIMIT {count}"
    )
    return [Target(*row) for row in stack.rows(query)]


def _pause_many(visitor: Visitor, targets: list[Target]) -> None:
    page = visitor.get(f"{HOME}/endpoints/")
    token = Forms.of(page.text)[0].values["csrfmiddlewaretoken"]
    ids = ",".join(str(each.pk) for each in targets)
    sent = {"csrfmiddlewaretoken": token, "ids": ids, "confirmed": "1"}
    path, referer = f"{HOME}/actions/many/pause/", str(page.url)
    answer = visitor.http.post(path, data=sent, headers={"Referer": referer})
    assert "/batches/" in str(answer.url), answer.text[:2000]


def _latest_look(stack: Stack) -> float:
    """Wait until no action is open. Returns how long a look at a namespace was overdue at most."""
    query = (
        "SELECT max((julianday('now') - julianday(next_check_at)) * 86400) FROM tokens_namespace"
    )
    latest, until = 0.0, time.monotonic() + 180
    while _open(stack) and time.monotonic() < until:
        latest = max(latest, stack.rows(query)[0][0])
        time.sleep(0.2)
    return latest


def _open(stack: Stack) -> int:
    query = "SELECT count(*) FROM lifecycle_action WHERE ended_at IS NULL"
    return int(stack.rows(query)[0][0])


def _done(stack: Stack) -> int:
    return int(stack.rows("SELECT count(*) FROM lifecycle_action WHERE state = 'done'")[0][0])
