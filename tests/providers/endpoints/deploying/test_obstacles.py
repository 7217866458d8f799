"""What has become otherwise between asking for an endpoint and sending it."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle.models import Action, Values
from providers.endpoints.lifecycle.tasks import sweep_variables
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.endpoints.deploying.conftest import (
    EVERYTHING,
    NAMESPACE,
    check,
    form_url,
    page_of,
)
from tests.providers.endpoints.deploying.sending import made, posts, send, settle
from tests.providers.endpoints.lifecycle.conftest import work

pytestmark = pytest.mark.page

SECRETS: dict[str, Any] = {
    "secrets_name": ["KEY"],
    "secrets_value": ["canary-in-a-coal-mine"],
    "env_name": ["LOG_LEVEL"],
    "env_value": ["debug"],
}


@pytest.fixture
def other(upstream: Sandbox, acme: Organization, token: AccessToken) -> AccessToken:
    """Another token that may as much."""
    value = upstream.add_token("ada", scopes={NAMESPACE: EVERYTHING}, can_read_gated=True)
    second = stored_token(acme, "another", value)
    check(second)
    return second


@pytest.fixture
def asked(as_operator: Client, acme: Organization, token: AccessToken) -> Action:
    assert send(as_operator, acme, token, **SECRETS).status_code == 303
    return Action.objects.get()


def refused_at(browser: Client, acme: Organization) -> tuple[str, str]:
    """Where the form that comes back shows the problem, and its kind."""
    action = Action.objects.get()
    assert action.state == Action.State.REFUSED
    answer: Any = browser.get(page_of(acme), follow=True)
    assert answer.redirect_chain[0][0].startswith(form_url(acme))
    form = answer.context["form"]
    kind = form.problem.kind
    assert answer.content.decode().count(f'data-kind="{kind}"') == 1
    return form.refused_at, kind


def test_a_token_that_was_deleted_is_not_replaced_by_another(
    asked: Action,
    other: AccessToken,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    token.delete()
    settle(clock)
    assert refused_at(as_operator, acme) == ("api_token", "token_deleted")
    assert posts(upstream) == []
    assert not Values.objects.exclude(kind="variables").exists()


def test_a_token_that_was_revoked_is_not_replaced_by_another(
    asked: Action,
    other: AccessToken,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    upstream.revoke_token(token.secret.reveal())
    settle(clock)
    field, kind = refused_at(as_operator, acme)
    assert field == "api_token"
    assert kind in {"token_rejected", "token_rejected_once"}
    assert posts(upstream) == []


@pytest.mark.usefixtures("asked")
def test_values_that_cannot_be_read_any_more_are_asked_for_again(
    as_operator: Client, acme: Organization, upstream: Sandbox, clock: Clock
) -> None:
    Values.objects.update(organization=Organization.objects.create(name="B", slug="b"))
    settle(clock)
    assert refused_at(as_operator, acme) == ("secrets", "values_undecryptable")
    assert posts(upstream) == []
    assert made(upstream) is None


@pytest.mark.usefixtures("asked")
def test_a_token_that_cannot_be_read_any_more_is_told_at_the_token(
    as_operator: Client, acme: Organization, upstream: Sandbox, clock: Clock
) -> None:
    AccessToken.objects.update(organization=Organization.objects.create(name="B", slug="b"))
    settle(clock)
    action = Action.objects.get()
    assert (action.state, action.problem["kind"]) == ("refused", "token_undecryptable")
    assert posts(upstream) == []
    assert not Values.objects.exclude(kind="variables").exists()
    assert as_operator.get(page_of(acme), follow=True).status_code == 200


@pytest.mark.parametrize("fault", ["503", "504", "html", "malformed", "string", "429"])
def test_a_look_that_fails_before_puts_it_off_and_it_is_sent_once(
    fault: str, asked: Action, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(fault, method="GET", path="/v2/endpoint/", times=2)
    work()
    asked.refresh_from_db()
    assert asked.state == Action.State.ASKED
    assert Values.objects.count() == 2
    settle(clock)
    asked.refresh_from_db()
    assert asked.state == Action.State.DONE
    assert len(posts(upstream)) == 1
    assert not Values.objects.exists()


def test_looks_that_go_on_failing_end_in_a_refusal_that_keeps_no_secret(
    asked: Action, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("503", method="GET", path="/v2/endpoint/")
    settle(clock, 2_000)
    asked.refresh_from_db()
    assert asked.state == Action.State.REFUSED
    assert posts(upstream) == []
    assert not Values.objects.exclude(kind="variables").exists()


def test_variables_of_a_refused_one_are_gone_after_a_day(
    asked: Action, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("payment_required", method="POST", path="/v2/endpoint/", times=1)
    work()
    assert Values.objects.get().kind == "variables"
    sweep_variables()
    assert Values.objects.exists()
    clock.advance(24 * 3600 + 60)
    sweep_variables()
    assert not Values.objects.exists()


def test_the_organization_is_deleted_with_all_of_it(asked: Action, acme: Organization) -> None:
    assert Values.objects.exists()
    acme.endpoint_actions.all().delete()
    assert not Values.objects.exists()
