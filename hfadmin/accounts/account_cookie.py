"""A signed cookie that names the account last signed in to, and that outlives the session.

It proves that a form which was sent without a session had been opened in one.
"""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from hfadmin.accounts.models import User

# In seconds. A form may stay open for some days beyond the session.
_MAX_AGE = settings.SESSION_COOKIE_AGE + 7 * 24 * 3600
_RENEW_AFTER = 24 * 3600
_SALT = "hfadmin.accounts.account_cookie"


def cookie_name() -> str:
    return f"{settings.SESSION_COOKIE_NAME}_account"


def account_id(request: HttpRequest, max_age: int = _MAX_AGE) -> int | None:
    """Return the id, or None without a valid cookie that is at most `max_age` seconds old."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        return int(signer.unsign(request.COOKIES.get(cookie_name(), ""), max_age=max_age))
    except (signing.BadSignature, ValueError):
        return None


def set_on(response: HttpResponseBase, request: HttpRequest, user: User) -> None:
    """Set the cookie unless the request has one of the last 24 hours for the same account."""
    if account_id(request, max_age=_RENEW_AFTER) == user.pk:
        return
    response.set_cookie(
        cookie_name(),
        signing.TimestampSigner(salt=_SALT).sign(str(user.pk)),
        max_age=_MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path=settings.SESSION_COOKIE_PATH,
    )
