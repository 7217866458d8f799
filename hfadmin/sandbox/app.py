"""The sandbox: a WSGI application that stands in for Hugging Face."""

import itertools
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hfadmin.sandbox import (
    billing,
    control,
    deployed,
    inference_catalog,
    management,
    router,
)
from hfadmin.sandbox.agenda import Agenda
from hfadmin.sandbox.clock import Clock
from hfadmin.sandbox.contents import Contents
from hfadmin.sandbox.endpoint import Endpoint, Timings
from hfadmin.sandbox.faults import Fault, Target, apply_fault, fault_kinds
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, Routes, error, json_reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NAMESPACE_IN_PATH = re.compile(r"/v2/(?:endpoint|provider)/([^/]+)(?:/([^/]+))?")
AREAS = (
    ("/v2", management.routes),
    ("/router", router.routes),
    ("/api/v1/catalog", inference_catalog.routes),
)
HUB = billing.routes  # the Hub's other modules add to the same
OLD_API = "api-inference.huggingface.co"


class Sandbox(Contents):
    """A stateful stand-in for Hugging Face, as a WSGI application; safe to call from threads.

    `endpoint_url` is the pattern of the URLs of deployed endpoints. Requests to other hosts than
    theirs and that of `base_url` get a 421, so that a test sees them, unless `any_host` is true.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        base_url: str = "https://sandbox.test",
        endpoint_url: str = "https://{id}.{region}.{vendor}.endpoints.huggingface.cloud",
        *,
        timings: Timings | None = None,
        any_host: bool = False,
    ) -> None:
        self.clock = clock or Clock()
        super().__init__(State(self.clock, base_url, endpoint_url, timings or Timings()))
        self.requests: deque[Request] = deque(maxlen=5000)
        self.faults: list[Fault] = []
        self._agenda = Agenda(self.clock)
        self._host = base_url.partition("://")[2].split("/")[0].lower()
        self._any_host = any_host
        self._serial = itertools.count(1)
        self._faults_lock = threading.Lock()
        self._faults_cleared = threading.Event()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        reply = self.handle(request)
        body = [reply.body] if isinstance(reply.body, bytes) else reply.body
        headers = {"Content-Type": reply.content_type, **reply.headers}
        headers["X-HFAdmin-Sandbox"] = "1"
        headers["X-Request-Id"] = f"Root=1-sandbox-{next(self._serial):08d}"
        if isinstance(reply.body, bytes):
            headers["Content-Length"] = str(len(reply.body))
        start_response(reply.status_line, list(headers.items()))
        return body

    def handle(self, request: Request) -> Reply:
        """Answer a request, with the first fault that matches it, after what was put off until
        now."""
        self._agenda.catch_up()
        if request.path.startswith("/_sandbox"):
            return self._control(request)
        self.requests.append(request)
        reply = self._answer(request)
        request.answered_at = time.time()
        return reply

    def fault(
        self,
        kind: str | int,
        *,
        token: str | None = None,
        namespace: str | None = None,
        endpoint: str | None = None,
        path: str | None = None,
        method: str | None = None,
        times: int | None = None,
        **options: Any,
    ) -> None:
        """Add a fault for requests that match, `times` times or until the faults are cleared.

        `kind` is one of `faults.fault_kinds()`; `options` are the kind's own: `seconds` of late,
        slow and 429, which has `retry_after` too, `interval` of drip, `location` and `status` of
        redirect, `text` of a plain error, `status` of html and provider_error, `engine` of
        overloaded, `engine` and `text` of engine_error, error_body, error_event and
        late_error_event, which has `after` too. `endpoint` is a name, `path` a prefix or a pattern
        with `*`.
        """
        if str(kind) not in fault_kinds():
            raise ValueError(f"No fault {kind}; there are {', '.join(fault_kinds())}")
        made = Fault(str(kind), token, namespace, endpoint, path, method, times, options)
        with self._faults_lock:
            made.cleared = self._faults_cleared
            self.faults.append(made)

    def clear_faults(self) -> None:
        """End all faults; what is slow is answered now."""
        with self._faults_lock:
            self.faults.clear()
            self._faults_cleared.set()
            self._faults_cleared = threading.Event()

    def _answer(self, request: Request) -> Reply:
        target = self._target(request)
        fault = self._take_fault(request, target)
        if fault is None:
            return self._respond(request)
        return apply_fault(fault, target, lambda: self._respond(request), self._agenda)

    def _take_fault(self, request: Request, target: Target) -> Fault | None:
        with self._faults_lock:
            for fault in self.faults:
                if fault.matches(request, target):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self.faults.remove(fault)
                    return fault
        return None

    def _target(self, request: Request) -> Target:
        if match := NAMESPACE_IN_PATH.match(request.path):
            return Target(*match.groups())
        found = self._deployed_at(request)
        return Target(*found[0].key) if found else Target()

    def _deployed_at(self, request: Request) -> tuple[Endpoint, str] | None:
        with self.state.lock:
            return self.state.endpoint_at(request.host, request.path)

    def _respond(self, request: Request) -> Reply:
        if (found := self._deployed_at(request)) is not None:
            endpoint, path = found
            return deployed.answer(self.state, request, endpoint, path)
        if request.host == OLD_API or request.path.startswith("/deployed/"):
            return error(404, "Not Found")
        if request.host != self._host and not self._any_host:
            return error(421, f"The sandbox does not stand in for {request.host}")
        routes, path = _area(request.path)
        with self.state.lock:
            return _dispatch(routes, self.state, request, path)

    def _control(self, request: Request) -> Reply:
        path = request.path.removeprefix("/_sandbox") or "/"
        with self.state.lock:
            return _dispatch(control.routes, self, request, path)


def _area(path: str) -> tuple[Routes, str]:
    for prefix, routes in AREAS:
        if path.startswith(f"{prefix}/"):
            return routes, path.removeprefix(prefix)
    return HUB, path


def _dispatch(routes: Routes, context: State | Sandbox, request: Request, path: str) -> Reply:
    found = routes.find(request.method, path)
    if isinstance(found, int):
        return error(found, "Not Found" if found == 404 else "Method Not Allowed")
    handler, arguments = found
    try:
        return handler(context, request, **arguments)
    except RefusedError as refused:
        return refused.reply
    except ValueError as malformed:
        return json_reply({"error": f"Malformed request: {malformed}"}, 400)
