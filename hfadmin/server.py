"""The web server of `hfadmin web`: uvicorn, with a deadline for the headers of a request."""

import argparse
import asyncio
import gc
import os
import resource
import signal
import socket
import sys
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

# From connecting, or the first byte of a further request, until the headers are complete.
HEAD_SECONDS = 10.0
IDLE_SECONDS = 30
STOP_SECONDS = 8
# How long data that was sent may stay unacknowledged by the client.
SEND_SECONDS = 60.0
_NOT_A_REQUEST = (
    "This is not an HTTP request that hfadmin can read, or its head is longer than 32 KB. "
    "Shorten the address, or delete the cookies of this host."
)


class Protocol(H11Protocol):
    """Adds a deadline for the headers of a request, for which uvicorn waits without limit."""

    _head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _set_send_timeout(transport)
        self._start_head_deadline()

    def data_received(self, data: bytes) -> None:
        if self._head_deadline is None and self.conn.their_state is h11.IDLE:
            self._start_head_deadline()
        super().data_received(data)

    def handle_events(self) -> None:
        super().handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._cancel_head_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_head_deadline()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        super().send_400_response(_NOT_A_REQUEST)

    def _start_head_deadline(self) -> None:
        self._head_deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _cancel_head_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None


def _set_send_timeout(transport: asyncio.Transport) -> None:
    """Let the system reset a connection whose client receives nothing.

    Closing it is not enough: the system goes on trying to deliver what was sent.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection = transport.get_extra_info("socket")
        milliseconds = round(SEND_SECONDS * 1000)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def main() -> None:
    """Serve until SIGTERM, at `--host` and `--port`."""
    os.umask(0o077)
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    _allow_many_connections()
    # uvicorn finishes the open requests and then raises the signal again.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        "hfadmin.asgi:application", host=options.host, port=options.port, **_SETTINGS
    )
    config.load()
    # What is loaded stays: looking through it for garbage would hold up a request for 40 ms.
    gc.freeze()
    uvicorn.Server(config).run()


_SETTINGS: dict[str, Any] = {
    "http": Protocol,
    "loop": "uvloop",
    "ws": "none",
    "lifespan": "off",
    "interface": "asgi3",
    "h11_max_incomplete_event_size": 32 * 1024,
    "timeout_keep_alive": IDLE_SECONDS,
    "timeout_graceful_shutdown": STOP_SECONDS,
    # Django decides which headers of a proxy are trusted.
    "proxy_headers": False,
    "server_header": False,
    "access_log": False,
    # hfadmin.logs configures logging when the application is loaded.
    "log_config": None,
    "log_level": "error",
}


def _allow_many_connections() -> None:
    """Raise the limit of open files to the hard limit: each connection needs a descriptor."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
