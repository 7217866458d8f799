"""The environment of an endpoint: its values are shown on demand, recorded, and kept nowhere."""

import pytest
from django.test import Client
from django.urls import reverse

from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace, NamespaceAccess
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import NAME, NAMESPACE, mutations
from tests.providers.endpoints.lifecycle.test_pages import detail
from tests.providers.endpoints.test_inventory_page import text

pytestmark = pytest.mark.page


@pytest.fixture
def endpoint(upstream: Sandbox, namespace: Namespace) -> Endpoint:
    """One with two variables and a secret."""
    upstream.add_endpoint(
        NAMESPACE,
        NAME,
        state="running",
        env={"LOG_LEVEL": "debug-please", "UPSTREAM_TOKEN": "hf_" + "a1B2" * 9},
        secrets={"PASSWORD": "not-for-anybody"},
        extra_model={"command": ["serve", "--fast"], "args": ["--max-model-len", "8192"]},
        image={"url": "vllm/vllm-openai:v0.12.0", "port": 8123, "healthRoute": "/well"},
        stuck=True,
    )
    look(namespace)
    upstream.requests.clear()
    return Endpoint.objects.get(name=NAME)


def reveal(endpoint: Endpoint) -> str:
    return reverse("lifecycle:reveal", args=[endpoint.organization.slug, endpoint.pk])


def recorded() -> list[tuple[str, str]]:
    rows = Record.objects.filter(verb="endpoint.revealed").order_by("id")
    return list(rows.values_list("outcome", "actor_label"))


def test_the_page_has_the_configuration_and_of_the_environment_the_names_alone(
    as_viewer: Client, endpoint: Endpoint
) -> None:
    page = text(as_viewer.get(detail(endpoint)))
    for fact in (
        "2 variables, 1 secret",
        "Image vllm/vllm-openai:v0.12.0",
        "Port 8123",
        "Command serve --fast",
        "Arguments --max-model-len 8192",
        "LOG_LEVEL •••••• hidden",
        "PASSWORD secret, never shown",
    ):
        assert fact in page
    assert "debug-please" not in page


def test_operators_reveal_the_values_by_one_call_that_is_recorded(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    answer = as_operator.post(reveal(endpoint))
    shown = text(answer)
    assert "LOG_LEVEL debug-please" in shown
    assert "PASSWORD secret, never shown" in shown
    assert "not-for-anybody" not in shown
    assert "hf_a1B2" not in shown
    assert "no-store" in answer["Cache-Control"]
    assert [each.method for each in upstream.requests] == ["GET"]
    assert not mutations(upstream)
    assert recorded() == [("done", "grace@acme.test")]
    assert "debug-please" not in text(as_operator.get(detail(endpoint)))


def test_viewers_see_who_may(as_viewer: Client, endpoint: Endpoint, upstream: Sandbox) -> None:
    page = text(as_viewer.get(detail(endpoint)))
    assert "Reveal Operators and administrators of this organization can do this." in page
    assert as_viewer.post(reveal(endpoint)).status_code == 403
    assert not upstream.requests
    assert not recorded()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (401, "Hugging Face"),
        (429, "Too many requests"),
        (500, "Hugging Face"),
        ("html", "Hugging Face"),
        ("malformed", "answer"),
    ],
)
def test_what_goes_wrong_is_said_in_the_place_of_the_values(
    fault: str | int, told: str, as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.fault(fault)
    answer = as_operator.post(reveal(endpoint))
    assert answer.status_code == 200
    assert told in text(answer)
    assert answer.context["problem"].kind.value in answer.content.decode()
    assert "LOG_LEVEL •••••• hidden" in text(answer)
    assert recorded() == [("failed", "grace@acme.test")]


def test_without_a_token_that_may_list_nothing_is_asked(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    NamespaceAccess.objects.update(abilities={"list": "no"})
    answer = as_operator.post(reveal(endpoint))
    assert answer.context["problem"].kind.value == "missing_permission"
    assert not upstream.requests


def test_an_endpoint_without_variables_has_nothing_to_reveal(
    as_operator: Client, upstream: Sandbox, namespace: Namespace
) -> None:
    upstream.add_endpoint(NAMESPACE, "plain", state="running", stuck=True)
    look(namespace)
    page = text(as_operator.get(detail(Endpoint.objects.get(name="plain"))))
    assert "0 variables, 0 secrets" in page
    assert "Reveal" not in page
