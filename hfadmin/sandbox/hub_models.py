"""The Hub's routes for models: search, and the details of a repository."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from hfadmin.sandbox.entities import Model, Token, object_id
from hfadmin.sandbox.hub import RATE_LIMIT, milliseconds
from hfadmin.sandbox.hub import routes as routes
from hfadmin.sandbox.permissions import Job, may_read_gated, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, error, json_reply

BAD_CREDENTIALS = "Invalid credentials in Authorization header"
ALWAYS = ("_id", "id")
IN_LISTS = (
    "private",
    "gated",
    "downloads",
    "likes",
    "tags",
    "pipeline_tag",
    "library_name",
    "createdAt",
    "trendingScore",
)
SORTED_BY = {"downloads", "likes", "createdAt", "trendingScore", "lastModified"}
NOT_FOUND = {"X-Error-Code": "RepoNotFound"}


@routes.on("GET", "/api/models")
def list_models(state: State, request: Request) -> Reply:
    token = _credentials(state, request)
    found = [model for model in state.models.values() if _matches(state, model, token, request)]
    key = request.parameter("sort", "trendingScore")
    if key in SORTED_BY:
        found.sort(key=lambda model: _property(model, key) or 0, reverse=True)
    limit = min(int(request.parameter("limit", "1000") or 1000), 1000)
    start = int(request.parameter("cursor", "0"))
    page = found[start : start + limit]
    wanted = (*IN_LISTS, *request.query.get("expand", ()))
    reply = json_reply(
        [_described(model, wanted, in_list=True) for model in page], headers=RATE_LIMIT
    )
    if start + limit < len(found):
        query = urlencode({**request.query, "cursor": start + limit}, doseq=True)
        reply.headers["Link"] = f'<{state.base_url}/api/models?{query}>; rel="next"'
    return reply


@routes.on("GET", "/api/models/{repository:repository}/auth-check")
def auth_check(state: State, request: Request, repository: str) -> Reply:
    if (elsewhere := redirect(state, request, repository)) is not None:
        return elsewhere
    readable(state, request, repository)
    return json_reply({})


@routes.on("GET", "/api/models/{repository:repository}/revision/{revision:path}")
def model_revision(state: State, request: Request, repository: str, revision: str) -> Reply:
    model = state.model(repository)
    if model is not None:
        require_revision(model, revision)
    return model_info(state, request, repository)


@routes.on("GET", "/api/models/{repository:repository}")
def model_info(state: State, request: Request, repository: str) -> Reply:
    if (elsewhere := redirect(state, request, repository)) is not None:
        return elsewhere
    model = visible(state, request, repository)
    wanted = request.query.get("expand") or _PROPERTIES
    return json_reply(_described(model, wanted), headers=RATE_LIMIT)


def redirect(state: State, request: Request, repository: str) -> Reply | None:
    """Return the way to the same under the repository's present name; None where it is that."""
    name = state.renamed.get(repository) or state.canonical_name(repository)
    if name == repository:
        return None
    query = urlencode(dict(request.query), doseq=True)
    path = request.path.replace(repository, name, 1)
    location = f"{path}{'?' if query else ''}{query}"
    return Reply(
        307,
        f"Temporary Redirect. Redirecting to {location}".encode(),
        "text/plain; charset=utf-8",
        {"Location": location},
    )


def require_revision(model: Model, revision: str) -> None:
    if revision not in ("main", model.sha):
        headers = {"X-Error-Code": "RevisionNotFound"}
        raise RefusedError(error(404, f"Invalid rev id: {revision}", headers=headers))


def _credentials(state: State, request: Request) -> Token | None:
    """Return the token sent, None without one. Raises RefusedError (401) for an invalid one."""
    if request.bearer is None:
        return None
    token = state.valid_token(request.bearer)
    if token is None:
        raise RefusedError(error(401, BAD_CREDENTIALS))
    return token


