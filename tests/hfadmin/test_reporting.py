"""Whatever breaks while a secret is at hand, no report and no log line holds the secret."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from hfadmin.accounts import operations
from hfadmin.accounts.models import Organization, User
from hfadmin.sandbox import Sandbox
from tests.rows import stored_token

TOKEN = "hf_" + "NeverShown" * 3 + "wxyz"
PASSWORD = "a sentence nobody may see"
MODEL = {
    "model_type": "llm",
    "name": "acme/llama",
    "endpoint_type": "hosted",
    "api_token": "new",
    "token_name": "ci",
    "token": TOKEN,
}
LOGIN = {"login": "ada@acme.test", "password": PASSWORD}
CHANGE = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
SENT = {
    "add": ("/o/acme/tokens/add/", {"name": "ci", "token": TOKEN}),
    "replace": ("/o/acme/tokens/{pk}/replace/", {"version": "0", "token": TOKEN}),
    "model": ("/o/acme/models/add/", MODEL),
    "model, anyway": ("/o/acme/models/add/", MODEL | {"anyway": "1"}),
    "sign in": ("/accounts/login/", LOGIN),
    "change": ("/accounts/password/change/", CHANGE),
    "link": ("/password/", {"code": "{code}", "password": PASSWORD}),
}


@pytest.mark.parametrize("name", SENT)
def test_a_view_that_receives_a_secret_keeps_it_out_of_every_report(
    name: str,
    admin: User,
    as_admin: Client,
    organization: Organization,
    sandbox: Sandbox,
    settings: SimpleNamespace,
    reported: Callable[[], str],
) -> None:
    settings.DEBUG = True
    settings.ADMINS = [("Ada", "ada@acme.test")]
    code = operations.new_password_link_code(admin.email, by=None)
    address, typed = SENT[name]
    token = stored_token(organization, "before", TOKEN[:-1] + "Q")
    fields = {key: value.format(code=code) for key, value in typed.items()}
    browser = Client() if name in {"sign in", "link"} else as_admin
    browser.raise_request_exception = False

    for number in range(200):
        with breaking(number) as broken:
            answer = browser.post(address.format(pk=token.pk), fields | {"form_key": str(uuid4())})
        if not broken:
            break
        page = answer.content.decode() + reported()
        for secret in (TOKEN, PASSWORD, code.partition("-")[2]):
            assert secret not in page, f"at query {number}"
    else:
        pytest.fail("It has more queries than were broken.")
    assert number > 0


@contextmanager
def breaking(number: int) -> Iterator[list[str]]:
    """The database fails at its query of that number; the list holds it once it did."""
    broken: list[str] = []
    count = 0

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal count
        count += 1
        if count == number + 1:
            broken.append(sql)
            raise RuntimeError(f"The database broke, and says {TOKEN}.")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        yield broken


@pytest.fixture
def reported(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What was written to the log and mailed to administrators since it was last asked."""
    import logging

    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)

    def read() -> str:
        mails = "".join(str(message.message()) for message in mail.outbox)
        mail.outbox.clear()
        return capfd.readouterr().err + mails

    yield read
    logger.removeHandler(handler)
