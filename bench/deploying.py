"""Benchmark of the form of a new endpoint, with 300 tiles of hardware."""

import re
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench.figures import Figure
from bench.load import Client, timing
from bench.servers import Dataset, Web, create_dataset
from tests.stack.processes import SandboxServer

ENDPOINTS = 1_000
TILES = 300
TIMES = 50
LATE = 0.1  # seconds that Hugging Face takes for an answer, so that its own share is known
PART = f"The form of a new endpoint, {TILES} tiles"
MODELS = (
    "Qwen/Qwen3-8B",
    "Qwen/Qwen3-32B",
    "Qwen/Qwen2.5-7B-Instruct",
    "Qwen/Qwen2.5-72B-Instruct",
    "microsoft/phi-4",
    "openai/gpt-oss-20b",
    "HuggingFaceTB/SmolLM3-3B",
    "BAAI/bge-m3",
    "BAAI/bge-large-en-v1.5",
    "intfloat/e5-small-v2",
)


def measure(directory: Path) -> Iterator[Figure]:
    sandbox = SandboxServer(directory / "logs", seed="bulk")
    try:
        data = create_dataset(directory / "data", ENDPOINTS)
        data = Dataset(data.environment | sandbox.environment, data.slug, data.cookie, data.root)
        with Web(data, "web") as web:
            yield from _measured(web, data, directory / "data", sandbox)
    finally:
        sandbox.stop()


def _measured(web: Web, data: Dataset, directory: Path, sandbox: SandboxServer) -> Iterator[Figure]:
    _add_hardware(directory / "hfadmin.sqlite3")
    path = f"/o/{data.slug}/deploy/"
    client = Client(web.url, data.cookie)
    client.may_post(path)
    painted = client.time(path, times=TIMES)
    yield Figure(PART, "first paint: p50", painted.p50, "ms", at_most=60)
    yield Figure(PART, "first paint: p99", painted.p99, "ms")
    form = _form(directory / "hfadmin.sqlite3")
    form["told"] = _told(client.post(f"{path}model/", form))
    for part in ("hardware", "place", "summary"):
        took = timing(partial(client.post, f"{path}{part}/", form), times=TIMES)
        yield Figure(PART, f"fragment {part}: p50", took.p50, "ms", at_most=25)
    beyond = [_beyond(client, path, form, model, sandbox) for model in MODELS]
    yield Figure(
        PART,
        "a repository never asked for, beyond Hugging Face's own time: p50",
        statistics.median(beyond),
        "ms",
        at_most=100,
    )


def _told(page: bytes) -> str:
    """What the page sends along, so that it is not given again what it shows of the repository."""
    found = re.search(rb'name="told" value="(\w+)"', page)
    if found is None:
        raise RuntimeError("The part of the model does not say what it shows.")
    return found[1].decode()


def _beyond(
    client: Client, path: str, form: dict[str, str], model: str, sandbox: SandboxServer
) -> float:
    """Milliseconds beyond what its calls took, each of which is answered late, if they were made
    one after another."""
    sandbox.clear_requests()
    sandbox.fault("late", seconds=LATE, path="/api/models/*")
    began = time.perf_counter()
    client.post(f"{path}model/", form | {"repository": model})
    took = time.perf_counter() - began
    sandbox.clear_faults()
    asked = sandbox.control("GET", "/requests")["requests"]
    late = sum("/api/models/" in each["url"] for each in asked)
    return (took - late * LATE) * 1000


def _add_hardware(database: Path) -> None:
    """As many tiles as the part is about, beside what the first namespace has of their kind."""
    with closing(sqlite3.connect(database)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(endpoints_hardware)")]
        copied = ", ".join(name for name in columns if name not in {"id", "instance_type"})
        beside = (
            "FROM endpoints_hardware WHERE accelerator = 'gpu' AND vendor = 'aws' AND "
            "region = 'us-east-1' AND namespace_id = "
            "(SELECT min(namespace_id) FROM endpoints_hardware)"
        )
        ((number,),) = connection.execute(f"SELECT count(*) {beside}")
        for each in range(TILES - number):
            connection.execute(
                f"INSERT INTO endpoints_hardware (instance_type, {copied}) "
                f"SELECT 'nvidia-l4-{each}', {copied} {beside} "
                "AND instance_type = 'nvidia-l4' AND instance_size = 'x1'"
            )
        connection.commit()


def _form(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        ((namespace,),) = connection.execute(
            "SELECT name FROM tokens_namespace WHERE id = "
            "(SELECT min(namespace_id) FROM endpoints_hardware)"
        )
        ((token,),) = connection.execute("SELECT id FROM tokens_accesstoken")
    return {
        "form_key": str(uuid4()),
        "repository": "Qwen/Qwen3-14B",
        "name": "qwen3-14b",
        "namespace": namespace,
        "api_token": token,
        "vendor": "aws",
        "region": "us-east-1",
        "accelerator": "gpu",
        "hardware": "aws/us-east-1/nvidia-a100/x1",
        "min_replicas": "0",
        "max_replicas": "1",
        "scale_to_zero_minutes": "60",
        "autoscale_by": "hardwareUsage",
        "most_use": "80",
        "auth_type": "authenticated",
        "engine": "vLLM",
    }
