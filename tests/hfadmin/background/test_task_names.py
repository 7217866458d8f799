"""Tasks are sent by name: each name is that of a task which workers know."""

import re
from pathlib import Path

from hfadmin.celery import app

ROOT = Path(__file__).resolve().parents[3]
NAME = re.compile(r'"((?:hfadmin|providers)\.[a-z_.]+\.tasks\.[a-z_]+)"')


def test_each_name_by_which_a_task_is_sent_is_registered() -> None:
    app.loader.import_default_modules()
    sources = [*(ROOT / "hfadmin").rglob("*.py"), *(ROOT / "providers").rglob("*.py")]
    sent = {name for path in sources for name in NAME.findall(path.read_text("utf-8"))}
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled < sent
    assert sent <= set(app.tasks)


def test_each_sweep_is_in_the_schedule() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    sweeps = {name for name in app.tasks if name.rpartition(".")[2].startswith("sweep")}

    assert len(sweeps) > 3
    assert sweeps <= scheduled
