"""A secret of a new endpoint is sent, and stands nowhere: not before, and not afterwards."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from celery import current_app
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.deploying import views
from providers.endpoints.lifecycle import asking, deployments
from providers.endpoints.lifecycle.models import Action, Values
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import entered, form_url, page_of
from tests.providers.endpoints.deploying.sending import create, posts, send, settle
from tests.providers.endpoints.lifecycle.conftest import work

CANARY, REGISTRY = "Kanarienvogel-4711-zwitschert", "Sittich-0815-im-Kaefig"
HOLDING: dict[str, Any] = {
    "engine": "custom",
    "image": "registry.acme.test/serve:1",
    "secrets_name": ["FIRST", "SECOND"],
    "secrets_value": [CANARY, f"{CANARY}-two"],
    "registry_username": "robot",
    "registry_password": REGISTRY,
}
# What becomes of it: the fault of the request, and the state in which it ends.
OUTCOMES = {
    "": "done",
    "payment_required": "refused",
    "lost": "done",
    "503": "unclear",
    "malformed": "unclear",
}


@pytest.fixture(autouse=True)
def quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that is logged or printed holds a secret."""
    caplog.set_level("DEBUG")
    yield
    printed = capfd.readouterr()
    assert_hidden(printed.out + printed.err + caplog.text)


def assert_hidden(text: str) -> None:
    for secret in (CANARY, REGISTRY):
        pieces = {secret[at : at + 10] for at in range(len(secret) - 9)}
        assert not [piece for piece in pieces if piece.lower() in text.lower()]


