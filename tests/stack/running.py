"""hfadmin as a whole: `hfadmin up`, the services of docker-compose.yml, and `hfadmin demo`."""

import re
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import httpx2
import psycopg
import yaml

from tests.stack.databases import PostgreSQL, RedisServer, dump
from tests.stack.processes import (
    PYTHON,
    ROOT,
    Process,
    SandboxClient,
    clean_environment,
    command_of,
    free_port,
    kill,
    process_tree,
    wait_until,
)
from tests.stack.visitor import EMAIL, PASSWORD, Visitor

ADMINISTRATOR = {"HFADMIN_ADMIN_EMAIL": EMAIL, "HFADMIN_ADMIN_PASSWORD": PASSWORD}


class Stack:
    """`hfadmin up` in a directory of its own, with an administrator unless `people` is false."""

    def __init__(self, directory: Path, environment: Mapping[str, str], *, people: bool = True):
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment(
            HFADMIN_DATA_DIR=str(directory / "data"),
            HFADMIN_BIND=f"127.0.0.1:{self.port}",
            **environment,
            **(ADMINISTRATOR if people else {}),
        )
        self.processes: list[Process] = []

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def start(self) -> None:
        self.up = self.run("up")
        self.up.wait_for(f"{self.url}/healthz")

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()

    def run(self, command: str, **environment: str) -> Process:
        """Start a command of `hfadmin` in the same environment."""
        called = [PYTHON, "-m", "hfadmin", command]
        logs = self.directory / "logs"
        process = Process(command, called, self.environment | environment, logs)
        self.processes.append(process)
        return process

    def wait_until_ready(self) -> None:
        """Wait until /readyz answers 200: the worker and beat are running."""
        ready = f"{self.url}/readyz"
        wait_until(lambda: httpx2.get(ready).status_code == 200, "everything is ready")

    def visitor(self) -> Visitor:
        return Visitor(self.url)

    def kill_worker(self) -> None:
        """Send SIGKILL to the worker, which the supervisor then restarts."""
        for pid in process_tree(self.worker()):
            kill(pid)

    def worker(self) -> int:
        """Return the process id of the worker. Waits while the supervisor restarts it."""
        return wait_until(self._workers, "there is a worker")[0]

    def _workers(self) -> list[int]:
        return [pid for pid in process_tree(self.up.pid) if command_of(pid).endswith(" worker")]

    def stop_worker(self) -> None:
        """Stop the worker, here together with the other processes."""
        assert self.up.stop() == 0

    def restart_worker(self) -> None:
        self.start()

    def output(self) -> str:
        """Return the logs of all processes."""
        return "\n".join(process.output() for process in self.processes)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with closing(sqlite3.connect(self.directory / "data" / "hfadmin.sqlite3")) as connection:
            return connection.execute(query).fetchall()

    def stored_text(self) -> str:
        """Return the content of the database and of the broker as text."""
        messages = (self.directory / "data" / "broker").rglob("*.msg")
        waiting = [path.read_text(encoding="utf-8") for path in messages]
        return "\n".join([dump(self.directory / "data" / "hfadmin.sqlite3"), *waiting])


class Composed(Stack):
    """The commands of docker-compose.yml's services, each with a directory of its own."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        super().__init__(directory, environment, people=False)
        self.postgresql = PostgreSQL(directory)
        self.redis = RedisServer(directory)
        self.processes.append(self.redis.process)
        composition = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
        self.services: dict[str, Any] = composition["services"]
        self.values = {
            "HFADMIN_URL": self.url,
            "HFADMIN_SESSION_KEY": "for this test alone, and long enough to sign with it",
            "HFADMIN_SECRET_KEYS": subprocess.check_output(
                [PYTHON, "-m", "hfadmin", "key"], cwd=ROOT, text=True
            ).strip(),
            "DATABASE_URL": self.postgresql.url,
            "REDIS_URL": self.redis.url,
            **ADMINISTRATOR,
        }

    def start(self) -> None:
        migrate = self.serve("migrate")
        wait_until(lambda: not migrate.is_running, "the database is prepared")
        assert migrate.exit_code == 0, migrate.output()
        for service in ("web", "worker", "beat"):
            setattr(self, f"{service}_process", self.serve(service))
        self.web_process.wait_for(f"{self.url}/healthz")

    def end(self) -> None:
        super().end()
        self.postgresql.end()

    def serve(self, service: str) -> Process:
        described = self.services[service]
        (command,) = described["command"]
        environment = {name: self.values[name] for name in described["environment"]}
        data = str(self.directory / service)
        return self.run(command, **environment, HFADMIN_DATA_DIR=data)

    web_process: Process
    worker_process: Process
    beat_process: Process

    def kill_worker(self) -> None:
        self.worker_process.kill()
        self.worker_process = self.serve("worker")

    def worker(self) -> int:
        return self.worker_process.pid

    def stop_worker(self) -> None:
        assert self.worker_process.stop() == 0

    def restart_worker(self) -> None:
        self.worker_process = self.serve("worker")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgresql.url, autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    def output(self) -> str:
        return f"{super().output()}\n{self.postgresql.process.output()}"

    def stored_text(self) -> str:
        return f"{self.postgresql.dump()}\n{self.redis.dump()}"


class Demo:
    """`hfadmin demo` in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.data = directory / "data"
        here = {"HFADMIN_DATA_DIR": str(self.data), "HFADMIN_BIND": f"127.0.0.1:{port}"}
        command = [PYTHON, "-m", "hfadmin", "demo"]
        self.process = Process("demo", command, clean_environment(**here), directory)
        try:
            self.process.wait_for(f"{self.url}/healthz")
            self.sandbox = SandboxClient(f"http://127.0.0.1:{self._port_of_sandbox()}")
        except BaseException:
            self.end()
            raise
        self.environment = clean_environment(
            HFADMIN_SANDBOX="yes", **here, **self.sandbox.environment
        )

    @property
    def email(self) -> str:
        return self._printed("e-mail")

    @property
    def password(self) -> str:
        return self._printed("password")

    def end(self) -> None:
        self.process.kill()

    def visitor(self) -> Visitor:
        return Visitor(self.url)

    def _port_of_sandbox(self) -> str:
        commands = " ".join(map(command_of, process_tree(self.process.pid)))
        found = re.search(r"hfadmin\.sandbox --port (\d+)", commands)
        assert found is not None, f"The demo runs no sandbox: {commands}"
        return found[1]

    def _printed(self, what: str) -> str:
        found = re.search(rf"^{what}:\s+(\S+)$", self.process.output(), re.MULTILINE)
        assert found is not None, f"The demo printed no {what}:\n{self.process.output()}"
        return found[1]
