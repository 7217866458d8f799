"""Outbound HTTP: `client` makes every HTTP client of hfadmin.

Each call has connect and read timeouts and a wall-clock deadline, limits on the bytes and the JSON
values of its decompressed answer, no proxy but the one configured, no cookies, and no redirects
but GETs within an origin that the client names. Answers are read as UTF-8. All addresses of a host
are checked, and a connection goes to a checked address; private ones must be in trusted networks.
With a proxy, the proxy resolves names and has to check them; IP literals are still checked here.
"""

import os
import ssl
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

import httpcore2
import httpx2

from hfadmin.outbound.addresses import Network, ip_literal, is_permitted
from hfadmin.outbound.backend import CheckedNetworkBackend
from hfadmin.outbound.deadlines import deadline
from hfadmin.outbound.errors import (
    BlockedAddressError,
    BodyTooLargeError,
    DeadlineExceededError,
    OutboundError,
    RedirectRefusedError,
)
from hfadmin.outbound.limits import Limits, limited
from hfadmin.outbound.memory import return_large_blocks
from hfadmin.outbound.transport import GuardedTransport

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
    "ip_literal",
    "is_permitted",
    "limited",
    "reset",
    "tls_context",
    "trusted_networks",
    "use_transport",
]

DEFAULT_SECONDS = 30.0
DEFAULT_LIMITS = Limits(max_bytes=32 * 1024 * 1024, max_values=2_000_000)
_CONNECTIONS = 64
_KEEP_ALIVE = 55.0  # seconds; load balancers close idle connections after 60


@dataclass(frozen=True, slots=True)
class _Settings:
    trusted: tuple[Network, ...] = ()
    proxy: str = ""


class _State:
    """What all clients of this process share. The transport is made at first use."""

    def __init__(self) -> None:
        self.settings = _Settings()
        self.factory: Callable[[], httpx2.BaseTransport] | None = None
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """Replace the lock, which the parent may hold, and the transport, which it still uses."""
        self.lock = threading.Lock()
        self.transport: httpx2.BaseTransport | None = None


_state = _State()
os.register_at_fork(after_in_child=_state.reset_after_fork)


def client(
    *,
    follow: Collection[str] = (),
    seconds: float = DEFAULT_SECONDS,
    limits: Limits = DEFAULT_LIMITS,
) -> httpx2.Client:
    """Return a client. It is cheap: all clients share one pool of connections.

    `follow` are the base URLs on whose origins a GET may be redirected, three times at most.
    `seconds` is the deadline of each call, and `limits` are those of its answer.
    """
    transport = GuardedTransport(
        _transport, trusted_networks, seconds=seconds, limits=limits, follow=follow
    )
    return httpx2.Client(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(20.0, connect=5.0),
        headers={"user-agent": "hfadmin", "accept-encoding": "gzip"},
    )


def configure(*, trusted_networks: Collection[Network] = (), proxy: str = "") -> None:
    """Set the trusted networks and the proxy of all clients; by default there are none."""
    _replace(settings=_Settings(tuple(trusted_networks), proxy), factory=_state.factory)


def use_transport(factory: Callable[[], httpx2.BaseTransport]) -> None:
    """Let all clients, existing ones too, send by the transport `factory()`, as tests do."""
    _replace(settings=_state.settings, factory=factory)


def reset() -> None:
    """Undo `use_transport`."""
    _replace(settings=_state.settings, factory=None)


def trusted_networks() -> tuple[Network, ...]:
    """Return the networks that `configure` was given."""
    return _state.settings.trusted


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context of this process. Cached: reading the certificates takes 20 to 40 ms."""
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
    """httpx2's transport on the checked network backend."""

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
            network_backend=CheckedNetworkBackend(settings.trusted),
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
            network_backend=CheckedNetworkBackend(None),
        )
