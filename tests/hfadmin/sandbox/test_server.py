"""The sandbox over sockets, as the demo and the benchmarks start it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx2
import pytest

from hfadmin.sandbox import seed

pytestmark = pytest.mark.stack
ROOT = Path(__file__).parents[3]


def _command(port: int, seeded: str) -> list[str]:
    return [sys.executable, "-m", "hfadmin.sandbox", "--port", str(port), "--seed", seeded]


@pytest.fixture
def server() -> Iterator[httpx2.Client]:
    """A client of a sandbox of its own process, with the demo's contents."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        _command(port, "demo"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    transport = httpx2.HTTPTransport(retries=8)
    with httpx2.Client(transport=transport, base_url=f"http://127.0.0.1:{port}") as client:
        try:
            client.get("/_sandbox/")
            yield client
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=20)
    assert "a stand-in for Hugging Face" in said


def test_it_serves_the_demo_and_its_deployed_endpoints(server: httpx2.Client) -> None:
    headers = {"Authorization": f"Bearer {dict(seed.DEMO_TOKENS)['ada-admin']}"}
    assert server.get("/api/whoami-v2", headers=headers).json()["name"] == "ada"
    listed = server.get("/v2/endpoint/acme", headers=headers).json()["items"]
    prod = next(item for item in listed if item["name"] == "llama-3-8b-prod")
    body = {"messages": [{"role": "user", "content": "Hi"}], "stream": True}
    url = f"{prod['status']['url']}/v1/chat/completions"
    assert url.startswith(f"{server.base_url}/deployed/")
    with server.stream("POST", url, json=body, headers=headers) as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[-1] == "data: [DONE]"


def test_a_body_that_drips_is_sent_as_it_drips(server: httpx2.Client) -> None:
    fault = {"kind": "drip", "path": "/api/models", "interval": 0.02, "times": 1}
    server.post("/_sandbox/faults", json=fault)
    started = monotonic()
    with server.stream("GET", "/api/models?limit=1") as answer:
        body = answer.iter_raw()
        for _ in range(10):
            next(body)
    assert 0.1 < monotonic() - started < 5


def test_a_body_that_never_ends_stops_when_nobody_listens(server: httpx2.Client) -> None:
    server.post("/_sandbox/faults", json={"kind": "endless", "path": "/api/models"})
    for _ in range(40):  # more than there are threads: each must come free again
        with server.stream("GET", "/api/models") as answer:
            next(answer.iter_raw())
    assert server.get("/_sandbox/").status_code == 200


def test_a_port_in_use_is_one_clear_sentence(server: httpx2.Client) -> None:
    port = server.base_url.port
    assert port is not None
    refused = subprocess.run(
        _command(port, "empty"), cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    assert refused.returncode != 0
    assert f"The sandbox cannot listen at 127.0.0.1:{port}" in refused.stderr
    assert "Traceback" not in refused.stderr
