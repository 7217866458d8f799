"""Unsuccessful answers from an endpoint's address: of its engine, or of the gateway before it."""

import re

from providers.huggingface.calls import Answer, Area
from providers.huggingface.errors import Kind, Party
from providers.huggingface.phrases import ENGINES, HUGGING_FACE, TOKEN_RULES, meaning
from providers.huggingface.text import evidence

_NO_SUCH_ROUTE = frozenset({404, 405, 501})
_ENGINE = {
    401: Kind.FORBIDDEN,
    403: Kind.FORBIDDEN,
    408: Kind.TIMEOUT,
    424: Kind.ENGINE_ERROR,
    429: Kind.ENGINE_OVERLOADED,
}
_GATEWAY = {
    401: Kind.FORBIDDEN,
    402: Kind.CREDITS_EXHAUSTED,
    403: Kind.FORBIDDEN,
    404: Kind.ENDPOINT_NOT_FOUND,
    407: Kind.PROXY_FAILED,
    408: Kind.TIMEOUT,
    429: Kind.RATE_LIMITED,
    503: Kind.ENDPOINT_NOT_READY,
}
_SAYS_NOTHING = re.compile(r"(?:500|internal|server|error|[ :|{}\[\]-])*", re.IGNORECASE)


def kind_at_endpoint(area: Area, answer: Answer, who: Party) -> Kind:
    if who is not Party.ENGINE:
        return meaning(HUGGING_FACE, answer) or _of_gateway(answer.status)
    is_chat = area is Area.CHAT
    said = meaning(ENGINES, answer, is_chat=is_chat) or meaning(TOKEN_RULES, answer)
    return said or _of_engine(answer, is_chat=is_chat)


def _of_engine(answer: Answer, *, is_chat: bool) -> Kind:
    status = answer.status
    if status in _NO_SUCH_ROUTE and answer.within is None:
        return Kind.NO_CHAT_ROUTE if is_chat else Kind.NO_ROUTE
    if status in _ENGINE:
        return _ENGINE[status]
    if status == 500 and _SAYS_NOTHING.fullmatch(evidence(answer.text)):
        return Kind.ENGINE_CRASHED
    if status >= 500 or answer.names_no_status:
        return Kind.ENGINE_ERROR
    return Kind.REDIRECTED if status < 400 else Kind.ENGINE_REFUSED


def _of_gateway(status: int) -> Kind:
    if status in _GATEWAY:
        return _GATEWAY[status]
    if status >= 500:
        return Kind.GATEWAY_ERROR
    return Kind.REDIRECTED if status < 400 else Kind.BAD_REQUEST
