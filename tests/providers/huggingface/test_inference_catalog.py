"""Recipes of the Inference Catalog are read one by one, and deployed once."""

import json
from typing import Any

import pytest

from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.inference_catalog import Recipe
from tests.providers.huggingface.conftest import LLAMA
from tests.providers.huggingface.test_items import answered_with
from tests.providers.huggingface.test_repositories import refused_by

QWEN = "Qwen/Qwen3-8B"


@pytest.fixture
def recipe(hub: Sandbox) -> str:
    hub.add_model(QWEN, safetensors={"BF16": 8_190_000_000})
    return hub.add_recipe(QWEN, "gpu", "vLLM").public_id


def test_the_recipes_of_a_repository_are_found_and_no_others(hub: Sandbox, recipe: str) -> None:
    hub.add_model(f"{QWEN}-Base")
    hub.add_recipe(f"{QWEN}-Base", "gpu", "vLLM")
    second = hub.add_recipe(QWEN, "cpu", "llamacpp", gguf_file="q4.gguf", revision="abc").public_id
    assert client.recipes(QWEN) == (
        Recipe(recipe, "gpu", "vLLM"),
        Recipe(second, "cpu", "llamacpp", "q4.gguf", "abc"),
    )
    assert client.recipes(LLAMA) == ()
    assert all(request.bearer is None for request in hub.requests)


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, {"publicId": None}, {"publicId": [1]}])
def test_an_odd_recipe_or_model_loses_no_other(hub: Sandbox, odd: Any) -> None:
    good = {"publicId": "tasty-1", "engineType": "sglang", "instanceType": "nvidia-l4"}
    worn = {"publicId": "tasty-2", "engineType": odd, "accelerator": odd, "ggufFile": odd}
    items = [odd, {"repoId": QWEN, "recipes": [odd, good, worn]}, {"repoId": QWEN, "recipes": odd}]
    answered_with(json.dumps({"items": items}))
    first, second = client.recipes(QWEN)
    assert first == Recipe("tasty-1", "", "sGLang", instance_type="nvidia-l4")
    assert (second.id, second.accelerator) == ("tasty-2", odd if odd == "text" else "")


@pytest.mark.parametrize("body", ["[]", "7", '"text"', "null", '{"error": "x"}', "<html>"])
def test_what_is_no_catalog_fails_in_the_one_way(hub: Sandbox, body: str) -> None:
    answered_with(body)
    assert refused_by(lambda: client.recipes(QWEN)).kind is Kind.UPSTREAM_MALFORMED


def test_a_recipe_is_deployed_in_one_call(hub: Sandbox, token: Secret, recipe: str) -> None:
    made = client.deploy_recipe(token, "acme", recipe, "qwen-new")
    (sent,) = hub.requests
    assert (sent.method, sent.path) == ("POST", f"/api/v1/catalog/recipe/{recipe}/deploy")
    assert sent.object() == {"namespace": "acme", "config": {"name": "qwen-new"}}
    assert (made.namespace, made.name, made.engine) == ("acme", "qwen-new", "vLLM")
    assert made == client.get_endpoint(token, "acme", "qwen-new")


def refusal(token: Secret, recipe: str, namespace: str = "acme") -> HuggingFaceError:
    return refused_by(lambda: client.deploy_recipe(token, namespace, recipe, "qwen-new"))


def test_a_refused_deployment_says_why(hub: Sandbox, token: Secret, recipe: str) -> None:
    hub.add_organization("poor", members={"ada": "admin"}, can_pay=False)
    hub.add_organization("spent", members={"ada": "admin"}, credits_used_up=True)
    hub.add_endpoint("acme", "qwen-new")
    eve = Secret(hub.add_token("eve", role="write"))
    assert refusal(token, recipe).kind is Kind.NAME_TAKEN
    assert refusal(token, recipe, "poor").kind is Kind.PAYMENT_REQUIRED
    assert refusal(token, recipe, "spent").kind is Kind.CREDITS_EXHAUSTED
    assert refusal(token, recipe, "nobody").kind is Kind.NAMESPACE_NOT_FOUND
    assert refusal(eve, recipe).kind is Kind.NOT_A_MEMBER


@pytest.mark.parametrize("gone", ["recipe-gone", "../../secret", "a/b", ""])
def test_a_recipe_that_is_gone_is_named_as_what_is_wrong(
    hub: Sandbox, token: Secret, gone: str
) -> None:
    error = refusal(token, gone)
    assert (error.kind, error.diagnosis.params["field"]) == (Kind.BAD_REQUEST, "recipe")
    assert len(hub.requests) == (gone == "recipe-gone")


def test_a_namespace_that_cannot_be_one_is_not_asked_for(
    hub: Sandbox, token: Secret, recipe: str
) -> None:
    assert refusal(token, recipe, "../acme").kind is Kind.NAMESPACE_NOT_FOUND
    assert not hub.requests
