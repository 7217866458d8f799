"""Where Hugging Face is: where everybody finds it, unless `configure` says otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Configuration:
    """Base URLs without a trailing slash, and endpoint hosts in lower case that the operator
    trusts."""

    hub: str = "https://huggingface.co"
    management: str = "https://api.endpoints.huggingface.cloud/v2"
    catalog: str = "https://endpoints.huggingface.co/api/v1/catalog"
    router: str = "https://router.huggingface.co"
    trusted_hosts: frozenset[str] = frozenset()


PUBLIC = Configuration()
_current = PUBLIC


def configure(places: Configuration) -> None:
    """For the whole process, and for the next call on."""
    global _current  # one configuration for the process
    _current = places


def current() -> Configuration:
    return _current
