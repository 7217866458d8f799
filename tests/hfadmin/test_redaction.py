"""Secrets in foreign text, in every form that is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfadmin import logs
from hfadmin.redaction import redacted

CORE = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7"
SECRETS = [
    f"hf_{CORE}",
    f"HF_TOKEN=hf_{CORE}",
    f"hf_oauth_{CORE}.{CORE}",
    f"hf_jwt_{CORE}",
    f"api_org_{CORE}",
    f"Authorization: Bearer {CORE}",
    f"authorization: Basic {CORE}==",
    f"bearer {CORE}",
    f"sk-proj-{CORE}",
    f"sk_live_{CORE}",
    f"ghp_{CORE}",
    f"gho_{CORE}",
    f"github_pat_11AAA_{CORE}",
    f"glpat-{CORE}",
    f"AKIA{CORE.upper()}",
    f"xoxb-1234-{CORE}",
    f"eyJ{CORE}.{CORE}.{CORE}",
    f"AIza{CORE}",
    f"-----BEGIN RSA PRIVATE KEY----- {CORE} {CORE} -----END RSA PRIVATE KEY-----",
    f"https://user:{CORE}@registry.test/image",
    f"redis://:{CORE}@cache.test:6379",
    f"password={CORE}",
    f'"password": "{CORE}"',
    f"AWS_SECRET_ACCESS_KEY={CORE}",
    f"api-key: {CORE}",
    f"x_api_key = '{CORE}'",
]
ORDINARY = [
    "max_new_tokens=4096",
    "max_tokens: 32768",
    "Invalid user token.",
    "token: expired",
    "This organization only admits fine-grained tokens: make one.",
    "meta-llama/Llama-3.1-8B-Instruct",
    "hf_internal/tiny-random",
    "hf-internal-testing/tiny-random-gpt2",
    "https://abc.us-east-1.aws.endpoints.huggingface.cloud/v1",
    "write to ops@acme.test",
    "secretary-bot/keynote",
    "Endpoint is ready",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "Starting with {} now", "({})", "a {},b"])
def test_no_secret_passes_in_any_known_form(secret: str, around: str) -> None:
    shown = redacted(around.format(secret))
    assert CORE.lower() not in shown.lower()
    assert "…" in shown


def test_wide_letters_hide_nothing() -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in f"hf_{CORE}")
    assert CORE not in redacted(f"see {wide}")
    assert wide not in redacted(f"see {wide}")


@pytest.mark.parametrize(
    "secret", [f"hf\u200b_{CORE}", f"pass\u00adword={CORE}", f"hf_{CORE[:9]}\u2060{CORE[9:]}"]
)
def test_characters_that_cannot_be_seen_hide_nothing(secret: str) -> None:
    assert CORE[9:] not in redacted(f"see {secret} here")


@pytest.mark.parametrize(
    "value", [[f"hf_{CORE}"], {"a": {"b": f"hf_{CORE}"}}, (f"hf\u200b_{CORE}",)]
)
def test_no_log_line_holds_a_secret_in_any_kind_of_value(value: object) -> None:
    line = logs.without_secrets(None, "info", {"event": f"hf\u200b_{CORE}", "value": value})
    assert CORE not in repr(line)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@given(st.text(max_size=300))
def test_what_was_redacted_once_is_not_changed_again(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once
