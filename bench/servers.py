"""Data directories with endpoints, and web servers over them."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.stack.processes import PYTHON, ROOT, Process, clean_environment, free_port

# Pages are measured without calls to Hugging Face, so the URLs need not exist.
SANDBOX_URLS = {
    "HF_ENDPOINT": "https://sandbox.test",
    "HF_INFERENCE_ENDPOINTS_ENDPOINT": "https://sandbox.test/v2",
    "HF_INFERENCE_CATALOG_ENDPOINT": "https://sandbox.test/api/v1/catalog",
    "HF_ROUTER_ENDPOINT": "https://sandbox.test/router",
}
ADMIN = {"DJANGO_SETTINGS_MODULE": "bench.admin_settings"}


class Dataset(NamedTuple):
    """A data directory with an organization, and the cookie of its administrator."""

    environment: dict[str, str]
    slug: str
    cookie: str
    root: Path  # the checkout whose code serves it


def create_dataset(directory: Path, endpoints: int, root: Path = ROOT) -> Dataset:
    environment = clean_environment(HFADMIN_DATA_DIR=str(directory), **SANDBOX_URLS)
    run("hfadmin", "migrate", environment=environment, root=root)
    # Adds the tables of Django's admin.
    run("django", "migrate", environment=environment | ADMIN, root=root)
    answer = json.loads(run("bench.fill", str(endpoints), environment=environment, root=root))
    return Dataset(environment, answer["slug"], answer["cookie"], root)


def run(module: str, *arguments: str, environment: dict[str, str], root: Path = ROOT) -> str:
    """Return what `python -m module …` prints. Raises RuntimeError if it fails."""
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
    """`hfadmin web` over a dataset."""

    def __init__(self, dataset: Dataset, name: str, **environment: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        here = dataset.environment | environment | {"HFADMIN_BIND": f"127.0.0.1:{port}"}
        logs = Path(dataset.environment["HFADMIN_DATA_DIR"]) / "logs"
        command = [PYTHON, "-m", "hfadmin", "web"]
        self.process = Process(name, command, here, logs, root=dataset.root)
        self.process.wait_for(f"{self.url}/healthz")

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
