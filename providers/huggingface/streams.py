"""What an engine says in an answer of status 200, among which there may be errors."""

import json
import re
from collections.abc import Iterator
from typing import Any

from providers.huggingface.session import AnsweredError

_LINES = re.compile(r"\r\n|\n|\r")


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
    """What was asked for. Raises AnsweredError where it is an error instead."""
    first = raw[0] if isinstance(raw, list) and raw else raw
    if isinstance(first, dict) and _is_error(first):
        raise AnsweredError(first)
    return raw


def _is_error(raw: dict[str, Any]) -> bool:
    is_only_told = "detail" in raw and not {"choices", "data", "generated_text"} & raw.keys()
    return bool(raw.get("error")) or raw.get("object") == "error" or is_only_told
