"""Requests to deployed endpoints: authorization, scaling up, and the engine's answer."""

import time
from datetime import timedelta

from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.engines import Call, engine_of
from hfadmin.sandbox.permissions import Job, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, error, json_reply

MAX_WAIT_SECONDS = 300.0


def answer(state: State, request: Request, endpoint: Endpoint, path: str) -> Reply:
    """Return the reply to a request at the endpoint's URL.

    While the endpoint scales up, wait for as long as X-Scale-Up-Timeout allows.
    """
    deadline = time.monotonic() + _scale_up_timeout(request)
    while True:
        with state.lock:
            try:
                reply = _answer(state, request, endpoint, path)
            except RefusedError as refused:
                reply = refused.reply
            except ValueError as malformed:
                reply = json_reply({"error": str(malformed), "error_type": "validation"}, 422)
            ready = endpoint.upcoming[-1][0] if endpoint.upcoming else state.now()
        remaining = deadline - time.monotonic()
        if reply.status != 503 or remaining <= 0 or ready > state.now() + timedelta(hours=1):
            return reply
        if not state.clock.wait_until(ready, at_most=remaining):
            return reply


def _answer(state: State, request: Request, endpoint: Endpoint, path: str) -> Reply:
    current = state.endpoint(*endpoint.key)
    if current is not endpoint:
        return error(404, "404 Not Found", "NOT_FOUND")
    _authorize(state, request, endpoint)
    _require_ready(state, endpoint)
    if request.method == "GET" and path == (endpoint.health_route or "/health"):
        return Reply(200, b"", "text/plain; charset=utf-8")
    engine = engine_of(endpoint)
    handler = engine.find(request.method, path)
    if isinstance(handler, int):
        text = "Not Found" if handler == 404 else "Method Not Allowed"
        return json_reply({"detail": text}, handler)
    reply = handler(Call(state, request, endpoint, engine))
    endpoint.touch(state.now())
    state.invalidate(endpoint)
    return reply


def _authorize(state: State, request: Request, endpoint: Endpoint) -> None:
    if endpoint.type == "public":
        return
    token = state.valid_token(request.bearer)
    owner = state.namespace(endpoint.namespace)
    if token is None or owner is None:
        raise RefusedError(error(401, "401 Unauthorized", "UNAUTHORIZED"))
    refused = refusal(token, owner, Job.CALL)
    if refused is not None and refused.status == 401:
        raise RefusedError(error(401, "401 Unauthorized", "UNAUTHORIZED"))
    if refused is not None:
        raise RefusedError(error(refused.status, refused.error, "FORBIDDEN"))


def _require_ready(state: State, endpoint: Endpoint) -> None:
    if endpoint.state == "paused":
        text = "The endpoint is paused, ask a maintainer to restart it"
        raise RefusedError(error(400, text, "BAD_REQUEST"))
    if endpoint.state == "scaledToZero":
        endpoint.wake(state.now())
        state.invalidate(endpoint)
        raise RefusedError(error(503, "503 Service Unavailable", "SERVICE_UNAVAILABLE"))
    if not endpoint.is_serving:
        raise RefusedError(error(503, "503 Service Unavailable", "SERVICE_UNAVAILABLE"))


def _scale_up_timeout(request: Request) -> float:
    asked = request.headers.get("x-scale-up-timeout", "")
    return min(float(asked), MAX_WAIT_SECONDS) if asked.isdigit() else 0.0
