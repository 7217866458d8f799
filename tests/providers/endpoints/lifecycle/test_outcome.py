"""What was entered is followed until Hugging Face has taken it, or comes back with its refusal."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace, NamespaceAccess
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_changes import ENTERED, TYPED
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail, shown

pytestmark = pytest.mark.page

IN_DIALOG = {"HX-Request": "true"}


def outcome(action: Action) -> str:
    return reverse("lifecycle:outcome", args=[action.organization.slug, action.pk])


def asked(client: Client, endpoint: Endpoint, verb: str, **changes: Any) -> Action:
    client.post(confirm(endpoint, verb), ENTERED[verb][0] | changes)
    return Action.objects.get()


def test_a_page_follows_it_and_leads_to_the_endpoint_once_it_is_taken(
    as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.post(confirm(endpoint, "tags"), {"tags": "prod"})
    action = Action.objects.get()
    assert answer["Location"] == outcome(action)
    waiting = as_operator.get(outcome(action))
    assert "about to be sent" in waiting.content.decode()
    assert waiting["Refresh"]
    work()
    assert as_operator.get(outcome(action))["Location"] == detail(endpoint)


def test_a_dialog_follows_it_without_leaving_the_page(
    as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.post(confirm(endpoint, "tags"), {"tags": "prod"}, headers=IN_DIALOG)
    action = Action.objects.get()
    assert answer.status_code == 200
    assert f'hx-get="{outcome(action)}"' in answer.content.decode()
    work()
    led = as_operator.get(outcome(action), headers=IN_DIALOG)
    assert (led.status_code, led["HX-Redirect"]) == (204, detail(endpoint))


REFUSALS = [
    ("scaling", "quota", {}, "max_replicas"),
    ("scaling", "bad", {"text": "scaleToZeroTimeout must be 15 or more"}, "scale_to_zero_minutes"),
    ("scaling", "bad", {"text": "minReplica is too large"}, "min_replicas"),
    ("scaling", "bad", {"text": "measure is not supported"}, "autoscale_by"),
    ("scaling", "bad", {"text": "No"}, ""),
    ("hardware", "quota", {}, "hardware"),
    ("hardware", "bad", {"text": "Instance compute 'Gpu' - 'x4' not found"}, "hardware"),
    ("model", "bad", {"text": "Revision not found"}, "revision"),
    ("model", "bad", {"text": "Repository not found"}, "repository"),
    ("tags", "bad", {"text": "No"}, "tags"),
    ("access", "bad", {"text": "Not on this plan"}, "auth_type"),
    ("tags", "payment_required", {}, ""),
]


@pytest.mark.parametrize(("verb", "fault", "options", "field"), REFUSALS)
def test_a_refusal_stands_at_its_field_with_what_was_typed(
    verb: str,
    fault: str,
    options: dict[str, str],
    field: str,
    as_operator: Client,
    endpoint: Endpoint,
    upstream: Sandbox,
) -> None:
    upstream.fault("400" if fault == "bad" else fault, method="PUT", times=1, **options)
    action = asked(as_operator, endpoint, verb, reason="For the demo")
    work()
    answer = as_operator.get(outcome(action), headers=IN_DIALOG)
    form, page = answer.context["form"], answer.content.decode()
    assert form.refused_at == field
    assert page.count('class="diagnosis" data-kind') == 1
    assert (f'id="id_{field}_diagnosis"' in page) == bool(field)
    assert "PUT" in page  # the evidence of the answer
    assert form["reason"].value() == "For the demo"
    for name, value in TYPED.get(verb, ENTERED[verb][0]).items():
        assert str(form[name].value()) == str(value)
    assert f'action="{confirm(endpoint, verb)}?as={action.pk}"' in page


def test_what_is_corrected_is_asked_for_anew(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.fault("quota", method="PUT", times=1)
    action = asked(as_operator, endpoint, "scaling")
    work()
    again = f"{confirm(endpoint, 'scaling')}?{action.again}"
    assert again in shown(as_operator, detail(endpoint))
    assert as_operator.get(again).context["form"].refused_at == "max_replicas"
    corrected = ENTERED["scaling"][0] | {"max_replicas": 2}
    assert as_operator.post(again, corrected).status_code == 302
    work()
    assert list(Action.objects.values_list("state", flat=True)) == ["done", "refused"]
    assert len(mutations(upstream)) == 2


def test_what_was_refused_of_one_that_is_gone_is_not_offered_again(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.fault("quota", method="PUT", times=1)
    action = asked(as_operator, endpoint, "scaling")
    work()
    Endpoint.objects.update(deleted_at=timezone.now())
    page = shown(as_operator, detail(endpoint))
    assert "quota" in page
    assert action.again not in page


def test_private_access_without_a_private_link_is_refused_at_its_field(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    as_operator.post(confirm(endpoint, "access"), {"auth_type": "private"})
    work()
    answer = as_operator.get(outcome(Action.objects.get()))
    assert answer.context["form"].refused_at == "auth_type"
    assert "PrivateLink account" in answer.content.decode()


@pytest.mark.parametrize("verb", ["pause", "tags"])
def test_why_is_kept_in_the_activity(verb: str, as_operator: Client, endpoint: Endpoint) -> None:
    entered = {"reason": " Quarter's end ", "tags": "prod"}
    as_operator.post(confirm(endpoint, verb), entered)
    assert Action.objects.get().reason == "Quarter's end"
    assert Record.objects.get(verb=f"endpoint.{verb}").detail["why"] == "Quarter's end"


@pytest.mark.parametrize("reason", ["x" * 201, "hf_" + "a" * 34])
def test_a_reason_that_is_too_long_or_holds_a_token_is_not_kept(
    reason: str, as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.post(confirm(endpoint, "pause"), {"reason": reason})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"reason"}
    assert not Action.objects.exists()


def test_what_is_refused_for_want_of_rights_stands_above_the_form(
    as_operator: Client, endpoint: Endpoint, namespace: Namespace
) -> None:
    action = asked(as_operator, endpoint, "tags")
    NamespaceAccess.objects.filter(namespace=namespace).delete()
    work()
    page = shown(as_operator, outcome(action))
    assert "alert" in page
    assert Action.objects.get().state == "refused"


def test_an_endpoint_that_was_deleted_meanwhile_is_said_to_be_gone(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    action = asked(as_operator, endpoint, "scaling")
    upstream.remove_endpoint(NAMESPACE, NAME)
    work()
    assert "It was deleted at Hugging Face." in shown(as_operator, outcome(action))
    assert mutations(upstream) == []
    endpoint.refresh_from_db()
    assert endpoint.deleted_at is not None


def test_a_namespace_that_is_gone_takes_what_was_asked_with_it(
    as_operator: Client, endpoint: Endpoint, namespace: Namespace, upstream: Sandbox
) -> None:
    action, form = asked(as_operator, endpoint, "tags"), confirm(endpoint, "tags")
    namespace.delete()
    work()
    assert as_operator.get(outcome(action)).status_code == 404
    assert as_operator.post(form, {"tags": "prod"}).status_code == 404
    assert mutations(upstream) == []


def test_a_pause_that_is_refused_while_it_starts_says_to_wait(
    ask: Ask, as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.state.quirks.refuses_pause_while_starting = True
    upstream.change_endpoint(NAMESPACE, NAME, state="initializing")
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", "endpoint_busy")
    assert "The endpoint cannot do this now" in shown(as_operator, detail(endpoint))
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "initializing"
