"""Updates, and what the management API says differently in different guides."""

from typing import Any

import httpx2
import pytest

from hfadmin.sandbox import Clock, Sandbox

Headers = dict[str, str]
HERE = "/v2/endpoint/acme/llama"


def put(web: httpx2.Client, ada: Headers, **changes: Any) -> httpx2.Response:
    return web.put(HERE, json=changes, headers=ada)


def test_an_update_changes_what_it_names_and_nothing_else(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="running", secrets={"A": "b"}, tags=["prod"])
    before = web.get(HERE, headers=ada).json()
    answer = put(web, ada, compute={"scaling": {"minReplica": 0, "maxReplica": 2}}).json()
    assert answer["status"]["state"] == "updating"
    assert answer["compute"]["scaling"]["maxReplica"] == 2
    for part in ("model", "provider", "tags", "type"):
        assert answer[part] == before[part]


def test_tags_and_access_change_without_a_rollout(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="running")
    answer = put(web, ada, tags=["eval"], type="public").json()
    assert (answer["tags"], answer["type"]) == (["eval"], "public")
    assert answer["status"]["state"] == "running"


def test_an_own_router_survives_an_update_unless_its_tag_is_missing(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="running", custom_router={"tag": "mine"})
    assert put(web, ada, tags=[]).json()["customRouter"] == {"tag": "mine"}
    assert "customRouter" not in put(web, ada, customRouter={"loadBalancer": "x"}).json()


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"compute": {"scaling": {"minReplica": 3, "maxReplica": 2}}}, 400, "minReplica"),
        ({"compute": {"scaling": {"scaleToZeroTimeout": 14}}}, 400, "15 and 2880"),
        ({"compute": {"instanceType": "abacus"}}, 400, "not found"),
        ({"compute": {"scaling": {"maxReplica": 900}}}, 403, "quota"),
        ({"compute": "large"}, 400, "Malformed"),
        ({"compute": {"scaling": {"measure": {"mood": 3}}}}, 400, "measure"),
        ({"compute": {"scaling": {"measure": {"pendingRequests": "many"}}}}, 400, "measure"),
        ({"type": "secret"}, 400, "type must be"),
        ({"type": "private"}, 400, "PrivateLink"),
        ({"tags": "prod"}, 400, "tags"),
        ({"tags": ["prod", 7]}, 400, "tags"),
        ({"model": {"repository": ""}}, 400, "repository"),
        ({"model": {"revision": 7}}, 400, "revision"),
    ],
)
def test_an_update_that_cannot_be_is_refused_and_changes_nothing(
    changes: dict[str, Any],
    status: int,
    text: str,
    sandbox: Sandbox,
    web: httpx2.Client,
    ada: Headers,
) -> None:
    sandbox.add_endpoint("acme", "llama", state="running")
    before = web.get(HERE, headers=ada).json()
    answer = put(web, ada, **changes)
    assert (answer.status_code, text in answer.text) == (status, True)
    assert web.get(HERE, headers=ada).json() == before


@pytest.mark.parametrize(("resets", "most"), [(False, 3), (True, 1)])
def test_a_resume_may_reset_the_scaling(
    resets: bool, most: int, sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.state.quirks.resume_resets_scaling = resets
    sandbox.add_endpoint("acme", "llama", state="paused", max_replica=3)
    answer = web.post(f"{HERE}/resume", headers=ada).json()
    assert answer["compute"]["scaling"]["maxReplica"] == most


def test_one_that_failed_is_not_resumed(sandbox: Sandbox, web: httpx2.Client, ada: Headers) -> None:
    sandbox.add_endpoint("acme", "llama", state="failed")
    assert web.post(f"{HERE}/resume", headers=ada).status_code == 400


def test_a_lost_answer_comes_to_what_was_done(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="running")
    sandbox.fault("lost", method="POST", times=1)
    answer = web.post(f"{HERE}/pause", headers=ada)
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html")
    assert web.get(HERE, headers=ada).json()["status"]["state"] == "paused"


def test_what_is_done_late_is_done_after_the_gateway_gave_up(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, clock: Clock
) -> None:
    sandbox.add_endpoint("acme", "llama", state="running")
    sandbox.fault("late", method="POST", times=1, seconds=20)
    assert web.post(f"{HERE}/pause", headers=ada).status_code == 504
    states = []
    for _ in range(3):
        states.append(web.get(HERE, headers=ada).json()["status"]["state"])
        clock.advance(10)
    assert states == ["running", "running", "paused"]
    assert [request.method for request in sandbox.requests].count("POST") == 1
