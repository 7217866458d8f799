"""The routes of the Inference Providers router: OpenAI's, and those of hf-inference."""

from typing import Any

from hfadmin.sandbox import inference
from hfadmin.sandbox.entities import Model, Namespace, Token
from hfadmin.sandbox.permissions import Job, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, Routes, error, json_reply

routes = Routes()
POLICIES = {"fastest", "cheapest", "preferred", "auto"}
CHAT = "conversational"
GENERATION = "text-generation"
FEATURES = "feature-extraction"


@routes.on("POST", "/v1/chat/completions")
def chat(state: State, request: Request) -> Reply:
    _authorize(state, request)
    asked = str(inference.body_of(request).get("model", ""))
    repository, _, provider = asked.partition(":")
    model = state.model(repository)
    if model is None or not _serves(model, CHAT, provider):
        text = f"The requested model '{asked}' is not supported by any provider you have enabled."
        raise _openai_error(400, text, "invalid_request_error", "model_not_supported")
    return inference.chat(request, model.id)


@routes.on("GET", "/v1/models")
def list_models(state: State, request: Request) -> Reply:
    served = [model for model in state.models.values() if model.is_live(CHAT)]
    return json_reply({"object": "list", "data": [_served_model(model) for model in served]})


@routes.on("POST", "/hf-inference/models/{repository:path}/v1/chat/completions")
def chat_on_hf_inference(state: State, request: Request, repository: str) -> Reply:
    _authorize(state, request)
    return inference.chat(request, _on_hf_inference(state, repository, CHAT).id)


@routes.on("POST", "/hf-inference/models/{repository:path}/pipeline/feature-extraction")
def feature_extraction(state: State, request: Request, repository: str) -> Reply:
    _authorize(state, request)
    model = _on_hf_inference(state, repository, FEATURES)
    if "no-pooling" in model.tags:
        return inference.token_vectors(request, model.dimension)
    inputs = inference.body_of(request).get("inputs", "")
    if isinstance(inputs, list):
        return inference.feature_extraction(request, model.dimension)
    return json_reply(inference.vectors([str(inputs)], model.dimension)[0])


@routes.on("POST", "/hf-inference/models/{repository:path}")
def generation(state: State, request: Request, repository: str) -> Reply:
    _authorize(state, request)
    model = _on_hf_inference(state, repository, GENERATION)
    return inference.generation(request, model.id)


def _authorize(state: State, request: Request) -> Token:
    token = state.valid_token(request.bearer)
    if token is None:
        raise RefusedError(error(401, "Invalid username or password."))
    billed = _billed(state, request, token)
    if (refused := refusal(token, billed, Job.HOSTED)) is not None:
        raise RefusedError(error(refused.status, refused.error))
    if billed.credits_used_up:
        text = (
            f"You have exceeded your monthly included credits for Inference Providers "
            f"({billed.name}). Subscribe to PRO or buy pre-paid credits to go on."
        )
        raise RefusedError(error(402, text))
    return token


def _billed(state: State, request: Request, token: Token) -> Namespace:
    name = request.headers.get("x-hf-bill-to", token.user)
    namespace = state.namespace(name)
    if namespace is None:
        raise RefusedError(
            error(403, f"Organization {name} not found, or you are not a member of it.")
        )
    return namespace


def _serves(model: Model, task: str, provider: str) -> bool:
    if provider in POLICIES or not provider:
        return model.is_live(task)
    entry = model.providers.get(provider)
    return entry is not None and (entry["status"], entry["task"]) == ("live", task)


def _on_hf_inference(state: State, repository: str, task: str) -> Model:
    model = state.model(repository)
    entry = None if model is None else model.providers.get("hf-inference")
    if model is None or entry is None:
        raise RefusedError(
            error(400, f"Model {repository} is not supported by provider hf-inference.")
        )
    if entry["status"] == "loading":
        loading = {"error": f"Model {repository} is currently loading", "estimated_time": 20.0}
        raise RefusedError(json_reply(loading, 503))
    tasks = {entry["task"], GENERATION if entry["task"] == CHAT else entry["task"]}
    if entry["status"] != "live" or task not in tasks:
        raise _openai_error(
            400,
            f"Task '{task}' is not supported for model {repository} on hf-inference.",
            "invalid_request_error",
            "model_not_supported",
        )
    return model


def _served_model(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "object": "model",
        "created": int(model.created_at.timestamp()),
        "owned_by": model.author,
        "providers": [
            {
                "provider": name,
                "status": entry["status"],
                "context_length": model.context_length,
                "pricing": {"input": model.price[0], "output": model.price[1]},
                "supports_tools": True,
                "supports_structured_output": True,
                "first_token_latency_ms": 210.0,
                "throughput": 95.0,
            }
            for name, entry in model.providers.items()
        ],
    }


def _openai_error(status: int, message: str, kind: str, code: str) -> RefusedError:
    body = {"error": {"message": message, "type": kind, "code": code}}
    return RefusedError(json_reply(body, status))
