"""What an account has left is told where the answer tells it, and is unknown elsewhere."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.billing import Credits
from providers.huggingface.errors import Kind
from tests.providers.huggingface.test_items import answered_with
from tests.providers.huggingface.test_repositories import refused_by


def test_the_credits_of_a_user_and_of_an_organization_are_told(
    hub: Sandbox, clock: Clock, token: Secret
) -> None:
    hub.add_organization("spent", members={"ada": "admin"}, credits_used_up=True)
    own = client.credits_of(token, "ada", "user")
    assert own.balance == Decimal(25)
    assert own.period_end is not None
    assert own.period_end - clock.now() <= timedelta(days=31)
    assert client.credits_of(token, "spent", "org").balance == 0
    assert [request.path for request in hub.requests] == [
        "/api/settings/billing/usage",
        "/api/organizations/spent/billing/usage",
    ]


@pytest.mark.parametrize("kind", ["user", "org"])
def test_a_token_that_may_not_read_billing_learns_which_permission_would_tell(
    hub: Sandbox, kind: Any
) -> None:
    rights = {"acme": ["inference.endpoints.write"], "ada": ["inference.endpoints.write"]}
    token = Secret(hub.add_token("ada", scopes=rights))
    name = "ada" if kind == "user" else "acme"
    error = refused_by(lambda: client.credits_of(token, name, kind))
    assert error.kind is Kind.MISSING_PERMISSION
    assert error.diagnosis.params["permission"] == "billing.read"


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        ("403", "Forbidden", Kind.MISSING_PERMISSION),
        ("401", "Unauthorized", Kind.MISSING_PERMISSION),
        ("401", "Invalid user token.", Kind.TOKEN_REJECTED),
        ("404", "Not Found", Kind.NAMESPACE_NOT_FOUND),
        ("500", "Internal", Kind.UPSTREAM_ERROR),
    ],
)
def test_each_refusal_has_its_kind(
    hub: Sandbox, token: Secret, status: str, text: str, kind: Kind
) -> None:
    hub.fault(status, text=text)
    assert refused_by(lambda: client.credits_of(token, "acme", "org")).kind is kind


def test_a_namespace_that_cannot_be_one_is_not_asked_for(hub: Sandbox, token: Secret) -> None:
    error = refused_by(lambda: client.credits_of(token, "a/../b", "org"))
    assert error.kind is Kind.NAMESPACE_NOT_FOUND
    assert not hub.requests


@pytest.mark.parametrize(
    "odd",
    ["null", "true", '"12"', "[]", "{}", "1e999", "-1e999", "NaN", "9" * 400, '{"a": 1}'],
)
def test_a_balance_that_cannot_be_one_is_unknown(hub: Sandbox, token: Secret, odd: str) -> None:
    answered_with(f'{{"credits": {{"balanceMicroUSD": {odd}}}, "period": {{"periodEnd": {odd}}}}}')
    assert client.credits_of(token, "acme", "org") == Credits(None, None)
    answered_with(f'{{"credits": {odd}, "period": {odd}}}')
    assert client.credits_of(token, "acme", "org") == Credits(None, None)


def test_an_account_may_owe(hub: Sandbox, token: Secret) -> None:
    answered_with(json.dumps({"credits": {"balanceMicroUSD": -1_250_000.0}}))
    assert client.credits_of(token, "acme", "org").balance == Decimal("-1.25")
