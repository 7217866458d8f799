"""What somebody had typed when the session ended: kept until they are signed in again."""

import json
import time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hfadmin.accounts import browsers, limits
from hfadmin.accounts.models import User
from hfadmin.credentials import holds_token, names_secret

_KEY = "drafts"
_MOST = 3  # in one session: the tabs that somebody may have open
_LARGEST = 8 * 1024
_KEPT_FOR = 24 * 3600
_LONGEST_CHOICE = 4  # beside ids, what a field that chooses a token may hold: "new"


def keep(request: HttpRequest) -> bool:
    """Keep what a POST carries until the same person opens the form again; whether it was kept.

    Only for somebody who is signed in, or a browser in which an account of ours was; few, small,
    and without the secrets: those have to be typed again.
    """
    fields = {name: value for name, value in typed(request).items() if not _is_secret(name, value)}
    account = request.user.pk or browsers.account_of(request)
    if not fields or account is None or len(json.dumps(fields)) > _LARGEST:
        return False
    if not request.user.is_authenticated:
        if not limits.allows(request, "draft", str(account)):
            return False
        request.session.set_expiry(_KEPT_FOR)
    draft = {"path": request.path, "fields": fields, "account": account, "at": time.time()}
    others = [each for each in _kept(request) if each["path"] != request.path]
    request.session[_KEY] = [*others, draft][-_MOST:]
    return True


def take(request: HttpRequest, form: type[forms.Form]) -> dict[str, Any]:
    """What was typed into the form of this page, once, as its first values; {} when nothing was.

    Tells the reader, in a message, why the form is filled.
    """
    if request.method != "GET" or not (kept := _kept(request)):
        return {}
    assert isinstance(request.user, User)  # noqa: S101 - forms with drafts need a sign-in
    mine = [each for each in kept if each["account"] == request.user.pk]
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
    fields: dict[str, Any] = here["fields"]
    return _unchecked(form) | fields


def typed(request: HttpRequest) -> dict[str, str]:
    """The fields of a POST, without what the page itself put in."""
    if request.method != "POST":
        return {}
    return {
        name: str(value)
        for name, value in request.POST.dict().items()
        if name != "csrfmiddlewaretoken"
    }


def _kept(request: HttpRequest) -> list[dict[str, Any]]:
    drafts = request.session.get(_KEY) or []
    return [draft for draft in drafts if time.time() - draft["at"] < _KEPT_FOR]


def _unchecked(form: type[forms.Form]) -> dict[str, bool]:
    """A box that is not checked is not sent."""
    fields: dict[str, forms.Field] = form.base_fields
    return {name: False for name, field in fields.items() if type(field) is forms.BooleanField}


def _is_secret(name: str, value: str) -> bool:
    if value.lstrip().startswith("hf_") or holds_token(value):
        return True
    # A field for a token holds either the token or the choice of a stored one.
    is_choice = name.endswith("token") and (len(value) <= _LONGEST_CHOICE or _is_id(value))
    return names_secret(name) and not is_choice


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
