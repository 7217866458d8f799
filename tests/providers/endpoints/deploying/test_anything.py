"""Whatever is put into the form and its parts: no page breaks over it, and nothing is made of it
that Hugging Face would not take."""

import random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from hfadmin.sandbox.creation import NAME
from providers.endpoints.deploying import views
from providers.endpoints.lifecycle.models import Action
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import L4, MODEL, NAMESPACE, entered, form_url
from tests.providers.endpoints.lifecycle.conftest import work
from tests.test_fuzz import HOSTILE

PARTS, REQUESTS = 3, 40
FIELDS = (
    *("repository", "revision", "recipe", "task", "name", "namespace", "api_token", "hardware"),
    *("vendor", "region", "accelerator", "min_replicas", "max_replicas", "scale_to_zero_minutes"),
    *("autoscale_by", "most_use", "most_requests", "auth_type", "public_confirmed", "engine"),
    *("image", "port", "health_route", "gguf_file", "tensor_parallel_size", "data_parallel_size"),
    *("command", "args", "tags", "env_name", "env_value", "secrets_name", "secrets_value"),
    *("registry_username", "registry_password", "form_key", "suggested_name", "suggested_engine"),
    *("suggested_hardware", "update", "a[]"),
)
LIKELY = (
    *("custom", "llamacpp", "tei", "public", "private", "1", "15", "64", "gpu", "aws", "on"),
    *("bartowski/Llama-3.2-3B-Instruct-GGUF", "BAAI/bge-m3", "main", "A", "max_replicas=2"),
    *("--max-model-len 8192", "pendingRequests", "aws/us-east-1/nvidia-t4/x4", MODEL, L4),
    *("registry.acme.test/x:1", "hf_" + "a" * 34, NAMESPACE, "repository=%00", "x=" * 90),
)


class Fuzz:
    """The same requests at each run of the same part."""

    def __init__(self, part: int) -> None:
        self.lot = random.Random(part)

    def typed(self, token: AccessToken) -> dict[str, Any]:
        """The form with some of it changed, or sent several times."""
        names = self.lot.sample(FIELDS, self.lot.randint(1, 8))
        return entered(token) | {name: self.values() for name in names}

    def values(self) -> list[str]:
        lots = HOSTILE if self.lot.random() < 0.5 else LIKELY
        return [self.lot.choice(lots) for _ in range(self.lot.choice((1, 1, 1, 2, 5)))]


@pytest.fixture
def browser(as_operator: Client) -> Client:
    as_operator.raise_request_exception = False
    return as_operator


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_and_no_part_of_it_breaks(
    part: int, browser: Client, acme: Organization, token: AccessToken
) -> None:
    fuzz = Fuzz(part)
    for _request in range(REQUESTS):
        typed = fuzz.typed(token)
        address = form_url(acme)
        if fuzz.lot.random() < 0.4:
            address += f"{fuzz.lot.choice([*views.PARTS, 'nonsense'])}/"
        with transaction.atomic():
            answer = browser.post(address, typed)
            if answer.status_code == 303:
                follow_up(browser, acme, answer["Location"])
            transaction.set_rollback(True)
        assert answer.status_code < 500, (address, typed)


def follow_up(browser: Client, acme: Organization, page: str) -> None:
    """What was taken is sent, shown, and filled in again."""
    work()
    action = Action.objects.get()
    assert action.state in {"done", "refused"}, action.problem
    assert NAME.fullmatch(action.name)
    assert browser.get(page, follow=True).status_code == 200
    assert browser.get(form_url(acme), {"as": action.pk}).status_code == 200


@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_of_the_form_breaks(
    part: int, browser: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    lot = random.Random(part)
    names = ("as", "like", "repository", "revision", "namespace", "api_token", "name", "x")
    for _request in range(REQUESTS):
        address = form_url(acme) + lot.choice(["", "", "repositories/"])
        query = {name: lot.choice(HOSTILE + LIKELY) for name in lot.sample(names, 3)}
        assert browser.get(address, query).status_code < 500, (address, query)