def visible(state: State, request: Request, repository: str) -> Model:
    token = _credentials(state, request)
    model = state.model(repository)
    missing = error(404, "Repository not found", headers=NOT_FOUND)
    if token is None and (model is None or model.private):
        raise RefusedError(error(401, "Invalid username or password.", headers=NOT_FOUND))
    if model is None or (model.private and not may_read(state, model, token)):
        raise RefusedError(missing)
    return model


def readable(state: State, request: Request, repository: str) -> Model:
    """Return the model if its files may be read, too: of a gated one everybody sees the rest."""
    model, token = visible(state, request, repository), _credentials(state, request)
    if model.gated and (token is None or not may_read_gated(token, model)):
        text = f"Access to model {model.id} is restricted. Visit its page to ask for access."
        status = 401 if token is None else 403
        raise RefusedError(error(status, text, headers={"X-Error-Code": "GatedRepo"}))
    return model


def may_read(state: State, model: Model, token: Token | None) -> bool:
    owner = state.namespace(model.author)
    return token is not None and owner is not None and refusal(token, owner, Job.READ) is None


def _matches(state: State, model: Model, token: Token | None, request: Request) -> bool:
    if model.private and not may_read(state, model, token):
        return False
    words = request.parameter("search").lower().split()
    wanted_tags = [*request.query.get("filter", ()), *request.query.get("pipeline_tag", ())]
    held_tags = {*model.tags, model.pipeline_tag, model.library_name}
    return (
        all(word in model.id.lower() for word in words)
        and request.parameter("author", model.author) == model.author
        and held_tags.issuperset(wanted_tags)
        and _is_served(model, request.parameter("inference_provider"))
        and (not request.parameter("inference") or _property(model, "inference") is not None)
    )


def _is_served(model: Model, providers: str) -> bool:
    live = {name for name, entry in model.providers.items() if entry["status"] == "live"}
    if providers in ("", "all"):
        return not providers or bool(live)
    return bool(live.intersection(providers.split(",")))


def _described(model: Model, wanted: Iterable[str], *, in_list: bool = False) -> dict[str, Any]:
    described = {name: _property(model, name) for name in (*ALWAYS, *wanted)}
    if in_list and described.get("inferenceProviderMapping") is not None:
        described["inferenceProviderMapping"] = _mapping_as_list(model)
    if in_list:
        described["modelId"] = model.id
    return {name: value for name, value in described.items() if value is not None}


def _property(model: Model, name: str) -> Any:
    known = _PROPERTIES.get(name)
    return None if known is None else known(model)


def _mapping(model: Model) -> dict[str, Any] | list[dict[str, Any]]:
    return dict(model.providers) if model.mapping_as == "object" else _mapping_as_list(model)


def _mapping_as_list(model: Model) -> list[dict[str, Any]]:
    return [{"provider": name, **entry} for name, entry in model.providers.items()]


def _safetensors(model: Model) -> dict[str, Any] | None:
    if model.safetensors is None:
        return None
    return {"parameters": dict(model.safetensors), "total": sum(model.safetensors.values())}


_PROPERTIES: dict[str, Any] = {
    "_id": lambda model: object_id("model", model.id),
    "id": lambda model: model.id,
    "modelId": lambda model: model.id,
    "author": lambda model: model.author,
    "sha": lambda model: model.sha,
    "lastModified": lambda model: milliseconds(model.created_at),
    "createdAt": lambda model: milliseconds(model.created_at),
    "private": lambda model: model.private,
    "gated": lambda model: model.gated,
    "disabled": lambda model: False,
    "downloads": lambda model: model.downloads,
    "likes": lambda model: model.likes,
    "trendingScore": lambda model: model.likes // 10,
    "tags": lambda model: [tag for tag in (*model.tags, model.pipeline_tag) if tag],
    "pipeline_tag": lambda model: model.pipeline_tag,
    "library_name": lambda model: model.library_name,
    "inference": lambda model: "warm" if _is_served(model, "all") else None,
    "inferenceProviderMapping": _mapping,
    "safetensors": _safetensors,
    "gguf": lambda model: None if model.gguf is None else dict(model.gguf),
    "siblings": lambda model: [{"rfilename": "README.md"}, {"rfilename": "config.json"}],
}
