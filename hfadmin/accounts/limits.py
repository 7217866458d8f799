"""Rate limits on guessing, counted by account and by network address in the cache that all
processes share. No header that a client sends takes part in what is counted."""

import unicodedata

from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal import ratelimit
from django.http import HttpRequest

# Beside allauth's own, for the sign-in (10 failures a minute by address, 5 in 5 minutes by account)
# and for the change of a password. `ip` is the network address, `key` what the caller names.
RATES = {
    # A code has 78 random bits: by address is enough, and nobody can shut the page for others.
    "setup_code": "10/5m/ip",
    "password_link": "10/5m/ip",
    "draft": "30/h/ip,10/h/key",
}


def allows(request: HttpRequest, action: str, key: str = "") -> bool:
    """Count one attempt, atomically over all processes; False where there were too many."""
    return bool(
        ratelimit.consume(
            request, app="hfadmin.accounts", action=action, config=RATES, key=key, limit_get=True
        )
    )


def account_key(email: str) -> str:
    """What stands for an account while its sign-ins are counted: the same for every spelling of
    the address that leads to it."""
    accounts = sorted(user.pk for user in filter_users_by_email(email, for_login=True))
    if accounts:
        return f"account:{accounts[0]}"
    return f"unknown:{unicodedata.normalize('NFKC', email).strip().casefold()}"
