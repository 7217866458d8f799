"""Whatever is put into addresses, headers, cookies and forms: no page breaks over it."""

import random
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from hfadmin.sandbox import Sandbox
from tests.route_table import ROUTES
from tests.test_routes import Rows, address_of, rows

__all__ = ["rows"]  # the fixture: one row of each kind

PARTS = 10
GETS, POSTS = 2_000 // PARTS, 500 // PARTS
HOSTILE = (
    *("", " ", "0", "-1", "9" * 25, "9" * 5_000, "1e999", "NaN", "null", "None", "true", "[]"),
    *("\x00", "a\x00b", "%00", "%", "%zz", "%ff%fe", "\ud7ff", "\u202e", "\u200b", "\ufeff"),
    *("'", '"', "\\", "/", "..", "../../etc/passwd", "//evil.test", "https://evil.test", "?", "#"),
    *("<script>", "{{ 7*7 }}", "%(name)s", "%s%n", "{0}", "${x}", "; DROP TABLE x", "' OR 1=1 --"),
    *("x" * 300, "x" * 3_000, "é" * 300, "a" * 70 + "@b.test", "-name", "name", "-", "__class__"),
    *("2026-13-40", "0001-01-01", "9999-12-31T23:59:59Z", "{}", "\U0001f525"),
    "00000000-0000-0000-0000-000000000000",
)
PARAMETERS = (
    *("q", "sort", "page", "state", "namespace", "task", "vendor", "engine", "tag", "columns"),
    *("who", "verb", "next", "token", "model_type", "endpoint_type", "show", "use", "_", "a[]"),
)
HEADERS = (
    *("HX-Request", "HX-PTag", "HX-Target", "HX-Current-URL", "HX-Boosted"),
    *("Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "X-Forwarded-For"),
    *("Referer", "Origin", "User-Agent", "Accept", "Content-Type", "X-Requested-With"),
)
FIELDS = (
    *("name", "token", "version", "organization", "email", "password", "login", "code", "form_key"),
    *("model_type", "endpoint_type", "api_token", "new_token", "new_token_name", "namespace_name"),
    *("endpoint_url", "task", "real_call", "url_confirmed", "anyway", "oldpassword", "password1"),
    *("csrfmiddlewaretoken", "wake", "next", "action", "\x00", "x" * 200, "__proto__"),
)
FORMS = [name for name, route in ROUTES.items() if route.write is not None]


class Fuzz:
    """The same hostile requests at each run of the same part."""

    def __init__(self, part: int) -> None:
        self.lot = random.Random(part)

    def address(self, name: str, rows: dict[str, Rows]) -> str:
        """Of a row that is there, or of one that cannot be."""
        address = address_of(name, rows["acme"], "acme")
        if self.lot.random() < 0.3:
            parts = address.split("/")
            parts[self.lot.randrange(1, len(parts))] = self.value()
            address = "/".join(parts)
        return address

    def value(self) -> str:
        return self.lot.choice(HOSTILE)

    def some(self, names: tuple[str, ...], most: int) -> dict[str, str]:
        return {name: self.value() for name in self.lot.sample(names, self.lot.randint(0, most))}

    def headers(self) -> dict[str, str]:
        """Such as a server lets through: visible, and no longer than a head may be."""
        chosen = self.some(HEADERS, 3)
        return {
            name: "".join(c for c in value if 32 <= ord(c) < 256) for name, value in chosen.items()
        }


@pytest.fixture
def browser(as_admin: Client) -> Client:
    as_admin.raise_request_exception = False
    return as_admin


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_address_breaks_a_page(part: int, browser: Client, rows: dict[str, Rows]) -> None:
    fuzz = Fuzz(part)
    for _request in range(GETS):
        address = fuzz.address(fuzz.lot.choice(list(ROUTES)), rows)
        query, headers = fuzz.some(PARAMETERS, 4), fuzz.headers()
        if fuzz.lot.random() < 0.1:
            browser.cookies[settings.LANGUAGE_COOKIE_NAME] = fuzz.value().encode().hex()
        with transaction.atomic():
            answer = browser.get(address, query, headers=headers)
            transaction.set_rollback(True)
        allowed = address.startswith("/readyz") and answer.status_code == 503
        assert answer.status_code < 500 or allowed, (address, query, headers)


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_breaks_a_page(part: int, browser: Client, rows: dict[str, Rows]) -> None:
    fuzz = Fuzz(part)
    for _request in range(POSTS):
        address = fuzz.address(fuzz.lot.choice(FORMS), rows)
        typed: dict[str, Any] = fuzz.some(FIELDS, 8)
        with transaction.atomic():
            answer = browser.post(address, typed, headers=fuzz.headers())
            transaction.set_rollback(True)
        assert answer.status_code < 500, (address, typed)


@pytest.mark.parametrize("name", ["endpoints:list", "activity:list", "tokens:list", "catalog:list"])
def test_a_null_character_in_an_address_is_a_bad_request(
    name: str, browser: Client, sandbox: Sandbox
) -> None:
    address = reverse(name, args=["acme"])
    assert browser.get(f"{address}?q=a%00b").status_code == 400
    assert browser.get(f"{address}a%00b/").status_code in {400, 404}
