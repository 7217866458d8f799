from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.endpoints.deploying import tiles
from providers.endpoints.models import Hardware


class HardwareFields(forms.Form):
    """What it runs on. `hardware_rows` are all that the namespace may deploy on."""

    hardware_rows: Sequence[Hardware]

    # These narrow down which tiles are shown.
    vendor = forms.CharField(required=False, max_length=40)
    region = forms.CharField(required=False, max_length=60)
    accelerator = forms.CharField(required=False, max_length=20)
    hardware = forms.CharField(
        label=gettext_lazy("Hardware"),
        max_length=300,
        error_messages={"required": gettext_lazy("Choose what it is to run on.")},
    )

    @property
    def chosen_hardware(self) -> Hardware | None:
        return self._row(str(self["hardware"].value() or ""))

    def clean_hardware(self) -> Hardware:
        row = self._row(self.cleaned_data["hardware"])
        if row is None:
            raise ValidationError(_("This is not offered there, or no longer. Choose another."))
        if why := tiles.obstacle(row):
            raise ValidationError(str(why))
        return row

    def _row(self, value: str) -> Hardware | None:
        found: list[Any] = [row for row in self.hardware_rows if tiles.value_of(row) == value]
        return found[0] if found else None
