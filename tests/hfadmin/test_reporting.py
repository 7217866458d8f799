"""Whatever breaks while a secret is at hand, no report and no log line holds the secret."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from allauth.core.context import request_context
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils.log import AdminEmailHandler
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from hfadmin.accounts import operations
from hfadmin.accounts.forms import NewPasswordForm, PasswordForm, SetupForm, SignInForm
from hfadmin.accounts.models import Organization, Role, User
from hfadmin.audit.actors import COMMAND
from hfadmin.reporting import Reporter
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.catalog.models import ProviderModel
from tests.factories import stored_token

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
PERSON = {"organization": "ACME", "email": "ada@acme.test", "password": PASSWORD}
SENT = {
    "add": ("/o/acme/tokens/add/", {"token_name": "ci", "token": TOKEN}),
    "replace": ("/o/acme/tokens/{token}/replace/", {"version": "0", "token": TOKEN}),
    "model": ("/o/acme/models/add/", MODEL),
    "model, anyway": ("/o/acme/models/add/", MODEL | {"anyway": "1"}),
    "model, edited": ("/o/acme/models/{model}/edit/", MODEL | {"version": "0"}),
    "sign in": ("/accounts/login/", LOGIN),
    "change": ("/accounts/password/change/", CHANGE),
    "link": ("/password/", {"code": "{code}", "password": PASSWORD}),
    "set-up": ("/setup/", PERSON | {"code": "{code}"}),
}
Post = Callable[[], Any]


class Contents(Reporter):
    """What a report would hold, without the time that laying it out takes."""

    def get_traceback_html(self) -> SafeString:
        return SafeString(repr(self.get_traceback_data()))


@pytest.mark.parametrize("name", SENT)
def test_a_view_that_receives_a_secret_keeps_it_out_of_every_report(
    post: Post, code: str, settings: SimpleNamespace, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.DEBUG = True
    settings.DEFAULT_EXCEPTION_REPORTER = f"{__name__}.Contents"

    for number in range(200):
        with breaking(number) as broken:
            answer = post()
        if not broken:
            break
        assert "The database broke" in answer.content.decode() or answer.status_code < 500
        assert not held(answer.content.decode() + capfd.readouterr().err, code), number
    assert (answer.status_code, number > 10) in {(302, True), (303, True)}


@pytest.mark.parametrize("name", ["model", "set-up"])
def test_nor_is_it_on_the_page_or_in_the_mail_that_are_made_of_it(
    post: Post, code: str, settings: SimpleNamespace
) -> None:
    settings.DEBUG = True
    settings.ADMINS = [("Ada", "ada@acme.test")]
    logger, handler = logging.getLogger("django.request"), AdminEmailHandler(include_html=True)
    logger.addHandler(handler)
    with breaking(9):
        page = post().content.decode()
    logger.removeHandler(handler)
    written = str(mail.outbox[0].message())
    assert "Traceback" in page
    assert "Traceback" in written
    assert not held(page + written, code)


def test_a_password_is_a_secret_by_itself_whatever_filters_the_report(
    organization: Organization, settings: SimpleNamespace
) -> None:
    """Django's own filter hides nothing while DEBUG is on."""
    settings.DEBUG = True
    secret = Secret(PASSWORD)

    def adds() -> object:
        return operations.add_person(organization, "eve@acme.test", Role.VIEWER, secret, COMMAND)

    def sets_up() -> object:
        return operations.set_up_unattended("eve@acme.test", secret)

    def replaces() -> object:
        user = User.objects.create_user("eve@acme.test", Secret("correct horse"))
        code = operations.new_password_link_code(user.email, COMMAND)
        return operations.set_password_by_code(code, secret)

    for verb in (adds, sets_up, replaces):
        for number in range(200):
            report, broken = reported_by(verb, number)
            assert PASSWORD not in report, (verb, number)
            if not broken:
                break
        assert number > 3


def test_no_form_holds_a_password_as_plain_text_once_it_is_cleaned(admin: User) -> None:
    admin.set_password(PASSWORD)
    admin.save()
    code = operations.new_password_link_code(admin.email, COMMAND)
    request = RequestFactory().post("/")
    forms: list[Any] = [
        SetupForm(PERSON | {"code": "AAAA"}),
        NewPasswordForm({"code": code, "password": PASSWORD}),
        SignInForm(LOGIN, request=request),
        PasswordForm(user=admin, data=CHANGE),  # type: ignore[call-arg]  # allauth is not typed
    ]
    with request_context(request):
        for form in forms:
            assert form.is_valid(), form.errors
            assert "Secret(" in repr(form.cleaned_data)
            assert PASSWORD not in repr(form.cleaned_data)
    forms[-1].save()
    assert User.objects.get().check_password(CHANGE["password1"])


def reported_by(verb: Callable[[], object], number: int) -> tuple[str, list[str]]:
    """The report of what the verb raises where the database fails at that query."""
    report = ""
    with breaking(number) as broken:
        try:
            verb()
        except RuntimeError:
            reporter = ExceptionReporter(None, *sys.exc_info())
            reporter.filter = SafeExceptionReporterFilter()
            report = repr(reporter.get_traceback_data())
    return report, broken


def held(text: str, code: str) -> list[str]:
    """The secrets that stand in the text."""
    return [secret for secret in (TOKEN, PASSWORD, code) if secret in text]


@pytest.fixture
def code(name: str, admin: User) -> str:
    """Of the link, or of the set-up while there is nobody."""
    if name != "set-up":
        return operations.new_password_link_code(admin.email, COMMAND)
    User.objects.all().delete()
    return str(operations.new_setup_code())


@pytest.fixture
def post(name: str, code: str, admin: User, organization: Organization, sandbox: Sandbox) -> Post:
    """Sends the secret, each time as if it were the first."""
    sandbox.add_user("ada")
    sandbox.add_token("ada", value=TOKEN, role="write")
    model = ProviderModel.objects.create(
        organization=organization, model_type="llm", name="acme/llama", endpoint_type="hosted"
    )
    token = stored_token(organization, "before", TOKEN[:-1] + "Q", owner="ada")
    address, typed = SENT[name]
    places = {"code": code, "model": model.pk, "token": token.pk}
    if name in {"model", "model, anyway"}:
        model.delete()
    fields = {key: value.format(**places) for key, value in typed.items()}
    browser = Client(raise_request_exception=False)
    if name in {"sign in", "change"}:
        admin.set_password(PASSWORD)
        admin.save()
    if name not in {"sign in", "link", "set-up"}:
        browser.force_login(admin)

    def send() -> Any:
        cache.clear()
        return browser.post(address.format(**places), fields | {"form_key": str(uuid4())})

    return send


@contextmanager
def breaking(number: int) -> Iterator[list[str]]:
    """The database fails at its query of that number; the list holds it once it did. Whatever is
    written meanwhile is undone, so that the next attempt is a first one, too."""
    broken: list[str] = []
    count = 0

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal count
        count += 1
        if count == number + 1:
            broken.append(sql)
            raise RuntimeError(f"The database broke, and says {TOKEN}.")
        return execute(sql, *rest)

    with transaction.atomic():
        with connection.execute_wrapper(fail):
            yield broken
        transaction.set_rollback(True)
