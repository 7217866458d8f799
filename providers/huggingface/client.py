"""Hugging Face, one function for each remote call: token in, frozen dataclasses out.

Every function raises HuggingFaceError and nothing else, and ends within its deadline. Where the
library has a call it is used; where not, the reason stands beside it.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from hfadmin import outbound
from providers.huggingface import config, hub_models, parse, session
from providers.huggingface.billing import credits_of
from providers.huggingface.calls import Area, Call
from providers.huggingface.endpoints import (
    create_endpoint,
    delete_endpoint,
    endpoint_environment,
    get_endpoint,
    list_endpoints,
    list_endpoints_unless,
    list_hardware,
    pause_endpoint,
    resume_endpoint,
    scale_endpoint_to_zero,
    update_endpoint,
)
from providers.huggingface.engines import endpoint_embedding, endpoint_text
from providers.huggingface.inference import (
    hosted_chat,
    hosted_embedding,
    hosted_generation,
    wake_endpoint,
)
from providers.huggingface.inference_catalog import deploy_recipe, recipes
from providers.huggingface.repositories import (
    check_access,
    model_call,
    model_config,
    repository_files,
)
from providers.huggingface.types import (
    Identity,
    ModelDetails,
    ModelSummary,
)

if TYPE_CHECKING:
    from hfadmin.vault import Secret

__all__ = [
    "check_access",
    "create_endpoint",
    "credits_of",
    "delete_endpoint",
    "deploy_recipe",
    "endpoint_embedding",
    "endpoint_environment",
    "endpoint_text",
    "get_endpoint",
    "hosted_chat",
    "hosted_embedding",
    "hosted_generation",
    "list_endpoints",
    "list_endpoints_unless",
    "list_hardware",
    "model",
    "model_config",
    "pause_endpoint",
    "recipes",
    "repository_files",
    "resume_endpoint",
    "scale_endpoint_to_zero",
    "search_models",
    "update_endpoint",
    "wake_endpoint",
    "whoami",
]

SECONDS = 15.0
SEARCH_SECONDS = 2.0  # somebody is typing
_EXPANDED = (
    "gated",
    "gguf",
    "inference",
    "inferenceProviderMapping",
    "lastModified",
    "library_name",
    "pipeline_tag",
    "private",
    "safetensors",
    "sha",
    "tags",
)
_EXPANDED_IN_SEARCH = (
    "downloads",
    "gated",
    "inferenceProviderMapping",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "tags",
)
_SIZES = ("gguf", "safetensors")


def whoami(token: "Secret") -> Identity:
    value = session.checked(token)
    call = Call(Area.IDENTITY, "GET", f"{config.current().hub}/api/whoami-v2")
    with session.asking(call, seconds=SECONDS, token=value):
        return parse.identity(session.library().whoami(token=value))


def search_models(
    query: str,
    *,
    tasks: Collection[str] = (),
    hosted: bool = False,
    provider: str = "all",
    token: "Secret | None" = None,
    limit: int = 10,
    with_sizes: bool = False,
) -> tuple[ModelSummary, ...]:
    """Models whose name contains `query` and whose pipeline tag is among `tasks`, if any are given;
    where `hosted`, only such as `provider` serves ("all": any provider); `with_sizes`, with their
    counts of parameters. One GET for each task, within two seconds together: the library's call
    sleeps through 429 and 5xx."""
    call = Call(Area.MODEL, "GET", f"{config.current().hub}/api/models")
    params: dict[str, Any] = {
        "search": query,
        "sort": "trendingScore",
        "limit": limit,
        "expand": _EXPANDED_IN_SEARCH + (_SIZES if with_sizes else ()),
    }
    if hosted:
        params["inference_provider"] = provider
    found: dict[str, ModelSummary] = {}
    with outbound.deadline(SEARCH_SECONDS):
        for task in tasks or ("",):
            asked = {**params, "pipeline_tag": task} if task else params
            raw = session.request(call, token, params=asked, seconds=SEARCH_SECONDS)
            with session.asking(call, seconds=SEARCH_SECONDS):
                found |= {item.repository: item for item in hub_models.model_summaries(raw)}
    fitting = [item for item in found.values() if _fits(item, tasks)]
    if len(tasks) > 1:
        # Those whose downloads are not known come last.
        fitting.sort(
            key=lambda item: -1 if item.downloads is None else item.downloads, reverse=True
        )
    return tuple(fitting[:limit])


def model(repository: str, *, token: "Secret | None" = None, revision: str = "") -> ModelDetails:
    """What the Hub says of the model, at its newest commit unless a revision is given. A plain GET:
    the library makes an object of each provider's mapping, of dates and more, and fails on the
    whole model where one of them is odd."""
    path = "{hub}/api/models/{id}" + ("/revision/{revision}" if revision else "")
    call = model_call(repository, revision, path=path)
    raw = session.request(call, token, params={"expand": _EXPANDED}, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        return hub_models.model_details(raw, repository)


def _fits(item: ModelSummary, tasks: Collection[str]) -> bool:
    """Whether the model does one of the tasks, if any are given; a sentence-similarity model
    embeds only where it says so by its tags."""
    if not tasks:
        return True
    if item.pipeline_tag == "sentence-similarity" and "feature-extraction" not in item.tags:
        return False
    return item.pipeline_tag in tasks
