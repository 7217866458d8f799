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
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WORDS = "correct-horse"
# By what is secret in them: it neither looks drawn by lot nor names what it is.
PLAIN = [
    (f"https://b.s3.amazonaws.com/llama?X-Amz-Signature={HASH}&x-id=GetObject", HASH),
    (f"https://storage.googleapis.com/b/llama?X-Goog-Signature={HASH}", HASH),
    ("https://d1.cloudfront.net/f?Signature=hYb~kd3-jW_kd~8s&Key-Pair-Id=APKA1234567890", "kd3-jW"),
    ("https://d1.cloudfront.net/f?Signature=hYb~kd3-jW_kd~8s&Key-Pair-Id=APKA1234567890", "APKA"),
    ("https://a.blob.core.windows.net/c?sv=2022-11-02&sig=Zm9v%2BYmFyc2VjcmV0%3D&se=2", "YmFy"),
    (f'{{"DB_PASSWORD": "{WORDS}"}}', WORDS),
    (f'{{\\"DB_PASSWORD\\": \\"{WORDS}\\"}}', WORDS),
    (f"{{'client_secret': '{WORDS}&more'}}", WORDS),
    (f"DB_PASSWORD: {WORDS}", WORDS),
    (f"wandb api key: {HASH[:40]}", HASH[:40]),
    ("API key = sesame-open", "sesame"),
    (f"x-api-key: {WORDS}", WORDS),
    (f"X-Vault-Token: {WORDS}", WORDS),
    ("api-key: abcdefghijklmnopqrstuvwxyz", "xyz"),
    ("Set-Cookie: sessionid=abcdef; HttpOnly; Path=/", "abcdef"),
    ("Cookie: theme=dark; id=abcdef", "abcdef"),
    ("{'set-cookie': 'sid=abcdef; Path=/'}", "abcdef"),
    ("GET /?sessionid=abcdef", "abcdef"),
    (f"dop_v1_{HASH}", HASH),
    (f"dor_v1_{HASH}", HASH),
    ("ya29.a0AfH6SMBx-kd_83kd-AAfoo", "AAfoo"),
    ("pypi-AgEIcHlwaS5vcmcCJDk-kd_ks83kd-kdk3", "kdk3"),
    ("nvapi-abc_def-ghijklmnopqrst-uvw", "uvw"),
    ("dckr_pat_abcd-efgh_ijklmnopqrst", "qrst"),
    ("AccountName=acme;AccountKey=abc/def+ghijk==;EndpointSuffix=core", "ghijk"),
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
    "signature verification failed",
    "__call__() got an unexpected keyword, signature=(self, text)",
    "the session ended",
    "cookies are disabled; cookie: none",
    "api key missing",
    "api key: missing",
    "x-api-key: required",
    "HF_TOKEN: undefined",
    '{"token": "expired"}',
    '{"password": "This field is required."}',
    '{"eos_token": "<|endoftext|>", "pad_token": "[PAD_TOKEN]"}',
    '{"token_type": "fine-grained"}',
    "designed for asia-east1",
    "pypi-mirror-of-acme-internal",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "Starting with {} now", "({})", "a {},b"])
def test_no_secret_passes_in_any_known_form(secret: str, around: str) -> None:
    shown = redacted(around.format(secret))
    assert CORE.lower() not in shown.lower()
    assert "…" in shown


@pytest.mark.parametrize(("text", "secret"), PLAIN)
@pytest.mark.parametrize("around", ["{}", "Starting with {} now"])
def test_a_secret_that_looks_like_none_is_known_by_what_stands_around_it(
    text: str, secret: str, around: str
) -> None:
    shown = redacted(around.format(text))
    assert secret not in shown
    assert redacted(shown) == shown


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
    line = logs.redact_secrets(None, "info", {"event": f"hf\u200b_{CORE}", "value": value})
    assert CORE not in repr(line)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@given(st.text(max_size=300))
def test_what_was_redacted_once_is_not_changed_again(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once
