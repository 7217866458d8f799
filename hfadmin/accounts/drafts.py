"""What somebody had typed when the session ended: kept until they are signed in again."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

_KEY = "draft"
_LIMIT = 16 * 1024
_SECRET_WORDS = {"password", "password1", "password2", "oldpassword", "secret", "code"}


def keep(request: HttpRequest) -> None:
    """Keep what an anonymous POST carries, if it comes from somebody who had a session.

    Without the secrets: those have to be typed again.
    """
    if request.method != "POST" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    fields = {
        name: value
        for name, value in request.POST.dict().items()
        if name != "csrfmiddlewaretoken" and not _is_secret(name, str(value))
    }
    if sum(len(str(value)) for value in fields.values()) <= _LIMIT:
        request.session[_KEY] = {"path": request.path, "fields": fields}


def take(request: HttpRequest) -> dict[str, str] | None:
    """What was typed into the form of this page, once; None when nothing was."""
    draft = request.session.get(_KEY)
    if not draft or draft["path"] != request.path:
        return None
    del request.session[_KEY]
    fields: dict[str, str] = draft["fields"]
    return fields


def _is_secret(name: str, value: str) -> bool:
    last = name.lower().replace("-", "_").rpartition("_")[2]
    if last in _SECRET_WORDS or value.lstrip().startswith("hf_"):
        return True
    # A field for a token holds either the token or the id of a stored one.
    return last == "token" and bool(value) and not _is_id(value)


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
