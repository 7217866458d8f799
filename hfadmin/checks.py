"""System checks of the configuration, run when hfadmin starts and by `manage.py check`."""

import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from hfadmin.vault import KEYS_FILE


@register(Tags.security)
def configuration(**_options: Any) -> list[CheckMessage]:
    """Check the address, the storage, the file of keys and the URLs of Hugging Face."""
    return [*_address(), *_storage(), *_keys(), *_hugging_face()]


def _address() -> Iterator[CheckMessage]:
    host, _port = settings.BIND
    if not settings.PUBLIC_URL and not _is_loopback(host):
        yield checks.Warning(
            f"hfadmin listens at {host}, but answers to the name localhost only.",
            hint="Set HFADMIN_URL to the address that people type.",
            id="hfadmin.W001",
        )
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme == "http" and not _is_loopback(str(public.hostname)):
        yield checks.Warning(
            "HFADMIN_URL is not https: passwords and sessions cross the network unprotected.",
            hint="Put a reverse proxy with a certificate in front, and set HFADMIN_URL to https.",
            id="hfadmin.W002",
        )


def _storage() -> Iterator[CheckMessage]:
    if bool(settings.DATABASE_URL) != bool(settings.REDIS_URL):
        given, missing = "DATABASE_URL", "REDIS_URL"
        if settings.REDIS_URL:
            given, missing = missing, given
        yield checks.Warning(
            f"{given} is set and {missing} is not: the rest stays in {settings.DATA_DIR}, "
            "which only processes on this machine share.",
            hint="Set both for several machines, or neither.",
            id="hfadmin.W003",
        )


def _keys() -> Iterator[CheckMessage]:
    path = Path(settings.DATA_DIR) / KEYS_FILE
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Error(
            f"Others on this machine can read {path}, which opens the stored access tokens.",
            hint=f"Run: chmod 600 {path}",
            id="hfadmin.E001",
        )


def _hugging_face() -> Iterator[CheckMessage]:
    for name in (
        "HF_ENDPOINT",
        "HF_INFERENCE_ENDPOINTS_ENDPOINT",
        "HF_INFERENCE_CATALOG_ENDPOINT",
        "HF_ROUTER_ENDPOINT",
    ):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme == "http" and not _is_loopback(str(parts.hostname)):
            yield Error(
                f"{name} is not https: access tokens would cross the network unprotected.",
                hint=f"Set {name} to an https address.",
                id="hfadmin.E002",
            )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
