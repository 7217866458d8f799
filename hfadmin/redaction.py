"""Redaction of secrets in text from elsewhere, before it is stored, shown or logged.

This module imports nothing of Django: `providers.huggingface` uses it too.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Unicode counts these as letters or accents, but they are shown as nothing.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
MIN_LENGTH = 8  # characters; nothing shorter is taken for a secret
# A cache of texts without secrets: most texts in a list of endpoints are the same few names of
# regions, hardware and states.
_clean_texts: set[str] = set()
_CACHE_SIZE, _LONGEST_CACHED = 10_000, 80

# Every text with a secret of a known form contains one of these, in upper or lower case. Most texts
# contain none, and a list of endpoints has hundreds of thousands: searching for each mark is the
# quickest test, after one for the character that a group of marks has in common.
_MARKS = {
    "_": ("hf_", "org_", "sk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "_v1_"),
    "-": ("sk-", "glpat-", "pypi-", "nvapi-", "xapp-"),
    "": (
        *("akia", "asia", "xox", "eyj", "aiza", "ya29", "bearer", "author", "@"),
        *("token", "secret", "pass", "pwd", "key", "credential", "sig", "cookie", "sess"),
    ),
}
_FORMS = re.compile(
    r"""(?P<prefix> (?:hf|api_org)_ )
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
_RANDOM_MIN_LENGTH = 30
_LONG_WORD = re.compile(r"[A-Za-z0-9]{30}")
# Text that looks random, of all three kinds of characters; hashes in hexadecimal do not match.
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
# The signature of a signed URL, which admits whoever has it.
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
    # A number is no secret: max_new_tokens=4096.
    re.compile(
        rf"""({_NAMES} {_MORE} {_QUOTE}? \s{{0,3}} = \s{{0,3}} {_QUOTE}? )
             (?! \d+ \b ) [^\s"',;&]{{4,}}""",
        re.VERBOSE | re.IGNORECASE,
    ),
    # After a colon a word is no secret either: "token: expired".
    re.compile(
        rf"""({_NAMES} {_MORE} {_QUOTE}? \s{{0,3}} : \s{{0,3}} {_QUOTE}? )
             (?! \d+ \b ) (?= \S{{0,60}}? \d | [A-Za-z]{{20}} ) [^\s"',;&]{{8,}}""",
        re.VERBOSE | re.IGNORECASE,
    ),
    # But a word is one where only a value can stand: quoted after a quoted name, and after the name
    # of a header or a variable.
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
    """Return `text` with "…" in place of every secret.

    Where invisible or full-width characters disguise one, they are normalised in the whole text.
    """
    if len(text) < MIN_LENGTH or text in _clean_texts:
        return text
    if not (text.isascii() and text.isprintable()):
        plain = unicodedata.normalize("NFKC", visible_text(text))
        text = plain if _without_secrets(plain) != plain else text
    shown = _without_secrets(text)
    if shown == text and len(text) <= _LONGEST_CACHED:
        if len(_clean_texts) >= _CACHE_SIZE:
            _clean_texts.clear()
        _clean_texts.add(text)
    return shown


def visible_text(text: str) -> str:
    """Return the text in one line, without invisible characters and bidi controls."""
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
    if len(text) >= _RANDOM_MIN_LENGTH and text != lower and _LONG_WORD.search(text):
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
    text = _FORMS.sub(r"\g<prefix>…", text)
    text = _BEARER.sub(r"\1…", text)
    text = _AUTHORIZATION.sub(r"\1…", text)
    text = _IN_ADDRESS.sub(r"\1…\2", text)
    text = _SIGNED.sub(r"\1…", text)
    text = _COOKIE.sub(r"\1…", text)
    for named in _NAMED:
        text = named.sub(r"\1…", text)
    return text
