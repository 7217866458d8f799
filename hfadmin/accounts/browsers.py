"""Which account a browser was last signed in to, by a signed cookie that outlives the session: a
proof that a form sent without a session was opened in one of ours."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from hfadmin.accounts.models import User

# A form may stay open for some days beyond the session.
_AGE = settings.SESSION_COOKIE_AGE + 7 * 24 * 3600
_FRESH = 24 * 3600
_SALT = "hfadmin.accounts.browsers"


def cookie_name() -> str:
    return f"{settings.SESSION_COOKIE_NAME}_account"


def account_of(request: HttpRequest, within: int = _AGE) -> int | None:
    """The account's id; None without a cookie of ours that is at most `within` seconds old."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        return int(signer.unsign(request.COOKIES.get(cookie_name(), ""), max_age=within))
    except (signing.BadSignature, ValueError):
        return None


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Set the cookie, unless it has been set for the same account today."""
    if account_of(request, within=_FRESH) == user.pk:
        return
    response.set_cookie(
        cookie_name(),
        signing.TimestampSigner(salt=_SALT).sign(str(user.pk)),
        max_age=_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path=settings.SESSION_COOKIE_PATH,
    )
