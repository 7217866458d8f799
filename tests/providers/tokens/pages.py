"""Helpers to request the pages of tokens."""

import html
from typing import Any

from django.test import Client
from django.urls import reverse

from providers.tokens.models import AccessToken


def url(name: str, token: AccessToken | None = None) -> str:
    return reverse(f"tokens:{name}", args=["acme", token.pk] if token else ["acme"])


def text(response: Any) -> str:
    """Return the page with its entities resolved."""
    return html.unescape(response.content.decode())


def add(client: Client, **fields: str) -> Any:
    return client.post(
        url("add"), {"token_name": "deploy-bot", "token": "hf_abcdefgh1234", **fields}
    )
