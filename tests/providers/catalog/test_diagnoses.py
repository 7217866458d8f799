"""Every failing check stands at its field, says what happened, and keeps what was typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import BGE, LLAMA, Work, address, entries, path, save

Arrange = Callable[[Sandbox, dict[str, Any]], None]


def fault(kind: str | int, **where: Any) -> Arrange:
    return lambda hub, typed: hub.fault(kind, **where)


def typed(**fields: Any) -> Arrange:
    return lambda hub, entered: entered.update(fields)


def rights(*, user: tuple[str, ...] = (), acme: tuple[str, ...] = ()) -> Arrange:
    """The stored token's rights become these."""

    def arrange(hub: Sandbox, entered: dict[str, Any]) -> None:
        token = AccessToken.objects.get(pk=entered["api_token"])
        hub.state.tokens.pop(token.secret.reveal())
        hub.add_token("ada", value=token.secret.reveal(), scopes={"ada": user, "acme": acme})

    return arrange


def another_model(hub: Sandbox, entered: dict[str, Any]) -> None:
    entered["name"] = "intfloat/multilingual-e5-large"


def somebody_elses(hub: Sandbox, entered: dict[str, Any]) -> None:
    hub.add_organization("globex")
    theirs = hub.add_endpoint("globex", "theirs", repository=LLAMA)
    entered["endpoint_url"] = theirs.url_when_deployed


def failed(state: str) -> Arrange:
    def arrange(hub: Sandbox, entered: dict[str, Any]) -> None:
        hub.add_endpoint("acme", "other", repository=LLAMA, state=state, stuck=True, deployed=True)
        entered["endpoint_url"] = address(hub, "other")

    return arrange


LIST = {"path": "/v2/endpoint/acme"}
CASES: dict[str, tuple[str, Arrange, str, str]] = {
    "401": ("hosted_llm", fault(401, path="/api/whoami-v2"), "api_token", "token_rejected"),
    "whoami limited": (
        "hosted_llm",
        fault(429, path="/api/whoami-v2"),
        "api_token",
        "rate_limited",
    ),
    "whoami down": ("hosted_llm", fault(500, path="/api/whoami-v2"), "api_token", "upstream_error"),
    "whoami odd": (
        "hosted_llm",
        fault("malformed", path="/api/whoami-v2"),
        "api_token",
        "upstream_malformed",
    ),
    "no hosted right": ("hosted_llm", rights(), "api_token", "missing_permission"),
    "no right in the namespace": (
        "endpoint_embedding",
        rights(user=("inference.endpoints.infer.write",)),
        "api_token",
        "missing_permission",
    ),
    "may deploy but not call": (
        "endpoint_llm",
        rights(acme=("inference.endpoints.write",)),
        "api_token",
        "missing_permission",
    ),
    "no such model": ("hosted_llm", typed(name="nobody/nothing"), "name", "model_not_found"),
    "wrong type": ("hosted_llm", typed(name=BGE), "name", "model_wrong_type"),
    "model limited": ("hosted_llm", fault(429, path="/api/models"), "name", "rate_limited"),
    "credits": ("hosted_llm", fault(402, path="/router"), "api_token", "credits_exhausted"),
    "call down": ("hosted_llm", fault(503, path="/router"), "name", "provider_error"),
    "not a member": (
        "endpoint_embedding",
        typed(namespace_name="globex"),
        "namespace_name",
        "not_a_member",
    ),
    "list limited": ("endpoint_llm", fault(429, **LIST), "endpoint_url", "rate_limited"),
    "list html": ("endpoint_llm", fault("html", **LIST), "endpoint_url", "upstream_error"),
    "list pending policy": (
        "endpoint_embedding",
        fault("policy_pending", **LIST),
        "api_token",
        "policy_pending",
    ),
    "other repository": (
        "endpoint_embedding",
        another_model,
        "endpoint_url",
        "endpoint_serves_other",
    ),
    "not listed": ("endpoint_llm", somebody_elses, "endpoint_url", "url_not_listed"),
    "failed endpoint": ("endpoint_llm", failed("failed"), "endpoint_url", "endpoint_failed"),
    "starting endpoint": (
        "endpoint_llm",
        failed("initializing"),
        "endpoint_url",
        "endpoint_not_ready",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_failure_stands_at_its_field(
    case: str, as_operator: Client, hub: Sandbox, work: Work, request: pytest.FixtureRequest
) -> None:
    combination, arrange, field, kind = CASES[case]
    entered = request.getfixturevalue(combination)
    arrange(hub, entered)
    row = save(as_operator, entered)
    work()
    row.refresh_from_db()
    assert (row.state, row.problem.get("kind"), row.field) == ("failed", kind, field)
    assert not ProviderModel.objects.exists()
    html = as_operator.get(path("verification", row.pk)).content.decode()
    control = re.search(rf'<(?:input|select)[^>]* name="{field}"[^>]*>', html)
    assert control is not None
    assert 'aria-invalid="true"' in control[0]
    assert f'aria-describedby="id_{field}' in control[0]
    assert f'id="id_{field}_diagnosis"' in html
    assert f'data-kind="{kind}"' in html
    assert f'value="{entered["name"]}"' in html
    assert "Save anyway" in html


def test_the_evidence_is_shown_to_copy(
    as_operator: Client, hub: Sandbox, work: Work, hosted_llm: dict[str, Any]
) -> None:
    hub.fault(401, path="/api/whoami-v2")
    row = save(as_operator, hosted_llm)
    work()
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "GET /api/whoami-v2 401" in html
    assert "Root=1-sandbox-" in html


def test_what_hugging_face_says_is_shown_as_text(
    as_operator: Client, hub: Sandbox, work: Work, hosted_llm: dict[str, Any]
) -> None:
    hub.fault(403, path="/api/whoami-v2", text="<script>alert(1)</script> \u202eno")
    row = save(as_operator, hosted_llm)
    work()
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "alert(1)</script>" not in html
    assert "\u202e" not in html


def test_a_recent_answer_serves_while_whoami_is_limited(
    as_operator: Client, hub: Sandbox, work: Work, token: AccessToken
) -> None:

    AccessToken.objects.update(next_check_at=token.created_at)
    claim = AccessToken.objects.claim()
    tokens.check(token.pk, claim.lease)
    hub.fault(429, path="/api/whoami-v2")
    row = save(as_operator, entries(token, model_type="llm", name=LLAMA, endpoint_type="hosted"))
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.PASSED
