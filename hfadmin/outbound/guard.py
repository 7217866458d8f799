"""The transport in front of every client: deadline, size, redirects, and nothing remembered."""

import time
from collections.abc import Callable, Collection

import httpx2

from hfadmin.outbound import clock, limits
from hfadmin.outbound.addresses import Network, literal, permitted
from hfadmin.outbound.body import Body
from hfadmin.outbound.errors import BlockedAddressError, RedirectRefusedError
from hfadmin.outbound.limits import Limits

MAX_REDIRECTS = 3
_TIMEOUTS = {"connect": 10.0, "read": 60.0, "write": 30.0, "pool": 10.0}
# One client serves all tokens: a cookie set for one must not go out with another. Of the warnings,
# huggingface_hub writes each into its log as it came, and keeps it as long as the process lives.
_DROPPED = frozenset({b"set-cookie", b"x-hf-warning"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Guard(httpx2.BaseTransport):
    """Sends by the transport that `inner` and `trusted` name at the time of the call, so that
    clients that were made long ago follow a change of it."""

    def __init__(
        self,
        inner: Callable[[], httpx2.BaseTransport],
        trusted: Callable[[], Collection[Network]],
        *,
        seconds: float,
        most: Limits,
        follow: Collection[str],
    ) -> None:
        self._inner = inner
        self._trusted = trusted
        self._seconds = seconds
        self._most = most
        self._follow = frozenset(origin(httpx2.URL(url)) for url in follow)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        end = time.monotonic() + self._seconds
        outer = clock.moment()
        end = end if outer is None else min(end, outer)
        with clock.until(end):
            response = self._send(request)
            for _ in range(MAX_REDIRECTS):
                if not _is_redirect(response):
                    break
                target = self._target(request, response)
                response.close()
                request = _onward(request, target)
                response = self._send(request)
            if _is_redirect(response):
                response.close()
                raise RedirectRefusedError(f"More than {MAX_REDIRECTS} redirects in a row")
        return self._limited(response, end)

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        address = literal(request.url.host)
        if address and not permitted(address, self._trusted()):
            raise BlockedAddressError(f"{address} may not be reached")
        given = request.extensions.get("timeout", {})
        # Libraries pass None for "no timeout"; there is always one here.
        timeouts = {
            step: clock.remaining(min(given.get(step) or most, most))
            for step, most in _TIMEOUTS.items()
        }
        request.extensions = {**request.extensions, "timeout": timeouts}
        return self._inner().handle_request(request)

    def _target(self, request: httpx2.Request, response: httpx2.Response) -> httpx2.URL:
        """Where a redirect leads, if it is one that is followed."""
        try:
            target = request.url.join(response.headers["location"])
        except httpx2.InvalidURL as error:
            response.close()
            raise RedirectRefusedError("The redirect leads to no valid address") from error
        here = origin(request.url)
        if request.method != "GET" or here not in self._follow or origin(target) != here:
            response.close()
            raise RedirectRefusedError(
                f"A redirect with status {response.status_code} is not followed"
            )
        return target

    def _limited(self, response: httpx2.Response, end: float) -> httpx2.Response:
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"identity", "gzip", ""}:
            response.close()
            raise httpx2.DecodingError("The answer is compressed in a way that was not asked for")
        dropped = _DROPPED | {b"content-encoding", b"content-length"}
        # As bytes: a header need not be ASCII, and must not cost the answer where it is not.
        headers = [(name.lower(), value) for name, value in response.headers.raw]
        return httpx2.Response(
            response.status_code,
            headers=[
                (name, _media_type(value) if name == b"content-type" else value)
                for name, value in headers
                if name not in dropped
            ],
            stream=Body(response, end, limits.in_force(self._most), is_gzip=coding == "gzip"),
            extensions=response.extensions,
        )


def origin(url: httpx2.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _is_redirect(response: httpx2.Response) -> bool:
    return response.status_code in _REDIRECTS and "location" in response.headers


def _onward(request: httpx2.Request, target: httpx2.URL) -> httpx2.Request:
    headers = httpx2.Headers(request.headers)
    headers["host"] = target.netloc.decode("ascii")
    return httpx2.Request("GET", target, headers=headers, extensions=request.extensions)


def _media_type(content_type: bytes) -> bytes:
    """Without its parameters. Whatever charset an answer names, it is read as UTF-8: some of
    Python's codecs take quadratic time, and some are no text at all."""
    return content_type.partition(b";")[0].strip()
