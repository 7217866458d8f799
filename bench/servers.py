"""The processes that are measured."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.stack.processes import PYTHON, ROOT, Process, clean_environment, free_port

# In-process benches need no Hugging Face: the addresses only have to be those of a sandbox.
NOWHERE = {
    "HF_ENDPOINT": "https://sandbox.test",
    "HF_INFERENCE_ENDPOINTS_ENDPOINT": "https://sandbox.test/v2",
    "HF_INFERENCE_CATALOG_ENDPOINT": "https://sandbox.test/api/v1/catalog",
    "HF_ROUTER_ENDPOINT": "https://sandbox.test/router",
}
ADMIN = {"DJANGO_SETTINGS_MODULE": "bench.admin_settings"}


class Filled(NamedTuple):
    """A data directory with an organization in it, and the cookie of its administrator."""

    environment: dict[str, str]
    slug: str
    cookie: str


def filled(directory: Path, endpoints: int) -> Filled:
    environment = clean_environment(HFADMIN_DATA_DIR=str(directory), **NOWHERE)
    run("hfadmin", "migrate", environment=environment)
    run("django", "migrate", environment=environment | ADMIN)  # the comparison's tables on top
    answer = json.loads(run("bench.fill", str(endpoints), environment=environment))
    return Filled(environment, answer["slug"], answer["cookie"])


def run(module: str, *arguments: str, environment: dict[str, str]) -> str:
    """What `python -m module …` prints."""
    done = subprocess.run(
        [PYTHON, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


class Web:
    """`hfadmin web` over a filled directory."""

    def __init__(self, filled: Filled, name: str, **environment: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        here = filled.environment | environment | {"HFADMIN_BIND": f"127.0.0.1:{port}"}
        logs = Path(filled.environment["HFADMIN_DATA_DIR"]) / "logs"
        self.process = Process(name, [PYTHON, "-m", "hfadmin", "web"], here, logs)
        self.process.wait_for(f"{self.url}/healthz")

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
