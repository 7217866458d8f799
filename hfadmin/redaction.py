"""Secrets in foreign text: every known form of them is replaced before the text is kept or logged.

Nothing here knows Django: the code that talks to Hugging Face uses it as well as the logs.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Of the categories of letters and accents, and shown as nothing all the same.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
SHORTEST = 8  # characters; nothing shorter is taken for a secret
# Texts that were found to hold none, to be known again: most of a list of endpoints are the same
# few names of regions, hardware and states.
_harmless: set[str] = set()
_REMEMBERED, _LONGEST_REMEMBERED = 10_000, 80

# One of these stands, in any case, in every text that holds a secret. Most texts hold none, and a
# list of endpoints asks for hundreds of thousands of them: looking for each is the quickest way.
_MARKS = (
    *("hf_", "org_", "sk-", "sk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "glpat"),
    *("akia", "asia", "xox", "eyj", "aiza", "private", "bearer", "author", "@"),
    *("token", "secret", "pass", "pwd", "key", "credential"),
)
_FORMS = re.compile(
    r"""(?P<kept> (?:hf|api_org)_ )
        (?: [A-Za-z0-9]{12,} | [A-Za-z0-9_.-]{20,} | (?:oauth|jwt)_ [A-Za-z0-9_.-]{6,} )
      | \b sk[-_] [A-Za-z0-9_-]{16,}
      | \b gh[opsur]_ [A-Za-z0-9]{16,}
      | \b github_pat_ [A-Za-z0-9_]{16,}
      | \b glpat- [A-Za-z0-9_-]{16,}
      | \b A[KS]IA [A-Z0-9]{12,}
      | \b xox[a-z]- [A-Za-z0-9-]{8,}
      | (?<![A-Za-z0-9_-]) eyJ [A-Za-z0-9_-]{8,} \. [A-Za-z0-9_.-]{8,}
      | \b AIza [A-Za-z0-9_-]{20,}
      | -----BEGIN\ [A-Z ]{0,40}PRIVATE\ KEY (?s:.*)""",
    re.VERBOSE,
)
_SHORTEST_RANDOM = 30
_LONG_WORD = re.compile(r"[A-Za-z0-9]{30}")
# What looks drawn by lot, whatever stands before it. Hashes, in digits and small letters, are none.
_RANDOM = re.compile(
    r"(?=[A-Za-z0-9]{0,60}[A-Z])(?=[A-Za-z0-9]{0,60}[a-z])(?=[A-Za-z0-9]{0,60}[0-9])"
    r"[A-Za-z0-9]{30,}"
)
_BEARER = re.compile(r"\b(bearer\s{1,3})[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"""\b(authorization["']?\s{0,3}[:=]\s{0,3}["']?)(?:[A-Za-z]{1,10}\s{1,3})?[^\s"',;]{6,}""",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(://)[^/\s:@]{0,100}:[^/\s@]{1,200}(@)")
# Numbers are none: max_new_tokens=4096. After a colon words are none either: "token: expired".
_NAMED = re.compile(
    r"""(?: token | secret | password | passwd | passphrase | pwd | credentials?
          | (?:api|access|private|secret) [_-]? key )
        (?: [_-] [A-Za-z0-9_-]{1,20} )? ["']? \s{0,3}
        (?: = \s{0,3} ["']? (?! \d+ \b ) (?P<assigned> [^\s"',;&]{4,} )
          | : \s{0,3} ["']? (?! \d+ \b ) (?= \S{0,60}? \d ) (?P<said> [^\s"',;&]{8,} ) )""",
    re.VERBOSE | re.IGNORECASE,
)


def redacted(text: str) -> str:
    """`text` with "…" in the place of every secret, also of one that is disguised by characters
    that cannot be seen or by wide letters: then the whole text comes back without these."""
    if len(text) < SHORTEST or text in _harmless:
        return text
    if not (text.isascii() and text.isprintable()):
        plain = unicodedata.normalize("NFKC", seen(text))
        text = plain if _without_secrets(plain) != plain else text
    shown = _without_secrets(text)
    if shown == text and len(text) <= _LONGEST_REMEMBERED:
        if len(_harmless) >= _REMEMBERED:
            _harmless.clear()
        _harmless.add(text)
    return shown


def seen(text: str) -> str:
    """What a person sees of it, in one line: nothing invisible, and no bidi controls."""
    return _SPACES.sub(" ", "".join(map(_visible, text)))


def _visible(character: str) -> str:
    if character in "\t\r\n":
        return " "
    invisible = unicodedata.category(character) in _INVISIBLE or character in _FILLERS
    return "" if invisible or "\ufe00" <= character <= "\ufe0f" else character


def _without_secrets(text: str) -> str:
    lower = text.lower()
    if _holds_mark(lower):
        text = _without_known_forms(text)
    if len(text) >= _SHORTEST_RANDOM and text != lower and _LONG_WORD.search(text):
        text = _RANDOM.sub("…", text)
    return text


def _holds_mark(lower: str) -> bool:
    for mark in _MARKS:  # noqa: SIM110 - any() takes three times as long
        if mark in lower:
            return True
    return False


def _without_known_forms(text: str) -> str:
    text = _FORMS.sub(r"\g<kept>…", text)
    text = _BEARER.sub(r"\1…", text)
    text = _AUTHORIZATION.sub(r"\1…", text)
    text = _IN_ADDRESS.sub(r"\1…\2", text)
    return _NAMED.sub(_without_value, text)


def _without_value(found: "re.Match[str]") -> str:
    start = found.start("assigned" if found["assigned"] else "said") - found.start()
    return f"{found[0][:start]}…"
