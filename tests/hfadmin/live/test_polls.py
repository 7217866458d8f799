"""What a live page is answered: as a whole, and to its polls."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.safestring import SafeString

from hfadmin.live import polls
from hfadmin.live.polls import HEADER, Row

PAGE = """{% load partials %}{% partialdef live %}{{ rows_html }}{% endpartialdef %}
<main title="{{ tag }}">{{ rows_html }}</main>"""
ONE = Row("e-1", SafeString('<tr id="e-1">one</tr>'))
TWO = Row("e-2", SafeString('<tr id="e-2">two</tr>'))
CHANGED = Row("e-2", SafeString('<tr id="e-2">changed</tr>'))


@pytest.fixture(autouse=True)
def _template(settings: Any) -> None:
    in_memory = ("django.template.loaders.locmem.Loader", {"page.html": PAGE})
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("template_partials.loader.Loader", [in_memory])]},
        }
    ]


def asked(tag: str | None, *rows: Row, version: str = "7") -> HttpResponse:
    headers = {} if tag is None else {HEADER: tag}
    request = RequestFactory().get("/", headers=headers)
    return polls.page(request, "page.html", version, lambda: {"live_rows": rows})


def tag_of(*rows: Row) -> str:
    """The tag of a page that shows these rows in version 7."""
    return asked("", *rows)[HEADER]


def text(answer: HttpResponse) -> str:
    return answer.content.decode().strip()


def test_a_page_carries_the_tag_of_what_it_shows() -> None:
    answer = asked(None, ONE, TWO)
    assert text(answer) == f'<main title="{tag_of(ONE, TWO)}">{ONE.html}{TWO.html}</main>'


def test_an_answer_to_anything_but_a_poll_tells_its_element_no_tag() -> None:
    """Or the next request of the element, such as another search, would count as a poll."""
    assert HEADER not in asked(None, ONE, TWO)


def test_the_same_version_is_not_rendered_again() -> None:
    def context() -> dict[str, Any]:
        raise AssertionError

    tag = tag_of(ONE)
    request = RequestFactory().get("/", headers={HEADER: tag})
    answer = polls.page(request, "page.html", "7", context)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"] == "no-store"


def test_rows_that_are_shown_already_are_empty() -> None:
    answer = asked(tag_of(ONE, TWO), CHANGED, ONE, version="8")
    assert text(answer) == f'{CHANGED.html}<tr id="e-1" data-same></tr>'
    assert answer["Cache-Control"] == "no-store"
    assert asked(answer[HEADER], version="8").status_code == 304


@pytest.mark.parametrize("tag", ["", ":", "x", "8:.", f"7:{ONE.digest}{'.' * 1000}", "\u202e:é"])
def test_a_tag_that_is_none_of_ours_is_sent_everything(tag: str) -> None:
    assert text(asked(tag, ONE, TWO)) == f"{ONE.html}{TWO.html}"


def test_a_tag_never_becomes_too_long_for_a_header() -> None:
    rows = [Row(f"e-{number}", SafeString(f"<tr>{number}</tr>")) for number in range(500)]
    assert tag_of(*rows) == "7"
    assert len(tag_of(*rows[:100])) > 800
