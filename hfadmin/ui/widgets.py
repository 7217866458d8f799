"""Form widgets."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise


class RadioCards(forms.RadioSelect):
    """Radios drawn as cards, each with a sentence below its name."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, descriptions: Mapping[str, str | Promise]
    ) -> None:
        super().__init__(attrs)
        self.descriptions = descriptions

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["description"] = self.descriptions.get(str(option["value"]), "")
        return option
