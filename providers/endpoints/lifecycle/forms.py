"""What is asked before an action: what it is to change, or the name of what it deletes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers.endpoints.models import Endpoint

MOST_REPLICAS = 100
# What Hugging Face takes, in minutes.
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 15, 2880


class ActionForm(RefusesTokens):
    """Of an action on this endpoint. `wanted`: the endpoint's columns as they are to be."""

    def __init__(self, *args: Any, endpoint: Endpoint, **options: Any) -> None:
        super().__init__(*args, **options)
        self.endpoint = endpoint

    @property
    def wanted(self) -> dict[str, Any]:
        return {}


class TypedNameForm(ActionForm):
    """Asks for the name of what is deleted."""

    typed_name = forms.CharField(
        label=gettext_lazy("Name of the endpoint"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the name, to be sure that it is this one.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["typed_name"]
        field.help_text = _("Type %(name)s to delete it.") % {"name": self.endpoint.name}
        field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        if typed != self.endpoint.name:
            raise ValidationError(_("This is not its name."), code="other")
        return typed


class ScalingForm(ActionForm):
    """How many replicas there may be, and when none."""

    min_replicas = forms.IntegerField(
        label=gettext_lazy("At least"),
        min_value=0,
        max_value=MOST_REPLICAS,
        help_text=gettext_lazy("Replicas that always run. 0 lets it scale to zero."),
    )
    max_replicas = forms.IntegerField(
        label=gettext_lazy("At most"), min_value=1, max_value=MOST_REPLICAS
    )
    scale_to_zero_minutes = forms.IntegerField(
        label=gettext_lazy("Scale to zero after (minutes)"),
        required=False,
        min_value=SHORTEST_TIMEOUT,
        max_value=LONGEST_TIMEOUT,
        help_text=gettext_lazy("Without requests; 15 to 2,880. Empty: never."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        least, most = data.get("min_replicas"), data.get("max_replicas")
        if least is not None and most is not None and least > most:
            self.add_error("max_replicas", _("This is less than the least number of replicas."))
        if least and data.get("scale_to_zero_minutes"):
            sentence = _("Scaling to zero needs 0 here, or nothing there.")
            self.add_error("min_replicas", sentence)
        return data

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}
