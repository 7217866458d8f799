"""What Hugging Face and engines say when they refuse, each in its own words: the tables of it.

A phrase is read as: this one, with one of these statuses and these words in its answer, means this
kind. The first phrase that fits counts. Missing routes need no row: any engine says so by a status.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from providers.huggingface.calls import Answer
from providers.huggingface.errors import Kind

# Each pattern bounds every distance in it: the texts come from anywhere.
_NAME, _NO_CHAT = Kind.REPOSITORY_MISMATCH, Kind.NO_CHAT_TEMPLATE
_GATED = Kind.MODEL_GATED


class Phrase(NamedTuple):
    by: str
    statuses: frozenset[int]
    pattern: re.Pattern[str]
    kind: Kind
    only_chat: bool = False
    only_json: bool = False

    def fits(self, answer: Answer, *, is_chat: bool) -> bool:
        """The status counts only where the answer, or the error within it, names one."""
        return (
            (answer.status in self.statuses or answer.names_no_status)
            and (is_chat or not self.only_chat)
            and (answer.is_json or not self.only_json)
            and self.pattern.search(answer.text) is not None
        )


def _phrase(
    by: str, statuses: set[int], pattern: str, kind: Kind, *, chat: bool = False, json: bool = False
) -> Phrase:
    return Phrase(by, frozenset(statuses), re.compile(pattern, re.IGNORECASE), kind, chat, json)


# Unmistakably Hugging Face's, also where they come from an endpoint's address.
TOKEN_RULES: tuple[Phrase, ...] = (
    _phrase("Hub", {401, 403}, r"gatedrepo", Kind.MODEL_GATED),
    _phrase(
        "management", {400, 403}, r"\bgated repo|\baccess to model .{1,250} is restricted", _GATED
    ),
    _phrase("Hub", {401, 403}, r"revoked by the organization", Kind.POLICY_REVOKED),
    _phrase("Hub", {401, 403}, r"needs? to be approved|pending approval", Kind.POLICY_PENDING),
    _phrase("Hub", {401, 403}, r"fine-?grained", Kind.POLICY_FINE_GRAINED_ONLY),
    _phrase(
        "Hub", {401, 403}, r"missing permission|sufficient permission", Kind.MISSING_PERMISSION
    ),
)
HUGGING_FACE: tuple[Phrase, ...] = (
    *TOKEN_RULES,
    _phrase(
        "Hub",
        {401, 403},
        r"token\b.{0,80}\bexpired|expired\b.{0,80}\btoken",
        Kind.TOKEN_EXPIRED,
    ),
    _phrase("Hub", {400, 401, 402, 403}, r"payment method", Kind.PAYMENT_REQUIRED),
    _phrase("management, router", {402, 403}, r"\bcredits?\b", Kind.CREDITS_EXHAUSTED),
    _phrase("Hub", {401, 403}, r"not a member", Kind.NOT_A_MEMBER),
    _phrase("management", {400, 403, 409, 422}, r"\bquota\b", Kind.QUOTA_EXCEEDED),
    _phrase("management", {400, 409}, r"already running", Kind.ALREADY_RUNNING),
    _phrase(
        "management",
        {400, 409, 422},
        r"\b(?:cannot|can't|can not) be \w{1,20} while\b|\bwhile it is (?:initializing|updating)",
        Kind.ENDPOINT_BUSY,
    ),
    _phrase(
        "management",
        {400},
        r"instance compute .{0,200} (?:not found|is not available|is deprecated)",
        Kind.HARDWARE_NOT_FOUND,
    ),
    _phrase("gateway", {400, 403, 503}, r"endpoint is paused", Kind.ENDPOINT_PAUSED),
    _phrase(
        "router", {400, 404, 422}, r"model_not_supported|not supported by", Kind.MODEL_NOT_SERVED
    ),
    _phrase("management", {409}, r"already exists|is taken|in use", Kind.NAME_TAKEN),
    _phrase("gateway", {503}, r"scaled to zero", Kind.ENDPOINT_ASLEEP),
)
LOADING: tuple[Phrase, ...] = (
    _phrase(
        "llama.cpp, TGI, hf-inference",
        {503},
        r"loading model|model .{0,120}is currently loading|estimated_time",
        Kind.ENDPOINT_LOADING,
    ),
)
ENGINES: tuple[Phrase, ...] = (
    # It ran out of memory
    _phrase(
        "any",
        {400, 413, 424, 500, 503},
        r"out of memory|outofmemory|failed to allocate",
        Kind.OUT_OF_MEMORY,
    ),
    # It has too much to do
    _phrase("TGI, TEI, Infinity", {429, 503}, r"overloaded", Kind.ENGINE_OVERLOADED),
    *LOADING,
    # The model cannot chat
    _phrase("TGI", {422}, r"template[ _]error", _NO_CHAT, chat=True),
    _phrase("vLLM", {400, 422}, r"chat template", _NO_CHAT, chat=True),
    _phrase(
        "vLLM",
        {400, 404, 500, 501},
        r"does not support chat completions",
        _NO_CHAT,
        chat=True,
    ),
    _phrase("SGLang, transformers", {400, 422, 500}, r"template is not set", _NO_CHAT, chat=True),
    _phrase("llama.cpp", {400, 500}, r"template is not supported", _NO_CHAT, chat=True),
    _phrase("Ollama", {400}, r"does not support chat", _NO_CHAT, chat=True),
    _phrase("OpenAI's servers", {400, 404}, r"not a chat model", _NO_CHAT, chat=True),
    # The name of the model is not the one it is served under
    _phrase("vLLM", {404}, r"\bmodel .{1,250} does not exist", _NAME, json=True),
    _phrase(
        "transformers serve", {400}, r"server is pinned to .{1,250}requested", _NAME, json=True
    ),
    _phrase(
        "llama.cpp, Ollama", {400, 404}, r"\bmodel ['\"`]?[^ ]{1,200} not found", _NAME, json=True
    ),
    _phrase("LiteLLM", {400}, r"invalid model name", _NAME, json=True),
    _phrase("Infinity", {400}, r"invalid model:", _NAME, json=True),
)

# What the management API calls the value that it does not take, by what it says of it.
_VALUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("healthRoute", r"health.?route"),
        ("port", r"\bport\b"),
        ("scaleToZeroTimeout", r"scale.?to.?zero.?timeout|between 15 and 2,?880"),
        ("minReplica", r"\bmin.?replica"),
        ("maxReplica", r"\bmax.?replica"),
        ("measure", r"\bmeasure\b|hardware.?usage|pending.?requests"),
        ("credentials", r"\bcredentials?\b|\bregistry\b"),
        ("secrets", r"\bsecrets?\b"),
        ("env", r"\benv\b|\benvironment\b"),
        ("command", r"\bcommand\b"),
        ("args", r"\bargs?\b|\barguments?\b"),
        ("recipe", r"\brecipe\b"),
        ("revision", r"\brevision\b"),
        ("repository", r"\brepository\b"),
        ("task", r"\btask\b"),
        ("url", r"\burl\b"),
        ("image", r"\bimage\b"),
        ("instanceType", r"\binstance.?(?:type|size|compute)"),
        ("region", r"\bregion\b"),
        ("vendor", r"\bvendor\b"),
        ("type", r"\bprivate.?link|\btype\b"),
        ("tags", r"\btags?\b"),
        ("name", r"\bname\b"),
    )
)


def value_named(answer: Answer) -> str:
    """The value of a request to the management API that the answer is about; "": it names none."""
    said = answer.message
    return next((name for name, pattern in _VALUES if pattern.search(said)), "")


def meaning(phrases: Iterable[Phrase], answer: Answer, *, is_chat: bool = False) -> Kind | None:
    """What this answer means by its words; None where they say nothing beyond the status."""
    return next((phrase.kind for phrase in phrases if phrase.fits(answer, is_chat=is_chat)), None)
