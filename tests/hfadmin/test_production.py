"""The files for production agree with the commands that are tested."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from hfadmin import stack
from tests.stack.processes import clean_environment

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service["image"] == COMPOSE["x-hfadmin"]["image"]
}


def test_containers_run_the_processes_of_the_supervisor_and_migrate_first() -> None:
    assert {name: service["command"] for name, service in OURS.items()} == {
        name: [name] for name in ("migrate", *stack.PROCESSES)
    }
    for name in stack.PROCESSES:
        assert OURS[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }


def test_a_worker_in_a_container_has_the_time_to_finish_its_tasks() -> None:
    assert int(OURS["worker"]["stop_grace_period"].removesuffix("s")) > stack.DRAIN_SECONDS


def test_no_container_of_ours_starts_without_its_secrets() -> None:
    for service in OURS.values():
        for name in ("HFADMIN_SESSION_KEY", "HFADMIN_SECRET_KEYS", "HFADMIN_URL", "DATABASE_URL"):
            assert ":?" in service["environment"][name]


def test_the_image_is_not_run_by_root_and_installs_by_hash() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")

    assert re.search(r"^USER hfadmin$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--)(\S+)", dockerfile, re.MULTILINE)
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in let_in


def test_the_lock_names_no_registry_and_hashes_everything() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("-")]
        pinned = [line for line in lines if re.match(r"[a-z0-9]", line)]
        assert all("==" in line and line.endswith("\\") for line in pinned)


def test_two_installations_on_one_host_do_not_share_cookies(tmp_path: Path) -> None:
    names = {_cookie_names(tmp_path / "one"), _cookie_names(tmp_path / "other")}
    assert len({name for pair in names for name in pair.split()}) == 6
    assert _cookie_names(tmp_path / "one") in names


def _cookie_names(data: Path) -> str:
    """Of a new process over that data directory."""
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME")
    shown = "; ".join(f"print(settings.{name})" for name in names)
    return subprocess.run(
        [sys.executable, "-c", f"from hfadmin import settings; {shown}"],
        cwd=ROOT,
        env=clean_environment(HFADMIN_DATA_DIR=str(data)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
