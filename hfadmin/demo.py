"""The environment of `hfadmin demo`: an empty data directory, and a sandbox as Hugging Face."""

import os
import secrets
import shutil
import sys
from pathlib import Path

from hfadmin.stack import LOCK_FILE, CommandError, free_port, lock_data_dir

EMAIL = "ada@acme.example"
_MARKER = "this-is-a-demo"
_ROOT = Path(__file__).resolve().parent.parent


def prepare_environment() -> str:
    """Set the environment for a demo, and return the base URL that its sandbox will have.

    Raises CommandError where the data directory is in use, or holds what no demo has made.
    """
    data_dir = Path(os.environ.get("HFADMIN_DATA_DIR") or _ROOT / "var" / "demo").resolve()
    _claim(data_dir)
    sandbox = f"http://127.0.0.1:{free_port()}"
    # The rest of the environment configures a real installation.
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
    """Return the command that serves the sandbox at `address`, a base URL."""
    port = address.rpartition(":")[2]
    return [sys.executable, "-m", "hfadmin.sandbox", "--port", port, "--seed", "demo"]


def _claim(data_dir: Path) -> None:
    """Mark, lock and empty the directory."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(data_dir.iterdir()) and not (data_dir / _MARKER).exists():
            raise CommandError(
                f"{data_dir} holds something that no demo made. "
                "Set HFADMIN_DATA_DIR to an empty directory."
            )
        (data_dir / _MARKER).touch()
        lock_data_dir(data_dir)
        _empty(data_dir)
    except OSError as error:
        raise CommandError(
            f"The data directory {data_dir} cannot be made: {error.strerror}."
        ) from error


def _empty(data_dir: Path) -> None:
    for entry in data_dir.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in {_MARKER, LOCK_FILE}:
            entry.unlink()
