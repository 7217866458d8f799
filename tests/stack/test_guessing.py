"""Guessing a password against several web processes at once, each under another name and port."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.stack.databases import RedisServer, missing_programs
from tests.stack.processes import PYTHON, Process, clean_environment, free_port, wait_until
from tests.stack.running import ADMINISTRATOR
from tests.stack.visitor import EMAIL, Forms, Visitor

NAMES = ("127.0.0.1", "localhost", "127.0.0.1")
GUESSES_EACH = 8
FAILURES_BY_ACCOUNT = 5
SIGN_IN = "/accounts/login/"


@pytest.fixture(params=["SQLite", pytest.param("Redis", marks=pytest.mark.postgres)])
def addresses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """Three web processes upon the same data, which count in the database or in Redis."""
    processes: list[Process] = []
    shared = ADMINISTRATOR | {"HFADMIN_DATA_DIR": str(tmp_path / "data")}
    if request.param == "Redis":
        if "redis-server" in missing_programs() and "CI" not in os.environ:
            pytest.skip("redis-server is not installed here")
        redis = RedisServer(tmp_path)
        processes.append(redis.process)
        shared |= {
            "REDIS_URL": redis.url,
            "HFADMIN_SESSION_KEY": "for this test alone, and long enough to sign with it",
            "HFADMIN_SECRET_KEYS": "k:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        }
    try:
        yield list(started(processes, shared, tmp_path / "logs"))
    finally:
        for process in reversed(processes):
            process.kill()


def started(processes: list[Process], shared: dict[str, str], logs: Path) -> Iterator[str]:
    migrate = Process(
        "migrate", [PYTHON, "-m", "hfadmin", "migrate"], clean_environment(**shared), logs
    )
    wait_until(lambda: not migrate.is_running, "the database is prepared")
    assert migrate.exit_code == 0, migrate.output()
    for number, name in enumerate(NAMES):
        port = free_port()
        bind = {"HFADMIN_BIND": f"127.0.0.1:{port}"}
        command = [PYTHON, "-m", "hfadmin", "web"]
        processes.append(
            Process(f"web{number}", command, clean_environment(**shared, **bind), logs)
        )
        processes[-1].wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://{name}:{port}"


def test_guesses_are_counted_together_by_all_processes_under_all_names(
    addresses: list[str], tmp_path: Path
) -> None:
    guessers = [address for address in addresses for _ in range(GUESSES_EACH)]
    with ThreadPoolExecutor(len(guessers)) as all_at_once:
        answers = list(all_at_once.map(guess, guessers))

    assert 1 <= sum("not correct" in answer for answer in answers) <= FAILURES_BY_ACCOUNT
    assert all("not correct" in answer or "Too many" in answer for answer in answers)
    assert "Too many" in guess(addresses[-1])
    with closing(sqlite3.connect(tmp_path / "data" / "hfadmin.sqlite3")) as database:
        assert database.execute("SELECT last_login FROM accounts_user").fetchall() == [(None,)]


def guess(address: str) -> str:
    """What the sign-in page answers to a password, sent with headers that vary."""
    with Visitor(address) as visitor:
        (form,) = Forms.of(visitor.get(SIGN_IN).text)
        typed = form.values | {"login": EMAIL, "password": "a guess"}
        headers = {"X-Forwarded-For": address, "X-Forwarded-Host": address, "Referer": address}
        return visitor.http.post(SIGN_IN, data=typed, headers=headers).text
