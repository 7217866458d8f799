"""Benchmark of what is said before an action on many endpoints."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from bench.figures import Figure
from bench.load import Client, timing
from bench.servers import Web, create_dataset

ENDPOINTS = 10_000
TIMES = 50
GOALS = {500: 150.0, 5_000: None}  # milliseconds, by how many are chosen
PART = f"The preview of a pause, {ENDPOINTS:,} endpoints"


def measure(directory: Path) -> Iterator[Figure]:
    data = create_dataset(directory, ENDPOINTS)
    ids = _ids(directory)
    with Web(data, "web") as web:
        client = Client(web.url, data.cookie)
        client.may_post(f"/o/{data.slug}/endpoints/")
        path = f"/o/{data.slug}/actions/many/pause/"
        for count, goal in GOALS.items():
            sent = {"ids": ",".join(ids[:count])}
            took = timing(partial(client.post, path, sent), times=TIMES)
            yield Figure(PART, f"{count:,} selected: p50", took.p50, "ms", at_most=goal)
            yield Figure(PART, f"{count:,} selected: p99", took.p99, "ms", at_most=goal)


def _ids(directory: Path) -> list[str]:
    with closing(sqlite3.connect(directory / "hfadmin.sqlite3")) as connection:
        rows = connection.execute("SELECT id FROM endpoints_endpoint ORDER BY name")
        return [str(pk) for (pk,) in rows]
