"""One stack for each data directory, for as long as it runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from hfadmin import demo, stack
from hfadmin.cli import main

ROOT = Path(__file__).resolve().parents[2]
# Holds the directory, becomes another program, as `up` becomes the supervisor, and waits.
RUNNING = """
import sys
from pathlib import Path
from hfadmin import stack
stack.lock_data_dir(Path(sys.argv[1]))
stack.exec_process([sys.executable, "-c", "print('runs', flush=True); input()"])
"""


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    descriptor = stack.lock_data_dir(data_dir)
    try:
        yield
    finally:
        os.close(descriptor)


def test_a_directory_is_held_by_what_a_stack_becomes_until_it_ends(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUNNING, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "runs\n"
        said = r"running already with its data in .+\. Stop it, or set"
        with pytest.raises(stack.CommandError, match=said):
            stack.lock_data_dir(tmp_path)
        running.communicate("\n")
    with held(tmp_path):
        pass


def test_a_second_start_in_one_directory_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with held(settings.DATA_DIR):
        assert main(["up"]) == 1
    said = capsys.readouterr().err
    assert "running already" in said
    assert "HFADMIN_DATA_DIR" in said
    assert said.count("\n") == 1


def test_a_second_demo_leaves_the_first_ones_data_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "this-is-a-demo").touch()
    (tmp_path / "hfadmin.sqlite3").write_text("the first one's", encoding="utf-8")
    monkeypatch.setenv("HFADMIN_DATA_DIR", str(tmp_path))
    with held(tmp_path):
        assert main(["demo"]) == 1
    assert "running already" in capsys.readouterr().err
    assert (tmp_path / "hfadmin.sqlite3").read_text(encoding="utf-8") == "the first one's"


def test_a_demo_that_has_ended_is_followed_by_a_fresh_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "this-is-a-demo").touch()
    (tmp_path / "hfadmin.sqlite3").touch()
    (tmp_path / "broker").mkdir()
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.txt").touch()
    (tmp_path / "link").symlink_to(elsewhere)
    descriptors: list[int] = []
    monkeypatch.setattr(
        demo, "lock_data_dir", lambda path: descriptors.append(stack.lock_data_dir(path))
    )
    monkeypatch.setattr(os, "environ", {"HFADMIN_DATA_DIR": str(tmp_path)})

    demo.prepare_environment()

    os.close(descriptors.pop())
    assert {entry.name for entry in tmp_path.iterdir()} == {"this-is-a-demo", stack.LOCK_FILE}
    assert (elsewhere / "thesis.txt").exists()
