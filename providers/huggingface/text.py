"""Making foreign text fit to store and show."""

import re
import unicodedata

from hfadmin.redaction import redacted

_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"\s+")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Of the categories of letters and accents, and shown as nothing all the same.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


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
    value = redacted(_seen(value[: limit * 4])).strip()
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def evidence(value: str, limit: int = 600) -> str:
    """An upstream answer to keep beside a diagnosis: cleaned, and without markup."""
    value = value[: limit * 10]
    if "<" in value:
        # Without a space in its place, markup that stands within a secret hides it no longer.
        joined = _seen(_MARKUP.sub("", value))
        value = joined if redacted(joined) != joined else _MARKUP.sub(" ", value)
    return clean(value, limit)


def _digits(number: float) -> str:
    try:
        return str(number)
    except ValueError:  # more digits than Python writes
        return ""


def _seen(text: str) -> str:
    """What a person sees of it, in one line."""
    return _SPACES.sub(" ", "".join(map(_visible, text)))


def _visible(character: str) -> str:
    if character in "\t\r\n":
        return " "
    invisible = unicodedata.category(character) in _INVISIBLE or character in _FILLERS
    return "" if invisible or "\ufe00" <= character <= "\ufe0f" else character


def is_name(value: str) -> bool:
    """Whether it is a name that goes into a path as it is, and not to another path."""
    return _NAME.fullmatch(value) is not None and ".." not in value


def is_repository(value: str) -> bool:
    """`owner/name`, or the bare name of an old model."""
    parts = value.split("/")
    return len(parts) <= 2 and all(map(is_name, parts))


def is_sendable(value: str) -> bool:
    """Whether it may stand in a header: one word of visible ASCII characters."""
    return value.isascii() and value.isprintable() and " " not in value
