"""Context managers that change the configuration of outbound calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from hfadmin import outbound
from providers.huggingface import config


@contextmanager
def allow_networks(*networks: str, proxy: str = "") -> Iterator[None]:
    """Send calls over sockets, in place of the sandbox, and trust these networks."""
    outbound.reset()
    outbound.configure(trusted_networks=[ip_network(network) for network in networks], proxy=proxy)
    try:
        yield
    finally:
        outbound.reset()
        outbound.configure()


@contextmanager
def override_configuration(**fields: Any) -> Iterator[None]:
    """Replace fields of the configuration of `providers.huggingface`."""
    before = config.current()
    config.configure(replace(before, **fields))
    try:
        yield
    finally:
        config.configure(before)
