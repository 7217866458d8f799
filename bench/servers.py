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
    root: Path  # the checkout whose code serves it


def filled(directory: Path, endpoints: int, root: Path = ROOT) -> Filled:
    environment = clean_environment(HFADMIN_DATA_DIR=str(directory), **NOWHERE)
    run("hfadmin", "migrate", environment=environment, root=root)
    # The tables of the comparison with Django's admin on top.
    run("django", "migrate", environment=environment | ADMIN, root=root)
    answer = json.loads(run("bench.fill", str(endpoints), environment=environment, root=root))
    return Filled(environment, answer["slug"], answer["cookie"], root)


def run(module: str, *arguments: str, environment: dict[str, str], root: Path = ROOT) -> str:
    """What `python -m module …` prints."""
    done = subprocess.run(
        [PYTHON, "-m", module, *arguments],
        cwd=root,
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
        command = [PYTHON, "-m", "hfadmin", "web"]
        self.process = Process(name, command, here, logs, root=filled.root)
        self.process.wait_for(f"{self.url}/healthz")

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
