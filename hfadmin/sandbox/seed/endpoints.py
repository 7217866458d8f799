"""The endpoints of the demo, in every state; those with a script change by themselves."""

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hfadmin.sandbox.contents import Contents
from hfadmin.sandbox.endpoint import Step

TABLE = Path(__file__).with_name("endpoints.toml")
PEOPLE = ("ada", "grace", "linus")
REGIONS = {"aws": "us-east-1", "azure": "eastus", "gcp": "us-east4"}

# Each script ends in the state that its endpoint begins with, and repeats.
SCRIPTS: dict[str, Sequence[Step]] = {
    "starts-and-sleeps": [
        (8, "initializing", ""),
        (12, "running", ""),
        (45, "scaledToZero", ""),
        (30, "pending", ""),
    ],
    "wakes-and-sleeps": [
        (35, "initializing", ""),
        (20, "running", ""),
        (60, "scaledToZero", ""),
    ],
    "updates": [(25, "running", ""), (70, "updating", "")],
    "rolls-out-a-canary": [
        (20, "running", ""),
        (50, "updating", ""),
        (15, "updateFailed", "The new version did not become healthy: CUDA out of memory."),
        (40, "initializing", ""),
    ],
    "fails-and-recovers": [
        (75, "failed", "The container was killed: it ran out of memory (exit code 137)."),
        (40, "initializing", ""),
        (25, "running", ""),
    ],
}
HOURS_IN_STATE = {"failed": 0.5, "updateFailed": 1.6}


def add_endpoints(contents: Contents) -> None:
    """Add the endpoints of endpoints.toml, created on different days by different users."""
    now = contents.state.now()
    for index, row in enumerate(tomllib.loads(TABLE.read_text("utf-8"))["endpoint"]):
        row.setdefault("created_by", "ada" if row["namespace"] == "ada" else PEOPLE[index % 3])
        row["created_at"] = now - timedelta(days=11 + 9 * index, minutes=37 * index)
        contents.add_endpoint(**_placed(row), **_in_time(row, now))


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    vendor, instance_type, instance_size = row.pop("hardware").split()
    return {
        "vendor": vendor,
        "region": REGIONS[vendor],
        "accelerator": "cpu" if instance_type.startswith("intel") else "gpu",
        "instance_type": instance_type,
        "instance_size": instance_size,
    }


def _in_time(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the row with its times, which it gives in hours before now, and its script."""
    used, script = row.pop("used", None), row.pop("script", None)
    since = row.pop("since", None)
    if used is not None:
        row["last_used_at"] = now - timedelta(hours=used)
    if script is not None:
        return row | {"script": SCRIPTS[script]}
    hours = since or HOURS_IN_STATE.get(row["state"], max(used or 0, 72))
    return row | {"updated_at": now - timedelta(hours=hours)}
