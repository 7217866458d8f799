"""The adapter of django-allauth."""

from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from hfadmin.accounts import rate_limits

_SHOWN_MESSAGES = {"account/messages/password_changed.txt"}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allows no sign-up, counts attempts by account, and leaves out messages of signing in."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("E-mail or password is not correct."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count by.

        From X-Forwarded-For it is taken only as many hops back as there are trusted proxies.
        """
        address = ip_address(super().get_client_ip(request))
        # On a dual-stack socket all of IPv4 would share one IPv6 prefix, and so one count.
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return str(mapped or address)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own key begins with the Host header.
        return rate_limits.account_key(credentials.get("email", ""))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        # The page itself shows that a person is signed in or out.
        if message_template in _SHOWN_MESSAGES:
            super().add_message(request, level, message_template, *args, **kwargs)
