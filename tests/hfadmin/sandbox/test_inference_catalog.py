"""The Inference Catalog lists recipes and deploys them; billing is read by whom it concerns."""

import httpx2
import pytest

from hfadmin.sandbox import Sandbox, seed

Headers = dict[str, str]
GGUF = "bartowski/Llama-3.2-3B-Instruct-GGUF"


@pytest.fixture
def catalog(web: httpx2.Client, sandbox: Sandbox, ada: Headers) -> httpx2.Client:
    seed.add_models(sandbox)
    return web


def test_the_catalog_is_searched_by_name_task_accelerator_and_engine(
    catalog: httpx2.Client,
) -> None:
    def found(**params: str) -> list[str]:
        items = catalog.get("/api/v1/catalog/list", params=params).json()["items"]
        return [recipe["engineType"] for item in items for recipe in item["recipes"]]

    assert found(search="qwen/qwen3-8b") == ["vllm", "sglang"]
    assert found(search="qwen3-8b", engine="sglang") == ["sglang"]
    assert found(accelerator="cpu") == ["tei"]
    assert found(task="sentence-similarity") == ["tei"]
    assert found(search="no-such-model") == []


@pytest.mark.parametrize(
    ("search", "accelerator", "engine", "instance"),
    [
        ("bge-small", "cpu", "tei", "intel-spr"),
        ("smollm3", "gpu", "vLLM", "nvidia-t4"),
        ("llama-3.1-8b", "gpu", "vLLM", "nvidia-l4"),
        ("qwen3-14b", "gpu", "vLLM", "nvidia-l40s"),
        ("gguf", "gpu", "llamacpp", "nvidia-t4"),
    ],
)
def test_a_recipe_is_deployed_with_its_engine_on_hardware_with_room_for_the_model(
    catalog: httpx2.Client,
    ada: Headers,
    search: str,
    accelerator: str,
    engine: str,
    instance: str,
) -> None:
    params = {"search": search, "accelerator": accelerator}
    item = catalog.get("/api/v1/catalog/list", params=params).json()["items"][0]
    deploy = f"/api/v1/catalog/recipe/{item['recipes'][0]['publicId']}/deploy"
    answered = catalog.post(deploy, json={"namespace": "acme"}, headers=ada)
    made = answered.json()["endpoint"]
    assert made["model"]["repository"] == item["repoId"]
    assert list(made["model"]["image"]) == [engine]
    assert made["compute"]["instanceType"] == instance
    assert catalog.get(f"/v2/endpoint/acme/{made['name']}", headers=ada).json() == made


def test_a_model_is_deployed_by_the_recipe_that_fits_what_is_asked(
    catalog: httpx2.Client, ada: Headers
) -> None:
    def status(repository: str, **asked: str) -> int:
        body = {"namespace": "acme", "config": {"name": "from-catalog"}, **asked}
        deploy = f"/api/v1/catalog/model/{repository}/deploy"
        return catalog.post(deploy, json=body, headers=ada).status_code

    assert status(GGUF, ggufFile="Llama-3.2-3B-Instruct-Q8_0.gguf") == 200
    assert status(GGUF) == 409
    assert status(GGUF, accelerator="neuron") == 404
    assert status("acme/none") == 404


def test_a_deployment_from_the_catalog_is_refused_as_any_creation(
    catalog: httpx2.Client, sandbox: Sandbox, ada: Headers
) -> None:
    def status(namespace: str, headers: Headers) -> int:
        recipe = next(r for r in sandbox.state.recipes if r.repository.startswith("meta-llama"))
        deploy = f"/api/v1/catalog/recipe/{recipe.public_id}/deploy"
        return catalog.post(deploy, json={"namespace": namespace}, headers=headers).status_code

    sandbox.add_user("eve", can_pay=False)
    eve = {"Authorization": f"Bearer {sandbox.add_token('eve', role='write')}"}
    reader = {"Authorization": f"Bearer {sandbox.add_token('ada', role='read')}"}
    assert status("acme", {}) == 401
    assert status("acme", eve) == 401
    assert status("acme", reader) == 403
    assert status("eve", eve) == 403
    assert status("nobody", ada) == 404
    assert status("acme", ada) == 200


def test_the_billing_of_an_account_is_told_to_who_may_read_it(
    web: httpx2.Client, sandbox: Sandbox, ada: Headers
) -> None:
    sandbox.add_user("eve", credits_used_up=True)
    sandbox.add_organization("acme", members={"ada": "admin", "eve": "write"})
    own, ours = "/api/settings/billing/usage", "/api/organizations/acme/billing/usage"

    def asked(path: str, token: str) -> httpx2.Response:
        return web.get(path, headers={"Authorization": f"Bearer {token}"})

    admin, member = sandbox.add_token("ada", role="read"), sandbox.add_token("eve", role="write")
    scoped = sandbox.add_token("ada", scopes={"acme": ["billing.read"]})
    blind = sandbox.add_token("ada", scopes={"acme": ["inference.endpoints.write"]})
    assert asked(ours, admin).json()["credits"] == {"balanceMicroUSD": 25_000_000}
    assert asked(own, member).json()["credits"] == {"balanceMicroUSD": 0}
    assert asked(ours, scoped).status_code == 200
    assert asked(ours, blind).status_code == 403
    assert "billing.read" in asked(ours, blind).json()["error"]
    assert asked(ours, member).status_code == 403
    assert asked(own, scoped).status_code == 403
    assert asked(own, "hf_nobody").status_code == 401
    assert asked("/api/organizations/none/billing/usage", admin).status_code == 404
