"""The spelling that Hugging Face gave is used from then on, and saved."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hfadmin.accounts.models import User
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from tests.providers.catalog.conftest import BGE, LLAMA, Work, path, saved, verified


@pytest.mark.parametrize("typed", [LLAMA.upper(), LLAMA.lower(), f"  {LLAMA.title()} "])
def test_a_hosted_name_in_other_case_is_saved_as_hugging_face_spells_it(
    typed: str, as_operator: Client, hosted_llm: dict[str, Any], hub: Sandbox, work: Work
) -> None:
    model = saved(as_operator, work, hosted_llm | {"name": typed})
    assert model.name == LLAMA
    row = Verification.objects.get()
    assert row.name == LLAMA
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert f"{typed.strip()} is spelled {LLAMA}" in page


@pytest.mark.parametrize("typed", ["ACME", "Acme", " @aCmE/ "])
def test_a_namespace_in_other_case_is_saved_as_hugging_face_spells_it(
    typed: str, as_operator: Client, endpoint_embedding: dict[str, Any], work: Work
) -> None:
    model = saved(as_operator, work, endpoint_embedding | {"namespace_name": typed})
    assert model.namespace_name == "acme"
    page = as_operator.get(path("verification", Verification.objects.get().pk))
    assert "is spelled acme" in page.content.decode()


def test_a_deployed_repository_in_other_case_is_the_same(
    as_operator: Client, endpoint_embedding: dict[str, Any], work: Work
) -> None:
    assert saved(as_operator, work, endpoint_embedding | {"name": BGE.upper()}).name == BGE


def test_an_address_in_other_case_is_the_same(
    as_operator: Client, endpoint_llm: dict[str, Any], work: Work
) -> None:
    url = endpoint_llm["endpoint_url"]
    typed = f" HTTPS://{url.removeprefix('https://').upper()} "
    assert saved(as_operator, work, endpoint_llm | {"endpoint_url": typed}).endpoint_url == url


def test_a_free_name_stays_as_it_was_typed(
    as_operator: Client, endpoint_llm: dict[str, Any], work: Work
) -> None:
    assert saved(as_operator, work, endpoint_llm | {"name": "Our CHAT"}).name == "Our CHAT"


def test_a_model_saved_anyway_in_other_case_is_corrected_by_its_next_check(
    as_operator: Client, operator: User, hosted_llm: dict[str, Any], work: Work
) -> None:
    typed = hosted_llm | {"name": LLAMA.upper(), "anyway": "1"}
    as_operator.post(path("add"), typed)
    model = ProviderModel.objects.get()
    as_operator.post(path("check", model.pk))
    work()
    model.refresh_from_db()
    assert (model.name, model.state, model.version) == (LLAMA, "verified", 1)
    record = Record.objects.get(verb="model.edited")
    assert (record.actor, record.detail["changed"]) == (operator, ["name"])


def test_a_check_that_fails_after_it_found_the_spelling_is_still_one_of_the_model(
    as_operator: Client, hosted_llm: dict[str, Any], hub: Sandbox, work: Work
) -> None:
    as_operator.post(path("add"), hosted_llm | {"name": LLAMA.upper(), "anyway": "1"})
    hub.fault(402, path="/router")
    as_operator.post(path("check", ProviderModel.objects.get().pk))
    work()
    assert ProviderModel.objects.get().problem["kind"] == "credits_exhausted"


def test_the_same_model_in_other_case_is_not_set_up_twice(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    saved(as_operator, work, hosted_llm)
    again = hosted_llm | {"name": LLAMA.upper(), "form_key": str(uuid4())}
    row = verified(as_operator, work, again)
    assert (row.problem["kind"], row.field) == ("model_exists", "name")
