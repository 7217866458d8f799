import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from hfadmin import environment

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r"\benvironment\.\w+\(\s*\"([A-Z_]+)\"")
NAME = "HFADMIN_SOMETHING"
LOCAL = "127.0.0.1:8000"


def address(name: str) -> object:
    return environment.address(name, LOCAL)


def choice(name: str) -> object:
    return environment.choice(name, ("text", "json"))


def service(name: str) -> object:
    return environment.service_url(name, ("redis", "rediss"))


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        (address, "everywhere", "Set it to HOST:PORT"),
        (address, ":8000", "Set it to HOST:PORT"),
        (address, "127.0.0.1:99999", "Set it to HOST:PORT"),
        (address, "127.0.0.1:-1", "Set it to HOST:PORT"),
        (environment.base_url, "hfadmin.example.org", "Set it to an address"),
        (environment.base_url, "ftp://example.org", "Set it to an address"),
        (environment.base_url, "https://ada:secret@example.org", "Set it to an address"),
        (environment.base_url, "https://example.org/?a=b", "Set it to an address"),
        (environment.base_url, "https://example.org:port", "Set it to an address"),
        (environment.site_url, "https://example.org/hfadmin", "cannot live below a path"),
        (environment.site_url, "http://example.org/a/b/", "cannot live below a path"),
        (environment.networks, "10.0.0.0/8, home", "contains 'home'"),
        (environment.networks, "10.0.0.1/8", "contains '10.0.0.1/8'"),
        (choice, "xml", "one of: text, json"),
        (choice, "JSON", "one of: text, json"),
        (service, "http://localhost", "must begin with redis or rediss://"),
    ],
)
def test_what_cannot_be_is_said_with_its_name_and_what_to_set(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], value: str, said: str
) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME) as raised:
        read(NAME)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("read", "value", "meant"),
    [
        (address, "[::1]:8000", ("::1", 8000)),
        (address, "", ("127.0.0.1", 8000)),
        (environment.base_url, " https://example.org:8443/ ", "https://example.org:8443"),
        (environment.site_url, "https://example.org/", "https://example.org"),
        (environment.text_list, "a, b  c", ["a", "b", "c"]),
        (environment.networks, "10.0.0.0/8, ::1", [ip_network("10.0.0.0/8"), ip_network("::1")]),
        (service, "rediss://:secret@host/1", "rediss://:secret@host/1"),
    ],
)
def test_what_is_meant_is_understood(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], value: str, meant: Any
) -> None:
    if value:
        monkeypatch.setenv(NAME, value)

    assert read(NAME) == meant


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" the secret\n", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert environment.text(NAME) == "the secret"
    assert environment.text_list(NAME) == ["the", "secret"]


def test_a_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nothing"))

    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        environment.text(NAME)


def test_a_value_and_a_file_at_once_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(NAME, "x")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match="not both"):
        environment.text(NAME)


def test_a_password_in_an_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "mysql://ada:secret@host/x")

    with pytest.raises(ImproperlyConfigured) as raised:
        service(NAME)
    assert "secret" not in str(raised.value)


def test_a_generated_secret_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    made = environment.load_or_generate(tmp_path / "key")

    assert environment.load_or_generate(tmp_path / "key") == made
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_every_variable_that_is_read_stands_in_the_readme() -> None:
    read = {
        name
        for folder in ("hfadmin", "providers")
        for path in (ROOT / folder).rglob("*.py")
        for name in READS.findall(path.read_text(encoding="utf-8"))
    }
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("### Settings")[2]
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", table.partition("\n## ")[0]))

    assert read - {"HFADMIN_SANDBOX"} == told  # which only the demo sets


def test_nobody_else_reads_the_environment() -> None:
    parts = [path for folder in ("hfadmin", "providers") for path in (ROOT / folder).rglob("*.py")]
    readers = {
        str(path.relative_to(ROOT))
        for path in parts
        if re.search(r"\bos\.(environ\.get\(|getenv\(|environ\[)", path.read_text("utf-8"))
    }

    # The others make an environment, for the processes that they become or start.
    making = {"hfadmin/demo.py", "hfadmin/stack.py", "hfadmin/sandbox/__main__.py"}
    assert readers == {"hfadmin/environment.py", *making}


def test_a_directory_that_others_can_read_is_closed_with_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    for name in ("hfadmin.sqlite3", "hfadmin.sqlite3-wal", "web.log"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    monkeypatch.setenv(NAME, str(tmp_path))

    environment.directory(NAME, tmp_path)

    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path, *tmp_path.iterdir()))


@pytest.mark.parametrize(("mode", "said"), [(0o777, "Everybody"), (0o1777, "Everybody")])
def test_a_directory_that_everybody_writes_to_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int, said: str
) -> None:
    tmp_path.chmod(mode)
    monkeypatch.setenv(NAME, str(tmp_path))

    with pytest.raises(ImproperlyConfigured, match=said):
        environment.directory(NAME, tmp_path)


def test_a_directory_of_somebody_else_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: tmp_path.stat().st_uid + 1)
    monkeypatch.setenv(NAME, str(tmp_path))

    with pytest.raises(ImproperlyConfigured, match="another user"):
        environment.directory(NAME, tmp_path)
