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
# list of endpoints asks for hundreds of thousands of them: looking for each is the quickest way,
# and the sign that several have in common is looked for before them.
_MARKS = {
    "_": ("hf_", "org_", "sk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "_v1_"),
    "-": ("sk-", "glpat-", "pypi-", "nvapi-", "xapp-"),
    "": (
        *("akia", "asia", "xox", "eyj", "aiza", "ya29", "bearer", "author", "@"),
        *("token", "secret", "pass", "pwd", "key", "credential", "sig", "cookie", "sess"),
    ),
}
_FORMS = re.compile(
    r"""(?P<kept> (?:hf|api_org)_ )
        (?: [A-Za-z0-9]{12,} | [A-Za-z0-9_.-]{20,} | (?:oauth|jwt)_ [A-Za-z0-9_.-]{6,} )
      | \b sk[-_] [A-Za-z0-9_-]{16,}
      | \b gh[opsur]_ [A-Za-z0-9]{16,}
      | \b (?:github|dckr)_pat_ [A-Za-z0-9_-]{16,}
      | \b glpat- [A-Za-z0-9_-]{16,}
      | \b A[KS]IA [A-Z0-9]{12,}
      | \b xox[a-z]- [A-Za-z0-9-]{8,}
      | (?<![A-Za-z0-9_-]) eyJ [A-Za-z0-9_-]{8,} \. [A-Za-z0-9_.-]{8,}
      | \b AIza [A-Za-z0-9_-]{20,}
      | \b ya29\. [A-Za-z0-9_.-]{8,}
      | \b do[opr]_v1_ [A-Za-z0-9]{16,}
      | \b pypi- (?= [a-z0-9_-]{0,60} [A-Z] ) [A-Za-z0-9_-]{16,}
      | \b (?:nvapi|xapp)- [A-Za-z0-9_-]{16,}
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
# The last parameters of addresses that admit whoever has them.
_SIGNED = re.compile(r"""((?:signature|\bsig|key-pair-id)=)[^\s"'&]{12,}""", re.IGNORECASE)
_COOKIE = re.compile(
    r"""(cookie["']?\s{0,3}[:=]\s{0,3}["']?)[^\s=;,"']{1,60}=[^\s;"']+(?:;\s{0,3}[^\s;"']+)*""",
    re.IGNORECASE,
)
_NAMES = r"""(?: token | secret | password | passwd | passphrase | pwd | credentials?
    | sess(?:ion)? [_-]? id
    | (?: access | account | api | auth | encryption | master | private | secret | signing
        | subscription ) [\s_-]? key )"""
_MORE = "(?: [_-] [A-Za-z0-9_-]{1,20} )?"
_QUOTE = r"""(?: \\{0,3} ["'] )"""  # also within JSON that stands in JSON
_NO_VALUE = r"""(?! \d+ \b | [<\[{(]
    | (?: required | missing | expired | revoked | invalid | incorrect | undefined | forbidden
        | unauthori[sz]ed ) \b )"""
_NAMED = (
    # Numbers are none: max_new_tokens=4096.
    re.compile(
        rf"""({_NAMES} {_MORE} {_QUOTE}? \s{{0,3}} = \s{{0,3}} {_QUOTE}? )
             (?! \d+ \b ) [^\s"',;&]{{4,}}""",
        re.VERBOSE | re.IGNORECASE,
    ),
    # After a colon words are none either: "token: expired".
    re.compile(
        rf"""({_NAMES} {_MORE} {_QUOTE}? \s{{0,3}} : \s{{0,3}} {_QUOTE}? )
             (?! \d+ \b ) (?= \S{{0,60}}? \d | [A-Za-z]{{20}} ) [^\s"',;&]{{8,}}""",
        re.VERBOSE | re.IGNORECASE,
    ),
    # But they are where nothing else than a value stands: in quotes as its name is, and after the
    # name of a header or of a variable.
    re.compile(
        rf"""({_NAMES} {_QUOTE} \s{{0,3}} : \s{{0,3}} {_QUOTE} )
             {_NO_VALUE} [^\s"']{{6,}} (?= ["'] | $ )""",
        re.VERBOSE | re.IGNORECASE,
    ),
    re.compile(
        rf"""(\b x- [a-z-]{{0,30}} (?: token | secret | key ) \s{{0,3}} : \s{{0,3}} )
             {_NO_VALUE} [^\s"',;&]{{8,}}""",
        re.VERBOSE | re.IGNORECASE,
    ),
    re.compile(
        rf"""(\b [A-Z] [A-Z0-9_]{{0,40}} _ (?: TOKEN | SECRET | PASSWORD | PASS | KEY )
               \s{{0,3}} : \s{{0,3}} )
             {_NO_VALUE} [^\s"',;&]{{8,}}""",
        re.VERBOSE,
    ),
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
    for sign, marks in _MARKS.items():
        if sign in lower:
            for mark in marks:  # any() takes three times as long
                if mark in lower:
                    return True
    return False


def _without_known_forms(text: str) -> str:
    text = _FORMS.sub(r"\g<kept>…", text)
    text = _BEARER.sub(r"\1…", text)
    text = _AUTHORIZATION.sub(r"\1…", text)
    text = _IN_ADDRESS.sub(r"\1…\2", text)
    text = _SIGNED.sub(r"\1…", text)
    text = _COOKIE.sub(r"\1…", text)
    for named in _NAMED:
        text = named.sub(r"\1…", text)
    return text
