"""`{% load ui %}`: template tags and filters. They are fast: a list calls most of them per row."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context, TemplateSyntaxError
from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hfadmin.ui import field_context, states
from hfadmin.ui.icons import DIRECTIONAL, ICONS

register = template.Library()

NONE = mark_safe('<span class="muted">–</span>')
_SLASH = mark_safe("/<wbr>")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon; a button that holds nothing else needs an aria-label."""
    if name not in ICONS:
        raise TemplateSyntaxError(f"Add the icon {name!r} to hfadmin/ui/icons.py.")
    return _icon(name)


@lru_cache(maxsize=512)
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" stroke-width="2" stroke-linecap="round"'
        ' stroke-linejoin="round" aria-hidden="true"><use href="{}#{}"/></svg>',
        " flip" if name in DIRECTIONAL else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def pill(state: str, reason: str = "", label: str = "") -> SafeString:
    """A state as a pill with its shape, colour and label; `label` replaces the label."""
    return _pill(str(state), reason, str(label), get_language())


@lru_cache(maxsize=512)
def _pill(state: str, reason: str, label: str, language: str | None) -> SafeString:
    style = states.state_style(state, reason)
    return format_html(
        '<span class="pill" data-tone="{}" data-shape="{}"><span>{}</span></span>',
        style.tone,
        style.shape,
        label or style.label,
    )


@register.filter
def breakable(name: str) -> SafeString:
    """A name with a line-break opportunity after each slash."""
    return format_html_join(_SLASH, "{}", ((part,) for part in name.split("/")))


@register.filter
def tone(state: str) -> str:
    return states.state_style(str(state)).tone


@register.filter
def shape(state: str) -> str:
    return states.state_style(str(state)).shape


@register.filter
def state_word(state: str) -> str:
    return str(states.state_style(str(state)).label)


@register.simple_tag
def when(moment: datetime | None, style: str = "relative") -> SafeString:
    """A time, which static/js/time.js formats.

    `style` is relative, due (relative, "now" where it is past), for, elapsed (as for, to the
    second), date, day, datetime, moment, clock or seconds (a clock that has them).
    """
    if moment is None:
        return NONE
    moment = moment.astimezone(UTC)
    iso = moment.isoformat(timespec="seconds")
    if style in {"for", "elapsed"}:
        fallback = timesince(moment)
    else:
        fallback = iso[:10] if style in {"date", "day"} else f"{iso[:10]} {iso[11:16]} UTC"
    return mark_safe(  # noqa: S308 - made of digits and a word from a template
        f'<time datetime="{iso}" data-when="{style}">{fallback}</time>'
    )


@register.simple_tag
def money(amount: Decimal | float | None, per: str = "") -> SafeString:
    """US dollars, as `dollars` writes them."""
    if amount is None:
        return NONE
    text = format_html("<bdi>{}</bdi>", dollars(amount))
    if per == "hour":
        return format_html(conditional_escape(_("{price} per hour")), price=text)
    return text


def dollars(amount: Decimal | float) -> str:
    """With two decimals; from 1,000 on without, below 1 with a third if needed."""
    return f"${amount:,.{_decimals(Decimal(amount))}f}"


def _decimals(amount: Decimal) -> int:
    if not amount or amount >= 1000:
        return 0
    return 3 if amount < 1 and round(amount, 3) != round(amount, 2) else 2


@register.filter
def number(count: int) -> str:
    """The number with its digits grouped."""
    return str(formats.number_format(count, use_l10n=True, force_grouping=True))


@register.filter
def some(count: int | None) -> str:
    """The number, or "" for 0 and None."""
    return number(count) if count else ""


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The query of the page with changes: None or "" removes a parameter, a list repeats it."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters.setlist(name, [str(v) for v in _listed(value)])
    return f"?{parameters.urlencode()}"


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


@register.simple_tag
def in_dialog(view: str, *arguments: Any, query: str = "") -> SafeString:
    """The attributes of a link that opens in the dialog what the view's page has for one; without
    JavaScript it leads to the page itself."""
    url = reverse(view, args=arguments)
    return format_html(
        'href="{0}" hx-get="{0}" hx-target="#dialog" hx-select="[data-dialog-body], .messages"'
        ' hx-swap="innerHTML"',
        f"{url}?{query}" if query else url,
    )


@register.simple_tag
def verdict(answer: bool | str | None) -> SafeString:
    """Yes, no or unknown, for True, False or None; or "yes", "no", "unknown", "none" (n/a)."""
    if not isinstance(answer, str):
        answer = "unknown" if answer is None else "yes" if answer else "no"
    marks = {"yes": (icon("check"), _("yes")), "no": (icon("x"), _("no")), "none": ("", "–")}
    mark, word = marks.get(answer, ("?", _("unknown")))
    return format_html('<span class="verdict" data-verdict="{}">{} {}</span>', answer, mark, word)


@register.simple_tag
def copy(text: str, label: str = "", quiet: bool = False) -> SafeString:
    """A button that copies `text`; hidden without JavaScript."""
    return format_html(
        '<button type="button" class="button copy{}" data-copy="{}" data-done="{}">{}'
        "<span>{}</span></button>",
        " small quiet" if quiet else "",
        text,
        _("Copied"),
        icon("copy"),
        label or _("Copy"),
    )


@register.simple_tag
def state_bar(segments: list[tuple[str, int]]) -> SafeString:
    """A stacked bar of (state, count), decorative: the page has a legend."""
    total = sum(count for _state, count in segments)
    rects, start = [], 0.0
    for state, count in segments:
        if count:
            width = 100 * count / total
            rects.append((tone(state), shape(state), f"{start:.3f}", f"{width:.3f}"))
            start += width
    return format_html(
        '<svg class="bar" aria-hidden="true">{}</svg>',
        format_html_join(
            "",
            '<rect data-tone="{}" data-shape="{}" x="{}%" y="-50%" width="{}%" height="200%"/>',
            rects,
        ),
    )


@register.simple_tag
def history_bars(slots: list[tuple[str, str]], label: str) -> SafeString:
    """A bar of equal time slots, each (state, title); an empty state is unknown."""
    return format_html(
        '<div class="history-bars" role="img" aria-label="{}">{}</div>',
        label,
        format_html_join("", '<span{} title="{}"></span>', (_slot(*slot) for slot in slots)),
    )


def _slot(state: str, title: str) -> tuple[SafeString, str]:
    return (format_html(' data-tone="{}"', tone(state)) if state else mark_safe("")), title


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    css: str = "",
    diagnosis: str = "",
    shown_when: str = "",
    combobox: str = "",
    send: str = "",
    least: int = 0,
    suffix: str = "",
) -> dict[str, Any]:
    """Label, control, help and errors of one form field; see components/field.html."""
    return field_context.field_context(
        bound,
        css=css,
        diagnosis=diagnosis,
        shown_when=shown_when,
        combobox=combobox,
        suffix=suffix,
        autocomplete={"send": send, "least": least},
    )


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Errors of the form as a whole; those of hidden fields become one sentence."""
    errors: list[str] = [*form.non_field_errors()]
    if any(field.errors for field in form.hidden_fields()):
        errors.append(
            _("Part of this form did not arrive as it was sent. Reload it and try again.")
        )
    return {"errors": errors}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"request": context["request"], "page": page, "numbers": numbers}
