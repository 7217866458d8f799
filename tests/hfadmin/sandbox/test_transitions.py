"""Endpoints change with the clock, and with what is asked of them."""

from typing import Any

import httpx2
import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.endpoint import Endpoint

Headers = dict[str, str]


def status(web: httpx2.Client, ada: Headers, name: str = "llama") -> dict[str, Any]:
    found: dict[str, Any] = web.get(f"/v2/endpoint/acme/{name}", headers=ada).json()["status"]
    return found


def say(web: httpx2.Client, endpoint: Endpoint, headers: Headers, **more: str) -> httpx2.Response:
    body = {"model": endpoint.repository, "messages": [{"role": "user", "content": "Hi"}]}
    url = f"{endpoint.url_when_deployed}/v1/chat/completions"
    return web.post(url, json=body, headers={**headers, **more})


def test_a_new_endpoint_is_pending_then_initializing_then_running(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="pending")
    seen = [status(web, ada)]
    for seconds in (9, 1, 59, 1):
        clock.advance(seconds)
        seen.append(status(web, ada))
    states = ["pending", "pending", "initializing", "initializing", "running"]
    assert [each["state"] for each in seen] == states
    assert ["url" in each for each in seen] == [False, False, False, False, True]
    assert [each["readyReplica"] for each in seen] == [0, 0, 0, 0, 1]


def test_a_change_is_dated_when_it_happened_not_when_it_was_seen(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="pending")
    clock.advance(70)
    ready = status(web, ada)["updatedAt"]
    clock.advance(3600)
    assert status(web, ada)["updatedAt"] == ready


def test_a_listing_follows_the_clock_although_it_is_kept(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="pending")

    def listed() -> str:
        body = web.get("/v2/endpoint/acme", headers=ada).json()
        return str(body["items"][0]["status"]["state"])

    assert listed() == "pending"
    clock.advance(10)
    assert listed() == "initializing"
    sandbox.change_endpoint("acme", "llama", state="failed")
    assert listed() == "failed"


def test_an_endpoint_that_cannot_start_fails_with_its_message(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="pending", fails_with="Out of memory")
    clock.advance(70)
    seen = status(web, ada)
    assert (seen["state"], seen["message"]) == ("failed", "Out of memory")


@pytest.mark.parametrize(("fails_with", "ends"), [(None, "running"), ("No GPU", "updateFailed")])
def test_an_update_ends_well_or_badly_and_serves_meanwhile(
    sandbox: Sandbox,
    clock: Clock,
    web: httpx2.Client,
    ada: Headers,
    fails_with: str | None,
    ends: str,
) -> None:
    endpoint = sandbox.add_endpoint("acme", "llama", state="updating", fails_with=fails_with)
    assert say(web, endpoint, ada).status_code == 200
    clock.advance(30)
    assert status(web, ada)["state"] == ends
    assert say(web, endpoint, ada).status_code == 200


def test_a_request_wakes_a_sleeping_endpoint_unless_it_carries_no_token(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    endpoint = sandbox.add_endpoint("acme", "llama", state="scaledToZero")
    assert say(web, endpoint, {}).status_code == 401
    assert status(web, ada)["state"] == "scaledToZero"
    refused = say(web, endpoint, ada)
    assert refused.status_code == 503
    assert "retry-after" not in refused.headers
    assert status(web, ada)["state"] == "initializing"
    clock.advance(20)
    assert say(web, endpoint, ada).status_code == 200


def test_a_request_may_be_held_while_the_endpoint_wakes(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    endpoint = sandbox.add_endpoint("acme", "llama", state="scaledToZero", min_replica=0)
    clock.unfreeze()
    sandbox.change_endpoint("acme", "llama", timings=type(endpoint.timings)(waking=0.05))
    answered = say(web, endpoint, ada, **{"X-Scale-Up-Timeout": "5"})
    assert answered.status_code == 200


def test_a_paused_endpoint_asks_for_a_maintainer_and_can_be_resumed(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    endpoint = sandbox.add_endpoint("acme", "llama", state="paused")
    refused = say(web, endpoint, ada)
    assert refused.status_code == 400
    assert "paused, ask a maintainer" in refused.json()["error"]
    resumed = web.post("/v2/endpoint/acme/llama/resume", headers=ada)
    assert resumed.json()["status"]["state"] == "pending"
    clock.advance(70)
    again = web.post("/v2/endpoint/acme/llama/resume", headers=ada)
    assert again.status_code == 400
    assert "already running" in again.json()["error"]


def test_an_endpoint_without_requests_falls_asleep(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    endpoint = sandbox.add_endpoint("acme", "llama", min_replica=0, scale_to_zero_timeout=15)
    clock.advance(14 * 60)
    assert say(web, endpoint, ada).status_code == 200
    clock.advance(14 * 60)
    assert status(web, ada)["state"] == "running"
    clock.advance(60)
    assert status(web, ada)["state"] == "scaledToZero"


def test_a_script_goes_on_by_itself_until_somebody_acts(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    script = [(10, "running", ""), (20, "scaledToZero", "")]
    sandbox.add_endpoint("acme", "llama", state="scaledToZero", script=script)
    seen = []
    for _ in range(6):
        seen.append(status(web, ada)["state"])
        clock.advance(10)
    asleep, awake = "scaledToZero", "running"
    assert seen == [asleep, awake, awake, asleep, awake, awake]
    web.post("/v2/endpoint/acme/llama/pause", headers=ada)
    clock.advance(1000)
    assert status(web, ada)["state"] == "paused"


def test_an_unknown_state_is_kept_as_it_is(
    sandbox: Sandbox, clock: Clock, web: httpx2.Client, ada: Headers
) -> None:
    sandbox.add_endpoint("acme", "llama", state="maintenance", message="Moving")
    clock.advance(10_000)
    assert status(web, ada)["state"] == "maintenance"


def test_control_routes_turn_the_clock_and_add_and_change_endpoints(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers
) -> None:
    assert web.post("/_sandbox/endpoints/acme", json={"state": "pending"}).status_code == 400
    web.post("/_sandbox/endpoints/acme", json={"name": "llama", "state": "pending"})
    web.post("/_sandbox/clock", json={"advance": 10})
    assert status(web, ada)["state"] == "initializing"
    change = {"state": "failed", "message": "Broken", "tags": ["new"]}
    web.post("/_sandbox/endpoints/acme/llama", json=change)
    assert status(web, ada)["message"] == "Broken"
    assert web.post("/_sandbox/endpoints/acme/none", json={}).status_code == 404
    assert web.post("/_sandbox/endpoints/acme/llama", json={"colour": 1}).status_code == 400
    web.delete("/_sandbox/endpoints/acme/llama")
    assert web.get("/v2/endpoint/acme/llama", headers=ada).status_code == 404
