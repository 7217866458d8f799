"""What an organization has against a token is told by list calls alone."""

from typing import Any

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import COMMAND
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.tokens import operations
from providers.tokens.models import AccessToken, Namespace
from providers.tokens.operations import NewToken
from tests.providers.tokens.conftest import EVERYTHING, Check

pytestmark = pytest.mark.django_db


def test_a_policy_met_by_a_list_call_makes_the_token_limited(
    token: AccessToken, check: Check
) -> None:
    check(token)
    token.accesses.filter(namespace__name="acme").update(
        problem={"kind": "policy_pending"}, failed_at=timezone.now()
    )
    operations.reassess(token)
    token.refresh_from_db()
    assert token.state == "limited"
    assert token.accesses.get(namespace__name="acme").abilities["list"] == "no"


def lists(hub: Sandbox) -> list[str]:
    return [request.path for request in hub.requests if "/v2/endpoint/" in request.path]


def test_a_check_asks_each_organization_that_it_may_list_once(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    assert lists(hub) == ["/v2/endpoint/acme"]


def test_a_check_does_not_ask_where_the_inventory_has_just_looked(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    Namespace.objects.filter(name="acme").update(seen_through=token, checked_at=timezone.now())
    check(token)
    assert len(lists(hub)) == 1


@pytest.mark.parametrize(
    ("approval", "kind"),
    [("pending", "policy_pending"), ("revoked", "policy_revoked")],
)
def test_a_check_finds_what_an_organization_has_against_the_token(
    hub: Sandbox, organization: Organization, check: Check, approval: Any, kind: str
) -> None:
    hub.state.organizations["acme"].policy = "approval_required"
    value = hub.add_token("ada", scopes={"acme": EVERYTHING}, approvals={"acme": approval})
    token = check(operations.add(organization, NewToken("bot", Secret(value)), COMMAND))
    assert (token.state, token.accesses.get().problem["kind"]) == ("limited", kind)

    hub.state.tokens[value].approvals["acme"] = "approved"
    token = check(token)
    assert (token.state, token.accesses.get().problem) == ("valid", {})


def test_a_yes_from_before_a_refusal_is_not_said_again(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    token = check(token)
    access = token.accesses.filter(namespace__name="acme")
    assert access.get().abilities["call"] == "yes"
    hub.fault("policy_pending", namespace="acme", times=1)
    check(token)
    assert access.get().abilities["call"] == "no"
    hub.fault(429, namespace="acme", seconds=60, times=1)
    check(token)
    assert access.get().abilities["call"] == "unknown"
    check(token)
    assert access.get().abilities["call"] == "yes"


def test_a_limit_met_while_asking_around_is_kept_and_ends_it(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.fault(429, namespace="acme", seconds=77)
    token = check(token)
    access = token.accesses.get(namespace__name="acme")
    assert (token.state, access.problem["kind"]) == ("valid", "rate_limited")
    assert access.problem["retry_after"] == 77
    assert access.abilities["list"] == "unknown"


def test_a_good_list_call_turns_unknown_into_yes(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    hub.fault(500, namespace="acme", times=1)
    check(token)
    assert token.accesses.get(namespace__name="acme").abilities["list"] == "unknown"
    token.accesses.update(succeeded_at=timezone.now())
    operations.reassess(token)
    assert token.accesses.get(namespace__name="acme").abilities["list"] == "yes"
