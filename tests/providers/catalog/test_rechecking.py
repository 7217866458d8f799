"""Saved models are looked at again for free, and only what was seen to fail is called failing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Subquery
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.catalog import tasks
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token
from tests.providers.catalog.conftest import BGE, LLAMA, Work, path, save

Recheck = Callable[[ProviderModel], ProviderModel]


@pytest.fixture
def hosted(as_operator: Client, hosted_llm: dict[str, Any], work: Work) -> ProviderModel:
    save(as_operator, hosted_llm)
    work()
    return ProviderModel.objects.get()


@pytest.fixture
def deployed(
    as_operator: Client, organization: Organization, endpoint_embedding: dict[str, Any], work: Work
) -> ProviderModel:
    """An embedding model on an endpoint that polling has seen."""
    namespace = Namespace.objects.create(organization=organization, name="acme", kind="org")
    Endpoint.objects.create(
        organization=organization,
        namespace=namespace,
        name="search",
        state="running",
        repository=BGE,
        task="feature-extraction",
        url=endpoint_embedding["endpoint_url"],
        ready_replicas=1,
    )
    save(as_operator, endpoint_embedding)
    work()
    model = ProviderModel.objects.get()
    assert model.endpoint is not None
    return model


def test_all_is_well_and_nothing_is_called(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    hub.requests.clear()
    model = recheck(hosted)
    assert (model.state, model.problem) == ("verified", {})
    assert {request.path for request in hub.requests} == {f"/api/models/{LLAMA}"}
    assert model.next_check_at is not None
    assert timedelta(minutes=50) < model.next_check_at - timezone.now() < timedelta(minutes=70)


def test_a_model_that_nobody_serves_any_more_fails_and_recovers(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    served = hub.state.models[LLAMA].providers.copy()
    hub.state.models[LLAMA].providers.clear()
    model = recheck(hosted)
    assert (model.state, model.problem["kind"]) == ("failing", "model_not_served")
    recheck(hosted)
    assert Record.objects.filter(verb="model.failing", actor=None).count() == 1
    hub.state.models[LLAMA].providers.update(served)
    model = recheck(hosted)
    assert (model.state, model.problem) == ("verified", {})
    assert Record.objects.filter(verb="model.recovered").count() == 1


@pytest.mark.parametrize("kind", [429, 500, 503, "html", "malformed"])
def test_not_being_able_to_ask_is_not_failing(
    kind: str | int, hosted: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    hub.fault(kind, path="/api/models")
    model = recheck(hosted)
    assert (model.state, model.problem, model.failures) == ("verified", {}, 1)
    assert model.next_check_at is not None
    assert model.next_check_at > timezone.now() + timedelta(seconds=50)


def test_a_limit_is_waited_out_as_told(
    hosted: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    hub.fault(429, path="/api/models", seconds=7200)
    model = recheck(hosted)
    assert model.next_check_at is not None
    assert model.next_check_at > timezone.now() + timedelta(minutes=110)


def test_a_token_that_was_deleted_or_refused_fails_its_models(
    hosted: ProviderModel, recheck: Recheck
) -> None:
    problem = Diagnosis(Kind.TOKEN_REJECTED).to_json()
    AccessToken.objects.update(state="invalid", problem=problem)
    assert recheck(hosted).problem["kind"] == "token_rejected"
    AccessToken.objects.all().delete()
    model = recheck(hosted)
    assert (model.state, model.problem["kind"]) == ("failing", "token_deleted")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"deleted_at": timezone.now()}, "endpoint_deleted"),
        ({"state": "failed", "ready_replicas": 0, "message": "boom"}, "endpoint_failed"),
        ({"repository": "intfloat/multilingual-e5-large"}, "endpoint_serves_other"),
    ],
)
def test_what_polling_saw_of_the_endpoint_fails_the_model(
    changes: dict[str, Any], kind: str, deployed: ProviderModel, hub: Sandbox, recheck: Recheck
) -> None:
    Endpoint.objects.update(**changes)
    hub.requests.clear()
    model = recheck(deployed)
    assert (model.state, model.problem["kind"]) == ("failing", kind)
    assert not hub.requests


@pytest.mark.parametrize("state", ["paused", "scaledToZero", "updating", "pending", "astral"])
def test_to_sleep_or_to_change_is_not_to_fail(
    state: str, deployed: ProviderModel, recheck: Recheck
) -> None:
    Endpoint.objects.update(state=state, ready_replicas=0)
    assert recheck(deployed).state == "verified"


@pytest.mark.parametrize(
    ("state", "ready", "expected"),
    [
        ("updateFailed", None, "verified"),  # the old version may serve
        ("updateFailed", 0, "failing"),
        ("updateFailed", 1, "verified"),
        ("failed", None, "failing"),
    ],
)
def test_replicas_that_are_not_known_are_not_taken_for_none(
    state: str, ready: int | None, expected: str, deployed: ProviderModel, recheck: Recheck
) -> None:
    Endpoint.objects.update(state=state, ready_replicas=ready)
    assert recheck(deployed).state == expected


def test_a_failed_call_is_taken_back_by_a_call_only(
    hosted: ProviderModel, recheck: Recheck
) -> None:
    problem = Diagnosis(Kind.CREDITS_EXHAUSTED).to_json()
    ProviderModel.objects.update(state="failing", problem=problem)
    assert recheck(hosted).state == "failing"


def test_check_now_turns_a_verified_model_to_failing(
    hosted: ProviderModel, as_operator: Client, hub: Sandbox, work: Work
) -> None:

    hub.fault(402, path="/router")
    as_operator.post(path("check", hosted.pk))
    work()
    hosted.refresh_from_db()
    assert (hosted.state, hosted.problem["kind"]) == ("failing", "credits_exhausted")
    assert "The inference credits are used up" in as_operator.get(path("list")).content.decode()


def test_disabled_models_are_left_alone(hosted: ProviderModel, hub: Sandbox) -> None:
    ProviderModel.objects.update(enabled=False, next_check_at=timezone.now())
    hub.requests.clear()
    tasks.sweep_models()
    hosted.refresh_from_db()
    assert hosted.lease_id is None


def test_a_stored_token_that_cannot_be_read_says_so(
    hosted: ProviderModel, recheck: Recheck, organization: Organization
) -> None:
    """A ciphertext that was sealed for another row is refused."""
    stored_token(organization, "other", "hf_another")
    others = AccessToken.objects.filter(name="other").values("secret")
    AccessToken.objects.filter(verifications__model=hosted).update(secret=Subquery(others))
    assert recheck(hosted).problem["kind"] == "token_undecryptable"


def test_the_page_of_a_failing_model_says_why_at_the_field(
    hosted: ProviderModel, as_operator: Client, hub: Sandbox, recheck: Recheck
) -> None:
    hub.state.models.pop(LLAMA)
    recheck(hosted)
    html = as_operator.get(path("edit", hosted.pk)).content.decode()
    assert 'id="id_name_diagnosis"' in html
    assert 'data-kind="model_not_found"' in html
