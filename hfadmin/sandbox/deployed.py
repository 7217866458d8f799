"""Deployed endpoints: what the containers behind an endpoint's URL answer, engine by engine."""

import time
from datetime import timedelta
from typing import Any

from hfadmin.sandbox import answers
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.permissions import Job, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, Routes, error, json_reply, text_reply

CHAT_ENGINES = {"tgi", "tgiNeuron", "vLLM", "sGLang", "llamacpp", "custom"}
EMBEDDING_ENGINES = {"tei", "vLLM", "custom"}
EMBEDDING_TASKS = {"feature-extraction", "sentence-similarity", "sentence-embeddings"}
LARGEST_BATCH = 32
LONGEST_HOLD = 300.0
routes = Routes()


def answer(state: State, request: Request, endpoint: Endpoint, path: str) -> Reply:
    """The reply to a request at the endpoint's URL, held while it wakes where that was asked."""
    patience = _patience(request)
    gives_up = time.monotonic() + patience
    while True:
        with state.lock:
            try:
                reply = _answer(state, request, endpoint, path)
            except RefusedError as refused:
                reply = refused.reply
            except ValueError as malformed:
                reply = json_reply({"error": str(malformed), "error_type": "validation"}, 422)
            ready = endpoint.upcoming[-1][0] if endpoint.upcoming else state.now()
        remaining = gives_up - time.monotonic()
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
    found = routes.find(request.method, path)
    if isinstance(found, int):
        return json_reply({"detail": "Not Found" if found == 404 else "Method Not Allowed"}, found)
    handler, _ = found
    reply = handler(state, request, endpoint)
    endpoint.touch(state.now())
    state.changed(endpoint)
    return reply


def _authorize(state: State, request: Request, endpoint: Endpoint) -> None:
    if endpoint.type == "public":
        return
    token = state.genuine(request.bearer)
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
        state.changed(endpoint)
        raise RefusedError(error(503, "503 Service Unavailable", "SERVICE_UNAVAILABLE"))
    if not endpoint.is_serving:
        raise RefusedError(error(503, "503 Service Unavailable", "SERVICE_UNAVAILABLE"))


@routes.on("POST", "/v1/chat/completions")
def chat(state: State, request: Request, endpoint: Endpoint) -> Reply:
    _require_engine(endpoint, CHAT_ENGINES, embeds=False)
    _require_known_model(request, endpoint)
    return answers.chat(request, endpoint.repository)


@routes.on("POST", "/v1/completions")
def completion(state: State, request: Request, endpoint: Endpoint) -> Reply:
    _require_engine(endpoint, CHAT_ENGINES, embeds=False)
    _require_known_model(request, endpoint)
    return answers.completion(request, endpoint.repository)


@routes.on("POST", "/v1/embeddings")
def embeddings(state: State, request: Request, endpoint: Endpoint) -> Reply:
    _require_engine(endpoint, EMBEDDING_ENGINES, embeds=True)
    _require_known_model(request, endpoint)
    _require_small_batch(request, endpoint)
    return answers.openai_embeddings(request, endpoint.repository, _dimension(state, endpoint))


@routes.on("GET", "/v1/models")
def models(state: State, request: Request, endpoint: Endpoint) -> Reply:
    _require_engine(endpoint, CHAT_ENGINES | EMBEDDING_ENGINES, embeds=_embeds(endpoint))
    data = [{"id": endpoint.repository, "object": "model", "owned_by": endpoint.engine}]
    return json_reply({"object": "list", "data": data})


@routes.on("GET", "/metrics")
def metrics(state: State, request: Request, endpoint: Endpoint) -> Reply:
    return text_reply("# EOF\n")


@routes.on("POST", "/embed")
def embed(state: State, request: Request, endpoint: Endpoint) -> Reply:
    if endpoint.engine != "tei":
        raise _not_found()
    return root(state, request, endpoint)


@routes.on("POST", "/generate")
def generate(state: State, request: Request, endpoint: Endpoint) -> Reply:
    if endpoint.engine != "tgi":
        raise _not_found()
    return answers.generation(request, endpoint.repository)


@routes.on("POST", "/")
def root(state: State, request: Request, endpoint: Endpoint) -> Reply:
    if endpoint.engine not in {"tgi", "tgiNeuron", "tei", "huggingface", "huggingfaceNeuron"}:
        raise _not_found()
    if "inputs" not in answers.body_of(request):
        raise RefusedError(
            json_reply({"error": "Missing field `inputs`", "type": "Validation"}, 422)
        )
    if _embeds(endpoint):
        _require_small_batch(request, endpoint)
        return answers.feature_extraction(request, _dimension(state, endpoint))
    is_tgi = endpoint.engine.startswith("tgi")
    return answers.generation(request, endpoint.repository, streams=is_tgi)


def _embeds(endpoint: Endpoint) -> bool:
    return endpoint.engine == "tei" or endpoint.task in EMBEDDING_TASKS


def _require_engine(endpoint: Endpoint, engines: set[str], *, embeds: bool) -> None:
    if endpoint.engine not in engines or _embeds(endpoint) is not embeds:
        raise _not_found()


def _require_known_model(request: Request, endpoint: Endpoint) -> None:
    asked = answers.body_of(request).get("model")
    if endpoint.engine == "vLLM" and asked is not None and asked != endpoint.repository:
        problem: dict[str, Any] = {
            "message": f"The model `{asked}` does not exist.",
            "type": "NotFoundError",
            "param": "model",
            "code": 404,
        }
        raise RefusedError(json_reply({"error": problem}, 404))


def _require_small_batch(request: Request, endpoint: Endpoint) -> None:
    count = len(answers.texts_of(request))
    if endpoint.engine == "tei" and count > LARGEST_BATCH:
        text = f"batch size {count} > maximum allowed batch size {LARGEST_BATCH}"
        raise RefusedError(json_reply({"error": text, "error_type": "Validation"}, 413))


def _dimension(state: State, endpoint: Endpoint) -> int:
    model = state.model(endpoint.repository)
    return 384 if model is None else model.dimension


def _not_found() -> RefusedError:
    return RefusedError(json_reply({"detail": "Not Found"}, 404))


def _patience(request: Request) -> float:
    asked = request.headers.get("x-scale-up-timeout", "")
    return min(float(asked), LONGEST_HOLD) if asked.isdigit() else 0.0
