"""The Inference Catalog: ways of deploying a model that Hugging Face has tested.

Plain requests: the library's calls are experimental, and fail on the whole list where one item
lacks a detail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from providers.huggingface import config, limits, parse, session
from providers.huggingface.calls import Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.fields import each, list_of, name_of, text_of
from providers.huggingface.text import clean, is_name
from providers.huggingface.types import RemoteEndpoint

if TYPE_CHECKING:
    from hfadmin.vault import Secret

SECONDS = 15.0
_MOST_ITEMS = 200
_MOST_RECIPES = 50
# What the management API calls the engines that the catalog writes in lower case.
_ENGINES = {"sglang": "sGLang", "vllm": "vLLM"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One tested combination of hardware and engine; "" for what the catalog does not say."""

    id: str
    accelerator: str  # "cpu", "gpu", "neuron"
    engine: str  # as in an endpoint's image: "vLLM", "sGLang", "tei", "llamacpp", …
    gguf_file: str = ""
    revision: str = ""
    instance_type: str = ""
    instance_size: str = ""


def recipes(repository: str, *, token: "Secret | None" = None) -> tuple[Recipe, ...]:
    """Those of this repository; none where the catalog does not have it."""
    call = Call(Area.CATALOG, "GET", f"{config.current().catalog}/list")
    params = {"search": repository, "limit": _MOST_ITEMS}
    raw = session.request(call, token, params=params, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        return tuple(_recipes(raw["items"], repository))


def deploy_recipe(token: "Secret", namespace: str, recipe_id: str, name: str) -> RemoteEndpoint:
    """Deploy by a recipe, in one call that is sent once. The endpoint belongs to no resource group,
    and once it starts it costs money."""
    params = {"namespace": clean(namespace, 100), "name": clean(name, 100)}
    if not is_name(namespace):
        raise HuggingFaceError(Diagnosis(Kind.NAMESPACE_NOT_FOUND, params))
    if not is_name(recipe_id):
        raise HuggingFaceError(Diagnosis(Kind.BAD_REQUEST, params | {"field": "recipe"}))
    url = f"{config.current().catalog}/recipe/{recipe_id}/deploy"
    call = Call(Area.CATALOG, "POST", url, params)
    body = {"namespace": namespace, "config": {"name": name}}
    raw = session.request(call, token, seconds=SECONDS, body=body)
    with session.asking(call, seconds=SECONDS):
        return parse.endpoint(raw["endpoint"], namespace)


def _recipes(items: Any, repository: str) -> Iterator[Recipe]:
    for item in list_of(items)[:_MOST_ITEMS]:
        if isinstance(item, dict) and item.get("repoId") == repository:
            yield from each(list_of(item.get("recipes"))[:_MOST_RECIPES], _recipe)


def _recipe(raw: Any) -> Recipe:
    engine = text_of(raw.get("engineType"), limits.ENGINE)
    return Recipe(
        id=name_of(raw["publicId"]),
        accelerator=text_of(raw.get("accelerator"), limits.ACCELERATOR),
        engine=_ENGINES.get(engine.lower(), engine),
        gguf_file=text_of(raw.get("ggufFile"), limits.PATH),
        revision=text_of(raw.get("revision"), limits.REVISION),
        instance_type=text_of(raw.get("instanceType"), limits.INSTANCE_TYPE),
        instance_size=text_of(raw.get("instanceSize"), limits.KIND),
    )
