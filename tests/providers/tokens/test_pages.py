"""What the pages of tokens show, and what an open one learns."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import COMMAND
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface.parse import MOST_ORGANIZATIONS
from providers.tokens import operations
from providers.tokens.models import AccessToken
from providers.tokens.operations import NewToken
from tests.providers.tokens.conftest import Check
from tests.providers.tokens.helpers import add_model, let_doubt_lapse
from tests.providers.tokens.pages import add, text, url

pytestmark = pytest.mark.django_db


def test_a_list_without_tokens_says_what_to_do(
    organization: Organization, as_admin: Client, as_viewer: Client
) -> None:
    assert "No access tokens yet" in text(as_admin.get(url("list")))
    assert "An administrator of this organization can add" in text(as_viewer.get(url("list")))


def test_the_list_tells_all_about_a_token_but_the_token(
    token: AccessToken, check: Check, as_viewer: Client
) -> None:
    check(token)
    page = text(as_viewer.get(url("list")))
    for shown in ("deploy-bot", f"…{token.last_four}", "Valid", "ada", "fine-grained"):
        assert shown in page
    assert token.secret.reveal() not in page
    assert "Add token" not in page


def test_the_list_asks_the_database_the_same_for_one_token_and_for_many(
    organization: Organization, as_viewer: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        new = NewToken(f"bot {number}", Secret(f"hf_abcdefgh{number:04}"))
        operations.add(organization, new, COMMAND)
    as_viewer.get(url("list"))
    with django_assert_max_num_queries(10):
        as_viewer.get(url("list"))


@pytest.mark.parametrize("page", ["tokens/", "models/", "endpoints/namespaces/", ""])
def test_no_list_loads_what_whoami_said_of_each_token_which_may_be_megabytes(
    token: AccessToken,
    check: Check,
    as_viewer: Client,
    django_assert_max_num_queries: Any,
    page: str,
) -> None:
    add_model(check(token))
    AccessToken.objects.update(state="invalid")
    with django_assert_max_num_queries(100) as asked:
        assert "deploy-bot" in as_viewer.get(f"/o/acme/{page}").content.decode()
    loading = '"tokens_accesstoken"."identity"'
    assert [query["sql"] for query in asked.captured_queries if loading in query["sql"]] == []


def test_the_page_of_a_token_shows_its_x_ray(
    hub: Sandbox, token: AccessToken, check: Check, as_viewer: Client
) -> None:
    hub.fault(500, namespace="acme", times=1)
    check(token)
    page = text(as_viewer.get(url("detail", token)))
    assert page.count('data-verdict="yes"') == 4
    assert page.count('data-verdict="unknown"') == 4
    assert "It may have a policy for tokens." in page
    assert "labs" in page
    assert "It may not list endpoints, manage endpoints, call endpoints and" in page
    assert "orgs=labs&orgPermissions=inference.endpoints.infer.write" in page
    assert token.secret.reveal() not in page
    assert "Check now" not in page


def test_organizations_beyond_what_is_read_are_counted_on_the_page(
    token: AccessToken, hub: Sandbox, check: Check, as_viewer: Client
) -> None:
    for number in range(MOST_ORGANIZATIONS):
        hub.add_organization(f"org-{number}", members={"ada": "read"})
    check(token)
    page = as_viewer.get(f"/o/acme/tokens/{token.pk}/").content.decode()
    assert "2 more organizations, which are not looked at" in page


def test_an_expiry_that_cannot_be_one_is_unknown_and_not_never(
    token: AccessToken, hub: Sandbox, check: Check, as_viewer: Client
) -> None:
    stored = check(token)
    assert "never" in as_viewer.get(url("detail", token)).content.decode()
    stored.identity["token"]["expiry_is_odd"] = True
    stored.save(update_fields=["identity"])
    for page in (url("detail", token), url("list")):
        shown = as_viewer.get(page).content.decode()
        assert "never" not in shown
        assert "unknown" in shown


def test_a_policy_can_be_answered_with_a_message_to_copy(
    token: AccessToken, check: Check, as_viewer: Client
) -> None:
    check(token)
    token.accesses.filter(namespace__name="acme").update(problem={"kind": "policy_pending"})
    page = text(as_viewer.get(url("detail", token)))
    assert "The organization has not approved this token." in page
    assert "Hello, please approve the access token “hfadmin” of ada" in page


def test_a_rejected_token_shows_the_diagnosis_and_no_yes(
    hub: Sandbox, token: AccessToken, check: Check, as_viewer: Client
) -> None:
    check(token)
    hub.revoke_token(token.secret.reveal())
    for _ in range(3):
        check(token)
        let_doubt_lapse(token)
    check(token)
    page = text(as_viewer.get(url("detail", token)))
    assert "Hugging Face does not accept this token" in page
    assert 'data-verdict="yes"' not in page


def test_a_token_that_was_never_good_has_been_checked_all_the_same(
    hub: Sandbox, token: AccessToken, check: Check, as_viewer: Client
) -> None:
    hub.revoke_token(token.secret.reveal())
    check(token)
    token.refresh_from_db()
    assert (token.state, token.checked_at) == ("invalid", None)
    assert token.attempted_at is not None
    for name in ("list", "detail"):
        page = as_viewer.get(url(*([name, token] if name == "detail" else [name])))
        assert token.attempted_at.isoformat()[:19] in page.content.decode()
    hub.fault(503, path="/api/whoami-v2")
    check(token)
    token.refresh_from_db()
    assert token.answered_at == token.state_since != token.attempted_at


def test_a_token_that_could_not_be_asked_about_shows_the_last_answer_with_its_age(
    hub: Sandbox, token: AccessToken, check: Check, as_viewer: Client
) -> None:
    check(token)
    hub.fault(500, path="/api/whoami-v2")
    check(token)
    page = text(as_viewer.get(url("detail", token)))
    assert "Unreachable" in page
    assert "Below is the last good answer, from" in page
    assert 'data-verdict="yes"' in page


def test_hostile_text_from_upstream_is_shown_as_text(
    hub: Sandbox, organization: Organization, check: Check, as_viewer: Client
) -> None:
    value = hub.add_token("ada", role="write", display_name="<img src=x onerror=1>\u202e")
    hub.add_organization("<b>evil</b>", members={"ada": "admin"})
    token = check(operations.add(organization, NewToken("bot", Secret(value)), COMMAND))
    raw = as_viewer.get(url("detail", token)).content.decode()
    assert "<img src=x" not in raw
    assert "<b>evil" not in raw
    assert "\u202e" not in raw


def test_a_poll_without_news_is_empty(token: AccessToken, as_viewer: Client) -> None:
    for page in (url("list"), url("detail", token)):
        version = as_viewer.get(page).context["tag"]
        assert as_viewer.get(page, headers={"HX-PTag": version}).status_code == 304


def test_a_change_of_state_comes_with_only_the_rows_that_changed(
    organization: Organization, token: AccessToken, check: Check, as_viewer: Client
) -> None:
    other = operations.add(organization, NewToken("other", Secret("hf_abcdefgh1234")), COMMAND)
    version = as_viewer.get(url("list")).context["tag"]
    check(token)
    news = as_viewer.get(url("list"), headers={"HX-PTag": version})
    assert news.status_code == 200
    assert f'<tr id="t-{token.pk}"' in text(news)
    assert f'<tr id="t-{other.pk}" data-same></tr>' in text(news)
    assert text(news).index(f"t-{token.pk}") < text(news).index(f"t-{other.pk}")
    again = as_viewer.get(url("list"), headers={"HX-PTag": news.headers["HX-PTag"]})
    assert again.status_code == 304


def test_the_first_token_takes_the_place_of_the_empty_list(
    organization: Organization, as_admin: Client
) -> None:
    version = as_admin.get(url("list")).context["tag"]
    add(as_admin)
    news = as_admin.get(url("list"), headers={"HX-PTag": version})
    assert '<hx-partial id="tokens">' in text(news)
    assert "deploy-bot" in text(news)


def test_an_open_page_of_a_token_learns_its_answer(
    token: AccessToken, check: Check, as_viewer: Client
) -> None:
    version = as_viewer.get(url("detail", token)).context["tag"]
    check(token)
    news = text(as_viewer.get(url("detail", token), headers={"HX-PTag": version}))
    assert "What it can do" in news
    assert "<html" not in news
