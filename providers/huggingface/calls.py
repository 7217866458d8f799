"""A call to Hugging Face or to an engine, and the answer to it as it came."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from providers.huggingface.text import evidence as clean_evidence

LONGEST_WAIT = 86_400.0


class Area(StrEnum):
    """What was asked: the same status means different things to each."""

    IDENTITY = "identity"
    MODEL = "model"
    NAMESPACE = "namespace"
    ENDPOINT = "endpoint"
    ROUTER = "router"
    CHAT = "chat"  # the chat route of a deployed endpoint
    DEPLOYED = "deployed"  # its other routes


@dataclass(frozen=True, slots=True)
class Call:
    """A call about to be made, with what its explanation would name."""

    area: Area
    method: str
    url: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    @property
    def place(self) -> str:
        """The path; the whole address where the host says more."""
        if self.area in {Area.CHAT, Area.DEPLOYED}:
            return self.url.partition("?")[0]
        return "/" + self.url.partition("?")[0].split("/", 3)[-1]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (in lower case) and the beginning of the body: a few thousand characters at
    most."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def message(self) -> str:
        """The error's own words, from whatever shape they come in."""
        return self._joined(("error", "errors", "message", "detail"))

    @property
    def text(self) -> str:
        """The words and the codes beside them, to tell the kind by."""
        keys = ("error", "errors", "message", "detail", "code", "type", "estimated_time")
        return f"{self._joined(keys)} {self.headers.get('x-error-code', '')}"

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def is_json(self) -> bool:
        """By its first character: of a long body only the beginning is here."""
        return self.body.lstrip()[:1] in {"{", "[", '"'}

    @property
    def request_id(self) -> str:
        for name in ("x-request-id", "x-amzn-trace-id", "x-amz-cf-id"):
            if self.headers.get(name):
                return clean_evidence(self.headers[name], 120)
        return ""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, as told: Retry-After, else the rate limit's reset, else the model's
        own estimate."""
        seconds = _seconds(self.headers.get("retry-after", ""))
        if seconds is None and self.status == 429:
            reset = re.search(r"\bt\s*=\s*(\d{1,9})", self.headers.get("ratelimit", ""))
            seconds = float(reset[1]) if reset else None
        if seconds is None and self.status == 503:
            estimate = re.search(r'"estimated_time"\s*:\s*(\d{1,6}(?:\.\d{1,6})?)', self.body)
            seconds = float(estimate[1]) if estimate else None
        return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)

    def _joined(self, keys: tuple[str, ...]) -> str:
        found = [self.headers.get("x-error-message", "")]
        try:
            found += _words(json.loads(self.body), keys)
        except (ValueError, RecursionError):
            found.append(self.body)
        return " ".join(dict.fromkeys(word for word in found if word))


def _words(content: Any, keys: tuple[str, ...]) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [word for item in content[:10] for word in _words(item, keys)]
    if not isinstance(content, dict):
        return []
    words = [word for key in keys if key in content for word in _words(content[key], keys)]
    return [*words, "estimated_time"] if "estimated_time" in set(content) & set(keys) else words


def _seconds(value: str) -> float | None:
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value):
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
