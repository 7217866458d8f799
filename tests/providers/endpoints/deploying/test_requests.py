"""The request to copy is the one that Create sends, without what is secret."""

import json
import shlex
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying import requests, screens
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.deploying.requests import HIDDEN, Requests
from providers.huggingface import session
from providers.huggingface.calls import Area, Call
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import NAMESPACE, entered, form_url
from tests.providers.endpoints.lifecycle.conftest import work

pytestmark = pytest.mark.page

CANARY = "canary-in-a-secret"
EVERYTHING = {
    "engine": "custom",
    "image": "registry.example/serve:1",
    "port": "9000",
    "health_route": "/up",
    "args": "--greeting 'it is fine'",
    "env_name": ["LEVEL"],
    "env_value": ["it's $HOME"],
    "secrets_name": ["HF_TOKEN"],
    "secrets_value": [CANARY],
    "registry_username": "ada",
    "registry_password": CANARY,
}


def test_the_body_is_the_one_that_is_sent(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    typed = entered(token, **EVERYTHING)
    shown = json.loads(made(acme, typed).json)
    as_operator.post(form_url(acme), typed)
    work()
    (sent,) = [each.json() for each in upstream.requests if each.method == "POST"]
    credentials = shown["model"]["image"]["custom"]["credentials"]
    assert (shown["model"]["secrets"], credentials["password"]) == ({"HF_TOKEN": HIDDEN}, HIDDEN)
    shown["model"]["secrets"], credentials["password"] = {"HF_TOKEN": CANARY}, CANARY
    assert shown == sent


def test_a_shell_reads_of_curl_what_the_json_says(acme: Organization, token: AccessToken) -> None:
    found = made(acme, entered(token, **EVERYTHING))
    words = shlex.split(found.curl)
    assert words[1].endswith(f"/v2/endpoint/{NAMESPACE}")
    assert "Authorization: Bearer $HF_TOKEN" in words
    assert json.loads(words[words.index("-d") + 1]) == json.loads(found.json)


@pytest.mark.parametrize("engine", ["vLLM", "huggingface", "custom"])
def test_the_library_sends_the_same_for_what_python_says(
    engine: str,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes = EVERYTHING if engine == "custom" else {"engine": engine}
    found = made(acme, entered(token, **changes))
    monkeypatch.setenv("HF_TOKEN", token.secret.reveal())
    session.library()  # from here on, it talks to the sandbox
    with session.asking(Call(Area.NAMESPACE, "POST", "https://sandbox.test/"), seconds=10):
        exec(found.python, {})
    (sent,) = [each for each in upstream.requests if each.method == "POST"]
    assert sent.path == f"/v2/endpoint/{NAMESPACE}"
    assert sent.json() == json.loads(found.json)


def test_no_secret_is_in_any_of_them(acme: Organization, token: AccessToken) -> None:
    found = made(acme, entered(token, **EVERYTHING))
    assert all(HIDDEN in code and CANARY not in code for _form, code in found.forms)


def test_there_is_none_as_long_as_it_could_not_be_sent(
    acme: Organization, token: AccessToken
) -> None:
    assert requests.of(form(acme, entered(token, name="X"))) is None
    assert requests.of(screens.form(acme, initial={}, asks=False)) is None


def test_it_is_shown_before_anything_is_sent(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    typed = entered(token, **EVERYTHING)
    page = as_operator.post(f"{form_url(acme)}requests/", typed).content.decode()
    assert "create_inference_endpoint" in page
    assert CANARY not in page


def test_what_nobody_has_asked_lately_is_asked_for_it(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    page = as_operator.post(f"{form_url(acme)}requests/", entered(token)).content.decode()
    assert "&quot;task&quot;: &quot;text-generation&quot;" in page


def test_after_the_sign_in_the_form_is_there_with_what_was_typed(
    as_operator: Client, acme: Organization, token: AccessToken, operator: User
) -> None:
    as_operator.get(form_url(acme))
    Session.objects.all().delete()
    answer = as_operator.post(f"{form_url(acme)}requests/", entered(token, **EVERYTHING))
    login = {"login": operator.email, "password": "correct horse"}
    page: Any = as_operator.post(answer["Location"], login, follow=True)
    assert page.context["form"]["image"].value() == EVERYTHING["image"]
    assert f'action="{form_url(acme)}"' in page.content.decode()
    assert CANARY not in page.content.decode()


def test_what_is_lacking_is_named_in_its_place(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    typed = entered(token, name="X", max_replicas="0", min_replicas="3")
    page = as_operator.post(f"{form_url(acme)}requests/", typed).content.decode()
    assert "<li>Endpoint name</li>" in page
    assert "<li>Max replicas</li>" in page
    assert "<li>Hardware</li>" not in page
    assert "create_inference_endpoint" not in page


def made(organization: Organization, typed: dict[str, Any]) -> Requests:
    found = requests.of(form(organization, typed))
    assert found is not None
    return found


def form(organization: Organization, typed: dict[str, Any]) -> DeployForm:
    """The form as it is redrawn with what was typed."""
    sent = QueryDict(mutable=True)
    for name, value in typed.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return screens.form(organization, initial=DeployForm.typed(sent))
