"""A token goes to an address that is not listed for it only upon a recorded confirmation by an
administrator, of that token and that address."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.catalog import operations
from providers.catalog.models import ProviderModel, Verification
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.catalog.conftest import LLAMA, Work, address, path, save

OURS = "us-east-1.aws.endpoints.huggingface.cloud"
ELSEWHERE = f"https://stranger.{OURS}"
OWN_DOMAIN = "https://models.acme.test"
CONFIRMED = {"url_confirmed": "on"}


def confirmations() -> list[dict[str, Any]]:
    return list(Record.objects.filter(verb="address.confirmed").values_list("detail", flat=True))


def sent_to(hub: Sandbox, url: str) -> bool:
    return url.removeprefix("https://") in {request.host for request in hub.requests}


def again(entered: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return entered | {"form_key": str(uuid4())} | changes


def save_anyway(client: Client, entered: dict[str, Any], *place: Any) -> ProviderModel:
    answer = client.post(path(*(place or ("add",))), again(entered, anyway="1"))
    assert answer.status_code == 302, answer.content.decode()
    return ProviderModel.objects.get()


@pytest.fixture(params=[ELSEWHERE, OWN_DOMAIN])
def unlisted(request: pytest.FixtureRequest, endpoint_llm: dict[str, Any]) -> dict[str, Any]:
    return endpoint_llm | {"endpoint_url": request.param}


@pytest.fixture
def confirmed(as_admin: Client, unlisted: dict[str, Any]) -> ProviderModel:
    return save_anyway(as_admin, unlisted | CONFIRMED)


@pytest.mark.parametrize(
    ("url", "kind"), [(OWN_DOMAIN, "url_not_listed"), (ELSEWHERE, "policy_pending")]
)
def test_an_own_address_can_be_confirmed_where_the_token_may_not_list_some_namespace(
    as_operator: Client, endpoint_llm: dict[str, Any], hub: Sandbox, work: Work, url: str, kind: str
) -> None:
    hub.fault("policy_pending", path="/v2/endpoint/acme")
    row = save(as_operator, endpoint_llm | {"endpoint_url": url})
    work()
    row.refresh_from_db()
    assert row.problem["kind"] == kind


def test_a_namespace_that_was_named_and_may_not_be_listed_is_said(
    as_operator: Client, endpoint_embedding: dict[str, Any], hub: Sandbox, work: Work
) -> None:
    hub.fault("policy_pending", path="/v2/endpoint/acme")
    row = save(as_operator, endpoint_embedding | {"endpoint_url": OWN_DOMAIN})
    work()
    row.refresh_from_db()
    assert row.problem["kind"] == "policy_pending"


@pytest.mark.parametrize(("fault", "kind"), [(503, "upstream_error"), (429, "rate_limited")])
def test_what_could_not_be_asked_says_nothing_of_an_own_address(
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    hub: Sandbox,
    work: Work,
    fault: int,
    kind: str,
) -> None:
    hub.fault(fault, path="/v2/endpoint/acme")
    row = save(as_operator, endpoint_llm | {"endpoint_url": OWN_DOMAIN})
    work()
    row.refresh_from_db()
    assert row.problem["kind"] == kind


def test_a_confirmation_is_recorded_when_the_model_is_saved_anyway(
    as_operator: Client, admin: User, confirmed: ProviderModel, hub: Sandbox, work: Work
) -> None:
    record = Record.objects.get(verb="address.confirmed")
    assert (record.actor, record.target_id) == (admin, str(confirmed.token_id))
    host = confirmed.endpoint_url.removeprefix("https://")
    assert record.detail == {"host": host}
    as_operator.post(path("check", confirmed.pk))
    work()
    assert sent_to(hub, confirmed.endpoint_url)
    assert len(confirmations()) == 1


def test_a_confirmation_is_recorded_when_a_saved_model_is_edited(
    as_admin: Client, unlisted: dict[str, Any], hub: Sandbox, work: Work
) -> None:
    model = save_anyway(as_admin, unlisted)
    save(as_admin, again(unlisted, version="0", **CONFIRMED), "edit", model.pk)
    assert len(confirmations()) == 1
    work()
    assert sent_to(hub, unlisted["endpoint_url"])


def test_one_confirmation_is_recorded_once_whatever_is_pressed_after_it(
    as_admin: Client, unlisted: dict[str, Any], work: Work
) -> None:
    row = save(as_admin, unlisted | CONFIRMED)
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.FAILED
    for _ in range(2):
        row = save(as_admin, again(unlisted, check=str(row.pk), **CONFIRMED))
        work()
    model = save_anyway(as_admin, again(unlisted, check=str(row.pk), **CONFIRMED))
    for act in ("check", "disable", "enable", "check"):
        as_admin.post(path(act, model.pk))
        work()
    assert len(confirmations()) == 1


def test_an_operator_keeps_what_an_administrator_confirmed(
    as_operator: Client, confirmed: ProviderModel, unlisted: dict[str, Any], work: Work
) -> None:
    entered = again(unlisted, version="0", name="another name")
    assert save(as_operator, entered, "edit", confirmed.pk).url_confirmed
    work()
    assert len(confirmations()) == 1


@pytest.mark.parametrize("change", ["address", "token"])
@pytest.mark.parametrize("button", ["save", "save anyway"])
@pytest.mark.parametrize("person", ["as_admin", "as_operator"])
def test_another_address_or_token_takes_the_confirmation_back(
    person: str,
    button: str,
    change: str,
    confirmed: ProviderModel,
    unlisted: dict[str, Any],
    organization: Organization,
    hub: Sandbox,
    work: Work,
    request: pytest.FixtureRequest,
) -> None:
    client = request.getfixturevalue(person)
    html = client.get(path("edit", confirmed.pk)).content.decode()
    shown = re.search(r'name="confirmed_for" value="([^"]*)"', html)
    box = {"confirmed_for": shown[1], **CONFIRMED} if shown else {}
    assert bool(box) == (person == "as_admin")
    other = stored_token(organization, "other", hub.add_token("ada", role="write"))
    changes = {
        "address": {"endpoint_url": f"https://another.{OURS}"},
        "token": {"api_token": str(other.pk)},
    }
    entered = again(unlisted, version="0", **changes[change], **box)
    if button == "save":
        row = save(client, entered, "edit", confirmed.pk)
        work()
        row.refresh_from_db()
        assert row.problem["kind"] == "url_not_listed"
        page = client.get(path("verification", row.pk)).content.decode()
        assert 'name="url_confirmed" id="id_url_confirmed" checked' not in page
    else:
        model = save_anyway(client, entered, "edit", confirmed.pk)
        client.post(path("check", model.pk))
        work()
        assert not model.url_confirmed
    assert len(confirmations()) == 1
    assert {r.host for r in hub.requests} == {"sandbox.test"}


def test_a_box_that_was_ticked_for_another_address_is_not_shown_ticked_again(
    as_admin: Client, confirmed: ProviderModel, unlisted: dict[str, Any]
) -> None:
    token = unlisted["api_token"]
    stale = {"confirmed_for": f"{token} {confirmed.endpoint_url}", **CONFIRMED}
    entered = unlisted | {"endpoint_url": f"https://another.{OURS}", "name": "", **stale}
    answer = as_admin.post(path("edit", confirmed.pk), entered)
    assert answer.status_code == 422
    assert "url_confirmed" not in answer.content.decode()


@pytest.mark.parametrize("role", ["operator", "viewer", "outsider"])
def test_only_an_administrator_of_the_organization_confirms(
    role: str, unlisted: dict[str, Any], token: AccessToken, request: pytest.FixtureRequest
) -> None:
    """Also where the form is gone round."""
    person = request.getfixturevalue(role)
    setup = {
        "model_type": "llm",
        "name": "chat",
        "endpoint_type": "endpoint",
        "token_id": UUID(unlisted["api_token"]),
        "namespace_name": "",
        "endpoint_url": unlisted["endpoint_url"],
        "task": "text-generation",
        "real_call": True,
        "url_confirmed": True,
    }
    with pytest.raises(PermissionDenied):
        operations.save(token.organization, setup, form_key=uuid4(), actor=Actor.person(person))
    with pytest.raises(PermissionDenied):
        operations.save_anyway(token.organization, setup, actor=Actor.person(person))
    assert not Verification.objects.exists()
    assert not ProviderModel.objects.exists()


def test_an_address_that_is_listed_for_another_token_gets_none(
    as_admin: Client,
    hub: Sandbox,
    organization: Organization,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    """The organization's other token sees the endpoint, and the inventory may know it."""
    hub.add_user("bob")
    theirs = stored_token(organization, "bob", hub.add_token("bob", role="write"))
    model = save_anyway(as_admin, endpoint_llm | {"api_token": str(theirs.pk)})
    for act in ("check", "disable", "enable", "check", "wake"):
        as_admin.post(path(act, model.pk))
        work()
    problems = set(Verification.objects.values_list("problem__kind", flat=True))
    assert problems == {"url_not_listed"}
    assert not sent_to(hub, endpoint_llm["endpoint_url"])


def test_an_address_that_was_listed_once_and_is_another_accounts_now_gets_no_token(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    url = address(hub, "chat")
    save(as_operator, endpoint_llm)
    work()
    model = ProviderModel.objects.get()
    assert model.state == "verified"
    hub.remove_endpoint("acme", "chat")
    hub.add_user("mallory")
    hub.add_organization("umbrella", members={"mallory": "admin"})
    hub.add_endpoint("umbrella", "trap", repository=LLAMA, url_when_deployed=url)
    hub.requests.clear()
    as_operator.post(path("check", model.pk))
    work()
    assert Verification.objects.latest("created_at").problem["kind"] == "url_not_listed"
    assert not sent_to(hub, url)


def test_a_token_that_is_renamed_is_still_the_one_that_was_confirmed(
    as_admin: Client, confirmed: ProviderModel, hub: Sandbox, work: Work
) -> None:
    AccessToken.objects.update(name="renamed", version=1)
    as_admin.post(path("check", confirmed.pk))
    work()
    assert sent_to(hub, confirmed.endpoint_url)
