"""What the engines of deployed endpoints say, each in its own words: the one table of it.

A row is read as: this engine, with one of these statuses and all of these words (in any case) in
its answer, means this kind. The first row that fits counts. Missing routes need no row: any engine
says so by 404, 405 or 501.
"""

from typing import NamedTuple

from providers.huggingface.errors import Kind


class Row(NamedTuple):
    engine: str
    statuses: frozenset[int]
    words: tuple[str, ...]
    kind: Kind
    only_chat: bool = False


def _row(engine: str, statuses: set[int], *words: str, means: Kind, chat: bool = False) -> Row:
    return Row(engine, frozenset(statuses), words, means, chat)


_NAME, _NO_CHAT = Kind.REPOSITORY_MISMATCH, Kind.NO_CHAT_TEMPLATE

TABLE: tuple[Row, ...] = (
    # The name of the model is not the one it is served under
    _row("vLLM", {404}, "model", "does not exist", means=_NAME),
    _row("transformers serve", {400}, "server is pinned to", "requested", means=_NAME),
    _row("llama.cpp, Ollama", {400, 404}, "model", "not found", means=_NAME),
    _row("LiteLLM", {400}, "invalid model name", means=_NAME),
    _row("Infinity", {400}, "invalid model", means=_NAME),
    # The model cannot chat
    _row("TGI", {422}, "template error", means=_NO_CHAT, chat=True),
    _row("TGI", {422}, "template_error", means=_NO_CHAT, chat=True),
    _row("vLLM", {400}, "chat template", means=_NO_CHAT, chat=True),
    _row(
        "vLLM",
        {400, 404, 500, 501},
        "does not support chat completions",
        means=_NO_CHAT,
        chat=True,
    ),
    _row("SGLang, transformers", {400, 500}, "chat_template is not set", means=_NO_CHAT, chat=True),
    _row("llama.cpp", {400, 500}, "template is not supported", means=_NO_CHAT, chat=True),
    _row("Ollama", {400}, "does not support chat", means=_NO_CHAT, chat=True),
    _row("OpenAI's servers", {400, 404}, "not a chat model", means=_NO_CHAT, chat=True),
    # It ran out of memory
    _row("any", {400, 413, 424, 500, 503}, "out of memory", means=Kind.OUT_OF_MEMORY),
    _row("any", {424, 500, 503}, "outofmemory", means=Kind.OUT_OF_MEMORY),
    _row("any", {424, 500, 503}, "failed to allocate", means=Kind.OUT_OF_MEMORY),
    # It has too much to do
    _row("TGI, TEI", {429, 503}, "overloaded", means=Kind.ENGINE_OVERLOADED),
)


def meaning(status: int | None, text: str, *, is_chat: bool) -> Kind | None:
    """What an engine means by this answer; None where the words say nothing beyond the status.
    The status is None of an error within a stream that names none."""
    text = text.lower()
    for row in TABLE:
        fits = (status is None or status in row.statuses) and (is_chat or not row.only_chat)
        if fits and all(word in text for word in row.words):
            return row.kind
    return None
