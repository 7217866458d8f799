import html
import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface.parse import MOST_ORGANIZATIONS
from providers.tokens import operations
from providers.tokens.models import AccessToken
from tests.providers.tokens.conftest import EVERYTHING, Check
from tests.providers.tokens.rows import let_doubt_lapse

pytestmark = pytest.mark.django_db


def url(name: str, token: AccessToken | None = None) -> str:
    return reverse(f"tokens:{name}", args=["acme", token.pk] if token else ["acme"])


def text(response: Any) -> str:
    """The page as read, with its entities resolved."""
    return html.unescape(response.content.decode())


def add(client: Client, **fields: str) -> Any:
    return client.post(url("add"), {"name": "deploy-bot", "token": "hf_abcdefgh1234", **fields})


# Adding


def test_an_administrator_adds_a_token_and_sees_its_page(
    hub: Sandbox, organization: Organization, as_admin: Client
) -> None:
    response = add(as_admin)
    token = AccessToken.objects.get()
    assert response.status_code == 302
    assert response.url == url("detail", token)
    assert token.secret == Secret("hf_abcdefgh1234")
    page = text(as_admin.get(response.url))
    assert "deploy-bot is stored and is being checked." in page
    assert "Not checked yet" in page


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Enter the access token."),
        ("   \n", "Enter the access token."),
        ("hf_abcd efgh1234", "There is a space or a line break within it."),
        ("hf_abcdefgh1234é", "consists of plain letters and digits"),
        ("hf_abcd\u202eefgh1234", "consists of plain letters and digits"),
        ("hf_" + "x" * 10_237, "This text has 10,240 characters"),
        ("api_org_abcdefgh1234", "Make a fine-grained user token"),
        ("sk-abcdefgh1234", "starts with hf_"),
        ("<script>hf_</script>", "starts with hf_"),
        ("hf_", "consists of plain letters and digits"),
    ],
)
def test_what_cannot_be_a_token_is_refused_at_its_field_and_not_shown_again(
    organization: Organization, as_admin: Client, value: str, sentence: str
) -> None:
    response = add(as_admin, name="my bot", token=value)
    assert response.status_code == 422
    assert sentence in response.context["form"].errors["token"][0]
    assert 'aria-invalid="true"' in response.content.decode()
    assert 'value="my bot"' in response.content.decode()
    if value.strip() not in {"", "hf_"}:
        assert value.strip() not in text(response)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("name", ["", "a\u202eb", "a\u200bb", "<b>bold</b>", "x" * 81, "a\x00b"])
def test_a_name_that_would_not_show_as_typed_is_refused(
    organization: Organization, as_admin: Client, name: str
) -> None:
    response = add(as_admin, name=name)
    assert response.status_code == 422
    assert "name" in response.context["form"].errors


def test_a_persian_name_with_its_joiner_is_a_name(
    organization: Organization, as_admin: Client
) -> None:
    assert add(as_admin, name="توکن\u200cها").status_code == 302


def test_the_same_token_again_is_refused_with_the_name_that_it_has(
    organization: Organization, as_admin: Client
) -> None:
    add(as_admin)
    response = add(as_admin, name="another")
    assert response.status_code == 422
    assert "This token is stored already, as “deploy-bot”." in text(response)


def test_a_name_that_is_taken_is_told_at_the_name(
    organization: Organization, as_admin: Client
) -> None:
    add(as_admin)
    response = add(as_admin, token="hf_zyxwvuts9876")
    assert response.status_code == 422
    assert "Another token has this name." in response.context["form"].errors["name"][0]
    assert "hf_zyxwvuts9876" not in text(response)


def test_the_form_links_to_hugging_faces_and_says_how_tokens_are_stored(
    organization: Organization, as_admin: Client
) -> None:
    page = text(as_admin.get(url("add")))
    assert "https://sandbox.test/settings/tokens/new?tokenType=fineGrained" in page
    assert "Encrypted with this installation's own keys" in page


# Looking


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
        operations.add(organization, f"bot {number}", Secret(f"hf_abcdefgh{number:04}"), by=None)
    as_viewer.get(url("list"))
    with django_assert_max_num_queries(10):
        as_viewer.get(url("list"))


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
    assert ">never<" in as_viewer.get(url("detail", token)).content.decode()
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
    token.reaches.filter(namespace__name="acme").update(problem={"kind": "policy_pending"})
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
    token = check(operations.add(organization, "bot", Secret(value), by=None))
    raw = as_viewer.get(url("detail", token)).content.decode()
    assert "<img src=x" not in raw
    assert "<b>evil" not in raw
    assert "\u202e" not in raw


# Live


def test_a_poll_without_news_is_empty(token: AccessToken, as_viewer: Client) -> None:
    for page in (url("list"), url("detail", token)):
        version = as_viewer.get(page).context["version"]
        assert as_viewer.get(page, headers={"Live-Version": version}).status_code == 204


def test_a_change_of_state_comes_with_only_the_rows_that_changed(
    organization: Organization, token: AccessToken, check: Check, as_viewer: Client
) -> None:
    other = operations.add(organization, "other", Secret("hf_abcdefgh1234"), by=None)
    version = as_viewer.get(url("list")).context["version"]
    check(token)
    news = as_viewer.get(url("list"), headers={"Live-Version": version})
    assert news.status_code == 200
    assert f'<tr id="t-{token.pk}"' in text(news)
    assert f'<tr id="t-{other.pk}"' not in text(news)
    assert f't-{token.pk} t-{other.pk} "' in text(news)
    again = as_viewer.get(url("list"), headers={"Live-Version": news.headers["Live-Version"]})
    assert again.status_code == 204


