"""What the form offers while one types."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.sandbox import Sandbox
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from tests.factories import stored_token
from tests.providers.catalog.conftest import BGE, LLAMA, address, path, save


def offered(client: Client, view: str, **asked: Any) -> str:
    answer = client.get(path(view), asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def seen(hub: Sandbox, token: AccessToken, organization: Organization) -> Endpoint:
    """What polling knows: the namespace acme, and the endpoint chat in it."""
    namespace = Namespace.objects.create(organization=organization, name="acme", kind="org")
    NamespaceAccess.objects.create(token=token, namespace=namespace, abilities={"list": "yes"})
    return Endpoint.objects.create(
        organization=organization,
        namespace=namespace,
        name="chat",
        state="running",
        repository=LLAMA,
        task="text-generation",
        url=address(hub, "chat"),
        instance_type="nvidia-l4",
        instance_size="x1",
    )


def test_models_that_fit_are_offered_with_who_serves_them(
    as_operator: Client, hub: Sandbox
) -> None:
    html = offered(
        as_operator, "suggest_models", name="llama", model_type="llm", endpoint_type="hosted"
    )
    assert f'data-value="{LLAMA}"' in html
    assert "Served by together, nebius" in html
    assert BGE not in offered(as_operator, "suggest_models", name="bge", model_type="llm")


def test_gated_and_private_models_are_marked(
    as_operator: Client, hub: Sandbox, organization: Organization
) -> None:
    token = stored_token(organization, "reader", hub.add_token("ada", role="read"))
    hub.add_model("ada/secret-llm", private=True, providers=["nebius"])
    hub.add_model("ada/gated-llm", gated="auto", providers=["nebius"])
    html = offered(as_operator, "suggest_models", name="-llm", api_token=str(token.pk))
    assert "gated" in html
    assert "private" in html


@pytest.mark.parametrize(("kind", "words"), [(429, "Too many requests"), (500, "had an error")])
def test_what_hinders_the_search_is_said_quietly(
    kind: int, words: str, as_operator: Client, hub: Sandbox
) -> None:
    hub.fault(kind, path="/api/models")
    html = offered(as_operator, "suggest_models", name="llama", model_type="llm")
    assert words in html
    assert "can be typed" in html


def test_nothing_is_asked_for_a_letter(as_operator: Client, hub: Sandbox) -> None:
    offered(as_operator, "suggest_models", name="l", model_type="llm")
    offered(as_operator, "suggest_models", name="llama", model_type="nonsense")
    assert not hub.requests


def test_the_tokens_namespaces_and_endpoints_are_offered(
    as_operator: Client, seen: Endpoint, token: AccessToken, hub: Sandbox
) -> None:
    assert 'data-value="acme"' in offered(
        as_operator, "suggest_namespaces", api_token=str(token.pk)
    )
    html = offered(as_operator, "suggest_endpoints", api_token=str(token.pk), model_type="llm")
    assert f'data-value="{seen.url}"' in html
    for word in (LLAMA, "Running", "1 × Nvidia L4", "text-generation"):
        assert word in html
    assert not hub.requests


def test_a_console_address_stands_for_the_endpoint_that_it_names(
    as_operator: Client, seen: Endpoint, endpoint_llm: dict[str, Any]
) -> None:
    console = "https://endpoints.huggingface.co/acme/endpoints/chat"
    assert save(as_operator, endpoint_llm | {"endpoint_url": console}).endpoint_url == seen.url


def test_many_endpoints_of_the_other_type_hide_none_that_fits(
    as_operator: Client, seen: Endpoint, token: AccessToken
) -> None:
    Endpoint.objects.bulk_create(
        Endpoint(
            organization=seen.organization,
            namespace=seen.namespace,
            name=f"{'chat' if number else 'zzz'}-{number}",
            state="running",
            repository=LLAMA if number else BGE,
            task="text-generation" if number else "feature-extraction",
            url=f"https://endpoint-{number}.example.org",
        )
        for number in range(70)
    )
    asked = {"api_token": str(token.pk)}
    html = offered(as_operator, "suggest_endpoints", model_type="text-embedding", **asked)
    assert "zzz-0" in html
    assert "chat-1" not in html
    assert "There are more" not in html
    html = offered(as_operator, "suggest_endpoints", model_type="llm", **asked)
    assert html.count('role="option"') == 50
    assert "There are more" in html


def test_endpoints_of_the_other_type_are_not_offered(
    as_operator: Client, seen: Endpoint, token: AccessToken
) -> None:
    html = offered(
        as_operator, "suggest_endpoints", api_token=str(token.pk), model_type="text-embedding"
    )
    assert seen.url not in html


def test_another_organizations_token_shows_nothing(
    as_operator: Client, outsider: User, seen: Endpoint, hub: Sandbox
) -> None:
    theirs = stored_token(Organization.objects.get(slug="umbrella"), "theirs", hub.add_token("ada"))
    for name in ("suggest_namespaces", "suggest_endpoints"):
        html = offered(as_operator, name, api_token=str(theirs.pk), model_type="llm")
        assert "data-value" not in html


def test_viewers_are_offered_nothing(as_viewer: Client) -> None:
    for name in ("suggest_models", "suggest_namespaces", "suggest_endpoints"):
        assert as_viewer.get(path(name)).status_code == 403
