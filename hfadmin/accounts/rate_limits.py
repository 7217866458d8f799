"""Rate limits by account and by network address, counted in the cache that all processes share.

No header that a client sends affects what is counted.
"""

import unicodedata

from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal import ratelimit
from django.http import HttpRequest

# Beside allauth's own, for signing in (10 failures a minute by address, 5 in 5 minutes by account)
# and for changing the password. `ip` is the network address, `key` the argument of `allows`.
RATES = {
    # A code has 78 random bits, so a limit by address is enough; one for all could lock people out.
    "setup_code": "10/5m/ip",
    "password_link": "10/5m/ip",
    "draft": "30/h/ip,10/h/key",
}


def allows(request: HttpRequest, action: str, key: str = "") -> bool:
    """Count an attempt, atomically over all processes, and return whether it is within the rate."""
    return bool(
        ratelimit.consume(
            request, app="hfadmin.accounts", action=action, config=RATES, key=key, limit_get=True
        )
    )


def account_key(email: str) -> str:
    """Return the key by which sign-ins are counted, the same for all spellings of the address."""
    accounts = sorted(user.pk for user in filter_users_by_email(email, for_login=True))
    if accounts:
        return f"account:{accounts[0]}"
    return f"unknown:{unicodedata.normalize('NFKC', email).strip().casefold()}"
