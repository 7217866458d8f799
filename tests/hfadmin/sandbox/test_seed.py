"""The demo shows everything that the screens must show; the bulk seed is quick to list."""

import json

import httpx2
import pytest

from hfadmin.sandbox import Clock, Sandbox, seed
from hfadmin.sandbox.hardware import find

KNOWN = {
    "pending",
    "initializing",
    "running",
    "updating",
    "updateFailed",
    "failed",
    "paused",
    "scaledToZero",
}


@pytest.fixture
def demo(sandbox: Sandbox) -> Sandbox:
    seed.demo(sandbox)
    return sandbox


def test_the_demo_has_an_endpoint_in_every_state_and_in_one_that_nobody_knows(
    demo: Sandbox,
) -> None:
    states = {endpoint.state for endpoint in demo.state.all_endpoints()}
    assert states > KNOWN
    assert len(states - KNOWN) == 1


def test_the_demos_endpoints_go_on_changing_for_as_long_as_it_runs(
    demo: Sandbox, clock: Clock
) -> None:
    def states() -> list[str]:
        return [endpoint.state for endpoint in demo.state.all_endpoints()]

    for minutes in (1, 10, 600):
        before = states()
        clock.advance(minutes * 60 + 25)
        assert sum(old != new for old, new in zip(before, states(), strict=True)) >= 2


def test_the_demos_endpoints_stand_on_hardware_that_is_offered(demo: Sandbox) -> None:
    for endpoint in demo.state.all_endpoints():
        placed = (endpoint.vendor, endpoint.region, endpoint.instance_type, endpoint.instance_size)
        assert find(*placed) is not None, endpoint.name
        assert demo.state.model(endpoint.repository) is not None, endpoint.name


def test_the_demos_tokens_differ_in_what_they_list(demo: Sandbox, web: httpx2.Client) -> None:
    listed = {}
    for name, value in seed.DEMO_TOKENS:
        headers = {"Authorization": f"Bearer {value}"}
        listed[name] = [
            web.get(f"/v2/endpoint/{namespace}", headers=headers).status_code
            for namespace in ("ada", "acme", "acme-labs")
        ]
    assert listed == {
        "ada-admin": [200, 200, 200],
        "deploy-bot": [200, 200, 403],
        "ci-reader": [200, 200, 403],
    }


def test_the_demos_models_are_found_for_both_kinds(demo: Sandbox, web: httpx2.Client) -> None:
    for task in ("text-generation", "feature-extraction"):
        query = {"pipeline_tag": task, "inference_provider": "all", "limit": 10}
        assert len(web.get("/api/models", params=query).json()) >= 5


def test_one_token_lists_all_that_the_bulk_seed_made(sandbox: Sandbox, web: httpx2.Client) -> None:
    seed.bulk(sandbox, namespaces=4, endpoints=5)
    headers = {"Authorization": f"Bearer {seed.BULK_TOKEN}"}
    identity = web.get("/api/whoami-v2", headers=headers).json()
    namespaces = [identity["name"], *(org["name"] for org in identity["orgs"])]
    found = [web.get(f"/v2/endpoint/{each}", headers=headers).json() for each in namespaces]
    assert [len(listing["items"]) for listing in found] == [5, 5, 5, 5]


def test_a_share_of_the_bulk_seed_changes_on_demand(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client
) -> None:
    seed.bulk(sandbox, namespaces=2, endpoints=50)
    headers = {"Authorization": f"Bearer {seed.BULK_TOKEN}"}

    def listings() -> list[dict[str, object]]:
        answers = [web.get(f"/v2/endpoint/{n}", headers=headers) for n in ("bulk", "team-001")]
        return [item for answer in answers for item in json.loads(answer.content)["items"]]

    before = listings()
    clock.advance(1)
    assert web.post("/_sandbox/change", json={"share": 0.1}).json() == {"changed": 10}
    assert sum(old != new for old, new in zip(before, listings(), strict=True)) == 10
