"""Waking is one small request to the endpoint itself, through a token that may call it."""

from decimal import Decimal

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Request
from providers.endpoints.lifecycle import previews
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from tests.factories import stored_token
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import (
    CALL,
    MANAGE,
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail, shown
from tests.providers.endpoints.lifecycle.test_running import settle

INFER = CALL[0]


@pytest.fixture
def asleep(endpoint: Endpoint, upstream: Sandbox, namespace: Namespace) -> Endpoint:
    upstream.change_endpoint(NAMESPACE, NAME, state="scaledToZero")
    look(namespace)
    upstream.requests.clear()
    return Endpoint.objects.get(pk=endpoint.pk)


@pytest.fixture
def two_tokens(
    acme: Organization, upstream: Sandbox, namespace: Namespace
) -> dict[str, AccessToken]:
    """One that may manage, and one that may call, in the place of the one that may do both."""
    namespace.accesses.all().delete()
    rights = {"manage": MANAGE, "call": CALL}
    return {able: _token(acme, upstream, namespace, able, rights[able]) for able in rights}


def _token(
    acme: Organization, upstream: Sandbox, namespace: Namespace, able: str, held: tuple[str, ...]
) -> AccessToken:
    value = upstream.add_token("ada", scopes={NAMESPACE: held})
    token = stored_token(acme, f"may-{able}", value, owner="ada", state="valid")
    abilities = {"list": "yes", "manage": "no", "call": "no"} | {able: "yes"}
    NamespaceAccess.objects.create(token=token, namespace=namespace, abilities=abilities)
    return token


def sent(upstream: Sandbox) -> Request:
    (request,) = (each for each in upstream.requests if each.method == "POST")
    return request


def test_one_small_request_goes_to_the_address_that_is_listed(
    ask: Ask, asleep: Endpoint, upstream: Sandbox
) -> None:
    action = ask("wake", asleep)
    work()
    action.refresh_from_db()
    assert action.state == "done"
    request = sent(upstream)
    assert f"https://{request.host}" == asleep.url
    assert len(request.body) < 100
    asleep.refresh_from_db()
    assert asleep.state == "initializing"


def test_each_verb_goes_through_the_token_that_may(
    two_tokens: dict[str, AccessToken], ask: Ask, asleep: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    for verb, able in (("wake", "call"), ("pause", "manage")):
        upstream.requests.clear()
        action = ask(verb, Endpoint.objects.get(pk=asleep.pk))
        work()
        action.refresh_from_db()
        assert (action.state, action.token) == ("done", two_tokens[able])
        assert sent(upstream).bearer == two_tokens[able].secret.reveal()
        clock.advance(60)


def test_a_lost_answer_is_looked_for_through_a_token_that_may_list(
    two_tokens: dict[str, AccessToken], ask: Ask, asleep: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("lost", method="POST", times=1)
    action = ask("wake", asleep)
    work()
    upstream.revoke_token(two_tokens["call"].secret.reveal())
    AccessToken.objects.filter(pk=two_tokens["call"].pk).update(state="invalid")
    clock.advance(5)
    work()
    action.refresh_from_db()
    assert action.state == "done"
    assert len(mutations(upstream)) == 1


@pytest.mark.parametrize("verb", ["wake", "pause"])
def test_where_no_token_may_the_button_names_the_right(
    verb: str,
    two_tokens: dict[str, AccessToken],
    as_operator: Client,
    ask: Ask,
    asleep: Endpoint,
    upstream: Sandbox,
) -> None:
    able = "call" if verb == "wake" else "manage"
    two_tokens[able].delete()
    right = INFER if verb == "wake" else MANAGE[1]
    assert f"No token here has {right} on {NAMESPACE}" in shown(as_operator, detail(asleep))
    assert confirm(asleep, verb) not in shown(as_operator, detail(asleep))
    answer = as_operator.post(confirm(asleep, verb))
    assert answer.status_code == 409
    assert right in answer.content.decode()
    action = ask(verb, asleep)
    work()
    action.refresh_from_db()
    assert (action.state, action.problem["params"]["permission"]) == ("refused", right)
    assert mutations(upstream) == []


def test_a_public_endpoint_wakes_for_a_token_that_may_only_manage(
    two_tokens: dict[str, AccessToken], ask: Ask, asleep: Endpoint, upstream: Sandbox
) -> None:
    two_tokens["call"].delete()
    upstream.change_endpoint(NAMESPACE, NAME, type="public")
    Endpoint.objects.update(auth_type="public")
    asleep.refresh_from_db()
    assert not previews.of(asleep, VERBS["wake"]).obstacle
    action = ask("wake", asleep)
    work()
    action.refresh_from_db()
    assert action.state == "done"


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        ("401", "401 Unauthorized", "forbidden"),
        ("403", f"Forbidden: missing permissions: {INFER}", "missing_permission"),
        ("404", "404 Not Found", "endpoint_not_found"),
        ("payment_required", "Forbidden: Payment method required", "payment_required"),
    ],
)
def test_what_the_gateway_refuses_wakes_nothing_and_says_why(
    status: str, text: str, kind: str, ask: Ask, asleep: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(status, method="POST", times=1, text=text)
    action = ask("wake", asleep)
    settle(clock)
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", kind)
    assert [row.outcome for row in Record.objects.filter(verb="endpoint.wake")] == [
        "refused",
        "asked",
    ]
    asleep.refresh_from_db()
    assert (asleep.state, asleep.deleted_at) == ("scaledToZero", None)
    assert len(mutations(upstream)) == 1


def test_one_that_was_paused_meanwhile_is_left_so(
    ask: Ask, asleep: Endpoint, upstream: Sandbox
) -> None:
    action = ask("wake", asleep)
    upstream.change_endpoint(NAMESPACE, NAME, state="paused")
    work()
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", "endpoint_paused")
    asleep.refresh_from_db()
    assert asleep.state == "paused"
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "paused"


def test_what_was_accepted_and_shows_later_is_done_then(
    ask: Ask, asleep: Endpoint, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    upstream.fault("503", method="POST", times=1)
    action = ask("wake", asleep)
    work()
    action.refresh_from_db()
    assert action.state == "accepted"
    clock.advance(11)
    work()
    # All that is there sleeps, and would be looked at minutes later.
    assert Namespace.objects.due(clock.now()).filter(pk=namespace.pk).exists()
    upstream.change_endpoint(NAMESPACE, NAME, state="initializing")
    look(namespace)
    work()
    action.refresh_from_db()
    assert action.state == "done"
    assert len(mutations(upstream)) == 1


@pytest.mark.parametrize(
    ("verb", "state", "said"),
    [("wake", "paused", "Resume it."), ("resume", "scaledToZero", "Wake it.")],
)
def test_resuming_is_for_paused_ones_and_waking_for_those_scaled_to_zero(
    verb: str,
    state: str,
    said: str,
    as_operator: Client,
    endpoint: Endpoint,
    upstream: Sandbox,
    namespace: Namespace,
) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state=state)
    look(namespace)
    page = shown(as_operator, detail(endpoint))
    other = {"wake": "resume", "resume": "wake"}[verb]
    assert confirm(endpoint, verb) not in page
    assert confirm(endpoint, other) in page
    answer = as_operator.post(confirm(endpoint, verb))
    assert answer.status_code == 409
    assert said in answer.content.decode()


@pytest.mark.parametrize("verb", ["wake", "resume"])
@pytest.mark.parametrize(
    ("price", "said"), [(Decimal("0.8"), "$0.80</bdi> per hour"), (None, "is unknown")]
)
def test_the_price_is_said_before_and_an_unknown_one_as_unknown(
    verb: str, price: Decimal | None, said: str, as_operator: Client, asleep: Endpoint
) -> None:
    state = "paused" if verb == "resume" else "scaledToZero"
    Endpoint.objects.update(price_per_hour=price, state=state)
    assert said in shown(as_operator, confirm(asleep, verb))


def test_a_pause_takes_the_place_of_waking_that_was_not_sent(
    ask: Ask, asleep: Endpoint, upstream: Sandbox
) -> None:
    wake = ask("wake", asleep)
    ask("pause", asleep)
    work()
    wake.refresh_from_db()
    assert wake.state == "superseded"
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "paused"
    assert mutations(upstream) == ["POST /pause"]
