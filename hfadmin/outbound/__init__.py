"""The one guarded way out to the network: makes every HTTP client.

Each call has connect and read timeouts and a wall-clock deadline, caps on the bytes and the JSON
values of its decompressed answer, no proxy but the one configured, no cookies, and no redirects
but GETs within an origin that the client names. Answers are UTF-8, whatever they say. A host's
addresses are checked, all of them, and dialled as checked; private ones only within the networks
that are trusted. With a proxy set, names are resolved by the proxy, which then has that duty;
addresses written as numbers are checked still.
"""

import os
import ssl
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

import httpcore2
import httpx2

from hfadmin.outbound.addresses import Network, literal, permitted
from hfadmin.outbound.clock import deadline
from hfadmin.outbound.errors import (
    BlockedAddressError,
    BodyTooLargeError,
    DeadlineExceededError,
    OutboundError,
    RedirectRefusedError,
)
from hfadmin.outbound.guard import Guard
from hfadmin.outbound.limits import Limits, limited
from hfadmin.outbound.memory import return_large_blocks
from hfadmin.outbound.network import CheckedNetwork

__all__ = [
    "BlockedAddressError",
    "BodyTooLargeError",
    "DeadlineExceededError",
    "Limits",
    "OutboundError",
    "RedirectRefusedError",
    "client",
    "configure",
    "deadline",
    "limited",
    "literal",
    "permitted",
    "reset",
    "tls_context",
    "trusted_networks",
    "use_transport",
]

SECONDS = 30.0
MOST = Limits(max_bytes=32 * 1024 * 1024, max_values=2_000_000)
_CONNECTIONS = 64
_KEEP_ALIVE = 55.0  # seconds: just below the minute after which load balancers hang up


@dataclass(frozen=True, slots=True)
class _Settings:
    trusted: tuple[Network, ...] = ()
    proxy: str = ""


class _State:
    """What all clients of this process share, made at first use and anew after a fork."""

    def __init__(self) -> None:
        self.settings = _Settings()
        self.factory: Callable[[], httpx2.BaseTransport] | None = None
        self.start_anew()

    def start_anew(self) -> None:
        """After a fork the parent goes on using its connections, and may hold the lock."""
        self.lock = threading.Lock()
        self.transport: httpx2.BaseTransport | None = None


_state = _State()
os.register_at_fork(after_in_child=_state.start_anew)


def client(
    *, follow: Collection[str] = (), seconds: float = SECONDS, limits: Limits = MOST
) -> httpx2.Client:
    """A client, cheap to make and to throw away: connections are pooled behind all of them.

    `follow` names the base URLs on whose origins a GET may be redirected, three times at most.
    `seconds` bounds each call as a whole, and `limits` its answer.
    """
    guard = Guard(_transport, trusted_networks, seconds=seconds, most=limits, follow=follow)
    return httpx2.Client(
        transport=guard,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(20.0, connect=5.0),
        headers={"user-agent": "hfadmin", "accept-encoding": "gzip"},
    )


def configure(*, trusted_networks: Collection[Network] = (), proxy: str = "") -> None:
    """Sets what the operator wants; before that nothing is trusted and nothing proxied."""
    _replace(settings=_Settings(tuple(trusted_networks), proxy), factory=_state.factory)


def use_transport(factory: Callable[[], httpx2.BaseTransport]) -> None:
    """Lets every client, also those made before, send by `factory()`: the seam for tests."""
    _replace(settings=_state.settings, factory=factory)


def reset() -> None:
    """Back to the network, as it is configured."""
    _replace(settings=_state.settings, factory=None)


def trusted_networks() -> tuple[Network, ...]:
    return _state.settings.trusted


@cache
def tls_context() -> ssl.SSLContext:
    """Of every pool of this process: reading the certificates takes 20 to 40 ms."""
    return httpx2.create_ssl_context()


def _transport() -> httpx2.BaseTransport:
    with _state.lock:
        if _state.transport is None:
            return_large_blocks()
            _state.transport = _state.factory() if _state.factory else _Pool(_state.settings)
        return _state.transport


def _replace(*, settings: _Settings, factory: Callable[[], httpx2.BaseTransport] | None) -> None:
    with _state.lock:
        old, _state.transport = _state.transport, None
        _state.settings, _state.factory = settings, factory
    if old is not None:
        old.close()


class _Pool(httpx2.HTTPTransport):
    """httpx2's transport over connections that are dialled as checked."""

    def __init__(self, settings: _Settings) -> None:
        context = tls_context()
        super().__init__(verify=context, trust_env=False)
        self._pool = (
            self._proxied(settings, context) if settings.proxy else self._direct(settings, context)
        )

    def _direct(self, settings: _Settings, context: ssl.SSLContext) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=CheckedNetwork(settings.trusted),
        )

    def _proxied(self, settings: _Settings, context: ssl.SSLContext) -> httpcore2.ConnectionPool:
        proxy = httpx2.Proxy(settings.proxy)
        return httpcore2.HTTPProxy(
            proxy_url=str(proxy.url),
            proxy_auth=proxy.raw_auth,
            ssl_context=context,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=CheckedNetwork(None),
        )
