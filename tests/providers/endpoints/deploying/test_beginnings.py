"""What the form begins with, and for whom: an earlier deployment, or another endpoint."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying import views
from providers.endpoints.deploying.engines import ENGINES
from providers.endpoints.lifecycle.models import Action, Values
from providers.endpoints.models import Endpoint, Hardware
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.deploying.conftest import MODEL, NAMESPACE, entered, form_url
from tests.providers.endpoints.deploying.sending import create, posts, send

pytestmark = pytest.mark.page

SOURCE = "llama-prod"


@pytest.fixture
def source(upstream: Sandbox, token: AccessToken) -> Endpoint:
    """An endpoint with a container of its own, as it was seen."""
    upstream.add_endpoint(
        NAMESPACE,
        SOURCE,
        repository=MODEL,
        engine="custom",
        image={"url": "registry.acme.test/serve:1", "port": 8081},
        health_route="/ready",
        env={"LOG_LEVEL": "debug"},
        secrets={"API_KEY": "canary-in-a-coal-mine"},
        tags=["prod"],
        max_replica=3,
        stuck=True,
    )
    look(Namespace.objects.get(name=NAMESPACE))
    upstream.requests.clear()
    return Endpoint.objects.get(name=SOURCE)


def begun(browser: Client, acme: Organization, **query: Any) -> Any:
    answer: Any = browser.get(form_url(acme), query)
    assert answer.status_code == 200
    return answer.context["form"]


def test_like_another_endpoint_with_its_variables_and_the_names_of_its_secrets(
    as_operator: Client, acme: Organization, source: Endpoint, token: AccessToken
) -> None:
    form = begun(as_operator, acme, like=source.pk)
    assert form["repository"].value() == MODEL
    assert form["engine"].value() == "custom"
    assert form["image"].value() == "registry.acme.test/serve:1"
    assert (form["port"].value(), form["health_route"].value()) == (8081, "/ready")
    assert form["max_replicas"].value() == 3
    assert form["tags"].value() == "prod"
    assert form["env"].value() == [("LOG_LEVEL", "debug")]
    assert form["secrets"].value() == [("API_KEY", "")]
    assert form["name"].value() != SOURCE


def test_that_its_secrets_have_to_be_entered_again_is_said_and_in_view(
    as_operator: Client, acme: Organization, source: Endpoint
) -> None:
    answer: Any = as_operator.get(form_url(acme), {"like": source.pk})
    before, summary = answer.content.decode().split('id="deploy-variables-summary">')
    assert " ".join(summary.split()).startswith("1 variable · 1 secret still to enter")
    assert " open " in before.rpartition("<details")[2].partition(">")[0]


def test_the_price_stands_there_at_once(
    as_operator: Client, acme: Organization, source: Endpoint
) -> None:
    Endpoint.objects.update(min_replicas=0, scale_to_zero_minutes=15)
    answer: Any = as_operator.get(form_url(acme), {"like": source.pk})
    assert answer.context["price"].least.is_asleep


def test_like_another_endpoint_with_its_file_and_its_parallel_sizes(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    image = {"modelPath": "Llama-3.2-3B-Instruct-Q8_0.gguf"}
    repository = "bartowski/Llama-3.2-3B-Instruct-GGUF"
    upstream.add_endpoint(
        NAMESPACE, "of-a-file", repository=repository, engine="llamacpp", image=image, stuck=True
    )
    split = {"tensorParallelSize": 2, "dataParallelSize": 4}
    upstream.add_endpoint(NAMESPACE, "split-up", engine="vLLM", image=split, stuck=True)
    look(Namespace.objects.get(name=NAMESPACE))
    form = begun(as_operator, acme, like=Endpoint.objects.get(name="of-a-file").pk)
    assert form["gguf_file"].value() == "Llama-3.2-3B-Instruct-Q8_0.gguf"
    form = begun(as_operator, acme, like=Endpoint.objects.get(name="split-up").pk)
    assert form["tensor_parallel_size"].value() == 2
    assert form["data_parallel_size"].value() == 4


@pytest.mark.parametrize("engine", ["vLLM", "tei", "llamacpp"])
def test_what_its_engine_has_by_itself_does_not_stay_where_another_is_chosen(
    engine: str, as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    own = ENGINES[engine]
    image = {"url": own.image, "port": own.port, "healthRoute": own.health_route}
    upstream.add_endpoint(NAMESPACE, SOURCE, engine=engine, image=image, stuck=True)
    look(Namespace.objects.get(name=NAMESPACE))
    form = begun(as_operator, acme, like=Endpoint.objects.get(name=SOURCE).pk)
    assert form["engine"].value() == engine
    assert not any(form[name].value() for name in ("image", "port", "health_route"))


def test_a_token_among_its_variables_has_to_be_entered_again(
    as_operator: Client, acme: Organization, source: Endpoint, upstream: Sandbox
) -> None:
    env = {"LOG_LEVEL": "debug", "HUB": f"hf_{'Canary' * 6}"}
    upstream.change_endpoint(NAMESPACE, SOURCE, env=env)
    look(Namespace.objects.get(name=NAMESPACE))
    form = begun(as_operator, acme, like=source.pk)
    assert form["env"].value() == [("LOG_LEVEL", "debug")]
    assert form["secrets"].value() == [("API_KEY", ""), ("HUB", "")]


def test_an_argument_that_was_left_out_has_to_be_entered_again(
    as_operator: Client, acme: Organization, source: Endpoint, upstream: Sandbox, token: AccessToken
) -> None:
    value = f"hf_{'Canary' * 6}"
    upstream.change_endpoint(NAMESPACE, SOURCE, extra_model={"args": ["--token", value]})
    look(Namespace.objects.get(name=NAMESPACE))
    args = begun(as_operator, acme, like=source.pk)["args"].value()
    answer: Any = send(as_operator, acme, token, args=args)
    assert "Enter what was left out" in answer.context["form"].errors["args"][0]
    assert posts(upstream) == []


def test_an_engine_that_cannot_be_chosen_is_told(
    as_operator: Client, acme: Organization, source: Endpoint, upstream: Sandbox
) -> None:
    Endpoint.objects.update(engine="tgiNeuron")
    page = as_operator.get(form_url(acme), {"like": source.pk}).content.decode()
    assert f"{SOURCE} is served by tgiNeuron, which cannot be chosen here" in page


def test_hardware_that_is_not_offered_any_more_is_told(
    as_operator: Client, acme: Organization, source: Endpoint
) -> None:
    sentence = f"What {SOURCE} runs on is not offered any more"
    page = as_operator.get(form_url(acme), {"like": source.pk}).content.decode()
    assert sentence not in page
    Hardware.objects.filter(instance_type=source.instance_type).delete()
    page = as_operator.get(form_url(acme), {"like": source.pk}).content.decode()
    assert sentence in page


def test_that_its_variables_were_read_is_recorded(
    as_operator: Client, acme: Organization, source: Endpoint
) -> None:
    begun(as_operator, acme, like=source.pk)
    record = Record.objects.get(verb="endpoint.revealed")
    assert SOURCE in record.target_label


def test_where_its_variables_cannot_be_had_there_are_their_names(
    as_operator: Client, acme: Organization, source: Endpoint, upstream: Sandbox
) -> None:
    upstream.fault("503", method="GET", path="/v2/endpoint/")
    form = begun(as_operator, acme, like=source.pk)
    assert form["env"].value() == [("LOG_LEVEL", "")]


def test_a_deployment_of_another_organization_is_not_found(
    as_operator: Client, as_outsider: Client, acme: Organization, token: AccessToken
) -> None:
    action = create(as_operator, acme, token)
    theirs = Organization.objects.get(slug="umbrella")
    assert as_outsider.get(form_url(theirs), {"as": action.pk}).status_code == 404
    assert as_outsider.get(form_url(acme), {"as": action.pk}).status_code == 404
    assert as_operator.get(form_url(acme), {"as": action.pk}).status_code == 200


def test_an_endpoint_of_another_organization_is_not_found_and_not_read(
    as_outsider: Client, acme: Organization, source: Endpoint, upstream: Sandbox
) -> None:
    theirs = Organization.objects.get(slug="umbrella")
    assert as_outsider.get(form_url(theirs), {"like": source.pk}).status_code == 404
    assert [*upstream.requests] == []
    assert not Record.objects.filter(verb="endpoint.revealed").exists()


@pytest.mark.parametrize("query", [{"as": "9" * 40}, {"like": "9" * 40}, {"as": "0"}])
def test_what_is_not_there_is_not_found(
    query: dict[str, str], as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    assert as_operator.get(form_url(acme), query).status_code == 404


@pytest.mark.parametrize("query", [{"as": "x"}, {"like": "-1"}, {"as": ""}, {"name": "\u202e"}])
def test_what_is_no_number_begins_anew(
    query: dict[str, str], as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    assert begun(as_operator, acme, **query)["engine"].value() == "huggingface"


def test_a_viewer_may_neither_see_nor_send_the_form(
    as_viewer: Client, acme: Organization, source: Endpoint, token: AccessToken, upstream: Sandbox
) -> None:
    addresses = [form_url(acme), f"{form_url(acme)}repositories/?repository=qwen"]
    asked: list[Any] = [as_viewer.get(address) for address in addresses]
    asked += [as_viewer.get(form_url(acme), {"like": source.pk}), send(as_viewer, acme, token)]
    asked += [as_viewer.post(f"{form_url(acme)}{part}/", entered(token)) for part in views.PARTS]
    assert {answer.status_code for answer in asked} == {403}
    assert [*upstream.requests] == []
    assert not Action.objects.exists()


def test_variables_of_a_refused_one_that_cannot_be_read_any_more_are_left_out(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("payment_required", method="POST", path="/v2/endpoint/", times=1)
    action = create(as_operator, acme, token, env_name=["A"], env_value=["1"])
    assert begun(as_operator, acme, **{"as": action.pk})["env"].value() == [("A", "1")]
    Values.objects.update(organization=Organization.objects.create(name="B", slug="b"))
    form = begun(as_operator, acme, **{"as": action.pk})
    assert form["env"].value() == []
    assert form["name"].value() == action.name
    assert len(posts(upstream)) == 1
