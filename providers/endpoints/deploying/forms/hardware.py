from collections.abc import Sequence
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers.endpoints.deploying import tiles
from providers.endpoints.deploying.computes import Compute


class HardwareFields(RefusesTokens):
    """What it runs on. `computes` are all that the namespace may deploy on."""

    computes: Sequence[Compute]

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
    def chosen_hardware(self) -> Compute | None:
        return self._by_value.get(str(self["hardware"].value() or ""))

    def clean_hardware(self) -> Compute:
        row = self._by_value.get(self.cleaned_data["hardware"])
        if row is None:
            raise ValidationError(_("This is not offered there, or no longer. Choose another."))
        if why := tiles.obstacle(row):
            raise ValidationError(str(why))
        return row

    @cached_property
    def _by_value(self) -> dict[str, Compute]:
        return {row.value: row for row in self.computes}
