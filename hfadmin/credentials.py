"""Hugging Face access tokens as people paste them: recognised in any text, and freed of what was
copied along with them."""

import re
import unicodedata

from django.views.decorators.debug import sensitive_variables

# More than any real token (40 characters) with all that may stand around it.
LONGEST = 500

# Names such as hf_internal or hf_my-bot are no tokens: those have 34 letters and digits.
_TOKEN = re.compile(r"(?:hf|api_org)_[A-Za-z0-9]{16}")
# A token from its first to its last character. Where the next one begins, this one has ended.
_WHOLE_TOKEN = re.compile(
    r"""hf_ (?:oauth|jwt)_ [A-Za-z0-9_-]{20,} (?: \. [A-Za-z0-9_-]+ )*
      | (?:hf|api_org)_ (?: (?! (?:hf|api_org)_ ) [A-Za-z0-9] ){34,}""",
    re.VERBOSE,
)
_SECRET_WORDS = {"password", "password1", "password2", "oldpassword", "secret", "code", "token"}
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"


@sensitive_variables()
def holds_token(text: str) -> bool:
    """Whether an access token stands anywhere in the text, however it is disguised by characters
    that cannot be seen or by wide ones."""
    return bool(_TOKEN.search(unicodedata.normalize("NFKC", _visible(text))))


@sensitive_variables()
def tokens_in(text: str) -> frozenset[str]:
    """The whole access tokens that stand in the text as they are, without what is around them."""
    return frozenset(_WHOLE_TOKEN.findall(text))


@sensitive_variables()
def tidied(text: str) -> str:
    """The one token that the text holds, whatever stands around it: `export HF_TOKEN="hf_…";` is
    hf_…. Text that holds none, or several, comes back without surrounding spaces, quotes and stops.
    """
    found = tokens_in(text)
    return next(iter(found)) if len(found) == 1 else _stripped(text)


def names_secret(field: str) -> bool:
    """Whether a form's field of this name holds something secret."""
    return field.lower().replace("-", "_").rpartition("_")[2] in _SECRET_WORDS


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
    """Without format characters (zero-width ones, marks of direction) and control characters that
    are no white space."""
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cf", "Cc"})
