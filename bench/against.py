"""Compare this checkout with another one: `python -m bench.against PATH`.

Each serves 10,000 endpoints of its own, and they get requests in alternating rounds, so that other
load on the machine affects both alike. Prints the medians of the processor time per request and of
the pages per second, and the ratios this / other.
"""

import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench.cpu import cpu_seconds
from bench.load import Client
from bench.servers import Dataset, Web, create_dataset
from tests.stack.processes import ROOT, process_tree

ENDPOINTS = 10_000
ROUNDS = 7
REQUESTS = 100
CLIENTS = 8


class Side(NamedTuple):
    """The running web server of one checkout."""

    data: Dataset
    web: Web
    pids: list[int]

    def client(self) -> Client:
        return Client(self.web.url, self.data.cookie)


Measure = Callable[[Side], float]


def main() -> None:
    other = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="hfadmin-bench-") as directory, ExitStack() as stack:
        this, that = (
            _serve(stack, Path(directory) / name, root)
            for name, root in (("this", ROOT), ("other", other))
        )
        print(f"{'':<44}{'this':>9}{'other':>9}{'ratio':>8}")
        for what, measure in _measures(this.data.slug).items():
            rounds = [(measure(this), measure(that)) for _round in range(ROUNDS)]
            mine, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
            ratio = statistics.median(one / two for one, two in rounds)
            print(f"{what:<44}{mine:>9.2f}{theirs:>9.2f}{ratio:>8.2f}", flush=True)


def _serve(stack: ExitStack, directory: Path, root: Path) -> Side:
    data = create_dataset(directory, ENDPOINTS, root)
    web = stack.enter_context(Web(data, "web"))
    return Side(data, web, process_tree(web.process.pid))


def _measures(slug: str) -> dict[str, Measure]:
    here = f"/o/{slug}/endpoints/"
    pages = {
        "inventory, plain": here,
        "inventory, text search": f"{here}?q=mistral",
        "inventory, slowest sort": f"{here}?sort=-models",
        "home": f"/o/{slug}/",
        "models": f"/o/{slug}/models/",
        "access tokens": f"/o/{slug}/tokens/",
    }
    measures = {f"{what}: processor ms": _cpu_of(path) for what, path in pages.items()}
    measures["inventory, poll without news: processor ms"] = _cpu_of_poll(here)
    measures["inventory: pages/s, 1 client"] = _pages_per_second(here, 1)
    measures[f"inventory: pages/s, {CLIENTS} clients"] = _pages_per_second(here, CLIENTS)
    return measures


def _cpu_of(path: str) -> Measure:
    """Measure the milliseconds of processor time per request."""
    return lambda side: _cpu(side, lambda client: client.get(path))


def _cpu_of_poll(path: str) -> Measure:
    def measure(side: Side) -> float:
        found = re.search(r'"HX-PTag": "([^"]*)"', side.client().get(path).decode())
        if found is None:
            raise RuntimeError("The inventory's page is not a live one.")
        version = {"HX-Request": "true", "HX-PTag": found[1]}
        return _cpu(side, lambda client: client.get(path, 304, version))

    return measure


def _cpu(side: Side, ask: Callable[[Client], object]) -> float:
    client = side.client()
    for _warm_up in range(5):
        ask(client)
    before = cpu_seconds(side.pids)
    for _request in range(REQUESTS):
        ask(client)
    return 1000 * (cpu_seconds(side.pids) - before) / REQUESTS


def _pages_per_second(path: str, clients: int) -> Measure:
    def measure(side: Side) -> float:
        def load() -> None:
            client = side.client()
            for _request in range(2 * REQUESTS // clients):
                client.get(path)

        threads = [threading.Thread(target=load) for _client in range(clients)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 2 * REQUESTS / (time.perf_counter() - began)

    return measure


if __name__ == "__main__":
    main()