def stored() -> str:
    """Every column of every table, and what sessions hold."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    return "\n".join([*found, *sessions])


def bytes_of_sqlite(cursor: Any, directory: Path) -> bytes:
    copy = directory / "copy.sqlite3"
    cursor.execute("VACUUM INTO %s", [str(copy)])
    return copy.read_bytes()


def bytes_of_postgresql(cursor: Any) -> bytes:
    cursor.execute("CHECKPOINT")
    cursor.execute("SHOW data_directory")
    (cluster,) = cursor.fetchone()
    cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
    (number,) = cursor.fetchone()
    return b"".join(each.read_bytes() for each in (Path(cluster) / "base" / str(number)).iterdir())


@pytest.mark.page
@pytest.mark.parametrize("fault", OUTCOMES)
def test_it_stands_nowhere_whatever_comes_of_it(
    fault: str,
    as_operator: Client,
    as_admin: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    if fault:
        upstream.fault(fault, method="POST", path="/v2/endpoint/", times=1)
    answer = send(as_operator, acme, token, **HOLDING)
    assert answer.status_code == 303
    assert_hidden(stored())
    assert_hidden(as_operator.get(page_of(acme)).content.decode())
    settle(clock)
    assert Action.objects.get().state == OUTCOMES[fault]
    assert CANARY in posts(upstream)[0].body.decode()
    assert not Values.objects.exists()
    assert_hidden(stored())
    for browser in (as_operator, as_admin):
        for address in (page_of(acme), f"/o/{acme.slug}/activity/", f"/o/{acme.slug}/endpoints/"):
            assert_hidden(browser.get(address, follow=True).content.decode())


def test_it_is_not_in_the_files_of_the_database(
    transactional_db: None,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    tmp_path: Path,
) -> None:
    send(as_operator, acme, token, **HOLDING)
    with connection.cursor() as cursor:
        is_sqlite = connection.vendor == "sqlite"
        kept = bytes_of_sqlite(cursor, tmp_path) if is_sqlite else bytes_of_postgresql(cursor)
    assert b"registry.acme.test/serve" in kept
    assert_hidden(kept.decode("latin-1"))
    work()
    assert Action.objects.get().state == Action.State.DONE


@pytest.mark.page
@pytest.mark.parametrize(
    "told",
    [
        f"secrets FIRST={CANARY} is not allowed",
        f"{'x ' * 280}{CANARY}",
        f"{'x ' * 285}{CANARY}",
        f"port, and {REGISTRY.upper()}",
        f"<b>{CANARY[:12]}</b>{CANARY[12:]}",
        f"{CANARY[:15]}",
        f"{CANARY[14:]}",
        f"url {quote(CANARY)}",
    ],
)
@pytest.mark.parametrize("fault", ["400", "500"])
def test_an_answer_that_repeats_it_is_kept_without_it(
    fault: str,
    told: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    upstream.fault(fault, method="POST", path="/v2/endpoint/", times=1, text=told)
    action = create(as_operator, acme, token, **HOLDING)
    assert action.problem["evidence"]["text"]
    assert_hidden(stored())
    assert_hidden(as_operator.get(page_of(acme), follow=True).content.decode())
    settle(clock)
    assert_hidden(stored())


@pytest.mark.page
@pytest.mark.parametrize(
    "secret",
    [
        "short1",
        "two  words\tand a tab",
        'with "quotes" and \\ strokes',
        "-----BEGIN KEY-----\nabcdef\nghijkl\n-----END KEY-----",
        "Schlüssel-für-Straße",
        "a&b=<c>&d",
    ],
)
def test_an_answer_that_repeats_the_whole_body_is_kept_without_it(
    secret: str, as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    honest = upstream.handle

    def handle(request: Any) -> Any:
        if request.method == "POST":
            body = request.body.decode()
            upstream.fault("400", method="POST", times=1, text=f"Bad secrets: {body[-120:]}")
        return honest(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", handle)
        action = create(
            as_operator, acme, token, secrets_name=["A"], secrets_value=[secret], tags=""
        )
    text = action.problem["evidence"]["text"]
    assert "Bad secrets" in text
    flat = " ".join(secret.split())
    assert not [flat[at : at + 6] for at in range(len(flat) - 5) if flat[at : at + 6] in text]


@pytest.mark.page
def test_it_is_gone_as_soon_as_it_is_taken_back(
    as_operator: Client, acme: Organization, token: AccessToken, operator: User
) -> None:
    send(as_operator, acme, token, **HOLDING)
    asking.cancel(Action.objects.get(), Actor.person(operator))
    assert not Values.objects.exists()


@pytest.mark.page
def test_no_message_to_a_worker_holds_it(
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda *told, **options: sent.append(f"{told}{options}")
    )
    with django_capture_on_commit_callbacks(execute=True):
        send(as_operator, acme, token, **HOLDING)
    assert any(str(Action.objects.get().pk) in each for each in sent)
    assert_hidden("".join(sent))


@pytest.mark.page
@pytest.mark.parametrize("changes", [{"name": "X"}, {"update": ""}, {"update": "max_replicas=2"}])
def test_a_form_that_comes_back_does_not_show_it(
    changes: dict[str, str], as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    html = send(as_operator, acme, token, **HOLDING | changes).content.decode()
    assert 'value="FIRST"' in html
    assert_hidden(html)
    assert_hidden(stored())


@pytest.mark.page
@pytest.mark.parametrize("part", views.PARTS)
def test_no_part_of_the_form_shows_it(
    part: str, as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    answer = as_operator.post(f"{form_url(acme)}{part}/", entered(token, **HOLDING))
    assert answer.status_code == 200
    assert_hidden(answer.content.decode())


@pytest.mark.page
def test_the_page_of_an_error_and_its_report_do_not_show_it(
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError("Something is wrong")

    monkeypatch.setattr(deployments, "ask", fail)
    as_operator.raise_request_exception = False
    for debug in (False, True):
        settings.DEBUG = debug
        answer = send(as_operator, acme, token, **HOLDING)
        assert answer.status_code == 500
        assert_hidden(answer.content.decode())


@pytest.mark.page
def test_a_session_that_ended_keeps_the_form_without_it(
    as_operator: Client, acme: Organization, token: AccessToken, operator: User
) -> None:
    as_operator.get(form_url(acme))
    Session.objects.all().delete()
    answer = send(as_operator, acme, token, **HOLDING, env_name=["A", "B"], env_value=["1", "2"])
    assert answer.status_code == 302
    assert_hidden(stored())
    as_operator.post("/accounts/login/", {"login": operator.email, "password": "correct horse"})
    page: Any = as_operator.get(form_url(acme))
    form = page.context["form"]
    assert form["image"].value() == HOLDING["image"]
    assert form["env"].value() == [("A", "1"), ("B", "2")]
    assert form["secrets"].value() == [("FIRST", ""), ("SECOND", "")]
    assert_hidden(page.content.decode())
    assert not Action.objects.exists()


@pytest.mark.page
def test_what_is_sealed_is_not_merely_written_otherwise(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    send(as_operator, acme, token, **HOLDING)
    rows = stored()
    encoded = base64.b64encode(CANARY.encode()).decode().rstrip("=")
    assert encoded[:-2] not in rows
    assert CANARY[::-1] not in rows
    assert CANARY.encode().hex() not in rows
    assert Values.objects.count() == 2
