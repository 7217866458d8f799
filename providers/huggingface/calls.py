"""A call to Hugging Face or to an engine, and the answer to it as it came."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from providers.huggingface.text import evidence as clean_evidence

LONGEST_WAIT = 86_400.0
LONGEST_BODY = 16 * 1024  # characters of an unsuccessful answer that are kept to be read
_LONGEST_TEXT = 4_000  # characters of its words that are looked at: no deadline bounds the work
# Where an error keeps its words, and the codes beside them.
_WORDS = ("error", "errors", "message", "detail")
_STATUSES = ("code", "status_code", "http_status_code")
_TELLING = (*_WORDS, "code", "type", "error_type", "estimated_time")


class Area(StrEnum):
    """What was asked: the same status means different things to each."""

    IDENTITY = "identity"
    MODEL = "model"
    NAMESPACE = "namespace"
    ENDPOINT = "endpoint"
    CATALOG = "catalog"  # of recipes
    BILLING = "billing"
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


@dataclass(frozen=True)
class Answer:
    """Status, headers (in lower case) and the beginning of the body, at most `LONGEST_BODY`.

    An error that came within a successful answer is one of its own: `within` is the status of the
    answer that it came in, and `status` the one that it names itself, 0 where it names none.
    """

    status: int
    headers: Mapping[str, str]
    body: str
    within: int | None = None

    @classmethod
    def of_error_within(cls, status: int, headers: Mapping[str, str], error: str) -> Self:
        """The error object in an answer of this status, taken for an answer of its own."""
        return cls(_status_of(error), headers, error, within=status)

    @property
    def message(self) -> str:
        """The error's own words, from whatever shape they come in."""
        return self._joined(_WORDS)[:_LONGEST_TEXT]

    @cached_property
    def text(self) -> str:
        """The words and the codes beside them, to tell the kind by: the ends of a long one."""
        whole = f"{self._joined(_TELLING)} {self.headers.get('x-error-code', '')}"
        half = _LONGEST_TEXT // 2
        return whole if len(whole) <= _LONGEST_TEXT else f"{whole[:half]}{whole[-half:]}"

    @cached_property
    def parsed(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def code(self) -> object:
        """The code beside the words of an error, where it is an object."""
        return self.parsed.get("code") if isinstance(self.parsed, dict) else None

    @property
    def names_no_status(self) -> bool:
        return self.status == 0

    @property
    def shown_status(self) -> int:
        """Of the answer as a whole, as it was sent."""
        return self.status if self.within is None else self.within

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def is_json(self) -> bool:
        was_cut = len(self.body) >= LONGEST_BODY
        return self.parsed is not None or (was_cut and self.body.lstrip()[:1] in {"{", "["})

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
        said = _words(self.parsed, keys) or [self.body]
        found = [self.headers.get("x-error-message", ""), *said]
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


def _status_of(error: str) -> int:
    """The status that an error object names itself; 0 where it names none."""
    try:
        outer = json.loads(error)
    except (ValueError, RecursionError):
        return 0
    inner = outer.get("error") if isinstance(outer, dict) else None
    for holder in (inner, outer):
        codes = [holder.get(key) for key in _STATUSES] if isinstance(holder, dict) else []
        for code in codes:
            if isinstance(code, int | str) and re.fullmatch(r"[45]\d\d", str(code)[:10]):
                return int(code)
    return 0


def _seconds(value: str) -> float | None:
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value):
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
