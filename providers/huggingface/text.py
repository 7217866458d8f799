"""Making foreign text fit to store and show."""

import json
import re
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase
from urllib.parse import quote

from hfadmin.redaction import redacted, visible_text

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,118}")
_UNREAD = ("script", "style")
# What was cut off may leave half a secret at the end, too short to be recognised. No known form
# goes unrecognised for longer.
_HALF_A_SECRET = 64
_MAY_HAVE_BEEN_CUT = 2_000  # characters
_LEAST_SECRET = 16  # characters; a shorter part of a token is found in ordinary words
_LEAST_VALUE, _SHORTEST_VALUE = 6, 4  # the same of what somebody has chosen, such as a password
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # keeps each character in its place


def clean(value: object, limit: int = 300) -> str:
    """`value` as one line without control, bidi and other invisible characters and without secrets,
    at most `limit` characters long; "" for anything that is not a text or a number.

    Whatever Hugging Face or an engine says goes through here before it is kept or logged. Secrets
    are looked for in what can be seen, and before the rest is cut off.
    """
    # Nearly every text is a short, plain one; a list of endpoints asks for thousands of them.
    if isinstance(value, str):
        if len(value) <= limit and value.isascii() and value.isprintable():
            return redacted(value).strip()
    else:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return ""
        value = _digits(value)
    value = redacted(_beginning(value, limit)).strip()
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def evidence(value: str, limit: int = 600) -> str:
    """An upstream answer to keep beside a diagnosis: cleaned, and without markup."""
    text = value[: limit * 10]
    if "<" in text:
        # Without a space in its place, markup that stands within a secret hides it no longer.
        joined = visible_text(_without_markup(text, ""))
        text = joined if redacted(joined) != joined else _without_markup(text, " ")
    text = clean(text, limit)
    was_cut = len(value) >= min(limit * 10, _MAY_HAVE_BEEN_CUT)
    return text[:-_HALF_A_SECRET] if was_cut and len(text) < limit else text


def without_token(text: str, token: str) -> str:
    """`text` without the token, and without any 16 characters of it in a row, in either case."""
    text = text.replace(token, "hf_…") if token else text
    rest, lowered = token.removeprefix("hf_").translate(_LOWER), text.translate(_LOWER)
    pieces = {rest[at : at + _LEAST_SECRET] for at in range(len(rest) - _LEAST_SECRET + 1)}
    kept, end = [], 0
    for start in sorted(start for piece in pieces for start in _places(lowered, piece)):
        if start >= end:
            kept += [text[end:start], "…"]
        end = start + _LEAST_SECRET
    return "".join([*kept, text[end:]])


def without_value(text: str, value: str) -> str:
    """`text` without the value, however it is written there, and without any 6 characters of it in
    a row. One of less than 4 characters is left: it is found in ordinary words."""
    lowered, hidden = text.translate(_LOWER), set[int]()
    for written in _written(value):
        size = min(len(written), _LEAST_VALUE)
        for start in range(len(text) - size + 1 if size >= _SHORTEST_VALUE else 0):
            if lowered[start : start + size] in written:
                hidden.update(range(start, start + size))
    shown = ((at, "…" if at in hidden else sign) for at, sign in enumerate(text))
    return "".join(sign for at, sign in shown if at not in hidden or at - 1 not in hidden)


def _written(value: str) -> set[str]:
    """As an answer may have it, in lower case."""
    ways = [
        value,
        evidence(value, len(value) + 1),
        quote(value),
        *(json.dumps(value, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)),
    ]
    return {way.translate(_LOWER).strip() for way in ways}


def _places(text: str, piece: str) -> Iterator[int]:
    at = text.find(piece)
    while at >= 0:
        yield at
        at = text.find(piece, at + 1)


def _without_markup(value: str, instead: str) -> str:
    """`instead` of tags, and of what stands within scripts and styles. In one pass: a pattern would
    look for the end of each beginning anew."""
    text, *pieces = value.split("<")
    kept, within = [text], ""
    for piece in pieces:
        tag, closed, text = piece.partition(">")
        name = tag[:8].lower()
        if within:
            within = "" if name.startswith(f"/{within}") else within
        elif name.startswith(_UNREAD):
            within = name[:5]
        elif not closed:
            text = f"<{piece}"
        if not within:
            kept += [instead, text]
    return "".join(kept)


def _beginning(value: str, limit: int) -> str:
    """What is seen of it, as far as it may be shown."""
    longest = limit * 4
    text = visible_text(value[:longest])
    was_cut = len(value) > longest
    return text[:-_HALF_A_SECRET] if was_cut and len(text) <= limit else text


def _digits(number: float) -> str:
    try:
        return str(number)
    except ValueError:  # more digits than Python writes
        return ""


def is_name(value: str) -> bool:
    """Whether it is a name that goes into a path as it is, and not to another path."""
    return _NAME.fullmatch(value) is not None and ".." not in value


def is_repository(value: str) -> bool:
    """`owner/name`, or the bare name of an old model."""
    parts = value.split("/")
    return len(parts) <= 2 and all(map(is_name, parts))


def is_revision(value: str) -> bool:
    """Whether a commit, a branch or a tag can be called so."""
    return _REVISION.fullmatch(value) is not None and ".." not in value


def is_sendable(value: str) -> bool:
    """Whether it may stand in a header: one word of visible ASCII characters."""
    return value.isascii() and value.isprintable() and " " not in value
