"""Which addresses may be reached."""

import socket
import threading
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfadmin import outbound
from hfadmin.outbound.addresses import resolve

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not outbound.is_permitted(ip_address(address), ())
    with pytest.raises(outbound.BlockedAddressError):
        resolve(address, 443, 1, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "3.5.140.2", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert outbound.is_permitted(ip_address(address), ())


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_hidden_in_ipv6_is_refused(address: IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "::", "64:ff9b::"):
        hidden = IPv6Address(int(IPv6Address(prefix)) + int(address))
        assert not outbound.is_permitted(hidden, ())
    assert not outbound.is_permitted(IPv6Address((0x2002 << 112) + (int(address) << 80)), ())


@given(st.ip_addresses(network="10.0.0.0/8"))
def test_the_operators_networks_are_permitted(address: IPv4Address) -> None:
    assert outbound.is_permitted(address, [ip_network("10.0.0.0/8")])
    assert (
        not outbound.is_permitted(address, [ip_network("10.0.0.0/32")]) or int(address) == 10 << 24
    )


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]"]
)
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(outbound.BlockedAddressError):
        resolve(host, 80, 5, ())


def answers(*addresses: str) -> Any:
    """A resolver that knows one answer."""
    return lambda host, port, **options: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
    ]


def test_one_private_address_refuses_the_whole_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(outbound.BlockedAddressError):
        resolve("mixed.example", 443, 1, ())


def test_a_name_without_addresses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers())
    with pytest.raises(outbound.BlockedAddressError):
        resolve("empty.example", 443, 1, ())


def test_a_resolver_that_hangs_does_not_hold_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(10) and [])
    with pytest.raises(outbound.DeadlineExceededError):
        resolve("slow.example", 443, 0.05, ())
    done.set()
