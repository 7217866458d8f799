"""Real processes over real sockets: started, waited for, ended, and everything they say kept."""

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

_Answer = TypeVar("_Answer")


def until(
    condition: Callable[[], _Answer], what: str, *, within: float = 20, every: float = 0.05
) -> _Answer:
    """The first answer of `condition` that is true. The one place where anything here waits."""
    gives_up = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > gives_up:
            raise TimeoutError(f"Within {within:g} s it did not happen: {what}.")
        time.sleep(every)
    return answer


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def clean_environment(**added: str) -> dict[str, str]:
    """The environment without whatever configures hfadmin on this machine."""
    ours = ("HF_", "HFADMIN_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONUNBUFFERED": "1"} | added


def answers(url: str) -> bool:
    """Whether anything, be it an error page, comes back from there."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """The process and all that descend from it, eldest first."""
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
    """How the process was called; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ").strip()
    except OSError:
        return ""


def kill(pid: int) -> None:
    """SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Process:
    """A command in a session of its own, its output in a file."""

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

    def wait_for(self, url: str, *, within: float = 30) -> None:
        """Until the process answers there; its output is the explanation when it ends instead."""

        def there() -> bool:
            if not self.is_running:
                raise RuntimeError(f"{self.name} ended:\n{self.output()[-4000:]}")
            return answers(url)

        until(there, f"{self.name} answers at {url}", within=within)

    def wait(self, *, within: float = 30) -> int:
        """Until it ends by itself; the exit code."""
        return self._process.wait(within)

    def stop(self, *, within: float = 30) -> int:
        """SIGTERM, as an operator's Ctrl-C or a container's end; the exit code."""
        if self.is_running:
            self._process.terminate()
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """SIGKILL, to it and to all that it started."""
        for pid in family(self.pid):
            kill(pid)
        self._process.wait(10)


class StandIn:
    """A sandbox that runs somewhere, through its routes under /_sandbox/."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def environment(self) -> dict[str, str]:
        """What makes hfadmin take it for Hugging Face."""
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

    def set_state(self, namespace: str, name: str, state: str, **changes: Any) -> None:
        """From now on, and without going on by itself."""
        self.control("POST", f"/endpoints/{namespace}/{name}", state=state, stuck=True, **changes)

    def fault(self, kind: str, **options: Any) -> None:
        self.control("POST", "/faults", kind=kind, **options)

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def asked(self, path: str) -> int:
        """How often this path was asked for since the log of requests was emptied."""
        received = self.control("GET", "/requests")["requests"]
        return sum(urlsplit(request["url"]).path == path for request in received)

    def forget_requests(self) -> None:
        self.control("DELETE", "/requests")

    def url_of(self, namespace: str, name: str) -> str:
        """Where the endpoint is deployed."""
        endpoint = self.control("POST", f"/endpoints/{namespace}/{name}")
        return str(endpoint["status"]["url"])


class SandboxServer(StandIn):
    """The stand-in for Hugging Face in a process of its own."""

    def __init__(self, logs: Path, seed: str = "demo") -> None:
        self.port = free_port()
        super().__init__(f"http://127.0.0.1:{self.port}")
        command = [PYTHON, "-m", "hfadmin.sandbox", "--port", str(self.port), "--seed", seed]
        self.process = Process("sandbox", command, clean_environment(), logs)
        self.process.wait_for(f"{self.url}/_sandbox/")

    def stop(self) -> None:
        self.process.kill()
