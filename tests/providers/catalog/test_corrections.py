"""Where a check knows the right value, one press puts it in place and checks."""

import html as markup
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.catalog.conftest import BGE, LLAMA, Work, address, path, save

Recheck = Callable[[ProviderModel], ProviderModel]
ANEW = "https://anew.us-east-1.aws.endpoints.huggingface.cloud"


def offered(html: str) -> tuple[str, str]:
    """Name and value of the button that corrects."""
    found = re.search(r'<button[^>]* name="(use_\w+)" value="([^"]*)"', html)
    assert found is not None
    return found[1], markup.unescape(found[2])


def press(client: Client, entered: dict[str, Any], html: str, *place: Any) -> Verification:
    name, value = offered(html)
    again = entered | {"form_key": str(uuid4()), "version": "0", name: value}
    return save(client, again, *place)


@pytest.fixture
def seen(organization: Organization, hub: Sandbox) -> Endpoint:
    """The endpoint as polling keeps it."""
    namespace = Namespace.objects.create(organization=organization, name="acme", kind="org")
    return Endpoint.objects.create(
        organization=organization,
        namespace=namespace,
        name="chat",
        state="running",
        repository=LLAMA,
        task="text-generation",
        url=address(hub, "chat"),
        ready_replicas=1,
    )


@pytest.fixture
def model(
    seen: Endpoint, as_operator: Client, endpoint_llm: dict[str, Any], work: Work
) -> ProviderModel:
    save(as_operator, endpoint_llm)
    work()
    model = ProviderModel.objects.get()
    assert (model.state, model.endpoint) == ("verified", seen)
    return model


def made_anew(hub: Sandbox) -> None:
    hub.remove_endpoint("acme", "chat")
    hub.add_endpoint("acme", "chat", repository=LLAMA, url_when_deployed=ANEW)
    Endpoint.objects.update(url=ANEW)


def test_an_endpoint_made_anew_under_its_name_fails_its_model_and_one_press_mends_it(
    model: ProviderModel,
    hub: Sandbox,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    work: Work,
    recheck: Recheck,
) -> None:
    made_anew(hub)
    model = recheck(model)
    assert (model.state, model.problem["kind"]) == ("failing", "endpoint_moved")
    page = as_operator.get(path("edit", model.pk)).content.decode()
    assert offered(page) == ("use_endpoint_url", ANEW)
    assert "acme/chat was made anew" in re.sub("</?bdi>", "", page)
    press(as_operator, endpoint_llm, page, "edit", model.pk)
    work()
    model.refresh_from_db()
    assert (model.state, model.endpoint_url, model.problem) == ("verified", ANEW, {})
    assert recheck(model).state == "verified"


def test_a_check_on_request_offers_the_new_address_too(
    model: ProviderModel, hub: Sandbox, as_operator: Client, work: Work
) -> None:
    made_anew(hub)
    as_operator.post(path("check", model.pk))
    work()
    row = Verification.objects.latest("created_at")
    assert (row.problem["kind"], row.field) == ("endpoint_moved", "endpoint_url")
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert offered(page) == ("use_endpoint_url", ANEW)


def test_an_endpoint_that_is_found_at_its_address_is_the_same_whatever_its_name(
    model: ProviderModel, seen: Endpoint, organization: Organization, recheck: Recheck
) -> None:
    """Renamed, or moved to another namespace: the address is what the model uses."""
    other = Namespace.objects.create(organization=organization, name="ada", kind="user")
    Endpoint.objects.update(deleted_at=timezone.now())
    moved = Endpoint.objects.create(
        organization=organization,
        namespace=other,
        name="renamed",
        state="running",
        repository=LLAMA,
        task="text-generation",
        url=f"{seen.url}/",
        ready_replicas=1,
    )
    model = recheck(model)
    assert (model.state, model.endpoint) == ("verified", moved)


def test_of_two_endpoints_at_one_address_the_one_known_is_kept(
    model: ProviderModel, seen: Endpoint, organization: Organization, recheck: Recheck
) -> None:
    other = Namespace.objects.create(organization=organization, name="ada", kind="user")
    Endpoint.objects.create(
        organization=organization, namespace=other, name="twin", state="failed", url=seen.url
    )
    model = recheck(model)
    assert (model.state, model.endpoint) == ("verified", seen)


