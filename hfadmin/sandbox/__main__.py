"""Serve the sandbox over sockets: `python -m hfadmin.sandbox --port 9100 --seed demo`."""

import argparse
import os
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from hfadmin.sandbox import Clock, Sandbox, Timings, seed

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SEEDS: dict[str, Callable[[Sandbox], None]] = {
    "demo": seed.demo,
    "bulk": seed.bulk,
    "empty": lambda sandbox: None,
}
THREADS = 32
NOTICE = (
    "The sandbox listens at {base}: a stand-in for Hugging Face with invented data ({seed}). "
    "Nothing here is real, and no request goes to Hugging Face.\n"
)


def application() -> "WSGIApplication":
    """Return the sandbox. Called in granian's worker process, configured by the environment."""
    host, port = os.environ["HFADMIN_SANDBOX_BIND"].rsplit(":", 1)
    base = f"http://{host}:{port}"
    sandbox = Sandbox(
        clock=Clock(),
        base_url=base,
        endpoint_url=f"{base}/deployed/{{id}}",
        timings=Timings(pending=3, initializing=8, updating=8, waking=6),
        any_host=True,
    )
    SEEDS[os.environ["HFADMIN_SANDBOX_SEED"]](sandbox)
    return sandbox


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    os.umask(0o077)
    parser = argparse.ArgumentParser(prog="python -m hfadmin.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--seed", choices=sorted(SEEDS), default="demo")
    asked = parser.parse_args(arguments)
    _require_free(asked.host, asked.port)
    os.environ["HFADMIN_SANDBOX_BIND"] = f"{asked.host}:{asked.port}"
    os.environ["HFADMIN_SANDBOX_SEED"] = asked.seed
    sys.stdout.write(NOTICE.format(base=f"http://{asked.host}:{asked.port}", seed=asked.seed))
    sys.stdout.flush()
    # One worker: the state lives in its memory.
    Server(
        "hfadmin.sandbox.__main__:application",
        factory=True,
        address=asked.host,
        port=asked.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=THREADS,
        log_level=LogLevels.error,
    ).serve()


def _require_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as problem:
        raise SystemExit(
            f"The sandbox cannot listen at {host}:{port}: {problem.strerror}. "
            "Choose another port with --port."
        ) from problem


if __name__ == "__main__":
    main()
