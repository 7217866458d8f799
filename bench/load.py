"""One keep-alive client that asks again and again, and what its answers took."""

import http.client
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds per request, in the order in which they were made."""

    took: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.took)

    @property
    def p99(self) -> float:
        return sorted(self.took)[min(round(len(self.took) * 0.99), len(self.took) - 1)]

    @property
    def per_second(self) -> float:
        return 1000 * len(self.took) / sum(self.took)


class Client:
    """A connection that stays open, as a browser's does."""

    def __init__(self, url: str, cookie: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        self._headers = {"Cookie": cookie, "Accept": "text/html", "Accept-Language": "en"}

    def get(self, path: str, expect: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
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
        """Ask `times` times, one after another, after some that do not count."""
        took = []
        for turn in range(warm_up + times):
            began = time.perf_counter()
            self.get(path, expect, headers)
            if turn >= warm_up:
                took.append((time.perf_counter() - began) * 1000)
        return Timing(took)
