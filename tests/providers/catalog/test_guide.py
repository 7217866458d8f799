"""docs/guide.md as a page of help, and what is said where it is not packaged whole."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from providers.catalog import checks, guide
from tests.providers.catalog.conftest import path


def test_the_guide_is_a_page_of_ours_with_its_pictures(as_viewer: Client) -> None:
    answer = as_viewer.get(path("guide"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1" in html
    assert html.count("<h1") == 1
    pictures = re.findall(r'<img src="/static/([^"]+)" alt="([^"]+)" width="(\d+)"', html)
    assert len(pictures) >= 5
    assert all(finders.find(name) and text for name, text, _ in pictures)
    assert all(int(width) > 100 for *_, width in pictures)


def test_the_guide_keeps_to_the_strict_policy(as_viewer: Client) -> None:
    answer = as_viewer.get(path("guide"))
    main = answer.content.decode().partition("<main")[2]
    assert "style=" not in main
    assert "<script" not in main
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_column_of_its_tables_has_a_heading(as_viewer: Client) -> None:
    page = as_viewer.get("/o/acme/models/guide/").content.decode()
    assert "<th>" in page
    assert "<th></th>" not in page


def test_the_form_leads_to_the_guide(as_operator: Client) -> None:
    assert f'href="{path("guide")}"' in as_operator.get(path("add")).content.decode()


def test_it_is_rendered_once(as_viewer: Client) -> None:
    assert guide.page() is guide.page()


def test_sections_can_be_linked_to() -> None:
    found = guide.rendered("# Help\n\n## Store a *token*\n\n[There](#store-a-token)\n")
    assert (found.title, found.sections) == ("Help", (("store-a-token", "Store a token"),))
    assert '<h2 id="store-a-token">Store a <em>token</em></h2>' in found.html
    assert '<a href="#store-a-token">There</a>' in found.html
    assert "Help" not in found.html


def test_a_link_to_the_file_itself_stays_on_the_page() -> None:
    assert 'href="#a"' in guide.rendered("## A\n\n[x](guide.md#a)").html


def test_other_sites_are_not_told_where_the_reader_comes_from() -> None:
    assert 'rel="noreferrer"' in guide.rendered("[x](https://huggingface.co)").html


def test_markup_in_the_text_stays_text_and_tables_bring_no_styles() -> None:
    html = guide.rendered("<script>x()</script>\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n").html
    assert "<script" not in html
    assert "<table>" in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("![x](images/nothing.png)", "images/nothing.png is missing"),
        ("![x](../static/icon.svg)", "is missing"),
        ("[x](benchmarks.md)", "benchmarks.md leads nowhere"),
        ("[x](#nowhere)", "#nowhere leads nowhere"),
    ],
)
def test_what_is_not_there_is_named(text: str, said: str) -> None:
    with pytest.raises(guide.BrokenLinkError, match=re.escape(said)):
        guide.rendered(text)


def test_the_guide_is_packaged() -> None:
    assert checks.guide_is_packaged() == []


@pytest.mark.parametrize("text", [None, "[x](elsewhere.md)"], ids=["no file", "a broken link"])
def test_a_guide_that_is_not_whole_is_an_error_of_packaging(
    settings: SimpleNamespace, tmp_path: Path, text: str | None
) -> None:
    settings.BASE_DIR = tmp_path
    if text:
        (tmp_path / "docs").mkdir()
        (tmp_path / guide.FILE).write_text(text, encoding="utf-8")
    (found,) = checks.guide_is_packaged()
    assert found.is_serious()
    assert "cannot be shown" in str(found.msg)
