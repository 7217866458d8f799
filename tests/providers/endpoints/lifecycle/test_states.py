"""What can be asked for in which state: all else is refused on the page, and nothing is sent."""

from collections import Counter

import pytest
from django.test import Client

from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import OFFERED, VERBS
from providers.endpoints.models import Endpoint, EndpointState
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import MUTATING, NAMESPACE, is_shown, work
from tests.providers.endpoints.lifecycle.test_changes import ENTERED as BY_VERB
from tests.providers.endpoints.lifecycle.test_pages import confirm
from tests.providers.endpoints.lifecycle.test_running import VERBS as CASES
from tests.providers.endpoints.lifecycle.test_running import settle

UNKNOWN, GONE = "maintenance", "deleted"
STATES = (*EndpointState.values, UNKNOWN, GONE)
AWAKE = ("pending", "initializing", "updating", "running", "updateFailed", "failed")
DELETED = "It was deleted at Hugging Face."
# What is said where there is nothing to do, by the state.
MET = {
    "pause": {"paused": "It is paused already."},
    "resume": dict.fromkeys((*AWAKE, UNKNOWN), "It is not paused."),
    "wake": dict.fromkeys((*AWAKE, UNKNOWN), "It is not asleep."),
    "scale-to-zero": {"scaledToZero": "It is scaled to zero already."},
    "delete": {GONE: "It is gone already."},
}
# What is said where it does not fit.
UNFIT = {
    "resume": {"scaledToZero": "It is not paused but scaled to zero. Wake it."},
    "wake": {"paused": "It is paused, and no request wakes it. Resume it."},
    "scale-to-zero": dict.fromkeys({*AWAKE, "paused"} - {"running"}, "Its state is: "),
}

# Ten endpoints fit on this: no quota limits it.
CPU = {"accelerator": "cpu", "instance_type": "intel-spr", "instance_size": "x2"}
ENTERED = BY_VERB | {"hardware": ({"hardware": "intel-spr/x2"}, CPU)}
WANTED = {verb: CASES[verb].wanted for verb in OFFERED} | {"hardware": CPU}


@pytest.fixture
def one_each(upstream: Sandbox, namespace: Namespace) -> dict[str, Endpoint]:
    """Running endpoints, one for each state, by it."""
    for state in STATES:
        upstream.add_endpoint(NAMESPACE, name_of(state), min_replica=0, max_replica=2)
    look(namespace)
    upstream.requests.clear()
    rows = {endpoint.name: endpoint for endpoint in Endpoint.objects.all()}
    return {state: rows[name_of(state)] for state in STATES}


def name_of(state: str) -> str:
    return f"is-{state.lower()}"


def turn(upstream: Sandbox) -> None:
    """Each endpoint enters its state, and stays in it."""
    for state in set(STATES) - {GONE}:
        upstream.change_endpoint(NAMESPACE, name_of(state), state=state, stuck=True)
    upstream.remove_endpoint(NAMESPACE, name_of(GONE))


def sent(upstream: Sandbox, endpoints: dict[str, Endpoint]) -> set[str]:
    """The states of those about which something was sent that changes it; once, it has to be."""
    received = [each for each in list(upstream.requests) if each.method in MUTATING]
    places = [f"{each.host}{each.path}/" for each in received]
    found = Counter(
        state
        for state, endpoint in endpoints.items()
        for place in places
        if f"/{endpoint.name}/" in place or place.startswith(f"{endpoint.url[8:]}/")
    )
    assert found.total() == len(received) == len(found)
    return set(found)


@pytest.mark.parametrize("verb", OFFERED)
def test_a_verb_is_asked_for_in_its_states_and_in_all_others_nothing_is_sent(
    verb: str,
    as_operator: Client,
    one_each: dict[str, Endpoint],
    upstream: Sandbox,
    namespace: Namespace,
) -> None:
    turn(upstream)
    look(namespace)
    refused = {GONE: DELETED} | UNFIT.get(verb, {}) | MET.get(verb, {})
    for state, endpoint in one_each.items():
        typed = {"typed_name": endpoint.name} if verb == "delete" else {}
        entered = ENTERED[verb][0] if verb in ENTERED else typed
        answer = as_operator.post(confirm(endpoint, verb), entered)
        page = " ".join(answer.content.decode().split())
        assert (state, answer.status_code) == (state, 409 if state in refused else 302)
        assert refused.get(state, "") in page
    work()
    asked = set(STATES) - refused.keys()
    assert sent(upstream, one_each) == asked
    assert set(Action.objects.values_list("name", flat=True)) == set(map(name_of, asked))
    assert Record.objects.filter(outcome="asked").count() == len(asked)


@pytest.mark.parametrize("verb", OFFERED)
def test_what_nobody_had_seen_when_it_was_asked_for_is_seen_before_anything_is_sent(
    verb: str,
    one_each: dict[str, Endpoint],
    actor: Actor,
    upstream: Sandbox,
    namespace: Namespace,
    clock: Clock,
) -> None:
    turn(upstream)
    for endpoint in one_each.values():
        asking.ask(endpoint, VERBS[verb], actor, WANTED[verb])
    settle(clock)
    met = MET.get(verb, {}).keys()
    is_paused = {"paused"} if verb in {"wake", "scale-to-zero"} else set()
    assert sent(upstream, one_each) == set(STATES) - met - is_paused - {GONE}
    look(namespace)
    for state, endpoint in one_each.items():
        endpoint.refresh_from_db()
        assert is_shown(endpoint, upstream.state.endpoint(NAMESPACE, endpoint.name))
        action = endpoint.actions.get()
        is_refused = state in is_paused or (state == GONE and state not in met)
        assert (state, action.state) == (state, "refused" if is_refused else "done")
        records = Record.objects.filter(verb=VERBS[verb].record.name, target_id=endpoint.pk)
        told = list(records.order_by("id").values_list("outcome", flat=True))
        assert told == ["asked", action.state]
