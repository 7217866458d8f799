"""Readers of environment variables. A value that cannot be used raises ImproperlyConfigured."""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable, or the content of the file that `<name>_FILE` names, stripped."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default).strip()
    if os.environ.get(name):
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE points to {path}, which cannot be read: {error.strerror}."
        ) from error


def text_list(name: str) -> list[str]:
    """Return the values, which commas or spaces separate."""
    return text(name).replace(",", " ").split()


def choice(name: str, options: tuple[str, ...]) -> str:
    """Return one of the options; the first is the default."""
    value = text(name, options[0])
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(options)}.")
    return value


def address(name: str, default: str) -> tuple[str, int]:
    """Return the host and the port to listen at, from such as 127.0.0.1:8000 or [::1]:8000."""
    value = text(name, default)
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to HOST:PORT, such as {default}.")
    return host.strip("[]"), int(port)


def base_url(name: str, default: str = "") -> str:
    """Return an http or https URL without credentials, query or trailing slash; "" if unset."""
    value = text(name, default).rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = (
            parts.scheme in {"http", "https"}
            and parts.hostname
            and parts.username is None
            and not (parts.query or parts.fragment)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Set it to an address such as https://hfadmin.example.org."
        )
    return value


def site_url(name: str) -> str:
    """Return a `base_url` without a path, since pages cannot be served below one."""
    value = base_url(name)
    if urlsplit(value).path:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, and hfadmin cannot live below a path. "
            "Give it a host name of its own, such as https://hfadmin.example.org."
        )
    return value


def service_url(name: str, schemes: tuple[str, ...]) -> str:
    """Return the URL of a database, broker or proxy; "" if unset.

    It may hold a password, so errors do not repeat it.
    """
    value = text(name)
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(schemes)}://.")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks in CIDR notation, which commas or spaces separate."""
    found = []
    for value in text_list(name):
        try:
            found.append(ip_network(value))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} contains {value!r}. Set it to networks such as 10.0.0.0/8."
            ) from error
    return found


def directory(name: str, default: Path, keep_mode: str = "") -> Path:
    """Return a writable directory, created with mode 0700 where it is missing.

    Takes the permissions of other users from it and its files, except from the file `keep_mode`.
    """
    path = Path(text(name) or default).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data directory {path} cannot be made: {error.strerror}. "
            f"Set {name} to a directory that can be written."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"The data directory {path} cannot be written. "
            f"Set {name} to a directory that can be written."
        )
    _restrict_to_owner(path, name, keep_mode)
    return path


def _restrict_to_owner(path: Path, name: str, keep_mode: str) -> None:
    """Set mode 0700 on the directory and 0600 on the files in it, where others may do anything."""
    status = path.stat()
    if status.st_uid != os.geteuid():
        raise ImproperlyConfigured(
            f"The data directory {path} belongs to another user of this machine. "
            f"Change its owner, or set {name} to a directory of your own."
        )
    is_open = status.st_mode & 0o077
    if status.st_mode & 0o002:
        raise ImproperlyConfigured(
            f"Everybody on this machine can write to the data directory {path}. "
            f"Set {name} to a directory of its own."
        )
    try:
        if is_open:
            path.chmod(0o700)
        for entry in path.iterdir():
            is_ours = entry.is_file() and not entry.is_symlink() and entry.name != keep_mode
            if is_ours and entry.stat().st_mode & 0o077:
                entry.chmod(0o600)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Others on this machine can read the data directory {path}, and that cannot be "
            f"changed: {error.strerror}. Run: chmod -R go= {path}"
        ) from error


def load_or_generate(path: Path) -> str:
    """Return the secret in the file; the first call generates it, with mode 0600."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)
    return value
