"""What Hugging Face does not take: the form comes back filled, with the diagnosis at its field."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action, Deployment, Values
from providers.huggingface.errors import Kind
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import MODEL, NAME, NAMESPACE, form_url, page_of
from tests.providers.endpoints.deploying.sending import create, made, posts
from tests.providers.endpoints.lifecycle.conftest import work

pytestmark = pytest.mark.page

CANARY = "canary-in-a-coal-mine"
ENTERED: dict[str, Any] = {
    "engine": "custom",
    "image": "registry.acme.test/serve:1",
    "port": "8081",
    "health_route": "/ready",
    "command": "python -m serve",
    "args": "--max-model-len 8192",
    "registry_username": "robot",
    "registry_password": CANARY + "-registry",
    "revision": "main",
    "task": "text-generation",
    "min_replicas": "0",
    "max_replicas": "2",
    "scale_to_zero_minutes": "120",
    "autoscale_by": "pendingRequests",
    "most_requests": "2.5",
    "auth_type": "public",
    "public_confirmed": "on",
    "tags": "prod, chat",
    "env_name": ["LOG_LEVEL"],
    "env_value": ["debug"],
    "secrets_name": ["API_KEY", "OTHER_KEY"],
    "secrets_value": [CANARY, CANARY + "-too"],
}
BAD: Any = "400"
# What is answered, the kind that it is, and the field at which it is shown.
REFUSALS: list[tuple[str, dict[str, Any], Kind, str]] = [
    (BAD, {"text": "The name must be 4 to 32 characters"}, Kind.BAD_REQUEST, "name"),
    (BAD, {"text": "repository does not exist"}, Kind.BAD_REQUEST, "repository"),
    (BAD, {"text": "revision not found"}, Kind.BAD_REQUEST, "revision"),
    (BAD, {"text": "Unsupported task"}, Kind.BAD_REQUEST, "task"),
    (BAD, {"text": "minReplica is too large"}, Kind.BAD_REQUEST, "min_replicas"),
    (BAD, {"text": "maxReplica is too large"}, Kind.BAD_REQUEST, "max_replicas"),
    (
        BAD,
        {"text": "scaleToZeroTimeout must be between 15 and 2880 minutes"},
        Kind.BAD_REQUEST,
        "scale_to_zero_minutes",
    ),
    (BAD, {"text": "measure is not supported"}, Kind.BAD_REQUEST, "autoscale_by"),
    (BAD, {"text": "type is not allowed"}, Kind.BAD_REQUEST, "auth_type"),
    (BAD, {"text": "Private Link is not set up"}, Kind.BAD_REQUEST, "auth_type"),
    (BAD, {"text": "Too many tags"}, Kind.BAD_REQUEST, "tags"),
    (BAD, {"text": "port must be between 1 and 65535"}, Kind.BAD_REQUEST, "port"),
    (BAD, {"text": "healthRoute must begin with /"}, Kind.BAD_REQUEST, "health_route"),
    (BAD, {"text": "url cannot be pulled"}, Kind.BAD_REQUEST, "image"),
    (BAD, {"text": "image is not allowed"}, Kind.BAD_REQUEST, "engine"),
    (BAD, {"text": "credentials are wrong"}, Kind.BAD_REQUEST, "registry_username"),
    (BAD, {"text": "env has reserved keys"}, Kind.BAD_REQUEST, "env"),
    (BAD, {"text": "Too many secrets"}, Kind.BAD_REQUEST, "secrets"),
    (BAD, {"text": "command is too long"}, Kind.BAD_REQUEST, "command"),
    (BAD, {"text": "args is too long"}, Kind.BAD_REQUEST, "args"),
    (BAD, {"text": "instanceType is unknown"}, Kind.BAD_REQUEST, "hardware"),
    (BAD, {"text": "This region is closed"}, Kind.BAD_REQUEST, "hardware"),
    (BAD, {"text": "This vendor is closed"}, Kind.BAD_REQUEST, "hardware"),
    (
        BAD,
        {"text": "Instance compute 'Gpu' - 'l4' - 'x1' in 'aws' - 'us-east-1' not found"},
        Kind.HARDWARE_NOT_FOUND,
        "hardware",
    ),
    (BAD, {}, Kind.BAD_REQUEST, ""),
    (
        BAD,
        {"text": "Cannot access gated repo for url x: access to model x is restricted"},
        Kind.MODEL_GATED,
        "repository",
    ),
    ("401", {}, Kind.TOKEN_REJECTED, "api_token"),
    ("401", {"text": "Unauthorized"}, Kind.NOT_A_MEMBER, "namespace"),
    ("402", {"text": "Not enough credits"}, Kind.CREDITS_EXHAUSTED, "namespace"),
    ("403", {}, Kind.FORBIDDEN, "api_token"),
    ("403", {"text": "You have no credits left"}, Kind.CREDITS_EXHAUSTED, "namespace"),
    ("403", {"text": "Your token has expired"}, Kind.TOKEN_EXPIRED, "api_token"),
    ("payment_required", {}, Kind.PAYMENT_REQUIRED, "namespace"),
    ("missing_permission", {}, Kind.MISSING_PERMISSION, "api_token"),
    ("policy_fine_grained_only", {}, Kind.POLICY_FINE_GRAINED_ONLY, "api_token"),
    ("policy_pending", {}, Kind.POLICY_PENDING, "api_token"),
    ("policy_revoked", {}, Kind.POLICY_REVOKED, "api_token"),
    ("quota", {}, Kind.QUOTA_EXCEEDED, "hardware"),
    ("404", {"text": f"Namespace {NAMESPACE} not found"}, Kind.NAMESPACE_NOT_FOUND, "namespace"),
    ("409", {}, Kind.NAME_TAKEN, "name"),
    ("409", {"text": "Conflict"}, Kind.NAME_TAKEN, "name"),
    ("redirect", {"location": "https://elsewhere.test/"}, Kind.REDIRECTED, ""),
]


def refused(
    browser: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    fault: str,
    **said: Any,
) -> Action:
    upstream.fault(fault, method="POST", path="/v2/endpoint/", times=1, **said)
    return create(browser, acme, token, **ENTERED)


def again(browser: Client, acme: Organization) -> Any:
    """The form that the page of the endpoint leads to."""
    answer = browser.get(page_of(acme))
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{form_url(acme)}?as=")
    return browser.get(answer["Location"])


@pytest.mark.parametrize(("fault", "said", "kind", "field"), REFUSALS)
def test_the_diagnosis_stands_at_its_field(
    fault: str,
    said: dict[str, Any],
    kind: Kind,
    field: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
) -> None:
    action = refused(as_operator, acme, token, upstream, fault, **said)
    assert (action.state, action.problem["kind"]) == (Action.State.REFUSED, kind)
    assert len(posts(upstream)) == 1
    assert made(upstream) is None
    answer = again(as_operator, acme)
    assert answer.context["form"].refused_at == field
    page = answer.content.decode()
    assert page.count(f'data-kind="{kind}"') == 1
    at = f"id_{field}_diagnosis"
    assert page.count(f'href="#{at}"') == page.count(f'id="{at}"') == bool(field)


def test_all_that_was_entered_is_there_again_but_for_secrets(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    refused(as_operator, acme, token, upstream, "payment_required")
    answer = again(as_operator, acme)
    form = answer.context["form"]
    plain = {name: value for name, value in ENTERED.items() if isinstance(value, str)}
    shown = {name: str(form[name].value()) for name in plain if "password" not in name}
    assert shown | {"registry_password": plain["registry_password"]} == plain | {
        "public_confirmed": "True"
    }
    assert form["repository"].value() == MODEL
    assert form["name"].value() == NAME
    assert form["namespace"].value() == NAMESPACE
    assert form["api_token"].value() == str(token.pk)
    assert form["env"].value() == [("LOG_LEVEL", "debug")]
    assert form["secrets"].value() == [("API_KEY", ""), ("OTHER_KEY", "")]
    html = answer.content.decode()
    assert 'value="API_KEY"' in html
    assert CANARY not in html
    assert "Try again" in html


def test_try_again_creates_it_once_the_obstacle_is_gone(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    first = refused(as_operator, acme, token, upstream, "payment_required")
    answer = again(as_operator, acme)
    form_key = str(answer.context["form"]["form_key"].value())
    assert form_key != str(first.deployment.form_key)
    sent = as_operator.post(form_url(acme), typed_into(answer) | {"form_key": form_key})
    assert sent.status_code == 303, sent.context["form"].errors
    work()
    second = Action.objects.get(state=Action.State.DONE)
    assert second != first
    assert len(posts(upstream)) == 2
    sent_secrets = posts(upstream)[1].json()["model"]["secrets"]
    assert sent_secrets == {"API_KEY": "entered again", "OTHER_KEY": "entered again"}
    assert not Values.objects.exclude(kind="variables").exists()


def typed_into(answer: Any) -> dict[str, Any]:
    """The form as it stands there, with its secrets entered."""
    form = answer.context["form"]
    typed = {
        name: str(form[name].value())
        for name in form.fields
        if name not in {"env", "secrets", "registry_password"} and form[name].value() is not None
    }
    rows = form["env"].value(), form["secrets"].value()
    typed |= {"public_confirmed": "on", "registry_password": "entered again"}
    return typed | {
        "env_name": [name for name, _ in rows[0]],
        "env_value": [value for _, value in rows[0]],
        "secrets_name": [name for name, _ in rows[1]],
        "secrets_value": ["entered again" for _ in rows[1]],
    }


def test_the_form_says_what_is_missing_where_secrets_were_not_entered_again(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    refused(as_operator, acme, token, upstream, "payment_required")
    typed = typed_into(again(as_operator, acme)) | {"secrets_value": ["", ""]}
    answer: Any = as_operator.post(form_url(acme), typed | {"form_key": str(token.pk)})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["secrets"]
    assert len(posts(upstream)) == 1


def test_the_form_asks_for_the_password_of_the_registry_again(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    refused(as_operator, acme, token, upstream, "payment_required")
    typed = typed_into(again(as_operator, acme)) | {"registry_password": ""}
    answer: Any = as_operator.post(form_url(acme), typed | {"form_key": str(token.pk)})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["registry_password"]
    assert answer.context["open"]["engine"]
    assert len(posts(upstream)) == 1


def test_where_nobody_pays_there_is_a_way_to_the_account_that_would(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    refused(as_operator, acme, token, upstream, "payment_required")
    html = again(as_operator, acme).content.decode()
    assert f'href="https://sandbox.test/organizations/{NAMESPACE}/settings/billing"' in html
    assert "Its card is on file" not in html


def test_a_viewer_sees_the_refusal_and_not_the_form(
    as_operator: Client,
    as_viewer: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
) -> None:
    refused(as_operator, acme, token, upstream, "payment_required")
    answer = as_viewer.get(page_of(acme))
    assert answer.status_code == 200
    assert "payment method" in answer.content.decode().lower()
    pk = Deployment.objects.get().pk
    assert as_viewer.get(form_url(acme), {"as": pk}).status_code == 403
