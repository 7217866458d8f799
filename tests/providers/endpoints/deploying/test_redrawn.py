"""What is drawn anew of the form, once something in it has changed."""

import re
from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from providers.endpoints.models import Hardware
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import L4, entered, form_url

pytestmark = pytest.mark.page

UNTOUCHED = {"hardware": "", "suggested_hardware": "", "name": "", "suggested_name": ""}
CHOSEN = 'value="{}" checked'


def test_another_namespace_has_its_own_suggestions(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    page = redrawn(as_operator, acme, token, "place", **UNTOUCHED)
    assert 'class="tile"' in page
    assert " checked" in page.partition('class="tiles"')[2]
    assert 'name="name" value="qwen3-8b"' in page


def test_what_somebody_chose_stays_chosen(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    another = "aws/us-east-1/nvidia-a100/x1"
    for part in ("model", "place", "hardware", "engine"):
        page = redrawn(as_operator, acme, token, part, hardware=another, suggested_hardware=L4)
        assert CHOSEN.format(another) in page
        assert CHOSEN.format(L4) not in page


def test_what_cannot_be_had_any_more_stays_chosen_and_blocks(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    Hardware.objects.filter(instance_type="nvidia-l4").update(status="not_available")
    page = redrawn(as_operator, acme, token, "model", suggested_hardware="")
    assert f'<input type="hidden" name="hardware" value="{L4}">' in page
    assert "Nvidia L4 in AWS us-east-1 cannot be had" in page
    other = redrawn(as_operator, acme, token, "model", suggested_hardware=L4)
    assert f'value="{L4}">' not in other


def test_the_engine_tells_what_is_taken_where_nothing_is_entered(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    page = redrawn(as_operator, acme, token, "engine", engine="llamacpp")
    assert 'placeholder="8080"' in page
    page = redrawn(as_operator, acme, token, "engine", engine="custom")
    assert 'placeholder="80"' in page


def test_a_file_of_gguf_is_chosen_where_some_are_known_and_typed_elsewhere(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    several = "bartowski/Llama-3.2-3B-Instruct-GGUF"
    assert '<input type="text" name="gguf_file"' in redrawn(as_operator, acme, token, "model")
    assert '<select name="gguf_file"' in redrawn(
        as_operator, acme, token, "model", repository=several
    )


def test_a_file_that_was_suggested_for_one_repository_gives_way_to_that_of_the_next(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    several = "bartowski/Llama-3.2-3B-Instruct-GGUF"
    untouched = {"engine": "vLLM", "suggested_engine": "vLLM"}
    page = redrawn(as_operator, acme, token, "model", repository=several, **untouched)
    file = re.findall(r'name="suggested_gguf_file" value="([^"]+)"', page)[0]
    kept = {"gguf_file": file, "suggested_gguf_file": file}
    assert f'value="{file}"' not in redrawn(as_operator, acme, token, "model", **kept)


def test_whatever_the_form_has_is_on_its_page(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    answer: Any = as_operator.get(form_url(acme))
    page = answer.content.decode()
    names = answer.context["form"].fields.keys() - {"env", "secrets"}
    assert not [name for name in names if f'name="{name}"' not in page]


def test_hardware_of_another_vendor_is_named_as_long_as_it_is_chosen(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    page = redrawn(as_operator, acme, token, "hardware", vendor="gcp")
    assert "Still chosen: <bdi>1 × Nvidia L4</bdi> in <bdi>AWS us-east-1</bdi>" in page
    assert "Still chosen" not in redrawn(as_operator, acme, token, "hardware", vendor="aws")


def test_what_is_told_of_the_repository_is_drawn_again_only_where_it_is_told_otherwise(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    page = redrawn(as_operator, acme, token, "model")
    told = re.findall(r'name="told" value="(\w+)"', page)[0]
    same = redrawn(as_operator, acme, token, "place", told=told)
    assert 'id="deploy-model"' not in same
    assert 'id="deploy-hardware"' in same
    other = redrawn(as_operator, acme, token, "place", told=told, repository="Qwen/Qwen3-14B")
    assert 'id="deploy-model"' in other


def redrawn(
    client: Client, organization: Organization, token: AccessToken, part: str, **changes: str
) -> str:
    answer = client.post(f"{form_url(organization)}{part}/", entered(token, **changes))
    assert answer.status_code == 200
    return answer.content.decode()
