"""The Inference Catalog: the recipes by which models were tested, and deploying one."""

from collections.abc import Iterator
from typing import Any

from hfadmin.sandbox import hardware
from hfadmin.sandbox.bodies import refused
from hfadmin.sandbox.contents import IMAGES
from hfadmin.sandbox.creation import create
from hfadmin.sandbox.entities import Model, Recipe, object_id
from hfadmin.sandbox.hub import milliseconds
from hfadmin.sandbox.hub_files import size_of_weights
from hfadmin.sandbox.management import allowed
from hfadmin.sandbox.permissions import Job
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import Reply, Request, Routes, json_reply

routes = Routes()
ROOM = 1.2  # for what an engine needs beside the weights
BYTES_PER_GB = 1_000_000_000


@routes.on("GET", "/list")
def list_models(state: State, request: Request) -> Reply:
    limit = int(request.parameter("limit", "1000") or 1000)
    found = [model for model in state.models.values() if _matches(state, model, request)]
    return json_reply({"items": [_item(state, model, request) for model in found[:limit]]})


@routes.on("POST", "/recipe/{public_id}/deploy")
def deploy_recipe(state: State, request: Request, public_id: str) -> Reply:
    recipe = next((each for each in state.recipes if each.public_id == public_id), None)
    return _deploy(state, request, recipe)


@routes.on("POST", "/model/{repository:repository}/deploy")
def deploy_model(state: State, request: Request, repository: str) -> Reply:
    asked = request.object()
    return _deploy(
        state,
        request,
        next(
            (
                recipe
                for recipe in state.recipes
                if recipe.repository == repository
                and asked.get("accelerator") in (None, recipe.accelerator)
                and asked.get("ggufFile") in (None, recipe.gguf_file)
            ),
            None,
        ),
    )


def _deploy(state: State, request: Request, recipe: Recipe | None) -> Reply:
    asked = request.object()
    token, owner = allowed(state, request, str(asked.get("namespace")), Job.MANAGE)
    if recipe is None:
        raise refused(404, "Recipe not found")
    model = state.models[recipe.repository]
    suggested = f"{model.id.partition('/')[2].lower()[:24].strip('.-_')}-{object_id(model.id)[:4]}"
    name = (asked.get("config") or {}).get("name") or suggested.replace(".", "-")
    return json_reply({"endpoint": create(state, token, owner, _body(model, recipe, name)).raw()})


def _body(model: Model, recipe: Recipe, name: str) -> dict[str, Any]:
    compute = _sensible(model, recipe)
    return {
        "name": name,
        "type": "authenticated",
        "provider": {"vendor": compute.vendor, "region": compute.region},
        "compute": {
            "accelerator": compute.accelerator,
            "instanceType": compute.instance_type,
            "instanceSize": compute.instance_size,
            "scaling": {"minReplica": 0, "maxReplica": 1, "scaleToZeroTimeout": 60},
        },
        "model": {
            "repository": model.id,
            "revision": recipe.revision,
            "framework": "pytorch",
            "task": model.pipeline_tag,
            "image": {recipe.engine: dict(IMAGES[recipe.engine])},
        },
    }


def _sensible(model: Model, recipe: Recipe) -> hardware.Compute:
    """Return the cheapest that has room for the weights, or the largest."""
    weights = model.files.get(recipe.gguf_file or "") or size_of_weights(model)
    wanted = weights * ROOM / BYTES_PER_GB
    there = [
        compute
        for compute in hardware.computes()
        if compute.accelerator == recipe.accelerator and compute.status == "available"
    ]
    fitting = [each for each in there if (each.gpu_memory or each.memory) >= wanted]
    return min(fitting, key=lambda each: each.price) if fitting else there[-1]


def _matches(state: State, model: Model, request: Request) -> bool:
    return (
        any(_recipes(state, model, request))
        and request.parameter("search").lower() in model.id.lower()
        and request.parameter("task") in ("", model.pipeline_tag)
    )


def _recipes(state: State, model: Model, request: Request) -> Iterator[Recipe]:
    for recipe in state.recipes:
        if (
            recipe.repository == model.id
            and request.parameter("accelerator") in ("", recipe.accelerator)
            and request.parameter("engine") in ("", recipe.engine.lower())
        ):
            yield recipe


def _item(state: State, model: Model, request: Request) -> dict[str, Any]:
    licences = (tag.removeprefix("license:") for tag in model.tags if tag.startswith("license:"))
    return {
        "repoId": model.id,
        "modelName": model.id.partition("/")[2],
        "authorName": model.author,
        "license": next(licences, ""),
        "task": model.pipeline_tag,
        "createdAt": milliseconds(model.created_at),
        "recipes": [
            {
                "publicId": recipe.public_id,
                "accelerator": recipe.accelerator,
                "engineType": recipe.engine.lower(),
                "ggufFile": recipe.gguf_file,
                "revision": recipe.revision,
            }
            for recipe in _recipes(state, model, request)
        ],
    }
