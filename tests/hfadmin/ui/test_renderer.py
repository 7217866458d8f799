"""What the renderer writes itself is what Django's templates write."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from hfadmin.ui.renderer import Renderer

CHOICES = [("", "Choose"), ("a", "A & B"), ("<b>", "<i>"), (3, "three")]
WIDGETS = [
    forms.TextInput(),
    forms.TextInput(attrs={"dir": "ltr", "placeholder": 'the "engine\'s" own', "max": 3}),
    forms.NumberInput(attrs={"required": True, "disabled": False}),
    forms.HiddenInput(),
    forms.PasswordInput(),
    forms.PasswordInput(render_value=True),
    forms.EmailInput(),
    forms.URLInput(),
    forms.CheckboxInput(),
    forms.CheckboxInput(attrs={"aria-describedby": "x"}),
    forms.Select(choices=CHOICES),
    forms.Select(choices=CHOICES, attrs={"class": "mono"}),
    forms.Select(choices=[("Group", CHOICES), ("x", "y")]),
    forms.SelectMultiple(choices=CHOICES),
    forms.RadioSelect(choices=CHOICES),
    forms.Textarea(),
]
VALUES = [None, "", "a", "<b>", 3, True, False, "é \" ' & <script>", mark_safe("<b>")]


class Elements(HTMLParser):
    """What a browser makes of it: elements, attributes and words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


@pytest.mark.parametrize("value", VALUES, ids=str)
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_a_widget_is_written_as_django_writes_it(widget: forms.Widget, value: object) -> None:
    attributes = {"id": "id_x", "aria-invalid": "true"}
    ours = widget.render("x", value, attributes, Renderer())
    theirs = widget.render("x", value, attributes, DjangoTemplates())
    assert Elements(ours).found == Elements(theirs).found
