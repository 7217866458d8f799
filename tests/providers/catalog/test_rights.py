"""What is known of a token is used by the checks of the models that hang on it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.live import versions
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.providers.catalog.conftest import EVERYTHING, LLAMA, Work, address, path, save

Recheck = Callable[[ProviderModel], ProviderModel]
NOTHING = ("repo.content.read",)


def look_around(hub: Sandbox) -> AccessToken:
    """What a sweep and a worker find out about the token."""
    AccessToken.objects.update(next_check_at=timezone.now())
    claim = AccessToken.objects.claim()
    tokens.check(claim.ids[0], claim.lease)
    hub.requests.clear()
    return AccessToken.objects.get()


def give(hub: Sandbox, **facts: Any) -> AccessToken:
    """The token of that value has these rights from now on, and hfadmin has asked."""
    value = AccessToken.objects.get().secret.reveal()
    hub.state.tokens.pop(value)
    hub.add_token("ada", value=value, **facts)
    return look_around(hub)


@pytest.fixture
def hosted(as_operator: Client, hosted_llm: dict[str, Any], work: Work) -> ProviderModel:
    save(as_operator, hosted_llm)
    work()
    ProviderModel.objects.update(next_check_at=None)
    return ProviderModel.objects.get()


@pytest.fixture
def deployed(
    as_operator: Client,
    organization: Organization,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> ProviderModel:
    look_around(hub)
    namespace = Namespace.objects.get(organization=organization, name="acme")
    Endpoint.objects.create(
        organization=organization,
        namespace=namespace,
        name="chat",
        state="running",
        repository=LLAMA,
        task="text-generation",
        url=address(hub, "chat"),
        ready_replicas=1,
        auth_type="authenticated",
    )
    save(as_operator, endpoint_llm)
    work()
    ProviderModel.objects.update(next_check_at=None)
    return ProviderModel.objects.get()


def test_a_right_to_call_hosted_models_that_is_lost_fails_them_and_comes_back(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck, as_operator: Client
) -> None:
    token = give(hub, scopes={"ada": NOTHING, "acme": NOTHING})
    assert token.state == "limited"
    assert ProviderModel.objects.due(timezone.now()).get() == hosted
    model = recheck(hosted)
    assert not ProviderModel.objects.due(timezone.now()).exists()
    assert (model.state, model.problem["kind"]) == ("failing", "missing_permission")
    assert model.problem["params"]["permission"] == "inference.serverless.write"
    html = as_operator.get(path("edit", model.pk)).content.decode()
    assert 'id="id_api_token_diagnosis"' in html
    assert "inference.serverless.write" in html
    give(hub, scopes={"ada": EVERYTHING, "acme": EVERYTHING})
    model = recheck(model)
    assert (model.state, model.problem) == ("verified", {})
    assert Record.objects.filter(verb="model.failing").count() == 1


def test_a_right_that_another_namespace_still_gives_is_enough(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    give(hub, scopes={"ada": NOTHING, "acme": EVERYTHING})
    assert recheck(hosted).state == "verified"


LOSSES: dict[str, tuple[str, dict[str, Any]]] = {
    "the right to call": (
        "missing_permission",
        {"scopes": {"ada": EVERYTHING, "acme": ("inference.endpoints.write",)}},
    ),
    "all rights in the organization": ("missing_permission", {"scopes": {"ada": EVERYTHING}}),
    "all rights but to read": ("missing_permission", {"scopes": {"ada": NOTHING, "acme": NOTHING}}),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_right_to_call_endpoints_that_is_lost_fails_the_models_there(
    loss: str, deployed: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    kind, facts = LOSSES[loss]
    give(hub, **facts)
    model = recheck(deployed)
    assert (model.state, model.problem["kind"]) == ("failing", kind)
    assert model.problem["params"]["permission"] == "inference.endpoints.infer.write"
    assert not hub.requests


def test_a_membership_that_is_lost_fails_the_models_of_the_organization(
    deployed: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    del hub.state.organizations["acme"].members["ada"]
    look_around(hub)
    model = recheck(deployed)
    assert (model.state, model.problem["kind"]) == ("failing", "not_a_member")
    hub.state.organizations["acme"].members["ada"] = "read"
    look_around(hub)
    assert recheck(model).state == "verified"


def test_an_approval_that_is_pending_fails_the_models_with_what_was_said(
    deployed: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    hub.state.organizations["acme"].policy = "approval_required"
    AccessToken.objects.update(checked_at=None)  # the inventory has not looked since either
    look_around(hub)
    model = recheck(deployed)
    assert (model.state, model.problem["kind"]) == ("failing", "policy_pending")


def test_a_right_to_read_a_gated_model_that_is_lost_fails_it(
    hub: Sandbox, hosted: ProviderModel, recheck: Recheck
) -> None:
    hub.state.models[LLAMA].gated = "manual"
    model = recheck(hosted)
    assert (model.state, model.problem["kind"]) == ("failing", "model_gated")


def test_a_public_endpoint_needs_no_right(
    deployed: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    Endpoint.objects.update(auth_type="public")
    give(hub, scopes={"ada": NOTHING, "acme": NOTHING})
    assert recheck(deployed).state == "verified"


def test_not_being_able_to_ask_about_the_token_is_not_losing_a_right(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    look_around(hub)
    hub.fault(500, path="/api/whoami-v2")
    assert look_around(hub).state == "unreachable"
    assert recheck(hosted).state == "verified"


def test_home_names_the_token_and_the_model(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck, as_viewer: Client
) -> None:
    token = give(hub, scopes={"ada": NOTHING, "acme": NOTHING})
    recheck(hosted)
    versions.advance(hosted.organization_id)
    page = as_viewer.get("/o/acme/").content.decode()
    assert f'id="attention-token-{token.pk}"' in page
    assert f'id="attention-model-{hosted.pk}"' in page
    assert "It lacks a right that is needed here" in page
    assert 'id="nav-attention">2<' in page


def test_a_limited_token_on_which_nothing_hangs_is_not_an_alarm(
    token: AccessToken, hub: Sandbox, as_viewer: Client
) -> None:
    assert give(hub, scopes={"ada": NOTHING}).state == "limited"
    assert f"attention-token-{token.pk}" not in as_viewer.get("/o/acme/").content.decode()
