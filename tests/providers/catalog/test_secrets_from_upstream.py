"""A secret in every text of every answer: nowhere stored, logged or shown."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.utils import timezone

from hfadmin import outbound
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints import polling
from providers.endpoints.models import Endpoint
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.providers.catalog.conftest import Work, save

pytestmark = pytest.mark.django_db
CORE = "Zq1Xw2Ce3Vr4Bt5Ny6Mu7Ki8Lo9Pa0Sd1F"
FORMS = [
    f"HF_TOKEN=hf_{CORE}",
    f"hf\u200b_{CORE}",
    f"password={CORE}",
    f"\uff48f_{CORE}",
    f"Bearer {CORE}",
    f"redis://:{CORE}@cache.test",
]
# By these the next call is made, or what is asked is told apart.
KEPT = {"name", "id", "state", "url", "role", "type", "permissions", "status", "task", "repository"}
PAGES = ["endpoints/", "endpoints/acme/broken/", "endpoints/namespaces/", "models/", "tokens/"]


class Poisoned(httpx2.BaseTransport):
    """The sandbox's answers, with the secret in their texts and headers."""

    def __init__(self, sandbox: Sandbox, secret: str) -> None:
        self.honest = httpx2.WSGITransport(app=sandbox)
        self.secret = secret

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.honest.handle_request(request)
        kind, body = answer.headers.get("content-type", ""), answer.read()
        if kind.startswith("application/json"):
            body = json.dumps(self._poisoned(json.loads(body))).encode()
        else:
            body = body.replace(b'"content": "', b'"content": "%s ' % self.secret.encode())
        said = {"x-request-id", "x-hf-warning"} | ({"x-error-message"} - {answer.is_success})
        headers = [(name.encode(), self.secret.encode()) for name in said]
        headers.append((b"content-type", kind.encode()))
        return httpx2.Response(answer.status_code, headers=headers, stream=httpx2.ByteStream(body))

    def _poisoned(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._poisoned(entry, name) for name, entry in value.items()}
        if isinstance(value, list):
            return [self._poisoned(entry, key) for entry in value]
        if not isinstance(value, str) or key in KEPT:
            return value
        return f"{value} {self.secret}"


@pytest.mark.parametrize("secret", FORMS)
def test_no_row_no_log_line_and_no_page_holds_it(
    secret: str,
    hub: Sandbox,
    token: AccessToken,
    endpoint_llm: dict[str, Any],
    hosted_embedding: dict[str, Any],
    work: Work,
    recheck: Callable[[ProviderModel], ProviderModel],
    as_admin: Client,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hub.add_endpoint("acme", "broken", state="failed", message="Out of disk", tags=("prod",))
    outbound.use_transport(lambda: Poisoned(hub, secret))

    ask_about(token)
    look()
    for entered in (endpoint_llm, hosted_embedding):
        save(as_admin, entered)
        work()
    assert Endpoint.objects.filter(message__startswith="Out of disk").exists()
    assert Verification.objects.filter(state="passed").exists()
    hub.fault("403", text=f"Forbidden: {secret}")
    look()
    ask_about(token)
    for model in ProviderModel.objects.all():
        recheck(model)

    rows = [row for model in apps.get_models() for row in model._default_manager.all()]
    assert CORE not in serializers.serialize("json", rows)
    for page in [*PAGES, f"tokens/{token.pk}/", "activity/"]:
        response = as_admin.get(f"/o/acme/{page}")
        assert response.status_code == 200, page
        assert CORE not in response.content.decode(), page
    assert CORE not in "".join(capfd.readouterr()) + caplog.text


def ask_about(token: AccessToken) -> None:
    row = AccessToken.objects.filter(pk=token.pk)
    row.update(next_check_at=timezone.now())
    tokens.check(token.pk, row.claim().lease)


def look() -> None:
    Namespace.objects.update(next_check_at=timezone.now())
    claim = Namespace.objects.all().claim()
    assert claim.ids
    for pk in claim.ids:
        polling.check(pk, claim.lease)
