"""Fixtures: models and endpoints of each kind in the sandbox, and the work of a worker."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Clock, Sandbox
from providers.catalog import operations
from providers.catalog import tasks as catalog
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints import tasks as endpoints
from providers.endpoints.lifecycle import tasks as actions
from providers.endpoints.models import Endpoint
from providers.tokens import tasks as tokens
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.catalog.waking import Turn

EVERYTHING = (
    "inference.endpoints.infer.write",
    "inference.endpoints.write",
    "inference.serverless.write",
)
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
BGE = "BAAI/bge-large-en-v1.5"


@pytest.fixture
def hub(sandbox: Sandbox) -> Sandbox:
    sandbox.add_user("ada")
    sandbox.add_organization("acme", members={"ada": "admin"})
    sandbox.add_model(LLAMA, providers=["together", "nebius"])
    sandbox.add_model(BGE, pipeline_tag="feature-extraction", providers=["hf-inference"])
    sandbox.add_endpoint("acme", "chat", repository=LLAMA)
    sandbox.add_endpoint("acme", "search", repository=BGE, task="feature-extraction", engine="tei")
    return sandbox


@pytest.fixture
def token(hub: Sandbox, organization: Organization) -> AccessToken:
    value = hub.add_token("ada", scopes={"ada": EVERYTHING, "acme": EVERYTHING})
    return stored_token(organization, "ada-admin", value)


@pytest.fixture
def hosted_llm(token: AccessToken) -> dict[str, Any]:
    return entries(token, model_type="llm", name=LLAMA, endpoint_type="hosted")


@pytest.fixture
def hosted_embedding(token: AccessToken) -> dict[str, Any]:
    return entries(token, model_type="text-embedding", name=BGE, endpoint_type="hosted")


@pytest.fixture
def endpoint_llm(hub: Sandbox, token: AccessToken) -> dict[str, Any]:
    return entries(
        token,
        model_type="llm",
        name="our chat model",
        endpoint_type="endpoint",
        endpoint_url=address(hub, "chat"),
        task="text-generation",
    )


@pytest.fixture
def endpoint_embedding(hub: Sandbox, token: AccessToken) -> dict[str, Any]:
    return entries(
        token,
        model_type="text-embedding",
        name=BGE,
        endpoint_type="endpoint",
        namespace_name="acme",
        endpoint_url=address(hub, "search"),
        task="feature-extraction",
    )


def entries(token: AccessToken, **fields: Any) -> dict[str, Any]:
    """Return the fields that a browser sends from the form."""
    return {"api_token": str(token.pk), "real_call": "on", "form_key": str(uuid4()), **fields}


def address(hub: Sandbox, name: str) -> str:
    endpoint = hub.state.endpoint("acme", name)
    assert endpoint is not None
    return endpoint.url_when_deployed


def path(name: str, *args: Any) -> str:
    return reverse(f"catalog:{name}", args=["acme", *args])


def save(client: Client, entries: dict[str, Any], *place: Any) -> Verification:
    answer = client.post(path(*(place or ("add",))), entries)
    assert answer.status_code == 303, answer.content.decode()
    return Verification.objects.latest("created_at")


Work = Callable[[], None]


@pytest.fixture
def work() -> Work:
    """Run the verifications that are due, as a sweep and a worker do."""

    def run() -> None:
        claim = Verification.objects.open().claim()
        for pk in claim.ids:
            operations.verify(pk, str(claim.lease))

    return run


@pytest.fixture
def recheck() -> Callable[[ProviderModel], ProviderModel]:
    """Make a model due and check it again, as a sweep and a worker do."""

    def run(model: ProviderModel) -> ProviderModel:
        row = ProviderModel.objects.filter(pk=model.pk)
        row.update(next_check_at=timezone.now())
        claim = row.claim()
        operations.recheck(model.pk, str(claim.lease))
        return row.get()

    return run


Sweep = Callable[[], ProviderModel]


@pytest.fixture
def seen(token: AccessToken) -> AccessToken:
    """The token and what it sees, as workers have found out."""
    AccessToken.objects.update(next_check_at=timezone.now())
    tokens.sweep()
    endpoints.sweep()
    return AccessToken.objects.get()


@pytest.fixture
def sweep(clock: Clock) -> Sweep:
    """A second later the scheduler has the models looked at."""

    def run() -> ProviderModel:
        clock.advance(1)
        catalog.sweep_models()
        return ProviderModel.objects.get()

    return run


@pytest.fixture
def turn(clock: Clock, work: Work) -> Turn:
    """A few seconds later the workers take a turn with checks, with actions, and with checks that
    wait for these. Returns the latest check."""

    def run() -> Verification:
        clock.advance(6)
        work()
        actions.sweep()
        clock.advance(6)
        work()
        return Verification.objects.latest("created_at")

    return run


@pytest.fixture(params=["paused", "scaledToZero"])
def asleep(
    request: pytest.FixtureRequest,
    seen: AccessToken,
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    clock: Clock,
    turn: Turn,
) -> ProviderModel:
    """A model saved while its endpoint slept."""
    hub.add_endpoint("acme", "sleeper", repository=LLAMA, state=request.param, min_replica=0)
    clock.advance(300)
    endpoints.sweep()
    hub.requests.clear()
    save(as_operator, endpoint_llm | {"endpoint_url": address(hub, "sleeper")})
    turn()
    return ProviderModel.objects.get()


def verified(client: Client, work: Work, entered: dict[str, Any]) -> Verification:
    row = save(client, entered)
    work()
    row.refresh_from_db()
    return row


def saved(client: Client, work: Work, entered: dict[str, Any]) -> ProviderModel:
    row = verified(client, work, entered)
    assert row.state == Verification.State.PASSED, row.problem
    model = ProviderModel.objects.get()
    assert (model.state, model.reason) == ("verified", "")
    return model


@pytest.fixture
def deployed_model(
    seen: AccessToken,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    clock: Clock,
    work: Work,
    sweep: Sweep,
) -> ProviderModel:
    """Verified on an endpoint that polling has seen."""
    row = save(as_operator, endpoint_llm)
    work()
    row.refresh_from_db()
    assert row.state == "passed", row.problem
    model = sweep()
    assert (model.state, model.endpoint) == ("verified", Endpoint.objects.get(name="chat"))
    return model
