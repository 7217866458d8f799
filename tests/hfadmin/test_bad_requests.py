"""Each request that is not answered is told why."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.test import Client, RequestFactory
from django.utils.functional import Promise
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


def test_every_kind_of_bad_request_has_a_sentence(request_: WSGIRequest) -> None:
    for kind in (*kinds(), MultiPartParserError):
        answer = import_string(handler400)(request_, kind("detail"))
        assert answer.status_code == 400
        assert "detail" not in answer.content.decode()
        assert isinstance(bad_requests.sentence(kind("detail")), str | Promise)


def test_what_people_can_cause_is_told_apart() -> None:
    said = {str(sentence) for sentence in bad_requests.SENTENCES.values()}
    assert len(said) >= 9


@pytest.fixture
def https(settings: SimpleNamespace) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.usefixtures("https")
def test_a_proxy_that_forgets_the_scheme_is_told_in_place_of_an_endless_redirect(
    client: Client, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    first = client.get("/accounts/login/")
    assert first.status_code == 301
    second = client.get("/accounts/login/")
    assert second.status_code == 400
    assert "X-Forwarded-Proto" in second.content.decode()
    told = capsys.readouterr().err + caplog.text
    assert "forwarded_proto_missing" in told


@pytest.mark.usefixtures("https")
def test_a_proxy_that_says_http_gets_its_redirect_each_time(client: Client) -> None:
    for _visit in range(3):
        answer = client.get("/accounts/login/", headers={"x-forwarded-proto": "http"})
        assert answer.status_code == 301
        assert answer["Location"].startswith("https://")


@pytest.mark.usefixtures("https")
def test_a_proxy_that_says_https_is_served_after_a_redirect(client: Client) -> None:
    client.get("/accounts/login/", headers={"x-forwarded-proto": "http"})
    answer = client.get("/accounts/login/", headers={"x-forwarded-proto": "https"})
    assert answer.status_code == 302  # to the first set-up, for there is nobody yet


def test_not_being_ready_yet_is_no_error(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/readyz").status_code == 503
    levels = {record.levelno for record in caplog.records if "readyz" in record.getMessage()}
    assert levels <= {logging.INFO}
