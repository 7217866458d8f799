"""Making foreign text fit to store and show."""

import re
import unicodedata

_TOKENS = re.compile(r"(?:hf|api_org)_[A-Za-z0-9_\-]{6,}|(?<=bearer )\S+", re.IGNORECASE)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"\s+")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def clean(value: object, limit: int = 300) -> str:
    """`value` as one line without control, bidi and other invisible characters, at most `limit`
    characters long; "" for anything that is not a text or a number."""
    # Nearly every text is a short, plain one; a list of endpoints asks for thousands of them.
    if isinstance(value, str):
        if len(value) <= limit and value.isascii() and value.isprintable():
            return value.strip()
    else:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return ""
        value = str(value)
    value = "".join(map(_visible, value[: limit * 4]))
    value = _SPACES.sub(" ", value).strip()
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def evidence(value: str, limit: int = 600) -> str:
    """An upstream answer to keep beside a diagnosis: cleaned, without markup and tokens."""
    value = value[: limit * 10]
    if "<" in value:
        value = _MARKUP.sub(" ", value)
    return clean(_TOKENS.sub("hf_…", value), limit)


def _visible(character: str) -> str:
    if character in "\t\r\n":
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


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
