"""What an engine says in an answer of status 200, among which there may be errors."""

import json
import re
from collections.abc import Iterator
from typing import Any

from providers.huggingface.session import AnsweredError

_LINES = re.compile(r"\r\n|\n|\r")
_ERROR_EVENTS = frozenset({"error", "exception"})
_ERROR_KEYS = frozenset({"detail", "error_code", "message"})
_ANSWER_KEYS = frozenset({"choices", "data", "generated_text"})


def events(content: bytes) -> Iterator[Any]:
    """The data of a stream of server-sent events, or the one object that some send instead.

    Raises AnsweredError for an error, whether it stands in the data, is named by `event:`, or in a
    line of its own.
    """
    text = content.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in {"{", "["}:
        yield checked(json.loads(text))
        return
    for name, lines in _frames(text):
        data = _data(lines)
        if name.lower() in _ERROR_EVENTS:
            raise AnsweredError(data[-1] if data else {})
        yield from map(checked, data)


def _frames(text: str) -> Iterator[tuple[str, list[str]]]:
    """The events, as far as they say something: the name of each, and its lines of data."""
    name, lines = "", list[str]()
    for line in [*_LINES.split(text), ""]:
        field, _, value = line.partition(":")
        if not line:
            if name or lines:
                yield name, lines
            name, lines = "", []
        elif field == "data":
            lines.append(value.strip())
        elif field == "event":
            name = value.strip()
        elif field == "error":
            yield field, [value.strip()]


def _data(lines: list[str]) -> list[Any]:
    """An event's lines are one text; some leave out the empty line between events."""
    said = [line for line in lines if line and line != "[DONE]"]
    try:
        return [json.loads(line) for line in said]
    except ValueError:
        return [json.loads("\n".join(said))]


def checked(raw: Any) -> Any:
    """What was asked for. Raises AnsweredError where it is an error instead, or holds one."""
    for said in _objects(raw):
        is_only_told = _ANSWER_KEYS.isdisjoint(said) and any(map(said.get, _ERROR_KEYS))
        if said.get("object") == "error" or is_only_told:
            raise AnsweredError(said)
        for part in (said, *_objects(said.get("choices"))):
            if part.get("error") or part.get("errors") or part.get("finish_reason") == "error":
                raise AnsweredError(part)
    return raw


def _objects(raw: Any) -> list[dict[str, Any]]:
    return [item for item in (raw if isinstance(raw, list) else [raw]) if isinstance(item, dict)]
