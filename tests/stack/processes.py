"""Processes for tests: start, wait, stop; and a client of the sandbox's control routes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
PATIENCE = 60  # seconds: the machine may be busy, and no test is about speed

_Answer = TypeVar("_Answer")


def wait_until(
    condition: Callable[[], _Answer], what: str, *, within: float = PATIENCE, every: float = 0.05
) -> _Answer:
    """Call `condition` every `every` seconds until it is true, and return its result.

    Raises TimeoutError, which names `what`, after `within` seconds.
    """
    deadline = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Within {within:g} s it did not happen: {what}.")
        time.sleep(every)
    return answer


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def clean_environment(**added: str) -> dict[str, str]:
    """Return the environment without the settings of hfadmin, and with `added`."""
    ours = ("HF_", "HFADMIN_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
    rest = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return rest | {"PYTHONUNBUFFERED": "1"} | added


def responds(url: str) -> bool:
    """Whether an HTTP server answers, with any status."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def process_tree(pid: int) -> list[int]:
    """Return the process and its descendants, parents before children."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The command's name stands in brackets and may contain anything.
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            continue
        children.setdefault(int(fields.split()[1]), []).append(int(status.parent.name))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def command_of(pid: int) -> str:
    """Return the command line of the process; "" if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ").strip()
    except OSError:
        return ""


def kill(pid: int) -> None:
    """Send SIGKILL, if the process still exists."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Process:
    """A process in a session of its own, with its output in a file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        logs: Path,
        *,
        user: str | None = None,
        root: Path = ROOT,
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.log = logs / f"{name}.log"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, url: str, *, within: float = PATIENCE) -> None:
        """Wait until `url` responds. Raises RuntimeError with the output if the process ends."""

        def is_up() -> bool:
            if not self.is_running:
                raise RuntimeError(f"{self.name} ended:\n{self.output()[-4000:]}")
            return responds(url)

        wait_until(is_up, f"{self.name} answers at {url}", within=within)

    def wait(self, *, within: float = PATIENCE) -> int:
        """Wait until it ends, and return the exit code."""
        return self._process.wait(within)

    def stop(self, *, within: float = PATIENCE) -> int:
        """Send SIGTERM, wait until it ends, and return the exit code.

        Raises subprocess.TimeoutExpired, after killing it, if it takes longer than `within`.
        """
        if self.is_running:
            self._process.terminate()
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Send SIGKILL to it and to its descendants."""
        for pid in process_tree(self.pid):
            kill(pid)
        self._process.wait(10)


class SandboxClient:
    """A client of a running sandbox's routes under /_sandbox/."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make hfadmin use it as Hugging Face."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_INFERENCE_ENDPOINTS_ENDPOINT": f"{self.url}/v2",
            "HF_INFERENCE_CATALOG_ENDPOINT": f"{self.url}/api/v1/catalog",
            "HF_ROUTER_ENDPOINT": f"{self.url}/router",
            "HFADMIN_TRUSTED_NETWORKS": "127.0.0.0/8",
        }

    def control(self, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/_sandbox{path}",
            json.dumps(body).encode() if method == "POST" else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            answer: dict[str, Any] = json.loads(reply.read() or b"{}")
        return answer

    def add_endpoint(self, namespace: str, name: str, **fields: Any) -> None:
        """Add an endpoint, which stays in its state until something is done to it."""
        self.control("POST", f"/endpoints/{namespace}", name=name, stuck=True, **fields)

    def set_state(self, namespace: str, name: str, state: str, **changes: Any) -> None:
        """Set the state of an endpoint, in which it then stays."""
        self.control("POST", f"/endpoints/{namespace}/{name}", state=state, stuck=True, **changes)

    def fault(self, kind: str, **options: Any) -> None:
        self.control("POST", "/faults", kind=kind, **options)

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def request_count(self, path: str) -> int:
        """Return the number of requests for `path` since `clear_requests`."""
        received = self.control("GET", "/requests")["requests"]
        return sum(urlsplit(request["url"]).path == path for request in received)

    def clear_requests(self) -> None:
        self.control("DELETE", "/requests")

    def url_of(self, namespace: str, name: str) -> str:
        """Return the URL of the deployed endpoint."""
        endpoint = self.control("POST", f"/endpoints/{namespace}/{name}")
        return str(endpoint["status"]["url"])


class SandboxServer(SandboxClient):
    """A sandbox in a process of its own."""

    def __init__(self, logs: Path, seed: str = "demo") -> None:
        self.port = free_port()
        super().__init__(f"http://127.0.0.1:{self.port}")
        command = [PYTHON, "-m", "hfadmin.sandbox", "--port", str(self.port), "--seed", seed]
        self.process = Process("sandbox", command, clean_environment(), logs)
        self.process.wait_for(f"{self.url}/_sandbox/")

    def stop(self) -> None:
        self.process.kill()
