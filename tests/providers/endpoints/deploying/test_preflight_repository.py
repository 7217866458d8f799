"""The preflight of the repository: whether it can be deployed, and read."""

import pytest

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying import screens
from providers.endpoints.deploying.preflight import State
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.endpoints.deploying.checks import labels_of, line, lines, remedy
from tests.providers.endpoints.deploying.conftest import (
    EVERYTHING,
    MODEL,
    NAMESPACE,
    check,
    entered,
)

GATED = "meta-llama/Llama-3.1-8B-Instruct"
OWN = f"{NAMESPACE}/secret"


def test_an_open_repository_is_ok(acme: Organization, token: AccessToken) -> None:
    shown = line(acme, token, "repository")
    assert (shown.state, shown.title) == (State.OK, f"{MODEL} is open to everybody")


@pytest.mark.parametrize("written", ["two words", "a/b/c", "https://example.org/a/b", "x" * 300])
def test_what_cannot_be_a_repository_stands_against_it(
    acme: Organization, token: AccessToken, written: str
) -> None:
    shown = line(acme, token, "repository", repository=written)
    assert (shown.blocks, shown.field) == (True, "repository")
    assert shown.title == "This cannot be a repository"


def test_a_file_of_the_repository_before_does_not_stay_suggested(
    acme: Organization, token: AccessToken
) -> None:
    of_before = {"gguf_file": "before-Q4_K_M.gguf", "suggested_gguf_file": "before-Q4_K_M.gguf"}
    form = screens.form(acme, initial=entered(token, **of_before))
    assert form["gguf_file"].value() == ""


def test_a_gated_one_that_admits_the_account_is_ok(acme: Organization, token: AccessToken) -> None:
    shown = line(acme, token, "repository", repository=GATED)
    assert (shown.state, shown.title) == (State.OK, f"{GATED} is gated, and admits ada")


def test_a_gated_one_that_does_not_admit_the_account_leads_to_its_page(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_model("closed/model", gated="manual")
    shown = line(acme, token, "repository", repository="closed/model")
    assert shown.blocks
    assert shown.field == "repository"
    assert shown.title == "closed/model is gated, and does not admit ada"
    assert remedy(shown, "Ask for access").link == "https://sandbox.test/closed/model"


def test_a_token_that_may_read_no_gated_one_is_told_apart(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    value = upstream.add_token("ada", scopes={"ada": EVERYTHING, NAMESPACE: EVERYTHING})
    other = stored_token(acme, "narrow", value)
    check(other)
    shown = line(acme, other, "repository", repository=GATED)
    assert shown.blocks
    assert shown.title == "narrow may not read gated repositories"
    assert "canReadGatedRepos=true" in remedy(shown, "Give it the right").link


def test_a_private_one_is_ok_for_a_token_that_may_read_it_alone(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_model(OWN, private=True)
    shown = line(acme, token, "repository", repository=OWN)
    assert (shown.state, shown.title) == (
        State.OK,
        f"{OWN} is private, and ada-deploys may read it",
    )
    permissions = tuple(name for name in EVERYTHING if name != "repo.content.read")
    value = upstream.add_token("ada", scopes={NAMESPACE: permissions})
    blind = stored_token(acme, "blind", value)
    check(blind)
    hidden = line(acme, blind, "repository", repository=OWN)
    assert hidden.blocks
    assert hidden.title == f"blind cannot see {OWN}"


def test_one_that_does_not_exist_is_refused(acme: Organization, token: AccessToken) -> None:
    shown = line(acme, token, "repository", repository="nobody/nothing")
    assert shown.blocks
    assert shown.field == "repository"


def test_a_revision_that_does_not_exist_is_refused_at_the_revision(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "repository", revision="never")
    assert shown.blocks
    assert shown.field == "revision"


def test_a_renamed_one_is_deployed_under_its_new_name(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_model("new/name", renamed_from=["old/name"])
    shown = line(acme, token, "repository", repository="old/name")
    assert shown.state is State.OK
    assert shown.about.startswith("old/name is called so now")
    assert remedy(shown, "Use the new name").sets == {"repository": "new/name"}


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("https://huggingface.co/datasets/a/b", "This is a dataset"),
        ("https://huggingface.co/spaces/a/b", "This is a Space"),
    ],
)
def test_a_dataset_and_a_space_are_no_models(
    acme: Organization, token: AccessToken, typed: str, title: str
) -> None:
    shown = line(acme, token, "repository", repository=typed)
    assert shown.blocks
    assert shown.title == title


def test_while_the_hub_does_not_answer_nothing_is_known(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("503", path="/api/models")
    shown = lines(acme, token)
    assert shown["repository"].state is State.UNKNOWN
    assert "memory" not in shown


def test_while_only_the_access_cannot_be_asked_about_that_is_unknown(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("503", path=f"/api/models/{GATED}/auth-check")
    shown = line(acme, token, "repository", repository=GATED)
    assert shown.state is State.UNKNOWN
    assert labels_of(shown) == ["Look again"]


def test_the_hub_is_asked_once_for_what_is_chosen_again_and_again(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    lines(acme, token)
    asked = len(upstream.requests)
    lines(acme, token, max_replicas="3")
    assert len(upstream.requests) == asked
