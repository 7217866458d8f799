"""Where Hugging Face is. From the environment at first use, or as `configure` says."""

import os
import threading
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Configuration:
    """Base URLs without a trailing slash, and endpoint hosts that the operator trusts."""

    hub: str
    management: str
    catalog: str
    router: str
    trusted_hosts: frozenset[str] = frozenset()


_lock = threading.Lock()
_current: Configuration | None = None


def configure(
    *,
    hub: str | None = None,
    management: str | None = None,
    catalog: str | None = None,
    router: str | None = None,
    trusted_hosts: Collection[str] | None = None,
) -> Configuration:
    """Sets the places to call; what is left out is read from the environment again."""
    global _current  # one configuration for the process
    if trusted_hosts is None:
        trusted_hosts = os.environ.get("HFADMIN_TRUSTED_HOSTS", "").replace(",", " ").split()
    made = Configuration(
        hub=_base(hub, "HF_ENDPOINT", "https://huggingface.co"),
        management=_base(
            management,
            "HF_INFERENCE_ENDPOINTS_ENDPOINT",
            "https://api.endpoints.huggingface.cloud/v2",
        ),
        catalog=_base(
            catalog,
            "HF_INFERENCE_CATALOG_ENDPOINT",
            "https://endpoints.huggingface.co/api/v1/catalog",
        ),
        router=_base(router, "HF_ROUTER_ENDPOINT", "https://router.huggingface.co"),
        trusted_hosts=frozenset(host.lower() for host in trusted_hosts),
    )
    with _lock:
        _current = made
    return made


def current() -> Configuration:
    return _current or configure()


def _base(given: str | None, variable: str, default: str) -> str:
    return (given or os.environ.get(variable) or default).rstrip("/")
