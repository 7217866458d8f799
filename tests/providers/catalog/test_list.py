"""The models by type, kept true on open pages."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.background import health
from providers.catalog.models import ProviderModel, Verification
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import LLAMA, Work, path, save


def test_an_empty_list_says_what_to_do(
    as_admin: Client, as_viewer: Client, organization: Organization
) -> None:
    assert "Add access token" in as_admin.get(path("list")).content.decode()
    assert "Add access token" not in as_viewer.get(path("list")).content.decode()


def test_with_a_token_the_next_thing_is_a_model(as_operator: Client, token: AccessToken) -> None:
    html = as_operator.get(path("list")).content.decode()
    assert path("add") in html
    assert "Add access token" not in html


def test_an_open_page_hears_of_changes_only(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    save(as_operator, hosted_llm)
    page = as_operator.get(path("list")).content.decode()
    version = page.split('"HX-PTag": "')[1].split('"')[0]
    assert as_operator.get(path("list"), headers={"HX-PTag": version}).status_code == 304
    work()
    news = as_operator.get(path("list"), headers={"HX-PTag": version})
    assert news.status_code == 200
    assert f'id="m-{ProviderModel.objects.get().pk}"' in news.content.decode()
    version = news["HX-PTag"]
    assert as_operator.get(path("list"), headers={"HX-PTag": version}).status_code == 304


def test_a_failed_save_waits_to_be_continued(
    as_operator: Client, as_admin: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    row = save(as_operator, hosted_llm | {"name": "nobody/nothing"})
    work()
    assert path("verification", row.pk) in as_operator.get(path("list")).content.decode()
    assert path("verification", row.pk) not in as_admin.get(path("list")).content.decode()


def test_what_was_not_saved_can_be_discarded_with_the_tries_before_it(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    for _ in range(2):
        row = save(as_operator, hosted_llm | {"name": "nobody/nothing", "form_key": str(uuid4())})
        work()
    discard = path("discard", row.pk)
    assert discard in as_operator.get(path("verification", row.pk)).content.decode()
    listed = as_operator.get(path("list")).content.decode()
    assert discard in listed
    assert "1 not saved yet" in listed

    listed = as_operator.post(discard, follow=True).content.decode()

    assert "nobody/nothing was discarded" in listed
    assert "not saved yet" not in listed


@pytest.mark.parametrize("name", ["nobody/nothing", LLAMA])
def test_what_is_being_checked_or_was_saved_is_not_discarded(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work, name: str
) -> None:
    row = save(as_operator, hosted_llm | {"name": name})
    if name == LLAMA:
        work()

    assert as_operator.post(path("discard", row.pk)).status_code == 404
    assert Verification.objects.filter(pk=row.pk).exists()


def test_what_was_an_edit_of_a_model_that_is_gone_offers_no_discarding(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    row = save(as_operator, hosted_llm | {"name": "nobody/nothing"})
    work()
    Verification.objects.update(model_version=1)
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert "Save anyway" in page
    assert "Discard" not in page
    assert as_operator.post(path("discard", row.pk)).status_code == 404


def test_a_page_that_polls_is_loaded_anew_once_the_checks_have_ended(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    row = save(as_operator, hosted_llm)
    poll = {"HX-Request": "true", "HX-PTag": ""}
    polled = as_operator.get(path("verification", row.pk), headers=poll)
    assert '<hx-partial id="steps">' in polled.content.decode()
    assert "<html" not in polled.content.decode()
    again = as_operator.get(
        path("verification", row.pk), headers=poll | {"HX-PTag": polled["HX-PTag"]}
    )
    assert again.status_code == 304
    work()
    polled = as_operator.get(path("verification", row.pk), headers=poll)
    assert polled["HX-Refresh"] == "true"


def test_without_a_worker_the_page_says_that_it_waits(
    as_operator: Client, hosted_llm: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_started", float("-inf"))
    row = save(as_operator, hosted_llm)
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "No worker has been seen" in html
    assert 'http-equiv="refresh"' in html


def test_other_organizations_pages_do_not_exist(
    as_outsider: Client, as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    row = save(as_operator, hosted_llm)
    work()
    model = ProviderModel.objects.get()
    assert Verification.objects.count() == 1
    for place in (("verification", row.pk), ("edit", model.pk), ("delete", model.pk)):
        foreign = path(*place).replace("/o/acme/", "/o/umbrella/")
        assert as_outsider.get(foreign).status_code == 404
        assert as_outsider.get(path(*place)).status_code == 404


def test_a_deleted_model_is_asked_about_first(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    save(as_operator, hosted_llm)
    work()
    model = ProviderModel.objects.get()
    assert LLAMA in as_operator.get(path("delete", model.pk)).content.decode()
    assert ProviderModel.objects.exists()
    assert as_operator.post(path("delete", model.pk)).status_code == 302
    assert not ProviderModel.objects.exists()
