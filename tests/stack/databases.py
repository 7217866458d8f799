"""PostgreSQL and Redis servers for tests, and dumps of databases."""

import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import redis

from tests.stack.processes import Process, clean_environment, free_port, wait_until

NAME = "hfadmin"


class PostgreSQL:
    """A PostgreSQL cluster with one database, run by an unprivileged user."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"postgresql://{NAME}@127.0.0.1:{self.port}/{NAME}"
        self.user = _unprivileged()
        # Not in `directory`: pytest takes the permissions of other users from its directories.
        self.data = tempfile.mkdtemp(prefix="hfadmin-postgresql-")
        if self.user:
            shutil.chown(self.data, self.user)
        self._do("initdb", "--auth=trust", "--no-sync", f"--username={NAME}", self.data)
        options = ["-D", self.data, "-p", str(self.port), "-k", "", "-c", "fsync=off"]
        self.process = Process(
            "postgresql",
            [_program("postgres"), *options, "-c", "listen_addresses=127.0.0.1"],
            clean_environment(),
            directory / "logs",
            user=self.user,
        )
        wait_until(self._is_up, "PostgreSQL answers")
        self._do("createdb", *self._here(), NAME)

    def end(self) -> None:
        self.process.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def dump(self) -> str:
        return self._do("pg_dump", *self._here(), NAME).stdout

    def _is_up(self) -> bool:
        return self._do("pg_isready", *self._here(), check=False).returncode == 0

    def _here(self) -> list[str]:
        return ["--host=127.0.0.1", f"--port={self.port}", f"--username={NAME}"]

    def _do(
        self, program: str, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_program(program), *arguments],
            check=check,
            capture_output=True,
            text=True,
            user=self.user,
            cwd="/",
        )


class RedisServer:
    """Redis without persistence, as in docker-compose.yml."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        options = ["--port", str(port), "--save", "", "--appendonly", "no"]
        self.process = Process(
            "redis", [_program("redis-server"), *options], clean_environment(), directory / "logs"
        )
        with redis.Redis(port=port) as client:
            wait_until(lambda: _answers(client), "Redis answers")
        self._port = port

    def dump(self) -> str:
        """Return all keys with their values as text."""
        with redis.Redis(port=self._port) as client:
            return "\n".join(f"{key!r} {_content(client, key)!r}" for key in client.scan_iter())


def missing_programs() -> list[str]:
    """Return the names of those programs that are not installed."""
    return [name for name in ("initdb", "postgres", "redis-server") if not _program(name)]


def dump(database: Path) -> str:
    """Return an SQLite database as SQL."""
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        return "\n".join(connection.iterdump())


def texts_in(database: Path) -> set[str]:
    """Return all strings in an SQLite database, those within JSON too."""
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = [row for (name,) in tables.fetchall() for row in connection.execute(_all_of(name))]
    return {text for row in rows for value in row for text in _texts(value)}


def _program(name: str) -> str:
    """Return the path of a program, "" if missing; PostgreSQL's may be outside of PATH."""
    beside = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*beside, os.environ["PATH"]])) or ""


def _unprivileged() -> str | None:
    """Return a user to run PostgreSQL, which refuses root; None if we are not root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def _content(client: "redis.Redis", key: bytes) -> Any:
    kind = client.type(key)
    if kind == b"list":
        return client.lrange(key, 0, -1)
    if kind == b"hash":
        return client.hgetall(key)
    if kind == b"set":
        return client.smembers(key)
    return client.zrange(key, 0, -1) if kind == b"zset" else client.get(key)


def _all_of(table: str) -> str:
    return f'SELECT * FROM "{table}"'


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        if value[:1] in {"[", "{"}:
            yield from _texts(_json(value))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
