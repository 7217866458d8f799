"""Drafts: the fields of a form sent after its session had ended, saved until it is opened again."""

import json
import time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hfadmin.accounts import account_cookie, rate_limits
from hfadmin.accounts.models import User
from hfadmin.credentials import holds_token, names_secret

_KEY = "drafts"
_MAX_DRAFTS = 3  # in a session, for several open tabs
_MAX_BYTES = 8 * 1024  # of one draft as JSON
_MAX_AGE = 24 * 3600  # seconds
_MAX_CHOICE_LENGTH = 4  # beside ids, what a field that chooses a token may hold: "new"


def save(request: HttpRequest) -> bool:
    """Save the fields of a POST, without secrets, and return whether they were saved.

    They are not for a browser in which nobody has signed in before, for more than `_MAX_BYTES`, or
    beyond the rate limit.
    """
    fields = {
        name: values[0] if len(values) == 1 else values
        for name, values in posted_fields(request).items()
        if not any(_is_secret(name, value) for value in values)
    }
    account = request.user.pk or account_cookie.account_id(request)
    if not fields or account is None or len(json.dumps(fields)) > _MAX_BYTES:
        return False
    if not request.user.is_authenticated:
        if not rate_limits.allows(request, "draft", str(account)):
            return False
        request.session.set_expiry(_MAX_AGE)
    draft = {"path": request.path, "fields": fields, "account": account, "at": time.time()}
    others = [each for each in _stored(request) if each["path"] != request.path]
    request.session[_KEY] = [*others, draft][-_MAX_DRAFTS:]
    return True


def pop(request: HttpRequest, form: type[forms.Form]) -> dict[str, Any]:
    """Remove this page's draft, and return it as initial data of `form`; {} without a draft.

    What is no field of the form itself, such as a part of rows, is a list if it was sent several
    times.

    Adds a message that says why the form is filled.
    """
    if request.method != "GET" or not (stored := _stored(request)):
        return {}
    assert isinstance(request.user, User)  # noqa: S101 - forms with drafts need a sign-in
    mine = [each for each in stored if each["account"] == request.user.pk]
    here = next((each for each in mine if each["path"] == request.path), None)
    request.session[_KEY] = [each for each in mine if each is not here]
    if here is None:
        return {}
    messages.info(
        request,
        _(
            "This is what you had typed when your session ended. It is not saved yet: look it "
            "over and save it. Tokens and passwords have to be entered again."
        ),
    )
    own: dict[str, forms.Field] = form.base_fields
    fields = {
        name: value[-1] if isinstance(value, list) and name in own else value
        for name, value in here["fields"].items()
    }
    return _unchecked(form) | fields


def posted_fields(request: HttpRequest) -> dict[str, list[str]]:
    """Return the fields of a POST but the CSRF token; {} for other methods."""
    if request.method != "POST":
        return {}
    return {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
    }


def _stored(request: HttpRequest) -> list[dict[str, Any]]:
    drafts = request.session.get(_KEY) or []
    return [draft for draft in drafts if time.time() - draft["at"] < _MAX_AGE]


def _unchecked(form: type[forms.Form]) -> dict[str, bool]:
    """Return False for each checkbox: browsers do not send those that are not checked."""
    fields: dict[str, forms.Field] = form.base_fields
    return {name: False for name, field in fields.items() if type(field) is forms.BooleanField}


def _is_secret(name: str, value: str) -> bool:
    if value.lstrip().startswith("hf_") or holds_token(value):
        return True
    # A field for a token holds either the token or the choice of a stored one.
    is_choice = name.endswith("token") and (len(value) <= _MAX_CHOICE_LENGTH or _is_id(value))
    return names_secret(name) and not is_choice


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
