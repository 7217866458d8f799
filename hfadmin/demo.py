"""`hfadmin demo`: the whole stack with a sandbox as its Hugging Face, and fresh contents."""

import os
import secrets
import shutil
import sys
from pathlib import Path

from hfadmin.stack import LOCK, Stop, free_port, hold

EMAIL = "ada@acme.example"
_MARK = "this-is-a-demo"
_ROOT = Path(__file__).resolve().parent.parent


def prepare_environment() -> str:
    """Point everything at a sandbox and an empty directory; returns the sandbox's address.

    Only a directory that an earlier demo made is emptied, and not under one that runs.
    """
    data_dir = Path(os.environ.get("HFADMIN_DATA_DIR") or _ROOT / "var" / "demo").resolve()
    _take(data_dir)
    sandbox = f"http://127.0.0.1:{free_port()}"
    # Whatever else the environment says is meant for the real thing.
    for name in [name for name in os.environ if name.startswith(("HF_", "HFADMIN_"))]:
        if name not in {"HFADMIN_BIND", "HFADMIN_URL", "HFADMIN_LOG_FORMAT"}:
            del os.environ[name]
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "HFADMIN_DATA_DIR": str(data_dir),
        "HFADMIN_SANDBOX": "yes",
        "HFADMIN_TRUSTED_NETWORKS": "127.0.0.0/8",
        "HF_ENDPOINT": sandbox,
        "HF_INFERENCE_ENDPOINTS_ENDPOINT": f"{sandbox}/v2",
        "HF_INFERENCE_CATALOG_ENDPOINT": f"{sandbox}/api/v1/catalog",
        "HF_ROUTER_ENDPOINT": f"{sandbox}/router",
        "HFADMIN_ADMIN_EMAIL": EMAIL,
        "HFADMIN_ADMIN_PASSWORD": secrets.token_urlsafe(9),
    }
    return sandbox


def sandbox_command(address: str) -> list[str]:
    port = address.rpartition(":")[2]
    return [sys.executable, "-m", "hfadmin.sandbox", "--port", port, "--seed", "demo"]


def _take(data_dir: Path) -> None:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(data_dir.iterdir()) and not (data_dir / _MARK).exists():
            raise Stop(
                f"{data_dir} holds something that no demo made. "
                "Set HFADMIN_DATA_DIR to an empty directory."
            )
        (data_dir / _MARK).touch()
        hold(data_dir)
        _empty(data_dir)
    except OSError as error:
        raise Stop(f"The data directory {data_dir} cannot be made: {error.strerror}.") from error


def _empty(data_dir: Path) -> None:
    for entry in data_dir.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in {_MARK, LOCK}:
            entry.unlink()
