"""A token leaves for Hugging Face and for the token's own endpoints, and for nowhere else."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hfadmin.accounts.models import User
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.catalog import tasks
from providers.catalog.models import ProviderModel, Verification
from tests.providers.catalog.conftest import LLAMA, Work, path, save

OURS = "us-east-1.aws.endpoints.huggingface.cloud"
HOSTILE = [
    "evil.test",
    "https://evil.test",
    "http://evil.test",
    "https://evil.test/v1",
    "https://evil.test:443",
    "https://evil.test:8443",
    "https://evil.test.",
    "https://EVIL.TEST",
    "//evil.test",
    "https:evil.test",
    "https:///evil.test",
    "https:\\\\evil.test",
    "https://evil.test#.endpoints.huggingface.cloud",
    "https://evil.test?.endpoints.huggingface.cloud",
    "https://evil.test/.endpoints.huggingface.cloud",
    f"https://x.{OURS}.evil.test",
    f"https://x.{OURS}@evil.test",
    f"https://x.{OURS}:pw@evil.test",
    f"https://evil.test\\@x.{OURS}",
    f"https://evil.test%2f.{OURS}",
    f"https://evil.test%00.{OURS}",
    "https://evil-endpoints.huggingface.cloud.test",
    "https://endpoints.huggingface.cloud.evil.test",
    "https://huggingface.co.evil.test",
    "https://hugging-face.test",
    "https://hugginface.co",
    "https://huggingface.co",
    "https://router.huggingface.co/v1",
    "https://api.endpoints.huggingface.cloud/v2",
    "https://xn--huggingfac-q1a.co",
    "https://hüggingface.co",
    "https://huggingface。co",
    f"https://stranger.{OURS}",
    f"https://stranger.{OURS}/v1/chat/completions",
    f"http://stranger.{OURS}",
    f"https://a.b.c.{OURS}",
    "https://localhost",
    "http://localhost:8000",
    "https://localhost.localdomain",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0177.0.0.1",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://10.0.0.1",
    "https://192.168.1.1/admin",
    "http://169.254.169.254/latest/meta-data",
    "http://metadata.google.internal",
    "https://0.0.0.0",
    "file:///etc/passwd",
    "gopher://evil.test",
    "ftp://evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://evil.test\r\nHost: huggingface.co",
    "https://evil.test\u202e",
]


def went_astray(hub: Sandbox, *welcome: str) -> list[str]:
    """Where a token was sent that does not belong to it."""
    hosts = {"sandbox.test", *welcome}
    carried = [r for r in hub.requests if "authorization" in {h.lower() for h in r.headers}]
    return [request.host for request in carried if request.host not in hosts]


@pytest.mark.parametrize("url", HOSTILE)
def test_no_token_goes_to_a_foreign_address(
    url: str, as_admin: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    entered = endpoint_llm | {"endpoint_url": url}
    answer = as_admin.post(path("add"), entered)
    work()
    assert answer.status_code in {303, 422}
    if answer.status_code == 303:
        row = Verification.objects.get()
        assert (row.state, row.field) == ("failed", "endpoint_url")
        assert row.problem["kind"] == "url_not_listed"
        as_admin.post(path("add"), entered | {"anyway": "1", "form_key": str(uuid4())})
        as_admin.post(path("check", ProviderModel.objects.get().pk))
        work()
    assert went_astray(hub) == []


@pytest.mark.parametrize("url", ["https://models.acme.test", f"https://stranger.{OURS}"])
def test_no_token_ever_goes_to_an_unlisted_address_that_was_saved_anyway(
    url: str,
    as_admin: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
    recheck: Callable[[ProviderModel], ProviderModel],
) -> None:
    entered = endpoint_llm | {"endpoint_url": url}
    assert as_admin.post(path("add"), entered | {"anyway": "1"}).status_code == 302
    model = ProviderModel.objects.get()
    assert (model.endpoint, model.url_confirmed) == (None, False)
    for act in ("check", "wake", "disable", "enable"):
        as_admin.post(path(act, model.pk))
        work()
        recheck(model)
    form = entered | {"form_key": str(uuid4()), "version": ProviderModel.objects.get().version}
    as_admin.post(path("edit", model.pk), form | {"real_call": "on"})
    work()
    tasks.sweep_verifications()
    tasks.sweep_models()
    kinds = set(Verification.objects.values_list("state", "problem__kind"))
    assert kinds == {("failed", "url_not_listed")}
    assert Verification.objects.count() == 3
    assert {request.host for request in hub.requests} == {"sandbox.test"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["/api/whoami-v2", "/v2/endpoint/acme", "/v1/chat", "/"])
def test_no_token_follows_a_redirect(
    status: int,
    place: str,
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    hub.fault("redirect", path=place, location="https://evil.test/x", status=status)
    row = save(as_operator, endpoint_llm)
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.FAILED
    own = endpoint_llm["endpoint_url"].removeprefix("https://")
    assert went_astray(hub, own) == []


def test_an_administrators_word_opens_one_address_and_is_recorded(
    as_admin: Client, admin: User, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    entered = endpoint_llm | {"endpoint_url": "https://models.acme.test"}
    row = save(as_admin, entered)
    work()
    assert (
        "although it is not listed" in as_admin.get(path("verification", row.pk)).content.decode()
    )
    save(as_admin, entered | {"url_confirmed": "on", "form_key": str(uuid4())})
    work()
    assert "models.acme.test" in {request.host for request in hub.requests}
    record = Record.objects.get(verb="address.confirmed")
    assert (record.actor, record.detail) == (admin, {"host": "models.acme.test"})


def test_an_operator_cannot_open_an_address(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    entered = endpoint_llm | {"endpoint_url": "https://models.acme.test", "url_confirmed": "on"}
    row = save(as_operator, entered)
    work()
    assert went_astray(hub) == []
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "although it is not listed" not in html


def test_another_organizations_endpoint_is_not_ours(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    hub.add_user("mallory")
    hub.add_organization("umbrella", members={"mallory": "admin"})
    theirs = hub.add_endpoint("umbrella", "theirs", repository=LLAMA).url_when_deployed
    save(as_operator, endpoint_llm | {"endpoint_url": theirs})
    work()
    assert Verification.objects.get().problem["kind"] == "url_not_listed"
    assert went_astray(hub) == []
