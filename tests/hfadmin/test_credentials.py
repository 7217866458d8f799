"""Tokens as people paste them."""

import time
from typing import Any

import pytest
from django.forms import BaseForm, PasswordInput

from hfadmin.credentials import MAX_LENGTH, extract_token, find_tokens, holds_token
from hfadmin.redaction import redacted
from hfadmin.ui.forms import RefusesTokens

TOKEN = "hf_" + "aB3" * 11 + "x"
PASTED = [
    "{}",
    " {} ",
    "\u00a0{}\u00a0",
    "\u200b{}\ufeff",
    "{}\r\n",
    "\t{}\n\n",
    '"{}"',
    "'{}'",
    "\u201c{}\u201d",
    "`{}`",
    "Bearer {}",
    "bearer  {}",
    "HF_TOKEN={}",
    "HF_TOKEN = '{}'",
    'export HF_TOKEN="{}"',
    "export HF_TOKEN={};",
    "HUGGING_FACE_HUB_TOKEN: {}",
    '$env:HF_TOKEN = "{}"',
    "Authorization: Bearer {}",
    '-H "Authorization: Bearer {}"',
    "--token {}",
    'token="{}",',
    '\u200b "HF_TOKEN=\u200b{}" \u00a0',
    "({})",
    "token {}",
    "hf auth login --token {}",
    '{{"token": "{}"}}',
    "api_key='{}'",
    "HF_API_KEY={}",
    "os.environ['HF_TOKEN'] = '{}'",
    "\u2039{}\u203a",
    "{}.",
    "{}...",
    "<{}>",
    "[{}](https://huggingface.co/settings/tokens)",
    "https://user:{}@huggingface.co/acme/llama",
    "curl -H 'Authorization: Bearer {}' https://huggingface.co/api/whoami-v2",
    "login(token='{}')  # the one for hf_hub",
    "%22{}%22",
    "{0}{0}",
    "HF_TOKEN={0}\nHUGGING_FACE_HUB_TOKEN={0}",
]


@pytest.mark.parametrize("pasted", PASTED)
def test_what_was_copied_along_is_taken_off(pasted: str) -> None:
    assert extract_token(pasted.format(TOKEN)) == TOKEN


@pytest.mark.parametrize("kind", ["hf_oauth_", "hf_jwt_"])
@pytest.mark.parametrize("pasted", ["{}", "{}.", '{{"access_token": "{}"}}', "hf_jwt_token='{}'"])
def test_a_token_in_three_parts_is_taken_whole(kind: str, pasted: str) -> None:
    token = f"{kind}{'eyJ0' * 6}.{'aB3_' * 20}.{'x-Y' * 14}"
    assert extract_token(pasted.format(token)) == token


@pytest.mark.parametrize("between", ["", " ", "\n", ",", "\nHF_TOKEN=", " or "])
def test_of_several_tokens_none_is_chosen(between: str) -> None:
    another = TOKEN.swapcase().replace("HF_", "hf_")
    assert find_tokens(TOKEN + between + another) == {TOKEN, another}
    assert extract_token(TOKEN + between + another) == TOKEN + between + another


@pytest.mark.parametrize("text", ["", "  ", "hf_a b", "hf_a\u200bb", "sk-1234", "token", "'"])
def test_what_is_within_is_left_alone(text: str) -> None:
    assert extract_token(text) == text.strip(" '")


@pytest.mark.parametrize("pasted", PASTED)
def test_a_token_is_found_in_any_text(pasted: str) -> None:
    assert holds_token(pasted.format(TOKEN))
    assert TOKEN not in redacted(pasted.format(TOKEN))


@pytest.mark.parametrize(
    "disguised",
    [
        "hf\u200b_" + "a" * 34,
        "hf_" + "\u200d".join("a" * 34),
        "\uff48\uff46_" + "a" * 34,
        "api_org_" + "a" * 34,
        "https://x:hf_" + "a" * 34 + "@huggingface.co",
    ],
)
def test_a_disguise_does_not_help(disguised: str) -> None:
    assert holds_token(disguised)


@pytest.mark.parametrize(
    "name", ["hf_deploy", "hf_internal-testing/tiny", "hf-internal-testing", "acme/hf_model_v2"]
)
def test_names_that_look_a_little_like_it_are_no_tokens(name: str) -> None:
    assert not holds_token(name)


@pytest.mark.parametrize("part", ["token", "hf_", '"', "export ", "bearer ", "token=", "\u200b"])
def test_the_worst_text_takes_no_time(part: str) -> None:
    worst = (part * MAX_LENGTH)[:MAX_LENGTH]
    began = time.thread_time()

    extract_token(worst)
    holds_token(part * 50_000)

    assert time.thread_time() - began < 1


def test_every_form_refuses_tokens_where_they_do_not_belong() -> None:
    """A form that somebody adds is one of them, or fails here."""
    from hfadmin.accounts import views  # noqa: F401 - loads the forms
    from providers.catalog import views as catalog  # noqa: F401
    from providers.tokens import views as tokens  # noqa: F401

    ours = [form for form in _subclasses(BaseForm) if _is_ours(form)]

    assert len(ours) >= 6
    assert [form for form in ours if not issubclass(form, RefusesTokens)] == []
    for form in ours:
        secrets = [
            name
            for name, field in form.base_fields.items()
            if isinstance(field.widget, PasswordInput)
        ]
        assert all("password" in name or name == "token" for name in secrets)


def _subclasses(kind: Any) -> list[Any]:
    found: list[Any] = kind.__subclasses__()
    return [*found, *(inner for each in found for inner in _subclasses(each))]


def _is_ours(form: Any) -> bool:
    return str(form.__module__).startswith(("hfadmin.", "providers."))
