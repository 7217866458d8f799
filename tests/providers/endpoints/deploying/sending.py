"""The form as somebody sends it, and what the sandbox received of it."""

from typing import Any

from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.endpoint import Endpoint as Remote
from hfadmin.sandbox.wire import Request
from providers.endpoints.lifecycle.models import Action
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import NAME, NAMESPACE, entered, form_url
from tests.providers.endpoints.lifecycle.conftest import work


def send(browser: Client, organization: Organization, token: AccessToken, **changes: Any) -> Any:
    return browser.post(form_url(organization), entered(token, **changes))


def create(
    browser: Client, organization: Organization, token: AccessToken, **changes: Any
) -> Action:
    """Send the form, and have a worker send what it asks for."""
    answer = send(browser, organization, token, **changes)
    assert answer.status_code == 303, errors_of(answer)
    work()
    return Action.objects.get(verb="create")


def errors_of(answer: Any) -> dict[str, list[str]]:
    """The problems at the fields of the form that came back."""
    form = (answer.context or {}).get("form")
    return {name: list(found) for name, found in form.errors.items()} if form else {}


def posts(upstream: Sandbox) -> list[Request]:
    """The requests that would create something."""
    return [each for each in upstream.requests if each.method == "POST"]


def made(upstream: Sandbox) -> Remote | None:
    return upstream.state.endpoint(NAMESPACE, NAME)


def settle(clock: Clock, seconds: int = 1_200) -> None:
    """Let time pass, with a sweep every few seconds, until nothing is open any more."""
    for _ in range(0, seconds, 5):
        work()
        if not Action.objects.open().exists():
            return
        clock.advance(5)