def test_an_endpoint_that_was_made_anew_and_has_no_address_yet_says_nothing(
    model: ProviderModel, recheck: Recheck
) -> None:
    Endpoint.objects.update(url="", state="pending")
    assert recheck(model).state == "verified"


def test_a_new_address_that_is_another_models_is_not_taken_from_it(
    model: ProviderModel,
    hub: Sandbox,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    work: Work,
    recheck: Recheck,
) -> None:
    made_anew(hub)
    save(as_operator, endpoint_llm | {"endpoint_url": ANEW, "form_key": str(uuid4())})
    work()
    model = recheck(model)
    page = as_operator.get(path("edit", model.pk)).content.decode()
    name, value = offered(page)
    again = endpoint_llm | {"form_key": str(uuid4()), "version": "0", name: value}
    answer = as_operator.post(path("edit", model.pk), again)
    assert answer.status_code == 422
    assert "already set up" in answer.content.decode()


def test_an_endpoint_that_is_gone_is_not_said_to_have_moved(
    model: ProviderModel, recheck: Recheck
) -> None:
    Endpoint.objects.update(deleted_at=timezone.now(), url=ANEW)
    assert recheck(model).problem["kind"] == "endpoint_deleted"


TASKS = [
    ("text-generation", "text2text-generation", "text-generation", "Text Generation"),
    ("image-text-to-text", "text2text-generation", "text-generation", "Text Generation"),
    ("text2text-generation", "text-generation", "text2text-generation", "Text-to-Text Generation"),
]


@pytest.mark.parametrize(("deployed", "chosen", "fitting", "word"), TASKS)
def test_a_task_that_is_not_the_deployed_one_is_told_and_the_right_one_offered(
    deployed: str,
    chosen: str,
    fitting: str,
    word: str,
    hub: Sandbox,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    engine = "huggingface" if deployed == "text2text-generation" else "vLLM"
    hub.add_endpoint("acme", "other", repository=LLAMA, task=deployed, engine=engine)
    entered = endpoint_llm | {"endpoint_url": address(hub, "other"), "task": chosen}
    row = save(as_operator, entered)
    work()
    row.refresh_from_db()
    assert (row.problem["kind"], row.field) == ("task_mismatch", "task")
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert offered(page) == ("use_task", fitting)
    assert f"Use <bdi>{word}</bdi> and check" in page
    press(as_operator, entered, page, "add")
    work()
    assert (ProviderModel.objects.get().task, ProviderModel.objects.get().state) == (
        fitting,
        "verified",
    )


@pytest.mark.parametrize("deployed", ["custom", "", "summarization"])
@pytest.mark.parametrize("chosen", ["text-generation", "text2text-generation"])
def test_a_deployment_that_leaves_its_task_open_is_taken_as_chosen(
    deployed: str,
    chosen: str,
    hub: Sandbox,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    hub.add_endpoint("acme", "other", repository=LLAMA, task=deployed, engine="custom")
    save(as_operator, endpoint_llm | {"endpoint_url": address(hub, "other"), "task": chosen})
    work()
    assert ProviderModel.objects.get().state == "verified"


def test_a_task_that_was_changed_at_the_endpoint_is_told_by_the_scheduled_check(
    model: ProviderModel, recheck: Recheck, as_operator: Client
) -> None:
    Endpoint.objects.update(task="text2text-generation")
    model = recheck(model)
    assert (model.state, model.problem["kind"]) == ("failing", "task_mismatch")
    page = as_operator.get(path("edit", model.pk)).content.decode()
    assert offered(page) == ("use_task", "text2text-generation")


def test_the_new_name_of_a_repository_is_offered(
    hub: Sandbox, as_operator: Client, hosted_embedding: dict[str, Any], work: Work
) -> None:
    hub.state.renamed["BAAI/old"] = BGE
    entered = hosted_embedding | {"name": "BAAI/old"}
    row = save(as_operator, entered)
    work()
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert offered(page) == ("use_name", BGE)
    press(as_operator, entered, page, "add")
    work()
    assert (ProviderModel.objects.get().name, ProviderModel.objects.get().state) == (
        BGE,
        "verified",
    )
