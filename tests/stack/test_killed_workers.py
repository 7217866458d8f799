"""Workers that are killed with an action of every verb in their hands, before and after sending."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from hfadmin.sandbox.endpoint import deployment_id
from hfadmin.sandbox.seed import SPARE_TOKEN
from tests.providers.endpoints.lifecycle.conftest import MUTATING
from tests.providers.endpoints.lifecycle.test_changes import ENTERED
from tests.providers.endpoints.lifecycle.test_running import VERBS
from tests.stack.conftest import KINDS
from tests.stack.processes import SandboxServer, wait_until
from tests.stack.running import Stack
from tests.stack.test_whole import HOME, TOKENS, add_token
from tests.stack.visitor import Visitor

# No token has more than five requests under way: each namespace is managed through one of two.
NAMESPACES = {"ada": ("ada-admin", TOKENS["ada-admin"]), "grace": ("grace-laptop", SPARE_TOKEN)}
PLACES = {
    f"killed-{verb}": ("ada" if number % 2 else "grace", verb) for number, verb in enumerate(VERBS)
}
DEPLOYED = {deployment_id(PLACES[name][0], name): name for name in PLACES}
PRESENT = "FROM endpoints_endpoint WHERE name LIKE 'killed-%' AND deleted_at IS NULL"


@pytest.fixture
def visitor(stack: Stack, hugging_face: SandboxServer) -> Iterator[Visitor]:
    """The administrator, whose organization sees an endpoint for each verb."""
    for name, (namespace, verb) in PLACES.items():
        scaling = {"min_replica": 0, "max_replica": 2}
        hugging_face.add_endpoint(namespace, name, state=VERBS[verb].before, **scaling)
    with stack.visitor() as visitor:
        visitor.sign_in()
        for name, value in NAMESPACES.values():
            if name not in visitor.get(f"{HOME}/tokens/").text:
                add_token(visitor, name, value)
        known = f"{HOME}/endpoints/namespaces/"
        wait_until(
            lambda: all(f">{name}<" in visitor.get(known).text for name in NAMESPACES),
            "the namespaces are known",
        )
        for namespace in NAMESPACES:
            visitor.press(known, f"Look now {namespace}")
        wait_until(lambda: len(seen(stack)) == len(PLACES), "the endpoints are seen")
        yield visitor
    for name in seen(stack).keys() - {"killed-delete"}:
        hugging_face.control("DELETE", f"/endpoints/{PLACES[name][0]}/{name}")


@pytest.mark.parametrize("running", KINDS[:1], indirect=True)
def test_workers_killed_before_and_after_sending_cost_time_and_nothing_is_sent_twice(
    stack: Stack, visitor: Visitor, hugging_face: SandboxServer
) -> None:
    helper = stack.run("worker")  # one alone takes no more than six actions of an organization
    hugging_face.clear_requests()
    hold_back(hugging_face, "GET")
    for name, pk in seen(stack).items():
        ask(visitor, PLACES[name][1], pk, name)
    wait_until(lambda: len(requests(hugging_face, {"GET"})) == len(PLACES), "all are looked at")
    helper.kill()
    stack.kill_worker()
    assert set(states(stack)) == {"asked"}

    helper = stack.run("worker")
    hugging_face.clear_faults()
    hold_back(hugging_face, *MUTATING)
    goes_on = "another worker goes on"
    wait_until(lambda: requests(hugging_face, MUTATING), goes_on)
    wait_until(lambda: len(requests(hugging_face, MUTATING)) == len(PLACES), "all are sent")
    helper.kill()
    stack.kill_worker()
    assert set(states(stack)) == {"sent"}

    hugging_face.clear_faults()
    wait_until(lambda: "done" in states(stack), goes_on)
    wait_until(lambda: set(states(stack)) == {"done"}, "all are settled")
    assert requests(hugging_face, MUTATING) == dict.fromkeys(PLACES, 1)
    assert recorded(stack) == Counter({"asked": len(PLACES), "done": len(PLACES)})
    wait_until(lambda: shown(stack) == so(hugging_face), "what is so is shown")


def hold_back(hugging_face: SandboxServer, *methods: str) -> None:
    """No answer about the endpoints comes before the test is over."""
    for name in PLACES:
        for method in methods:
            hugging_face.fault("slow", method=method, endpoint=name, seconds=20)


def ask(visitor: Visitor, verb: str, pk: int, name: str) -> None:
    typed = {"typed_name": name} if verb == "delete" else ENTERED.get(verb, ({}, {}))[0]
    visitor.submit(f"{HOME}/actions/{verb}/{pk}/", **typed)


def requests(hugging_face: SandboxServer, methods: set[str]) -> dict[str, int]:
    """How many there were about each endpoint."""
    received = hugging_face.control("GET", "/requests")["requests"]
    paths = [urlsplit(each["url"]).path for each in received if each["method"] in methods]
    return Counter(name for path in paths if (name := endpoint_of(path)) in PLACES)


def endpoint_of(path: str) -> str:
    _, first, *rest = path.split("/")
    if first == "deployed":
        return DEPLOYED.get(rest[0], "")
    return rest[2] if len(rest) > 2 else ""


def seen(stack: Stack) -> dict[str, int]:
    """The ids of the endpoints that are there, by name."""
    return dict(stack.rows(f"SELECT name, id {PRESENT}"))


def shown(stack: Stack) -> dict[str, str]:
    """The states of the endpoints that are there, by name."""
    return dict(stack.rows(f"SELECT name, state {PRESENT}"))


def so(hugging_face: SandboxServer) -> dict[str, str]:
    """The same, as the sandbox has them."""
    left = {name: namespace for name, (namespace, verb) in PLACES.items() if verb != "delete"}
    found = {
        name: hugging_face.control("POST", f"/endpoints/{namespace}/{name}")
        for name, namespace in left.items()
    }
    return {name: endpoint["status"]["state"] for name, endpoint in found.items()}


def states(stack: Stack) -> list[str]:
    rows = stack.rows("SELECT state FROM lifecycle_action WHERE name LIKE 'killed-%'")
    assert len(rows) == len(PLACES)
    return [state for (state,) in rows]


def recorded(stack: Stack) -> Counter[str]:
    labels = " OR ".join(f"target_label LIKE '%{name}'" for name in PLACES)
    rows = stack.rows(f"SELECT outcome FROM audit_record WHERE {labels}")
    return Counter(outcome for (outcome,) in rows)
