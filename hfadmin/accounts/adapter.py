from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

_TOLD = {"account/messages/password_changed.txt"}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in without sign-up: people are added by an administrator."""

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
