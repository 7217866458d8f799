"""Which IP addresses may be reached: public ones, and those in networks that are trusted."""

import socket
import threading
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from hfadmin.outbound.errors import BlockedAddressError, DeadlineExceededError

Network = IPv4Network | IPv6Network

# Special-purpose networks, some of which `is_global` allows: translation, tunnels, tests.
_SPECIAL_PURPOSE = tuple(
    ip_network(network)
    for network in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")


def ip_literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that `host` is, in brackets or not; None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_permitted(address: IPv4Address | IPv6Address, trusted: Collection[Network]) -> bool:
    """Whether the address is public or in a trusted network."""
    if any(address in network for network in trusted):
        return True
    if isinstance(address, IPv6Address) and (
        address.scope_id is not None or address not in _GLOBAL_UNICAST
    ):
        return False
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in _SPECIAL_PURPOSE)


def resolve(host: str, port: int, seconds: float, trusted: Collection[Network]) -> list[str]:
    """Return the addresses of `host`, which is resolved within `seconds`.

    Raises BlockedAddressError where any of them is not permitted: a name that mixes public and
    private addresses is hostile. Raises DeadlineExceededError, and OSError for an unknown host.
    """
    found = ip_literal(host)
    addresses = [found] if found else [ip_address(a) for a in _look_up(host, port, seconds)]
    if not addresses or not all(is_permitted(address, trusted) for address in addresses):
        raise BlockedAddressError(f"{host} leads to an address that may not be reached")
    return [str(address) for address in addresses]


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses. The system's resolver has no timeout, hence the thread."""
    answers: list[str] = []
    failures: list[OSError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            failures.append(error)
        except UnicodeError:
            failures.append(OSError(f"{host} is not a host name"))
        else:
            answers.extend(dict.fromkeys(str(info[4][0]) for info in found))

    thread = threading.Thread(target=ask, daemon=True, name="resolve")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise DeadlineExceededError(f"{host} could not be resolved in time")
    if failures:
        raise failures[0]
    return answers
