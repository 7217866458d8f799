"""Who gave an answer: Hugging Face, or one of those whose answers it passes on.

In front of an engine stands a gateway of Hugging Face, and in front of a provider its router. Both
answer by themselves where what is behind them does not, or where a token may not get there.
"""

import re

from providers.huggingface.calls import Answer, Area
from providers.huggingface.errors import Party

OF_ENGINES = frozenset({Area.CHAT, Area.DEPLOYED})
_ASKED = {Area.ROUTER: Party.ROUTER, **dict.fromkeys(OF_ENGINES, Party.ENGINE)}
_IN_BETWEEN = frozenset({502, 503, 504})
# How the gateway words its own: {"error": "401 Unauthorized", "code": "UNAUTHORIZED"}.
_GATEWAY_SAYS = re.compile(r"[45]\d\d [A-Z][A-Za-z ]{2,40}$|The endpoint is paused")
_GATEWAY_CODES = re.compile(
    r"\b(?:UNAUTHORIZED|FORBIDDEN|BAD_GATEWAY|SERVICE_UNAVAILABLE|GATEWAY_TIMEOUT)\b"
)


def asked(area: Area) -> Party:
    """Who is expected to answer."""
    return _ASKED.get(area, Party.HUGGING_FACE)


def who_answered(area: Area, answer: Answer) -> Party:
    if answer.status == 407:
        return Party.PROXY
    if area is Area.ROUTER and answer.is_json and (answer.status >= 500 or answer.status == 424):
        return Party.PROVIDER
    if area in OF_ENGINES and _is_from_the_gateway(answer):
        return Party.GATEWAY
    return asked(area)


def _is_from_the_gateway(answer: Answer) -> bool:
    """Engines answer in JSON, save for a crash, which they report as a 500."""
    if answer.status in _IN_BETWEEN and not answer.is_json:
        return True
    return bool(_GATEWAY_SAYS.match(answer.message) or _GATEWAY_CODES.search(answer.text))
