"""A form with far too much in it is answered by the form, as long as the server takes it."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.asgi import BODY_BYTES
from providers.endpoints.lifecycle.models import Action
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.sending import errors_of, send

NEARLY = BODY_BYTES - 8 * 1024


@pytest.mark.parametrize("sign", ["x", "a1 "])
@pytest.mark.parametrize("field", ["env", "secrets"])
def test_a_value_of_a_megabyte_is_told_at_its_field(
    field: str, sign: str, as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    value = (sign * NEARLY)[:NEARLY]
    rows = {f"{field}_name": ["A"], f"{field}_value": [value]}
    answer = send(as_operator, acme, token, **rows)
    assert answer.status_code == 422
    assert errors_of(answer) == {
        field: ["The value of “A” is longer than 32,000 characters."],
    }
    assert (value in answer.content.decode()) is (field == "env")


def test_many_rows_are_told_by_their_number(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    rows = {"env_name": [f"A{n}" for n in range(2_000)], "env_value": ["1"] * 2_000}
    answer = send(as_operator, acme, token, **rows)
    assert answer.status_code == 422
    assert errors_of(answer) == {"env": ["2000 rows; 100 at most are taken."]}
    assert 'value="A1999"' in answer.content.decode()


def test_as_many_rows_as_may_be_with_long_values_are_taken(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    rows: dict[str, Any] = {
        "env_name": [f"A{n}" for n in range(100)],
        "env_value": ["1"] * 100,
        "secrets_name": [f"S{n}" for n in range(20)],
        "secrets_value": ["x" * 32_000] * 20,
    }
    answer = send(as_operator, acme, token, **rows)
    assert answer.status_code == 303, errors_of(answer)
    assert Action.objects.exists()


@pytest.mark.parametrize("field", ["args", "tags", "name", "repository", "image", "hardware"])
def test_no_field_breaks_over_a_megabyte(
    field: str, as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    answer = send(as_operator, acme, token, **{field: "x" * NEARLY})
    assert answer.status_code == 422
    assert field in errors_of(answer)


def test_what_the_server_takes_a_form_takes_too() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == BODY_BYTES
