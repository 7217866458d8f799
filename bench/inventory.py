"""Benchmark of the inventory's page and its polls, and of Django's admin over the same rows."""

import json
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure
from bench.load import Client, Timing
from bench.servers import ADMIN, Dataset, Web, create_dataset, run

SIZES = (100, 1_000, 10_000)
LARGEST = SIZES[-1]
TIMES = 100
PER_PAGE = 50
ROUNDS = 7
PER_ROUND = 40

COLUMNS = (
    *("name", "state", "message", "repository", "task", "engine", "hardware", "price", "replicas"),
    *("unit", "namespace", "region", "auth", "url", "tags", "models", "used", "updated"),
)

Request = tuple[str, dict[str, str]]


class Goals(NamedTuple):
    page: float | None = None
    poll: float | None = None
    queries: int | None = None


def measure(directory: Path) -> Iterator[Figure]:
    for size in SIZES:
        data = create_dataset(directory / str(size), size)
        with Web(data, "web") as web:
            client = Client(web.url, data.cookie)
            yield from _one_size(size, data, client)
            if size == LARGEST:
                yield from _beside_admin(data, client)


def _one_size(size: int, data: Dataset, client: Client) -> Iterator[Figure]:
    part = f"Inventory, {size:,} endpoints"
    goals = Goals(page=20, poll=3, queries=10) if size == LARGEST else Goals()
    pages = _pages(data.slug, size)
    what = "poll without news"
    asked = json.dumps([data.cookie, pages | {what: _poll(data.slug, client)}])
    queries = json.loads(run("bench.queries", asked, environment=data.environment))
    for page, (path, headers) in pages.items():
        timing = client.time(path, times=TIMES, headers=headers)
        yield from _figures(part, page, timing, goals.page)
        yield Figure(part, f"{page}: queries", queries[page], "", at_most=goals.queries)
    path, headers = _poll(data.slug, client)
    timing = client.time(path, times=3 * TIMES, headers=headers, expect=304)
    yield from _figures(part, what, timing, goals.poll)
    yield Figure(part, f"{what}: queries", queries[what], "")


def _pages(slug: str, size: int) -> dict[str, Request]:
    here = f"/o/{slug}/endpoints/"
    asked = {
        "plain": "",
        "search": "?q=mistral",
        "search without a hit": "?q=nothing-is-called-so",
        "state": "?state=running",
        "namespace": "?namespace=bulk",
        "task": "?task=feature-extraction",
        "vendor": "?vendor=aws",
        "tag": "?tag=prod",
        "last page": f"?page={size // PER_PAGE}",
    }
    for column in COLUMNS:
        asked[f"sorted by {column}"] = f"?sort={column}"
        asked[f"sorted by {column}, backwards"] = f"?sort=-{column}"
    return {what: (here + query, {}) for what, query in asked.items()}


def _poll(slug: str, client: Client) -> Request:
    """Return the path and headers of the request that an open page repeats."""
    path = f"/o/{slug}/endpoints/"
    found = re.search(r'"HX-PTag": "([^"]*)"', client.get(path).decode())
    if found is None:
        raise RuntimeError("The inventory's page is not a live one.")
    return path, {"HX-Request": "true", "HX-PTag": found.group(1)}


def _figures(part: str, what: str, timing: Timing, goal: float | None) -> Iterator[Figure]:
    yield Figure(part, f"{what}: p50", timing.p50, "ms", at_most=goal)
    yield Figure(part, f"{what}: p99", timing.p99, "ms")


def _beside_admin(data: Dataset, ours: Client) -> Iterator[Figure]:
    """Requests per second, in alternating rounds, so that other load affects both alike."""
    part = "Beside Django's admin changelist of the same rows and columns"
    page = f"/o/{data.slug}/endpoints/"
    with Web(data, "admin", **ADMIN) as web:
        admin = Client(web.url, data.cookie)
        rounds = [
            (
                ours.time(page, times=PER_ROUND).per_second,
                admin.time("/admin/endpoints/endpoint/", times=PER_ROUND).per_second,
            )
            for _round in range(ROUNDS)
        ]
    yield Figure(part, "hfadmin", statistics.median(one for one, _ in rounds), "requests/s")
    yield Figure(part, "admin", statistics.median(other for _, other in rounds), "requests/s")
    ratio = statistics.median(one / other for one, other in rounds)
    yield Figure(part, "ratio", ratio, "×", at_least=3.5)
