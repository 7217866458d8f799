"""The environment, read strictly: what cannot be right stops the start with a sentence."""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE points to."""
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


def words(name: str) -> list[str]:
    return text(name).replace(",", " ").split()


def choice(name: str, options: tuple[str, ...]) -> str:
    value = text(name, options[0])
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(options)}.")
    return value


def address(name: str, default: str) -> tuple[str, int]:
    """A host and a port to listen at, such as 127.0.0.1:8000 or [::1]:8000."""
    value = text(name, default)
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to HOST:PORT, such as {default}.")
    return host.strip("[]"), int(port)


def base_url(name: str, default: str = "") -> str:
    """An http or https address without credentials, query or trailing slash."""
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
    """As `base_url`, and the whole of its host: pages do not live below a path."""
    value = base_url(name)
    if urlsplit(value).path:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, and hfadmin cannot live below a path. "
            "Give it a host name of its own, such as https://hfadmin.example.org."
        )
    return value


def service_url(name: str, schemes: tuple[str, ...]) -> str:
    """The address of a database or a broker, or nothing. It may hold a password: not repeated."""
    value = text(name)
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(schemes)}://.")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    found = []
    for word in words(name):
        try:
            found.append(ip_network(word))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} contains {word!r}. Set it to networks such as 10.0.0.0/8."
            ) from error
    return found


def directory(name: str, default: Path, leave: str = "") -> Path:
    """A directory that can be written; made, for its owner alone, where it is missing.

    What others can read in it is closed to them, except the file named `leave`.
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
    _close_to_others(path, name, leave)
    return path


def _close_to_others(path: Path, name: str, leave: str) -> None:
    """Take the directory and the files in it away from everybody but their owner, who is us."""
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
            is_ours = entry.is_file() and not entry.is_symlink() and entry.name != leave
            if is_ours and entry.stat().st_mode & 0o077:
                entry.chmod(0o600)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Others on this machine can read the data directory {path}, and that cannot be "
            f"changed: {error.strerror}. Run: chmod -R go= {path}"
        ) from error


def generated(path: Path) -> str:
    """The secret kept in a file of mode 0600, made at the first start."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)
    return value
