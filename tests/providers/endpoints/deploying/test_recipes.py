"""A recipe of Hugging Face's catalog: it decides all but the name, the namespace and the token."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.entities import Recipe
from providers.endpoints.lifecycle.models import Action, Deployment, Values
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import MODEL, NAME, NAMESPACE, page_of
from tests.providers.endpoints.deploying.sending import (
    create,
    errors_of,
    made,
    posts,
    send,
    settle,
)

pytestmark = pytest.mark.page

TOKEN = "hf_" + "Misplaced1" * 3 + "wxyz"
NOTHING_ELSE = dict.fromkeys(
    ("hardware", "min_replicas", "max_replicas", "engine", "auth_type", "tags")
)


@pytest.fixture
def recipe(upstream: Sandbox, token: AccessToken) -> Recipe:
    found = [each for each in upstream.state.recipes if each.repository == MODEL]
    return found[0] if found else upstream.add_recipe(MODEL, "gpu", "vLLM")


def test_it_is_sent_with_the_name_and_the_namespace_alone(
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    recipe: Recipe,
    upstream: Sandbox,
) -> None:
    action = create(as_operator, acme, token, recipe=recipe.public_id, **NOTHING_ELSE)
    assert action.state == Action.State.DONE, action.problem
    (sent,) = posts(upstream)
    assert sent.path == f"/api/v1/catalog/recipe/{recipe.public_id}/deploy"
    assert sent.json() == {"namespace": NAMESPACE, "config": {"name": NAME}}
    assert sent.bearer == token.secret.reveal()
    assert Endpoint.objects.get(name=NAME).repository == MODEL


@pytest.mark.parametrize(
    "typed",
    [
        {"port": "99999", "health_route": "x", "args": "'"},
        {"env_name": ["A B"], "env_value": ["1"], "tags": "x" * 2_000},
        {"secrets_name": [TOKEN], "secrets_value": [""]},
        {"image": TOKEN, "registry_password": "a\x00b", "command": "a\x00b"},
        {"hardware": "moon/x/y/z", "min_replicas": "many", "engine": "ollama"},
        {"secrets_name": ["A"], "secrets_value": ["canary-in-a-coal-mine"]},
    ],
)
def test_what_it_decides_is_neither_looked_at_nor_kept(
    typed: dict[str, Any],
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    recipe: Recipe,
) -> None:
    create(as_operator, acme, token, recipe=recipe.public_id, **typed)
    deployment = Deployment.objects.get()
    kept = str(deployment.entered)
    assert TOKEN not in kept
    assert "\\x00" not in kept
    assert deployment.body == {}
    assert not Values.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": "X"}, "name"), ({"namespace": "x"}, "namespace")]
)
def test_what_it_does_not_decide_is_looked_at(
    typed: dict[str, str],
    field: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    recipe: Recipe,
) -> None:
    answer = send(as_operator, acme, token, recipe=recipe.public_id, **typed)
    assert answer.status_code == 422
    assert field in errors_of(answer)


def test_the_recipe_of_another_model_cannot_be_typed_in(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    other = upstream.add_recipe("Qwen/Qwen3-14B", "gpu", "vLLM")
    answer = send(as_operator, acme, token, recipe=other.public_id, **NOTHING_ELSE)
    assert answer.status_code == 422
    assert "recipe" in errors_of(answer)
    said = "The catalog does not have this recipe for the repository."
    page = answer.content.decode()
    assert page.count(said) == page.count('id="id_recipe_error"') == 1
    assert posts(upstream) == []


@pytest.mark.parametrize(
    ("fault", "said", "field"),
    [
        ("payment_required", {}, "namespace"),
        ("409", {}, "name"),
        ("403", {}, "api_token"),
        ("quota", {}, ""),  # the hardware is not shown
        ("400", {"text": "minReplica is too large"}, ""),
        ("404", {"text": "Recipe not found"}, None),
    ],
)
def test_a_refusal_is_shown_where_it_can_be_seen(
    fault: str,
    said: dict[str, str],
    field: str | None,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    recipe: Recipe,
    upstream: Sandbox,
) -> None:
    upstream.fault(fault, method="POST", path="/api/v1/catalog/", times=1, **said)
    action = create(as_operator, acme, token, recipe=recipe.public_id)
    assert action.state == Action.State.REFUSED
    answer: Any = as_operator.get(page_of(acme), follow=True)
    form = answer.context["form"]
    assert form["recipe"].value() == recipe.public_id
    assert field in (None, form.refused_at)
    shown = answer.content.decode()
    assert shown.count(f'data-kind="{action.problem["kind"]}"') == 1


@pytest.mark.parametrize(("fault", "is_made"), [("lost", True), ("503", False), ("string", False)])
def test_a_lost_answer_never_makes_two(
    fault: str,
    is_made: bool,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    recipe: Recipe,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    upstream.fault(fault, method="POST", path="/api/v1/catalog/", times=1)
    create(as_operator, acme, token, recipe=recipe.public_id)
    settle(clock)
    assert Action.objects.get().state == ("done" if is_made else "unclear")
    assert len(posts(upstream)) == 1
    assert (made(upstream) is not None) == is_made
