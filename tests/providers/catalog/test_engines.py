"""Models on the engines that people really deploy: which route answers, under which name."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.catalog.models import Verification
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import (
    BGE,
    LLAMA,
    Work,
    address,
    entries,
    path,
    save,
    saved,
    verified,
)

SERVED = "/repository"


def deployed_llm(hub: Sandbox, token: AccessToken, **endpoint: Any) -> dict[str, Any]:
    hub.add_endpoint("acme", "ours", **{"repository": LLAMA, "task": "text-generation"} | endpoint)
    return entries(
        token,
        model_type="llm",
        name="our model",
        endpoint_type="endpoint",
        endpoint_url=address(hub, "ours"),
        task="text-generation",
    )


def deployed_embedding(hub: Sandbox, token: AccessToken, **endpoint: Any) -> dict[str, Any]:
    hub.add_endpoint("acme", "ours", **{"repository": BGE, "task": "feature-extraction"} | endpoint)
    return entries(
        token,
        model_type="text-embedding",
        name=BGE,
        endpoint_type="endpoint",
        namespace_name="acme",
        endpoint_url=address(hub, "ours"),
        task="feature-extraction",
    )


def page(client: Client, row: Verification) -> str:
    return client.get(path("verification", row.pk)).content.decode()


@pytest.mark.parametrize(
    ("engine", "route"),
    [
        ("tgi", "generation"),
        ("vLLM", "completions"),
        ("sGLang", "completions"),
        ("transformers", "completions"),
    ],
)
def test_a_model_without_a_chat_template_is_verified_with_a_remark(
    engine: str, route: str, as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    entered = deployed_llm(hub, token, engine=engine, chat_template=False)
    model = saved(as_operator, work, entered)
    assert model.route == route
    assert model.only_continues
    assert "cannot chat" in page(as_operator, Verification.objects.get())
    assert "cannot chat" in as_operator.get(path("list")).content.decode()


@pytest.mark.parametrize("engine", ["tgi", "vLLM", "sGLang", "llamacpp", "transformers"])
def test_a_model_that_chats_has_no_such_remark(
    engine: str, as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    model = saved(as_operator, work, deployed_llm(hub, token, engine=engine))
    assert model.route == "chat"
    assert "cannot chat" not in page(as_operator, Verification.objects.get())


@pytest.mark.parametrize("engine", ["vLLM", "transformers"])
@pytest.mark.parametrize("template", [True, False])
def test_the_name_that_the_engine_serves_is_used_kept_and_shown(
    engine: str,
    template: bool,
    as_operator: Client,
    hub: Sandbox,
    token: AccessToken,
    work: Work,
) -> None:
    entered = deployed_llm(hub, token, engine=engine, serves=[SERVED], chat_template=template)
    model = saved(as_operator, work, entered)
    assert (model.name, model.served_name) == ("our model", SERVED)
    assert SERVED in page(as_operator, Verification.objects.get())


def test_the_kept_name_is_the_first_one_asked_for(
    as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    model = saved(as_operator, work, deployed_llm(hub, token, engine="vLLM", serves=[SERVED]))
    hub.requests.clear()
    as_operator.post(path("check", model.pk))
    work()
    calls = [seen.object()["model"] for seen in hub.requests if seen.path.startswith("/v1/chat")]
    assert calls == [SERVED]
    model.refresh_from_db()
    assert (model.state, model.served_name) == ("verified", SERVED)


def test_a_name_that_the_engine_changed_is_found_anew(
    as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    model = saved(as_operator, work, deployed_llm(hub, token, engine="vLLM", serves=[SERVED]))
    endpoint = hub.state.endpoint("acme", "ours")
    assert endpoint is not None
    endpoint.serves = ["renamed"]
    as_operator.post(path("check", model.pk))
    work()
    model.refresh_from_db()
    assert (model.state, model.served_name) == ("verified", "renamed")


def test_another_address_forgets_the_name(
    as_operator: Client, hub: Sandbox, token: AccessToken, work: Work, endpoint_llm: dict[str, Any]
) -> None:
    entered = deployed_llm(hub, token, engine="vLLM", serves=[SERVED])
    model = saved(as_operator, work, entered)
    elsewhere = endpoint_llm | {"version": str(model.version)}
    save(as_operator, elsewhere, "edit", model.pk)
    work()
    model.refresh_from_db()
    assert (model.state, model.served_name) == ("verified", LLAMA)


def test_of_several_names_the_typed_one_is_used(
    as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    entered = deployed_llm(hub, token, engine="vLLM", serves=["base", "tuned"])
    row = verified(as_operator, work, entered)
    assert (row.state, row.problem["kind"], row.field) == (
        "failed",
        "endpoint_serves_several",
        "name",
    )
    html = page(as_operator, row)
    assert "base, tuned" in html
    assert "Enter one of these as Model Name" in html
    again = entered | {"name": "tuned", "form_key": entries(token)["form_key"]}
    model = saved(as_operator, work, again)
    assert (model.name, model.served_name) == ("tuned", "tuned")


@pytest.mark.parametrize(
    ("engine", "route", "served"),
    [("tei", "embedding", ""), ("vLLM", "embeddings", BGE), ("infinity", "embeddings", BGE)],
)
def test_an_embedding_is_found_by_the_route_of_its_engine(
    engine: str,
    route: str,
    served: str,
    as_operator: Client,
    hub: Sandbox,
    token: AccessToken,
    work: Work,
) -> None:
    model = saved(as_operator, work, deployed_embedding(hub, token, engine=engine))
    assert (model.route, model.served_name) == (route, served)
    assert not model.only_continues
    assert model.dimension


@pytest.mark.parametrize("engine", ["vLLM", "infinity"])
def test_an_embedding_among_several_says_what_is_served(
    engine: str, as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    entered = deployed_embedding(hub, token, engine=engine, serves=["a", "b"])
    row = verified(as_operator, work, entered)
    assert row.problem["kind"] == "endpoint_serves_several"
    assert "have the container serve it under this name" in page(as_operator, row)


@pytest.mark.parametrize("engine", ["infinity", "transformers"])
def test_an_engine_of_the_other_kind_has_no_route(
    engine: str, as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    if engine == "infinity":
        entered = deployed_llm(hub, token, engine=engine)
    else:
        entered = deployed_embedding(hub, token, engine=engine)
    row = verified(as_operator, work, entered)
    assert row.problem["kind"] == "no_route"


def test_the_typed_name_of_an_adapter_is_the_one_that_is_verified(
    as_operator: Client, hub: Sandbox, token: AccessToken, work: Work
) -> None:
    entered = deployed_llm(hub, token, engine="vLLM", serves=[LLAMA, "tuned"])
    model = saved(as_operator, work, entered)
    assert model.served_name == LLAMA
    tuned = entered | {"name": "tuned", "version": "0", "form_key": entries(token)["form_key"]}
    save(as_operator, tuned, "edit", model.pk)
    work()
    model.refresh_from_db()
    assert (model.name, model.served_name) == ("tuned", "tuned")
