"""Strings that break careless pages, logs and databases, and their injection into JSON."""

from itertools import count
from typing import Any

STRINGS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(document.cookie)",
    "\u202eevil\u202c \u2066hidden\u2069 \u200f\u200e",
    "bell\u0007 escape\u001b[31m null\u0000 delete\u007f",
    "line\r\nSet-Cookie: a=b\n\tand tab",
    "x" * 100_000,
    "lone surrogate \ud800",
    "{{ settings.SECRET_KEY }} {% debug %} %(name)s {0} ${HOME}",
    "'; DROP TABLE endpoints; --",
    '=HYPERLINK("https://evil.test")',
    "Z̷̢͓̈a̸̢͝l̶̰̾g̵̙̈́o\u0301\u0301\u0301 \U0001f525",
    "   ",
    "",
)
TIMES = {"createdAt", "updatedAt", "lastUsedAt", "expiresAt", "expiration", "lastModified"}
URLS = {"url", "avatarUrl", "healthRoute"}


def poisoned(value: Any) -> Any:
    """Return the JSON with a hostile string in every text field but the times."""
    return _poisoned(value, None, count())


def _poisoned(value: Any, key: str | None, turn: "count[int]") -> Any:
    if isinstance(value, dict):
        return {name: _poisoned(entry, name, turn) for name, entry in value.items()}
    if isinstance(value, list):
        return [_poisoned(entry, key, turn) for entry in value]
    if not isinstance(value, str) or key in TIMES:
        return value
    if key in URLS:
        return "javascript:alert(1)//https://hostile.endpoints.huggingface.cloud"
    return STRINGS[next(turn) % len(STRINGS)]
