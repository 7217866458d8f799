"""An HTTP client that times its requests."""

import http.client
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations of requests in milliseconds, in order."""

    durations: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.durations)

    @property
    def p99(self) -> float:
        count = len(self.durations)
        return sorted(self.durations)[min(round(count * 0.99), count - 1)]

    @property
    def per_second(self) -> float:
        return 1000 * len(self.durations) / sum(self.durations)


class Client:
    """A client with one keep-alive connection."""

    def __init__(self, url: str, cookie: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        self._headers = {"Cookie": cookie, "Accept": "text/html", "Accept-Language": "en"}

    def get(self, path: str, expect: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
        """Return the body. Raises RuntimeError for another status than `expect`."""
        self._connection.request("GET", path, headers=self._headers | dict(headers or {}))
        reply = self._connection.getresponse()
        body = reply.read()
        if reply.status != expect:
            raise RuntimeError(f"{path} answered {reply.status}, not {expect}: {body[:300]!r}")
        return body

    def time(
        self,
        path: str,
        *,
        times: int,
        warm_up: int = 5,
        expect: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Timing:
        """Make `warm_up` requests and then `times` that count, one after another."""
        durations = []
        for turn in range(warm_up + times):
            began = time.perf_counter()
            self.get(path, expect, headers)
            if turn >= warm_up:
                durations.append((time.perf_counter() - began) * 1000)
        return Timing(durations)
