"""An organization without any token sets up its first model and its first token at once."""

from uuid import uuid4

from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import LLAMA, Work, path, saved


def test_without_any_token_an_administrator_can_add_a_model_and_a_token_at_once(
    as_admin: Client, hub: Sandbox, work: Work
) -> None:
    assert path("add") in as_admin.get(path("list")).content.decode()
    page = as_admin.get(path("add")).content.decode()
    assert '<option value="new" selected>' in page
    value = hub.add_token("ada", role="write")
    fields = {"model_type": "llm", "name": LLAMA, "endpoint_type": "hosted"}
    new = {"api_token": "new", "token_name": "first", "token": value, "real_call": "on"}
    saved(as_admin, work, {**fields, **new, "form_key": str(uuid4())})
    assert AccessToken.objects.get().name == "first"


def test_without_any_token_an_operator_is_told_whom_to_ask(as_operator: Client) -> None:
    answer = as_operator.get(path("add"))
    assert answer.status_code == 200
    assert "Ask an administrator to add an access token first." in answer.content.decode()
