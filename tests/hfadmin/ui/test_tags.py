from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import override

from hfadmin.ui import icons, states
from hfadmin.ui.widgets import RadioCards


def render(source: str, **context: Any) -> str:
    return Template("{% load ui huggingface %}" + source).render(Context(context)).strip()


class ModelForm(forms.Form):
    kind = forms.ChoiceField(
        label="Kind",
        choices=[("hosted", "Hosted"), ("endpoint", "Endpoint")],
        widget=RadioCards(descriptions={"hosted": "Paid per call"}),
        initial="hosted",
    )
    url = forms.CharField(label="Endpoint URL", help_text="As it is deployed.")


def test_the_committed_sprite_is_what_the_icons_render_to() -> None:
    committed = Path(icons.__file__).parents[2] / "static" / "icons.svg"
    assert committed.read_text() == icons.sprite()


def test_an_icon_outside_the_sprite_is_refused_by_name() -> None:
    with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
        render("{% icon 'no-such-icon' %}")


@pytest.mark.parametrize("state", states.STATES)
def test_every_state_has_a_word_a_tone_and_a_shape(state: str) -> None:
    style = states.state_style(state)
    html = render("{% pill state %}", state=state)
    assert f'data-tone="{style.tone}"' in html
    assert f'data-shape="{style.shape}"' in html
    assert str(style.label) in html


def test_no_two_tones_share_a_shape() -> None:
    assert len(set(states.SHAPES.values())) == len(states.SHAPES)


def test_a_state_that_nobody_knows_is_shown_as_it_came_and_escaped() -> None:
    html = render("{% pill state %}", state="<b>warming</b>")
    assert "&lt;b&gt;warming&lt;/b&gt;" in html
    assert 'data-tone="grey"' in html


def test_a_model_says_why_it_is_not_verified() -> None:
    assert "Not verified: asleep" in render("{% pill 'unverified' 'asleep' %}")


def test_a_time_is_iso_in_utc_whatever_zone_it_came_in() -> None:
    moment = datetime(2026, 5, 1, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    html = render("{% when moment %}", moment=moment)
    assert 'datetime="2026-04-30T22:30:00+00:00"' in html
    assert "2026-04-30 22:30 UTC" in html


def test_how_long_something_has_been_so_can_be_read_without_javascript() -> None:
    since = datetime.now(UTC) - timedelta(hours=6, minutes=12)
    assert "6\xa0hours, 12\xa0minutes" in render("{% when since 'for' %}", since=since)


def test_numbers_are_grouped_and_none_is_nothing() -> None:
    assert render("{{ n|number }} {{ n|some }} {{ none|some }}.", n=10_000, none=0) == (
        "10,000 10,000 ."
    )


def test_no_time_is_a_dash() -> None:
    assert "–" in render("{% when moment %}", moment=None)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("14.23", "$14.23"),
        ("0.032", "$0.032"),
        ("3918.4", "$3,918"),
        ("0", "$0<"),
        ("0.134", "$0.134"),
        ("0.5", "$0.50"),
        ("1.004", "$1.00"),
    ],
)
def test_money_shows_the_decimals_that_matter(amount: str, shown: str) -> None:
    assert shown in render("{% money amount %}", amount=Decimal(amount))


def test_the_price_per_hour_is_a_sentence_of_its_own_in_every_language() -> None:
    with override("en"):
        assert render("{% money 1 'hour' %}") == "<bdi>$1.00</bdi> per hour"


def test_query_changes_one_parameter_and_keeps_the_others() -> None:
    request = RequestFactory().get("/?q=a%26b&state=failed&state=paused&page=3")
    html = render("{% query page=None sort='-name' %}", request=request)
    assert html == "?q=a%26b&amp;state=failed&amp;state=paused&amp;sort=-name"


def test_a_field_ties_help_and_errors_to_its_control() -> None:
    html = render("{% field form.url %}", form=ModelForm({"kind": "endpoint"}))
    assert 'aria-describedby="id_url_helptext id_url_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_url_helptext"' in html
    assert 'id="id_url_error"' in html


def test_a_diagnosis_at_a_field_marks_it_invalid_and_describes_it() -> None:
    html = render(
        "{% diagnosis problem as shown %}{% field form.url diagnosis=shown %}",
        form=ModelForm({"kind": "endpoint", "url": "https://x"}),
        problem={"kind": "unreachable"},
    )
    assert 'aria-describedby="id_url_helptext id_url_diagnosis"' in html
    assert 'aria-invalid="true"' in html


def test_a_field_whose_choice_is_not_made_starts_out_of_sight() -> None:
    tag = "{% field form.url shown_when='kind=endpoint|other' %}"
    assert "data-off" in render(tag, form=ModelForm())
    assert "data-off" not in render(tag, form=ModelForm({"kind": "endpoint"}))


def test_radio_cards_stand_in_a_labelled_group_with_their_descriptions() -> None:
    html = render("{% field form.kind %}", form=ModelForm())
    assert "<legend>Kind" in html
    assert "<small>Paid per call</small>" in html


def test_the_bar_divides_itself_by_the_counts() -> None:
    html = render(
        "{% state_bar segments %}", segments=[("running", 3), ("failed", 0), ("paused", 1)]
    )
    assert 'x="0.000%"' in html
    assert 'width="75.000%"' in html
    assert 'x="75.000%"' in html
    assert "red" not in html


def test_the_pager_keeps_the_filter() -> None:
    page = Paginator(range(500), 50).get_page(2)
    html = render("{% pager page %}", page=page, request=RequestFactory().get("/?state=failed"))
    assert 'href="?state=failed&amp;page=3"' in html
    assert 'aria-current="page">2<' in html


def test_a_diagnosis_isolates_and_escapes_the_names_in_it() -> None:
    html = render(
        "{% diagnosis problem %}",
        problem={"kind": "namespace_not_found", "params": {"namespace": "<script>‮x"}},
    )
    assert "<script>" not in html
    assert "<bdi>&lt;script&gt;" in html


def test_a_diagnosis_offers_the_upstream_answer_to_copy() -> None:
    evidence = {"method": "GET", "path": "/v2/x", "status": 403, "request_id": "01J", "text": "no"}
    html = render("{% diagnosis problem %}", problem={"kind": "forbidden", "evidence": evidence})
    assert 'data-copy="GET /v2/x 403 · request 01J · no"' in html


@pytest.mark.parametrize("problem", [None, {}])
def test_no_problem_is_no_diagnosis(problem: dict[str, Any] | None) -> None:
    assert render("{% diagnosis problem %}", problem=problem) == ""


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_an_error_page_needs_neither_request_nor_session(code: str) -> None:
    html = get_template(f"{code}.html").render()
    assert f">{code[:3]}</p>" in html
    assert 'href="/"' in html


class Numbered(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


@pytest.mark.parametrize(("sent", "said"), [("7", False), ("seven", True), ("", True)])
def test_a_broken_hidden_field_is_said_above_the_form(sent: str, said: bool) -> None:
    form = Numbered({"version": sent})
    form.is_valid()
    html = render("{% form_errors form %}", form=form)
    assert ("Reload it and try again." in html) is said


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("acme/llama", "acme/<wbr>llama"),
        ("plain", "plain"),
        ("</bdi>/<b>", "&lt;/<wbr>bdi&gt;/<wbr>&lt;b&gt;"),
    ],
)
def test_a_name_breaks_after_its_slashes_and_stays_text(name: str, html: str) -> None:
    assert render("{{ name|breakable }}", name=name) == html
