"""Recognition of Hugging Face access tokens in pasted text, and of fields that hold secrets."""

import re
import unicodedata

from django.views.decorators.debug import sensitive_variables

# In characters: more than a real token (40) with whatever was copied along with it.
MAX_LENGTH = 500

# 16 letters and digits, not the 34 of a token, so that parts of one are found too; names such as
# hf_internal or hf_my-bot are not.
_TOKEN = re.compile(r"(?:hf|api_org)_[A-Za-z0-9]{16}")
# A token from its first to its last character; it ends where the next one begins.
_WHOLE_TOKEN = re.compile(
    r"""hf_ (?:oauth|jwt)_ [A-Za-z0-9_-]{20,} (?: \. [A-Za-z0-9_-]+ )*
      | (?:hf|api_org)_ (?: (?! (?:hf|api_org)_ ) [A-Za-z0-9] ){34,}""",
    re.VERBOSE,
)
_SECRET_WORDS = {
    *("password", "password1", "password2", "oldpassword"),
    *("secret", "secrets", "code", "token"),
}
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"


@sensitive_variables()
def holds_token(text: str) -> bool:
    """Whether the text contains an access token, or the beginning of one.

    Invisible characters are ignored, and full-width ones count as plain.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", _visible(text))
    return bool(_TOKEN.search(text))


@sensitive_variables()
def find_tokens(text: str) -> frozenset[str]:
    """Return the complete access tokens in the text."""
    return frozenset(_WHOLE_TOKEN.findall(text))


@sensitive_variables()
def extract_token(text: str) -> str:
    """Return the token in a text such as `export HF_TOKEN="hf_…";`.

    Where there is none or several, return the text without surrounding spaces, quotes and stops.
    """
    found = find_tokens(text)
    return next(iter(found)) if len(found) == 1 else _stripped(text)


def names_secret(field: str) -> bool:
    """Whether a form field of this name holds a secret, or the values of a list of them."""
    name = field.lower().replace("-", "_").removesuffix("_value")
    return name.rpartition("_")[2] in _SECRET_WORDS


@sensitive_variables()
def _stripped(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _may_surround(text[first]):
        first += 1
    while first < last and (_may_surround(text[last - 1]) or text[last - 1] in ";,.\\"):
        last -= 1
    return text[first:last]


def _may_surround(character: str) -> bool:
    unseen = character.isspace() or unicodedata.category(character) in {"Cf", "Cc"}
    return unseen or character in _QUOTES


@sensitive_variables()
def _visible(text: str) -> str:
    """Remove format characters (zero-width, direction marks) and non-space control characters."""
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cf", "Cc"})
