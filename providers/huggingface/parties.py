"""Who gave an answer: Hugging Face, or one of those whose answers it passes on.

In front of an engine stands a gateway of Hugging Face, and in front of a provider its router. Both
answer by themselves where what is behind them does not, or where a token may not get there.
"""

import re

from providers.huggingface.calls import Answer, Area, Call
from providers.huggingface.errors import Party
from providers.huggingface.phrases import ENGINES, meaning

OF_ENGINES = frozenset({Area.CHAT, Area.DEPLOYED})
_ASKED = {Area.ROUTER: Party.ROUTER, **dict.fromkeys(OF_ENGINES, Party.ENGINE)}
_IN_BETWEEN = frozenset({502, 503, 504})
# How the gateway words its own: {"error": "401 Unauthorized", "code": "UNAUTHORIZED"}.
_GATEWAY_SAYS = re.compile(r"(?:40[0134]|50[234]) [A-Z][A-Za-z ]{2,40}$|The endpoint is paused")
_GATEWAY_CODES = frozenset(
    {
        "BAD_GATEWAY",
        "BAD_REQUEST",
        "FORBIDDEN",
        "GATEWAY_TIMEOUT",
        "NOT_FOUND",
        "SERVICE_UNAVAILABLE",
        "UNAUTHORIZED",
    }
)
_HUB_SAYS = re.compile(r"Internal Error - We're working hard")


def asked(area: Area) -> Party:
    """Who is expected to answer."""
    return _ASKED.get(area, Party.HUGGING_FACE)


def who_answered(call: Call, answer: Answer) -> Party:
    """By the form of the answer. A proxy of ours speaks for itself to a call that it can read; to
    others it does not get that far."""
    if answer.status == 407 and call.url.startswith("http://"):
        return Party.PROXY
    if call.area is Area.ROUTER:
        return Party.PROVIDER if _is_passed_on(answer) else Party.ROUTER
    if call.area in OF_ENGINES and _is_from_the_gateway(answer):
        return Party.GATEWAY
    return asked(call.area)


def _is_passed_on(answer: Answer) -> bool:
    """Whether the router only forwards it: a failure in JSON, or anything within a success."""
    if answer.shown_status < 300:
        return True
    has_failed = answer.status >= 500 or answer.status == 424
    return has_failed and answer.is_json and not _HUB_SAYS.match(answer.message)


def _is_from_the_gateway(answer: Answer) -> bool:
    """Engines answer in JSON, save for a crash, which they report as a 500."""
    if answer.within is not None:
        return False
    if answer.status in _IN_BETWEEN and not answer.is_json:
        return True
    if _GATEWAY_SAYS.match(answer.message):
        return True
    # Engines may have codes of the same names: theirs stand beside words of theirs.
    is_coded = isinstance(answer.code, str) and answer.code in _GATEWAY_CODES
    return is_coded and meaning(ENGINES, answer, is_chat=True) is None
