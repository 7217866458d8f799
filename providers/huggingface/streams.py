"""What an engine says in an answer of status 200, among which there may be errors."""

import json
import re
from collections.abc import Iterator
from typing import Any

from providers.huggingface.session import AnsweredError

_LINES = re.compile(r"\r\n|\n|\r")
_TOLD = frozenset({"detail", "error_code", "message"})
_ANSWERS = frozenset({"choices", "data", "generated_text"})


def events(content: bytes) -> Iterator[dict[str, Any]]:
    """The data of a stream of server-sent events, or the one object that some send instead.

    Raises AnsweredError for an error, whether it stands in the data, is named by `event:`, or in a
    line of its own.
    """
    text = content.decode("utf-8-sig", "replace")
    is_object = text.lstrip()[:1] in {"{", "["}
    is_error = False
    for line in [f"data:{text}"] if is_object else _LINES.split(text):
        name, _, value = line.partition(":")
        value = value.strip()
        if name == "event":
            is_error = value == "error"
        elif value and value != "[DONE]" and name in {"data", "error"}:
            data = json.loads(value)
            if is_error or name == "error":
                raise AnsweredError(data)
            yield checked(data)


def checked(raw: Any) -> Any:
    """What was asked for. Raises AnsweredError where it is an error instead, or holds one."""
    for said in _objects(raw):
        is_only_told = not _TOLD.isdisjoint(said) and _ANSWERS.isdisjoint(said)
        if said.get("object") == "error" or is_only_told:
            raise AnsweredError(said)
        for part in (said, *_objects(said.get("choices"))):
            if part.get("error") or part.get("errors") or part.get("finish_reason") == "error":
                raise AnsweredError(part)
    return raw


def _objects(raw: Any) -> list[dict[str, Any]]:
    return [item for item in (raw if isinstance(raw, list) else [raw]) if isinstance(item, dict)]
