"""An endpoint that was deleted and made anew under its name is another one, in the same row."""

import re
from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle.asking import BusyError
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import NAME, Ask, mutations, work
from tests.providers.endpoints.lifecycle.test_bulk import many_of
from tests.providers.endpoints.lifecycle.test_pages import confirm
from tests.providers.endpoints.lifecycle.test_races import make_anew
from tests.providers.endpoints.lifecycle.test_running import VERBS, in_state, settle
from tests.providers.endpoints.lifecycle.test_unwatched import accept_only

ANEW = "An endpoint was made anew under its name since this was opened."
ENTERED = {
    "pause": {},
    "delete": {"typed_name": NAME},
    "tags": {"tags": "prod"},
}


def hidden(answer: Any) -> dict[str, str]:
    """What the form of a confirmation carries unseen."""
    fields = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.content.decode()
    )
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def seen_anew(upstream: Sandbox, namespace: Namespace, clock: Clock) -> None:
    make_anew(upstream, clock)
    look(namespace)
    upstream.requests.clear()


@pytest.mark.parametrize("verb", ENTERED)
def test_what_was_opened_for_the_earlier_one_is_not_asked_of_it(
    verb: str,
    endpoint: Endpoint,
    namespace: Namespace,
    as_operator: Client,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    opened = hidden(as_operator.get(confirm(endpoint, verb)))
    seen_anew(upstream, namespace, clock)
    answer = as_operator.post(confirm(endpoint, verb), ENTERED[verb] | {"reason": "old"} | opened)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert ANEW in page
    assert 'value="old"' in page
    assert not Action.objects.exists()
    again = as_operator.post(confirm(endpoint, verb), ENTERED[verb] | hidden(answer))
    assert again.status_code == 302
    work()
    assert len(mutations(upstream)) == 1


@pytest.mark.parametrize("verb", ["pause", "delete"])
def test_nor_is_what_was_opened_for_many(
    verb: str,
    endpoint: Endpoint,
    namespace: Namespace,
    as_operator: Client,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    sent = {"typed_count": "1"} if verb == "delete" else {}
    opened = hidden(as_operator.post(many_of(verb), {"endpoint": endpoint.pk}))
    seen_anew(upstream, namespace, clock)
    answer = as_operator.post(many_of(verb), opened | sent)
    assert answer.status_code == 409
    assert ANEW in answer.content.decode()
    assert not Action.objects.exists()
    assert as_operator.post(many_of(verb), hidden(answer) | sent).status_code == 302


def test_what_has_only_changed_since_is_still_the_one_that_was_shown(
    endpoint: Endpoint, namespace: Namespace, as_operator: Client, upstream: Sandbox
) -> None:
    opened = hidden(as_operator.get(confirm(endpoint, "delete")))
    upstream.change_endpoint(namespace.name, NAME, state="failed", tags=["x"])
    look(namespace)
    answer = as_operator.post(confirm(endpoint, "delete"), opened | {"typed_name": NAME})
    assert answer.status_code == 302


@pytest.mark.parametrize("is_answered", [True, False])
def test_the_state_of_another_one_makes_no_action_done(
    is_answered: bool,
    ask: Ask,
    namespace: Namespace,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if is_answered:
            accept_only(upstream, patch)
        else:
            upstream.fault("504", method="POST", times=1)
        action = ask("pause")
        work()
    make_anew(upstream, clock)
    in_state(upstream, "paused")
    look(namespace)
    settle(clock)
    action.refresh_from_db()
    assert (action.state, action.is_open) == ("unclear", False)
    assert action.problem["params"]["reason"] == "replaced"


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_asked_of_it_is_not_what_is_open_about_the_earlier_one(
    verb: str,
    ask: Ask,
    endpoint: Endpoint,
    namespace: Namespace,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    """That ends without anything sent, and who asks now is told to ask again."""
    wanted = VERBS[verb].wanted
    earlier = ask(verb, wanted=wanted)
    seen_anew(upstream, namespace, clock)
    with pytest.raises(BusyError):
        ask(verb, Endpoint.objects.get(pk=endpoint.pk), wanted)
    work()
    earlier.refresh_from_db()
    assert (earlier.state, mutations(upstream)) == ("refused", [])
    in_state(upstream, VERBS[verb].before)
    ask(verb, Endpoint.objects.get(pk=endpoint.pk), wanted)
    work()
    assert len(mutations(upstream)) == 1
