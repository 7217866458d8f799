"""What somebody typed as an Endpoint URL: understood, or refused with the reason.

Nothing here asks the network. That an address is well formed does not mean that a token may be
sent there: see `may_receive`.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import Never
from urllib.parse import SplitResult, urlsplit

from hfadmin import outbound
from providers.huggingface import config
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.text import clean
from providers.huggingface.types import NormalizedURL

ENDPOINT_SUFFIX = ".endpoints.huggingface.cloud"
_CONSOLES = frozenset({"endpoints.huggingface.co", "ui.endpoints.huggingface.co"})
_CONSOLE_PATH = re.compile(r"/([\w.-]+)/endpoints/([\w.-]+)(?:/.*)?", re.ASCII)
_OLD_API = frozenset({"api-inference.huggingface.co", "api-inference.hf.co"})
_MANAGEMENT = frozenset({"api" + ENDPOINT_SUFFIX, "endpoints.huggingface.cloud"})
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LOOKS_ALIKE = re.compile(r"hugg?ing-?_?face|endpoints?\.hf\b|\bhf\.co\b")
_ROUTES = re.compile(
    r"/(v1(/(chat/completions|completions|embeddings|models))?"
    r"|generate(_stream)?|embed|health|metrics)?$"
)
_STRANGE = re.compile(r"[\s\\<>\"'`{}|^]")
_HOST_AND_PORT = re.compile(r"[^/:]{1,253}:\d{1,9}(/|$)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LONGEST = 500


def normalize_endpoint_url(text: str) -> NormalizedURL:
    """The address of a deployed endpoint, from what was typed or pasted: a missing https://, upper
    case, a trailing slash, /v1 and the other routes are understood. Raises HuggingFaceError:
    url_console carries the namespace and name that a console address tells."""
    text = text.strip()
    _check_characters(text)
    parts, notes = _split(text)
    host = (parts.hostname or "").rstrip(".")
    _refuse_known_pages(host, parts.path)
    trusted, reachable = _is_trusted_host(host, parts.port), _is_on_trusted_network(host)
    if not reachable:
        _check_host(host, trusted=trusted)
    path = _without_route(parts.path)
    standard = parts.port in {None, {"https": 443, "http": 80}[parts.scheme]}
    if not (reachable or trusted):
        if not standard:
            _refuse("port", host)
        if path:
            _refuse("path", host)
    hosted = host.endswith(ENDPOINT_SUFFIX)
    if parts.scheme == "http" and not (reachable or hosted):
        _refuse("scheme", host)
    if path != parts.path.rstrip("/"):
        notes.append("route")
    name = f"[{host}]" if ":" in host else host
    port = "" if standard else f":{parts.port}"
    url = f"{'https' if hosted else parts.scheme}://{name}{port}{path}"
    return NormalizedURL(url, host, hosted_by_huggingface=hosted, notes=tuple(notes))


def may_receive(found: NormalizedURL, listed: Collection[str] = ()) -> bool:
    """Whether a token may be sent there: to hosts that the operator trusts, and to `listed`, which
    the management API returned for that very token or an administrator has confirmed. A name under
    Hugging Face's own suffix is no reason: anybody can deploy an endpoint there."""
    parts = urlsplit(found.url)
    if _is_trusted_host(found.host, parts.port):
        return True
    return any(found.url == _comparable(url) for url in listed)


def same_endpoint(one: str, other: str) -> bool:
    """Whether two addresses, as typed or as listed, are the same endpoint's."""
    return bool(one and other) and _comparable(one) == _comparable(other)


def _comparable(url: str) -> str:
    try:
        return normalize_endpoint_url(url).url
    except HuggingFaceError:
        return ""


def _check_characters(text: str) -> None:
    if not text:
        _refuse("empty", "")
    if len(text) > _LONGEST:
        _refuse("long", "")
    if not (text.isascii() and text.isprintable()) or _STRANGE.search(text):
        _refuse("characters", "")


def _split(text: str) -> tuple[SplitResult, list[str]]:
    notes = []
    if "://" not in text and not text.startswith("/"):
        if _SCHEME.match(text) and not _HOST_AND_PORT.match(text):
            _refuse("scheme", "")
        text = f"https://{text}"
        notes.append("scheme")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        _refuse("form", "")
    if parts.scheme not in {"http", "https"}:
        _refuse("scheme", "")
    if "@" in parts.netloc:
        _refuse("credentials", "")
    if not parts.hostname or "%" in parts.netloc or port == 0:
        _refuse("form", "")
    return parts, notes


def _without_route(path: str) -> str:
    path = path.rstrip("/")
    found = _ROUTES.search(path)
    return path[: found.start()] if found else path


def _refuse_known_pages(host: str, path: str) -> None:
    if host in _OLD_API:
        raise HuggingFaceError(Diagnosis(Kind.URL_OLD_API, {"host": host}))
    if host in _CONSOLES:
        found = _CONSOLE_PATH.fullmatch(path)
        names = {"namespace": found[1], "name": found[2]} if found else {}
        raise HuggingFaceError(Diagnosis(Kind.URL_CONSOLE, {"host": host, **names}))
    if host in _MANAGEMENT or f".{host}".endswith((".huggingface.co", ".hf.co")):
        _refuse("page", host)


def _check_host(host: str, *, trusted: bool) -> None:
    labels = host.split(".")
    if not all(map(_LABEL.fullmatch, labels)) or len(host) > 253:
        _refuse("number" if ":" in host else "form", host)
    if re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        _refuse("number", host)  # any form in which a resolver takes a name for an address
    if len(labels) < 2 or labels[-1] in {"localhost", "local", "internal"}:
        _refuse("private", host)
    if trusted:
        return
    if any(label.startswith("xn--") for label in labels):
        _refuse("lookalike", host)
    if not host.endswith(ENDPOINT_SUFFIX) and _LOOKS_ALIKE.search(host):
        _refuse("lookalike", host)


def _is_trusted_host(host: str, port: int | None) -> bool:
    trusted = config.current().trusted_hosts
    return host in trusted or f"{host}:{port}" in trusted


def _is_on_trusted_network(host: str) -> bool:
    address = ip_address("127.0.0.1") if host == "localhost" else outbound.ip_literal(host)
    return address is not None and any(address in net for net in outbound.trusted_networks())


def _refuse(reason: str, host: str) -> Never:
    raise HuggingFaceError(
        Diagnosis(Kind.URL_INVALID, {"reason": reason, "host": clean(host, 100)})
    )
