"""The rendering of form widgets: Django's, without its templates for those that a page has dozens
of. They took a third of the time of a long form."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_WIDGETS: Final = "django/forms/widgets/"
_INPUTS: Final = frozenset(
    f"{_WIDGETS}{name}.html"
    for name in ("text", "number", "hidden", "password", "email", "url", "checkbox")
)
_SELECT: Final = f"{_WIDGETS}select.html"
_Context = Mapping[str, Any]


class Renderer(DjangoTemplates):
    """Writes inputs and plain selects as Django's templates do."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        if template_name in _INPUTS:
            return _input(context["widget"])
        if template_name == _SELECT and _is_plain(context["widget"]):
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: _Context) -> SafeString:
    return format_html(
        '<input type="{}" name="{}"{}{}>\n',
        widget["type"],
        widget["name"],
        mark_safe("") if widget["value"] is None else format_html(' value="{}"', widget["value"]),
        _attributes(widget["attrs"]),
    )


def _is_plain(widget: _Context) -> bool:
    """Without groups of options."""
    return not any(name for name, _options, _index in widget["optgroups"])


def _select(widget: _Context) -> SafeString:
    options = (
        (option["value"], _attributes(option["attrs"]), option["label"])
        for _name, group, _index in widget["optgroups"]
        for option in group
    )
    return format_html(
        '<select name="{}"{}>\n{}</select>\n',
        widget["name"],
        _attributes(widget["attrs"]),
        format_html_join("", '  <option value="{}"{}>{}</option>\n\n', options),
    )


def _attributes(attributes: _Context) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in _parts(attributes)))


def _parts(attributes: _Context) -> Iterator[SafeString]:
    for name, value in attributes.items():
        if value is True:
            yield format_html(" {}", name)
        elif value is not False:
            yield format_html(' {}="{}"', name, value)