def test_the_first_token_takes_the_place_of_the_empty_list(
    organization: Organization, as_admin: Client
) -> None:
    version = as_admin.get(url("list")).context["version"]
    add(as_admin)
    news = as_admin.get(url("list"), headers={"Live-Version": version})
    assert 'data-live-part="tokens"' in text(news)
    assert "deploy-bot" in text(news)


def test_an_open_page_of_a_token_learns_its_answer(
    token: AccessToken, check: Check, as_viewer: Client
) -> None:
    version = as_viewer.get(url("detail", token)).context["version"]
    check(token)
    news = text(as_viewer.get(url("detail", token), headers={"Live-Version": version}))
    assert "What it can do" in news
    assert "<html" not in news


# Changing


def test_renaming(token: AccessToken, as_admin: Client) -> None:
    response = as_admin.post(url("rename", token), {"name": "new name", "version": 0})
    assert response.status_code == 302
    assert AccessToken.objects.get().name == "new name"


def test_two_people_renaming_lose_nothing(token: AccessToken, as_admin: Client) -> None:
    as_admin.post(url("rename", token), {"name": "first", "version": 0})
    response = as_admin.post(url("rename", token), {"name": "second", "version": 0})
    assert response.status_code == 409
    assert "Somebody changed this token meanwhile." in text(response)
    assert 'value="second"' in text(response)
    version = response.context["form"]["version"].value()
    as_admin.post(url("rename", token), {"name": "second", "version": version})
    assert AccessToken.objects.get().name == "second"


def test_replacing(hub: Sandbox, token: AccessToken, as_admin: Client) -> None:
    value = hub.add_token("ada", scopes={"ada": EVERYTHING})
    response = as_admin.post(url("replace", token), {"token": value, "version": 0})
    assert response.status_code == 302
    assert AccessToken.objects.get().secret == Secret(value)


def test_a_replacement_that_is_refused_is_diagnosed_at_its_field(
    hub: Sandbox, token: AccessToken, as_admin: Client
) -> None:
    response = as_admin.post(url("replace", token), {"token": "hf_unknown1234567", "version": 0})
    assert response.status_code == 422
    page = text(response)
    assert "Hugging Face does not accept this token" in page
    assert 'aria-describedby="id_token_helptext id_token_diagnosis"' in page
    assert "The old token stays in place." in page
    assert "hf_unknown1234567" not in page
    assert AccessToken.objects.get().fingerprint == token.fingerprint


def test_deleting_says_first_what_hangs_on_the_token(
    hub: Sandbox, organization: Organization, token: AccessToken, check: Check, as_admin: Client
) -> None:
    check(token)
    second = hub.add_token("ada", scopes={"ada": EVERYTHING})
    check(operations.add(organization, "understudy", Secret(second), by=None))
    token.providermodels.create(
        organization=organization, model_type="llm", name="acme/model", endpoint_type="hosted"
    )
    page = " ".join(text(as_admin.get(url("delete", token))).split())
    assert "1 model loses its token" in page
    assert "acme/model" in page
    assert "<bdi>ada</bdi>: still seen through <bdi>understudy</bdi>" in page
    assert "<bdi>acme</bdi>: <strong>no other token sees it" in page

    assert as_admin.post(url("delete", token)).status_code == 302
    assert [row.name for row in AccessToken.objects.all()] == ["understudy"]
    assert as_admin.post(url("delete", token)).status_code == 404


def test_check_now_makes_it_due_or_says_how_long_to_wait(
    hub: Sandbox, token: AccessToken, check: Check, as_operator: Client
) -> None:
    check(token)
    page = text(as_operator.post(url("check", token), follow=True))
    assert "deploy-bot is being checked." in page
    assert AccessToken.objects.due(timezone.now()).exists()

    hub.fault(429, path="/api/whoami-v2", seconds=100)
    check(token)
    page = text(as_operator.post(url("check", token), follow=True))
    assert "Hugging Face limits how often it may be asked." in page


# Who may


@pytest.mark.parametrize("name", ["rename", "replace", "delete"])
def test_operators_do_not_change_tokens(token: AccessToken, as_operator: Client, name: str) -> None:
    assert as_operator.get(url(name, token)).status_code == 403
    assert as_operator.post(url(name, token), {}).status_code == 403
    assert as_operator.get(url("add")).status_code == 403


def test_viewers_do_not_have_it_checked(token: AccessToken, as_viewer: Client) -> None:
    assert as_viewer.post(url("check", token)).status_code == 403


def test_the_token_of_another_organization_does_not_exist(
    token: AccessToken, outsider: User, as_outsider: Client
) -> None:
    theirs = reverse("tokens:detail", args=["umbrella", token.pk])
    assert as_outsider.get(theirs).status_code == 404
    assert as_outsider.get(url("detail", token)).status_code == 404
    for name in ("rename", "replace", "delete", "check"):
        address = reverse(f"tokens:{name}", args=["umbrella", token.pk])
        assert as_outsider.post(address, {}).status_code == 404


# Secrets


def test_the_secret_is_in_no_page_no_log_and_no_record(
    hub: Sandbox,
    organization: Organization,
    as_admin: Client,
    check: Check,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    value = hub.add_token("ada", scopes={"ada": EVERYTHING})
    add(as_admin, token=value)
    token = check(AccessToken.objects.get())
    pages = [as_admin.get(url("list"))]
    pages += [as_admin.get(url(n, token)) for n in ("detail", "rename", "replace", "delete")]
    pages += [add(as_admin, name="again", token=value)]
    pages += [as_admin.post(url("replace", token), {"token": value, "version": 0})]
    for page in pages:
        assert value not in text(page)
    printed = capfd.readouterr()
    assert value not in caplog.text + printed.out + printed.err
    assert value not in str(list(Record.objects.values()))
