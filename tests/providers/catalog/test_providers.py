"""A hosted model may name a provider, or a policy to choose one by, after a colon."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import BGE, LLAMA, Work, entries, path, saved, verified

CHATS = {"status": "live", "task": "conversational"}
GENERATES = {"status": "live", "task": "text-generation"}


@pytest.mark.parametrize("suffix", ["together", "nebius", "fastest", "cheapest", "preferred"])
def test_a_provider_or_policy_after_a_colon_is_called(
    suffix: str, as_operator: Client, hosted_llm: dict[str, Any], hub: Sandbox, work: Work
) -> None:
    model = saved(as_operator, work, hosted_llm | {"name": f"{LLAMA}:{suffix}"})
    assert model.name == f"{LLAMA}:{suffix}"
    policy = suffix in {"fastest", "cheapest", "preferred"}
    assert model.served_by == (["together", "nebius"] if policy else [suffix])
    assert f'"{LLAMA}:{suffix}"'.encode() in hub.requests[-1].body
    assert [r.path for r in hub.requests if "/api/models/" in r.path] == [f"/api/models/{LLAMA}"]


def test_both_spellings_are_mended_at_once(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    typed = f"{LLAMA.upper()} : Together"
    assert saved(as_operator, work, hosted_llm | {"name": typed}).name == f"{LLAMA}:together"


def test_a_provider_that_does_not_serve_it_is_told_with_who_does(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    row = verified(as_operator, work, hosted_llm | {"name": f"{LLAMA}:groq"})
    assert (row.problem["kind"], row.field) == ("model_not_served", "name")
    page = as_operator.get(path("verification", row.pk)).content.decode()
    page = page.replace("<bdi>", "").replace("</bdi>", "")
    assert f"{LLAMA} is not live at groq. It is served by together, nebius." in page


def test_a_provider_that_is_only_staging_does_not_serve_it(
    as_operator: Client, token: AccessToken, hub: Sandbox, work: Work
) -> None:
    hub.add_model("acme/own", providers={"novita": "staging", "groq": CHATS})
    entered = entries(token, model_type="llm", name="acme/own:novita", endpoint_type="hosted")
    assert verified(as_operator, work, entered).problem["params"]["providers"] == "groq"


def test_hf_inference_is_asked_by_its_name_where_it_generates(
    as_operator: Client, token: AccessToken, hub: Sandbox, work: Work
) -> None:
    hub.add_model("acme/own", providers={"hf-inference": GENERATES, "groq": CHATS})
    entered = entries(token, model_type="llm", name="acme/own:hf-inference", endpoint_type="hosted")
    assert saved(as_operator, work, entered).route == "generation"


def test_an_embedding_may_name_hf_inference(
    as_operator: Client, hosted_embedding: dict[str, Any], work: Work
) -> None:
    model = saved(as_operator, work, hosted_embedding | {"name": f"{BGE}:hf-inference"})
    assert model.dimension


@pytest.mark.parametrize("name", [f"{LLAMA}:", f"{LLAMA}:a b", f"{LLAMA}:x/y", ":groq", "a:b:c"])
def test_what_is_no_provider_is_refused(
    name: str, as_operator: Client, hosted_llm: dict[str, Any]
) -> None:
    answer = as_operator.post(path("add"), hosted_llm | {"name": name})
    assert answer.status_code == 422
    assert 'id="id_name_error"' in answer.content.decode()


def test_an_endpoint_has_no_provider(
    as_operator: Client, endpoint_embedding: dict[str, Any]
) -> None:
    answer = as_operator.post(path("add"), endpoint_embedding | {"name": f"{BGE}:together"})
    assert answer.status_code == 422
    assert "is for the Hosted Inference API" in answer.content.decode()
