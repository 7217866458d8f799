"""The transport of every client: deadline, limits, redirects within an origin, no cookies."""

import time
from collections.abc import Callable, Collection

import httpx2

from hfadmin.outbound import deadlines
from hfadmin.outbound.addresses import Network, ip_literal, is_permitted
from hfadmin.outbound.body import LimitedBody
from hfadmin.outbound.errors import BlockedAddressError, RedirectRefusedError
from hfadmin.outbound.limits import Limits, effective

MAX_REDIRECTS = 3
_TIMEOUTS = {"connect": 10.0, "read": 60.0, "write": 30.0, "pool": 10.0}
# All tokens share the client, so a cookie set for one must not be sent with another. Warnings would
# be logged by huggingface_hub as they are, and kept in memory by it.
_DROPPED = frozenset({b"set-cookie", b"x-hf-warning"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class GuardedTransport(httpx2.BaseTransport):
    """Sends each request by the transport that `inner()` returns, within the deadline and limits.

    `inner` and `trusted` are called for each request, so existing clients follow a change of the
    configuration. `seconds` bounds a call with its redirects; `follow` are the URLs on whose
    origins redirects are followed.
    """

    def __init__(
        self,
        inner: Callable[[], httpx2.BaseTransport],
        trusted: Callable[[], Collection[Network]],
        *,
        seconds: float,
        limits: Limits,
        follow: Collection[str],
    ) -> None:
        self._inner = inner
        self._trusted = trusted
        self._seconds = seconds
        self._limits = limits
        self._follow = frozenset(origin(httpx2.URL(url)) for url in follow)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        end = time.monotonic() + self._seconds
        outer = deadlines.current()
        end = end if outer is None else min(end, outer)
        with deadlines.deadline_at(end):
            response = self._send(request)
            for _ in range(MAX_REDIRECTS):
                if not _is_redirect(response):
                    break
                target = self._target(request, response)
                response.close()
                request = _redirected(request, target)
                response = self._send(request)
            if _is_redirect(response):
                response.close()
                raise RedirectRefusedError(f"More than {MAX_REDIRECTS} redirects in a row")
        return self._limited(response, end)

    def _send(self, request: httpx2.Request) -> httpx2.Response:
        address = ip_literal(request.url.host)
        if address and not is_permitted(address, self._trusted()):
            raise BlockedAddressError(f"{address} may not be reached")
        given = request.extensions.get("timeout", {})
        # Libraries pass None for no timeout.
        timeouts = {
            step: deadlines.remaining(min(given.get(step) or longest, longest))
            for step, longest in _TIMEOUTS.items()
        }
        request.extensions = {**request.extensions, "timeout": timeouts}
        return self._inner().handle_request(request)

    def _target(self, request: httpx2.Request, response: httpx2.Response) -> httpx2.URL:
        """Return the target of a redirect. Raises RedirectRefusedError where it is not followed."""
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
        # As bytes: a header that is not ASCII must not fail the call.
        headers = [(name.lower(), value) for name, value in response.headers.raw]
        return httpx2.Response(
            response.status_code,
            headers=[
                (name, _media_type(value) if name == b"content-type" else value)
                for name, value in headers
                if name not in dropped
            ],
            stream=LimitedBody(response, end, effective(self._limits), is_gzip=coding == "gzip"),
            extensions=response.extensions,
        )


def origin(url: httpx2.URL) -> tuple[str, str, int]:
    """Return scheme, host and port."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def _is_redirect(response: httpx2.Response) -> bool:
    return response.status_code in _REDIRECTS and "location" in response.headers


def _redirected(request: httpx2.Request, target: httpx2.URL) -> httpx2.Request:
    headers = httpx2.Headers(request.headers)
    headers["host"] = target.netloc.decode("ascii")
    return httpx2.Request("GET", target, headers=headers, extensions=request.extensions)


def _media_type(content_type: bytes) -> bytes:
    """Return the content type without its parameters.

    Every answer is read as UTF-8, whatever charset it names: some of Python's codecs take quadratic
    time, and some are not of text.
    """
    return content_type.partition(b";")[0].strip()
