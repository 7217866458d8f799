"""An HTTP client that times its requests."""

import http.client
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit


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
        return self._ask("GET", path, expect, headers or {})[1]

    def post(self, path: str, form: Mapping[str, str]) -> bytes:
        """Send a form, as `may_post` allows. Raises RuntimeError for any status but 200."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, 200, headers, urlencode(form))[1]

    def may_post(self, page: str) -> None:
        """Take from a page with a form what every form is sent with."""
        reply, body = self._ask("GET", page, 200, {})
        found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', body)
        if found is None:
            raise RuntimeError(f"{page} has no form.")
        cookies = [each.partition(";")[0] for each in reply.headers.get_all("Set-Cookie", [])]
        self._headers["Cookie"] = "; ".join([self._headers["Cookie"], *cookies])
        self._headers["X-CSRFToken"] = found[1].decode()

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
        return timing(lambda: self.get(path, expect, headers), times=times, warm_up=warm_up)

    def _ask(
        self,
        method: str,
        path: str,
        expect: int,
        headers: Mapping[str, str],
        body: str | None = None,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, path, body, self._headers | dict(headers))
        reply = self._connection.getresponse()
        content = reply.read()
        if reply.status != expect:
            raise RuntimeError(f"{path} answered {reply.status}, not {expect}: {content[:300]!r}")
        return reply, content


def timing(ask: Callable[[], object], *, times: int, warm_up: int = 5) -> Timing:
    """Call `ask` `warm_up` times, and then `times` that count, one after another."""
    durations = []
    for turn in range(warm_up + times):
        began = time.perf_counter()
        ask()
        if turn >= warm_up:
            durations.append((time.perf_counter() - began) * 1000)
    return Timing(durations)
