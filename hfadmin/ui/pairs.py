"""A form field of rows, each a name and a value."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

Pairs = list[tuple[str, str]]
_no_null = ProhibitNullCharactersValidator()


class PairsInput(forms.Widget):
    """Rows of two inputs, sent as `<name>_name` and `<name>_value`, repeated. Values of a `hidden`
    one are never written back."""

    template_name = ""  # rendered by components/pairs.html

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__()
        self.hidden = hidden

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Pairs:
        names, values = (_listed(data, f"{name}_{part}") for part in ("name", "value"))
        values += [""] * (len(names) - len(values))
        return [
            (typed.strip(), value)
            for typed, value in zip(names, values, strict=False)
            if typed.strip() or value
        ]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return f"{name}_name" not in data


class PairsField(forms.Field):
    """Cleaned, the values by name, in the order in which they were entered. `check` raises
    ValidationError for a row that cannot be."""

    widget: PairsInput

    def __init__(self, *, hidden: bool = False, **options: Any) -> None:
        super().__init__(widget=PairsInput(hidden=hidden), required=False, **options)

    def clean(self, value: Any) -> dict[str, str]:
        rows: Pairs = value or []
        problems: list[str] = []
        cleaned: dict[str, str] = {}
        for name, content in rows:
            try:
                _no_null(name + content)
                self.check(name, content, cleaned)
            except ValidationError as error:
                problems += error.messages
            cleaned[name] = content
        if problems:
            raise ValidationError(list(dict.fromkeys(problems)))
        return cleaned

    def check(self, name: str, value: str, before: Mapping[str, str]) -> None:
        """Of one row, with those before it."""


def _listed(data: Mapping[str, Any], name: str) -> list[str]:
    if hasattr(data, "getlist"):
        return list(data.getlist(name))
    value = data.get(name, [])
    return list(value) if isinstance(value, list | tuple) else [value]
