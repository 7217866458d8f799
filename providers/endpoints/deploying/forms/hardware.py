from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers.endpoints.deploying import tiles
from providers.endpoints.models import Hardware


class HardwareFields(RefusesTokens):
    """What it runs on. `hardware_rows` are all that the namespace may deploy on; they are read only
    where all are shown."""

    hardware_rows: QuerySet[Hardware]

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
        if value not in self.rows_by_value:
            found = self.hardware_rows.filter(**tiles.columns_of(value)).first()
            self.rows_by_value[value] = found
        return self.rows_by_value[value]

    @cached_property
    def rows_by_value(self) -> dict[str, Hardware | None]:
        """Those that were asked for, None for what is not offered."""
        return {"": None}
