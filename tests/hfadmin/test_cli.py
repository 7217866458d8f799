"""The command; where it is about starting, in a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import (
    DataError,
    Error,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
)

from hfadmin.accounts import operations
from hfadmin.accounts.models import Organization, User
from hfadmin.cli import main
from hfadmin.prepare import create_first_administrator
from hfadmin.stack import CommandError, free_port
from hfadmin.vault import KEYS_FILE, KeyRing, Sealed, Secret
from providers.tokens.models import AccessToken

ROOT = Path(__file__).resolve().parents[2]
ADA = ["person", "add", "ada@acme.test"]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hfadmin(tmp_path: Path) -> Run:
    def run(
        *arguments: str, typed: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        ours = ("HF_", "HFADMIN_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        # Not the usual port: an hfadmin may be running there.
        own = {
            "HFADMIN_DATA_DIR": str(tmp_path / "data"),
            "HFADMIN_BIND": f"127.0.0.1:{free_port()}",
        }
        return subprocess.run(
            [sys.executable, "-m", "hfadmin", *arguments],
            cwd=ROOT,
            env=kept | own | environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HFADMIN_BIND", "everywhere", "Set it to HOST:PORT"),
        ("HFADMIN_SECRET_KEYS", "nonsense", "name:key"),
        ("REDIS_URL", "redis://localhost", "Set HFADMIN_SESSION_KEY"),
        ("HFADMIN_DATA_DIR", "/proc/1/hfadmin", "cannot be made"),
        ("HF_ENDPOINT", "http://huggingface.example", "not https"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence(
    hfadmin: Run, name: str, value: str, said: str
) -> None:
    result = hfadmin("up", **{name: value})

    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_one_sentence(hfadmin: Run) -> None:
    result = hfadmin(
        "migrate",
        DATABASE_URL="postgresql://127.0.0.1:1/x",
        HFADMIN_SESSION_KEY="x" * 50,
        HFADMIN_SECRET_KEYS="k:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    )

    assert result.returncode == 1
    assert "The database does not answer" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "command", ["setup-code", "organization add X", "person remove a@x.test --organization x"]
)
def test_a_database_without_tables_is_one_sentence_that_says_what_to_run(
    hfadmin: Run, command: str
) -> None:
    result = hfadmin(*command.split())

    assert result.returncode == 1
    assert "Run `hfadmin migrate` first" in result.stderr
    assert "no such table" not in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", [DataError, InterfaceError, ProgrammingError, OperationalError])
def test_what_a_database_refuses_is_one_sentence(
    error: type[Error], capsys: pytest.CaptureFixture[str]
) -> None:
    """As PostgreSQL says it: in several lines, the first of which tells."""
    once = [error("value too long\nLINE 1: UPDATE …")]

    def refuse(execute: Any, *query: Any) -> Any:
        if once:
            raise once.pop()
        return execute(*query)

    with connection.execute_wrapper(refuse):
        assert main(["setup-code"]) == 1

    said = capsys.readouterr().err
    assert said == "hfadmin: The database refused this: value too long\n"


def test_a_port_in_use_is_one_sentence(hfadmin: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = hfadmin("up", HFADMIN_BIND=f"127.0.0.1:{port}")

    assert result.returncode == 1
    assert f"cannot listen at 127.0.0.1:{port}" in result.stderr
    assert "HFADMIN_BIND" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_demo_does_not_empty_a_directory_that_is_not_its_own(
    hfadmin: Run, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").touch()

    result = hfadmin("demo")

    assert result.returncode == 1
    assert "no demo made" in result.stderr
    assert (tmp_path / "data" / "thesis.txt").exists()


def test_secrets_that_are_made_are_for_their_owner_alone(hfadmin: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"

    assert hfadmin("migrate").stdout.startswith("set-up code: ")
    assert [path.stat().st_mode & 0o077 for path in (data, data / KEYS_FILE)] == [0, 0]

    (data / KEYS_FILE).chmod(0o644)
    again = hfadmin("migrate")
    assert again.returncode == 1
    assert "chmod 600" in again.stderr


def test_organizations_and_people_are_added_without_questions(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("a calm and long password\n"))

    assert main(["organization", "add", "ACME Research", "--slug", "acme"]) == 0
    assert main([*ADA, "--organization", "acme", "--role", "admin", "--password-stdin"]) == 0
    assert main([*ADA, "--organization", "acme", "--role", "admin"]) == 0

    kept = "The account existed and keeps its password."
    assert capsys.readouterr().out.splitlines() == [
        "Added ACME Research: /o/acme/",
        "Added ada@acme.test to ACME Research as admin.",
        f"Added ada@acme.test to ACME Research as admin. {kept}",
    ]
    assert User.objects.get().check_password("a calm and long password")


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["--organization", "nowhere", "--role", "viewer"], "", "There is no organization"),
        (["--organization", "acme", "--role", "viewer"], "", "--password-stdin"),
        (["--organization", "acme", "--role", "viewer", "--password-stdin"], "x", "too short"),
        (["--organization", "acme", "--role", "viewer", "--password-stdin"], "", "too short"),
    ],
)
def test_who_cannot_be_added_is_said(
    organization: Organization,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    typed: str,
    said: str,
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(typed))

    assert main([*ADA, *arguments]) == 1

    assert said in capsys.readouterr().err
    assert not User.objects.exists()


def test_a_role_that_does_not_exist_is_refused(organization: Organization) -> None:
    with pytest.raises(SystemExit):
        main([*ADA, "--organization", "acme", "--role", "owner"])


def test_an_address_that_is_taken_is_said(
    organization: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["organization", "add", "Another", "--slug", "acme"]) == 1
    assert "already exists" in capsys.readouterr().err


def test_a_set_up_code_is_printed_only_while_there_is_nobody(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup-code"]) == 0
    code = capsys.readouterr().out.splitlines()[0].removeprefix("set-up code: ")
    operations.set_up(code, email="a@x.test", password=Secret("correct horse"), organization="X")

    assert main(["setup-code"]) == 1
    assert "set up already" in capsys.readouterr().err


def test_the_environment_names_the_first_administrator(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HFADMIN_ADMIN_EMAIL", "ada@acme.test")
    with pytest.raises(CommandError, match="Set both"):
        create_first_administrator()
    monkeypatch.setenv("HFADMIN_ADMIN_PASSWORD", "x")
    with pytest.raises(CommandError, match="too short"):
        create_first_administrator()

    monkeypatch.setenv("HFADMIN_ADMIN_PASSWORD", "a calm and long password")
    assert create_first_administrator() is None
    assert User.objects.get().email == "ada@acme.test"


def test_a_new_key_is_one_that_the_key_ring_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key"]) == 0
    assert len(KeyRing.load(capsys.readouterr().out).ids) == 1


def test_tokens_are_resealed_and_what_cannot_be_read_is_said(
    organization: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reseal"]) == 0
    assert capsys.readouterr().out == "Sealed 0 access tokens under the current key.\n"

    token = AccessToken(organization=organization, name="ci", fingerprint="x")
    token.secret = Secret("hf_" + "x" * 34)
    token.save()
    AccessToken.objects.update(secret=Sealed("gone:nonsense"))

    assert main(["reseal"]) == 1
    assert "1 could not be opened" in capsys.readouterr().err
