"""Each request that is not answered is told why."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string

from hfadmin import bad_requests
from hfadmin.urls import handler400

pytestmark = pytest.mark.django_db


def kinds(base: type[Exception] = SuspiciousOperation) -> Iterator[type[Exception]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


@pytest.fixture
def request_(rf: RequestFactory) -> WSGIRequest:
    return rf.get("/")


def test_an_address_that_is_not_configured_is_named_on_the_page_and_in_one_line(
    client: Client, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/", headers={"host": "dashboard.acme.test"})
    assert answer.status_code == 400
    assert "HFADMIN_URL" in answer.content.decode()
    lines = [line for line in capsys.readouterr().err.splitlines() if "dashboard.acme" in line]
    records = [record for record in caplog.records if "dashboard.acme" in record.getMessage()]
    assert len(lines or records) == 1
    assert "HFADMIN_URL" in str(lines or records[0].getMessage())


def test_no_host_at_all_and_hostile_ones_get_the_same_page(client: Client) -> None:
    for host in ("", "evil.test:80", "a\x01b", "x" * 5_000, "[::1", "localhost.evil.test"):
        answer = client.get("/", headers={"host": host})
        assert answer.status_code == 400, host
        assert "HFADMIN_URL" in answer.content.decode()


def test_every_kind_of_bad_request_has_a_sentence_of_its_own(request_: WSGIRequest) -> None:
    general = bad_requests.explanation(SuspiciousOperation())
    for kind in (*kinds(), *kinds(BadRequest), MultiPartParserError):
        if kind.__module__.startswith("django.contrib.admin"):  # no part of the product
            continue
        answer = import_string(handler400)(request_, kind("detail"))
        assert answer.status_code == 400
        assert "detail" not in answer.content.decode()
        assert bad_requests.explanation(kind("detail")) != general, kind


@pytest.fixture
def https(settings: SimpleNamespace) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


FORGETFUL: list[dict[str, str]] = [
    {},
    {"x-forwarded-proto": "http"},
    {"x-forwarded-proto": "HTTPS"},
    {"x-forwarded-ssl": "on"},
]


@pytest.mark.usefixtures("https")
@pytest.mark.parametrize("headers", FORGETFUL)
def test_a_proxy_that_does_not_say_https_is_told_in_place_of_an_endless_redirect(
    headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    bad_requests._log_redirect_loop.cache_clear()
    for address in ("/accounts/login/", "/accounts/login/?next=/o/acme/", "/nowhere"):
        sent = visit(address, headers)
        assert sent["Cache-Control"] == "no-store"
        assert sent["Location"].startswith(f"https://testserver{address}")
        told = visit(sent["Location"], headers)
        assert told.status_code == 400
        assert "X-Forwarded-Proto" in told.content.decode()
    logged = [record for record in caplog.records if "in_circles" in record.getMessage()]
    assert len(logged) == 1


def visit(address: str, headers: dict[str, str]) -> Any:
    """By a client that keeps no cookies."""
    answer = Client().get(address, headers={"host": "testserver"} | headers)
    assert not answer.cookies
    return answer


@pytest.mark.usefixtures("https")
@pytest.mark.parametrize("address", ["/", "/?a=b", "/?a=b&", "/?a=%26&to_https=1&b", "//x"])
def test_who_was_sent_to_https_arrives_at_the_address_as_it_was(address: str) -> None:
    sent = visit(f"http://testserver{address}", {"x-forwarded-proto": "http"})
    arrived = visit(sent["Location"], {"x-forwarded-proto": "https"})
    assert arrived.status_code == 302
    assert arrived["Location"] == f"https://testserver{address}"


@pytest.mark.usefixtures("https")
def test_who_comes_by_http_again_and_again_is_sent_to_https_each_time(client: Client) -> None:
    for _visit in range(6):
        answer = client.get("/accounts/login/", headers={"x-forwarded-proto": "http"})
        assert answer.status_code == 302
        arrived = visit(answer["Location"], {"x-forwarded-proto": "https"})
        assert arrived["Location"] == "https://testserver/accounts/login/"


def test_where_https_is_not_asked_for_nobody_is_sent_anywhere(client: Client) -> None:
    assert client.get("/setup/?to_https=1").status_code == 200


def test_not_being_ready_yet_is_no_error(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/readyz").status_code == 503
    levels = {record.levelno for record in caplog.records if "readyz" in record.getMessage()}
    assert levels == {logging.INFO}
