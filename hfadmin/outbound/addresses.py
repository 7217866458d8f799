"""Which network addresses may be reached: public ones, and those that the operator trusts."""

import socket
import threading
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from hfadmin.outbound.errors import BlockedAddressError, DeadlineExceededError

Network = IPv4Network | IPv6Network

# Global by allocation, but each leads somewhere else: translation, tunnels, protocol use, tests.
_DETOURS = tuple(
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


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address, where `host` is one and not a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def permitted(address: IPv4Address | IPv6Address, trusted: Collection[Network]) -> bool:
    if any(address in network for network in trusted):
        return True
    if isinstance(address, IPv6Address) and (
        address.scope_id is not None or address not in _GLOBAL_UNICAST
    ):
        return False
    if address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in _DETOURS)


def resolve(host: str, port: int, seconds: float, trusted: Collection[Network]) -> list[str]:
    """The addresses to dial for `host`. One that may not be reached refuses them all, since a name
    that mixes public and private addresses is not up to anything good."""
    found = literal(host)
    addresses = [found] if found else [ip_address(a) for a in _look_up(host, port, seconds)]
    if not addresses or not all(permitted(address, trusted) for address in addresses):
        raise BlockedAddressError(f"{host} leads to an address that may not be reached")
    return [str(address) for address in addresses]


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Raises OSError. The system's resolver knows no deadline, hence the thread."""
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
