"""The context of components/field.html: a form field with its help, errors and attributes."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField


def field_context(
    field: BoundField,
    *,
    css: str,
    diagnosis: str,
    shown_when: str,
    combobox: str,
    suffix: str,
    autocomplete: dict[str, Any],
) -> dict[str, Any]:
    """Return the context for `field`; the other arguments are those of `{% field %}`."""
    kind = _kind(field.field.widget)
    attrs = _control_attributes(field, css, described_by=_described_by(field, diagnosis))
    if diagnosis:
        attrs["aria-invalid"] = "true"
    return {
        "field": field,
        "kind": kind,
        "control": "" if kind == "radio" else field.as_widget(attrs=attrs),
        "described_by": attrs.get("aria-describedby", ""),
        "invalid": bool(field.errors or diagnosis),
        "diagnosis": diagnosis,
        "shown_when": shown_when,
        "off": bool(shown_when) and not applies(field.form, shown_when),
        "combobox": combobox,
        "suffix": suffix,
        **autocomplete,
    }


def applies(form: forms.BaseForm, shown_when: str) -> bool:
    """Whether the form's values meet the conditions, such as `choice=value other=this|that`."""
    for condition in shown_when.split():
        name, _, values = condition.partition("=")
        if str(form[name].value() or "") not in values.split("|"):
            return False
    return True


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect):
        return "radio"
    return "check" if isinstance(widget, forms.CheckboxInput) else "control"


def _described_by(field: BoundField, diagnosis: str) -> str:
    parts = {
        "helptext": field.help_text,
        "error": field.errors,
        "diagnosis": diagnosis,
    }
    return " ".join(f"{field.auto_id}_{name}" for name, there in parts.items() if there)


def _control_attributes(field: BoundField, css: str, *, described_by: str) -> dict[str, Any]:
    attrs: dict[str, Any] = {}
    if described_by:
        attrs["aria-describedby"] = described_by
    if css:
        attrs["class"] = css
    if "mono" in css.split():
        attrs |= {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}
    return attrs
