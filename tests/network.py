"""Where calls may go, for a while, as the settings otherwise say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from hfadmin import outbound
from providers.huggingface import config


@contextmanager
def dialling(*networks: str, proxy: str = "") -> Iterator[None]:
    """Over sockets, and also into these private networks."""
    outbound.reset()
    outbound.configure(trusted_networks=[ip_network(network) for network in networks], proxy=proxy)
    try:
        yield
    finally:
        outbound.reset()
        outbound.configure()


@contextmanager
def hugging_face_at(**places: Any) -> Iterator[None]:
    """With these fields of the configuration in place of the settings'."""
    before = config.current()
    config.configure(replace(before, **places))
    try:
        yield
    finally:
        config.configure(before)
