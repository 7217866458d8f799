"""The network backend of httpcore2: connects to checked addresses only, within the deadline."""

import ssl
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

import httpcore2

from hfadmin.outbound import deadlines
from hfadmin.outbound.addresses import Network, resolve
from hfadmin.outbound.errors import DeadlineExceededError

SocketOptions = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | Any]
Result = TypeVar("Result")
_CONNECT, _READ = 10.0, 60.0  # seconds, where the caller passes no timeout


class CheckedNetworkBackend(httpcore2.NetworkBackend):
    """Resolves a host once, checks all its addresses and connects to one of them.

    TLS still verifies the host's name. With `trusted` None nothing is checked: the operator has
    configured the host, as with a proxy.
    """

    def __init__(self, trusted: Collection[Network] | None) -> None:
        self.trusted = trusted
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore2.NetworkStream:
        limit = timeout or _CONNECT
        addresses = [host]
        if self.trusted is not None:
            try:
                addresses = resolve(host, port, deadlines.remaining(limit), self.trusted)
            except OSError as error:
                raise httpcore2.ConnectError(f"{host} could not be resolved") from error

        def dial(address: str) -> Callable[[float], httpcore2.NetworkStream]:
            return lambda seconds: self._sockets.connect_tcp(
                address, port, seconds, local_address, socket_options
            )

        for left, address in zip(range(len(addresses), 1, -1), addresses, strict=False):
            try:
                return DeadlineStream(_bounded(dial(address), limit / left))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # the next address may answer
        return DeadlineStream(_bounded(dial(addresses[-1]), limit))


class DeadlineStream(httpcore2.NetworkStream):
    """A stream whose reads and writes end with the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return _bounded(lambda seconds: self._stream.read(max_bytes, seconds), timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _bounded(lambda seconds: self._stream.write(buffer, seconds), timeout)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        start = self._stream.start_tls
        return DeadlineStream(
            _bounded(lambda seconds: start(ssl_context, server_hostname, seconds), timeout)
        )

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _bounded(step: Callable[[float], Result], limit: float | None) -> Result:
    seconds = deadlines.remaining(limit or _READ)
    try:
        return step(seconds)
    except httpcore2.TimeoutException as error:
        if deadlines.has_passed():
            raise DeadlineExceededError("The time for this call is used up") from error
        raise
