"""Hugging Face access tokens as people paste them: recognised in any text, and freed of what was
copied along with them."""

import re
import unicodedata

from django.views.decorators.debug import sensitive_variables

# More than any real token (40 characters) with all that may stand around it.
LONGEST = 500

# Names such as hf_internal or hf_my-bot are no tokens: those have 34 letters and digits.
_TOKEN = re.compile(r"(?:hf|api_org)_[A-Za-z0-9]{16}")
_SECRET_WORDS = {"password", "password1", "password2", "oldpassword", "secret", "code", "token"}
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"
_AROUND = re.compile(
    r"""(?: (?:export|set|setx|env) \s
          | (?:-H|--header|--token) [\s=]
          | [$:\w-]{0,40} token [\w-]{0,20} \s{0,5} [:=]
          | authorization \s{0,5} [:=]
          | bearer [\s:=]
        )""",
    re.VERBOSE | re.IGNORECASE,
)


@sensitive_variables()
def holds_token(text: str) -> bool:
    """Whether an access token stands anywhere in the text, however it is disguised by characters
    that cannot be seen or by wide ones."""
    return bool(_TOKEN.search(unicodedata.normalize("NFKC", _visible(text))))


@sensitive_variables()
def tidied(text: str) -> str:
    """A token as pasted, without spaces, quotes, and the header or assignment it was copied with:
    `export HF_TOKEN="hf_…"` is hf_…. Other text comes back as it is, but for what surrounds it."""
    rest = text
    while True:
        before, rest = rest, _stripped(rest)
        if found := _AROUND.match(rest):
            rest = rest[found.end() :]
        if rest == before:
            return rest


def names_secret(field: str) -> bool:
    """Whether a form's field of this name holds something secret."""
    return field.lower().replace("-", "_").rpartition("_")[2] in _SECRET_WORDS


@sensitive_variables()
def _stripped(text: str) -> str:
    first, last = 0, len(text)
    while first < last and _may_surround(text[first]):
        first += 1
    while first < last and (_may_surround(text[last - 1]) or text[last - 1] in ";,\\"):
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
