from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

_TOLD = {"account/messages/password_changed.txt"}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in without sign-up: people are added by an administrator."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("E-mail or password is not correct."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        # That one is signed in or out, the page shows by itself.
        if message_template in _TOLD:
            super().add_message(request, level, message_template, *args, **kwargs)
