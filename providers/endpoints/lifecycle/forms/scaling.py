from typing import Any, Final

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from hfadmin.ui.templatetags.ui import money
from hfadmin.ui.widgets import RadioCards
from providers.endpoints.lifecycle.forms.action import ActionForm
from providers.huggingface.errors import Kind

MOST_REPLICAS = 100
# What Hugging Face takes, in minutes.
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 15, 2880
# Per cent, and requests per replica; what is offered first is what the documentation advises.
MOST_USE, USUAL_USE = 100, 80
LEAST_REQUESTS, MOST_REQUESTS, USUAL_REQUESTS = 0.1, 1_000, 1.5
BY_USE, BY_REQUESTS = "hardwareUsage", "pendingRequests"
_THRESHOLDS: Final = {BY_USE: "most_use", BY_REQUESTS: "most_requests"}
_REPLICAS: Final = ("min_replicas", "max_replicas", "scale_to_zero_minutes")
_MEASURES: Final = [
    (BY_USE, gettext_lazy("By hardware use")),
    (BY_REQUESTS, gettext_lazy("By pending requests")),
]
THRESHOLDS_SHOWN_WHEN: Final = {
    name: f"autoscale_by={measure}" for measure, name in _THRESHOLDS.items()
}


def between(least: float, most: float) -> dict[str, Any]:
    """Options of a field with these bounds."""
    sentences = {
        "required": gettext_lazy("Enter a number."),
        "min_value": format_lazy(gettext_lazy("Enter {least} or more."), least=f"{least:,}"),
        "max_value": format_lazy(gettext_lazy("Enter {most} or less."), most=f"{most:,}"),
    }
    return {"min_value": least, "max_value": most, "error_messages": sentences}


class ScalingFields(RefusesTokens):
    """How many replicas there may be, when none, and when one more."""

    min_replicas = forms.IntegerField(
        label=gettext_lazy("At least"),
        **between(0, MOST_REPLICAS),
        help_text=gettext_lazy("Replicas that always run. Scaling to zero needs 0 here."),
    )
    max_replicas = forms.IntegerField(
        label=gettext_lazy("At most"),
        **between(1, MOST_REPLICAS),
    )
    scale_to_zero_minutes = forms.IntegerField(
        label=gettext_lazy("Scale to zero after (minutes)"),
        required=False,
        **between(SHORTEST_TIMEOUT, LONGEST_TIMEOUT),
        help_text=gettext_lazy(
            "15 to 2,880 without requests. Leave it empty to never scale to zero."
        ),
    )
    autoscale_by = forms.ChoiceField(
        label=gettext_lazy("Add replicas"),
        required=False,
        choices=_MEASURES,
        widget=RadioCards(
            descriptions={
                BY_USE: gettext_lazy("While those that run are busier than this"),
                BY_REQUESTS: gettext_lazy("While more requests wait or are in work"),
                "": gettext_lazy("Hugging Face does not say by what"),
            }
        ),
    )
    most_use = forms.FloatField(
        label=gettext_lazy("Hardware use above"),
        required=False,
        **between(1, MOST_USE),
        help_text=gettext_lazy("Per cent, from 1 to 100; 80 is usual."),
    )
    most_requests = forms.FloatField(
        label=gettext_lazy("Pending requests above"),
        required=False,
        **between(LEAST_REQUESTS, MOST_REQUESTS),
        help_text=gettext_lazy("For each replica; 1.5 is usual."),
    )

    def check_scaling(self, data: dict[str, Any]) -> None:
        """What the fields say together."""
        least, most = data.get("min_replicas"), data.get("max_replicas")
        if least is not None and most is not None and least > most:
            self.add_error("max_replicas", _("This is less than the least number of replicas."))
        if least and data.get("scale_to_zero_minutes"):
            sentence = _("Enter 0 to scale to zero, or leave the minutes empty.")
            self.add_error("min_replicas", sentence)
        needed = _THRESHOLDS.get(data.get("autoscale_by", ""), "")
        if needed and needed not in self.errors and data[needed] is None:
            self.add_error(needed, _("Enter from which value on a replica is added."))

    @property
    def scaling(self) -> dict[str, Any]:
        """The endpoint's columns. By what replicas are added is left alone unless it is one that
        can be entered here."""
        data = self.cleaned_data
        replicas = {name: data[name] for name in _REPLICAS}
        field = _THRESHOLDS.get(data["autoscale_by"])
        if field is None:
            return replicas
        threshold: float = data[field]
        whole = int(threshold) if threshold.is_integer() else threshold
        return replicas | {"autoscale_by": data["autoscale_by"], "autoscale_threshold": whole}


class ScalingForm(ScalingFields, ActionForm):
    """The scaling of an endpoint that is there."""

    COLUMNS = (
        *_REPLICAS,
        "autoscale_by",
        "autoscale_threshold",
    )
    REFUSED_AT = {
        "minReplica": "min_replicas",
        "maxReplica": "max_replicas",
        "scaleToZeroTimeout": "scale_to_zero_minutes",
        "measure": "autoscale_by",
        Kind.QUOTA_EXCEEDED: "max_replicas",
    }
    SHOWN_WHEN = THRESHOLDS_SHOWN_WHEN
    SUFFIXES = {"most_use": "%"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["max_replicas"].help_text = self._price
        present = self.endpoint.autoscale_by
        field = self.fields["autoscale_by"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared
        if present not in _THRESHOLDS:
            field.choices = [(present, present or _("As it is")), *_MEASURES]

    @property
    def _price(self) -> str:
        price = self.endpoint.price_per_hour
        if price is None:
            return _("What each costs is not known here.")
        sentence = conditional_escape(_("Each costs {money}."))
        return format_html(sentence, money=money(price, "hour"))

    def entered(self, wanted: dict[str, Any]) -> dict[str, Any]:
        usual = {"most_use": USUAL_USE, "most_requests": USUAL_REQUESTS}
        threshold, field = wanted["autoscale_threshold"], _THRESHOLDS.get(wanted["autoscale_by"])
        known = {field: f"{threshold:g}"} if field and threshold is not None else {}
        return wanted | usual | known

    def clean_together(self, data: dict[str, Any]) -> None:
        self.check_scaling(data)

    @property
    def wanted(self) -> dict[str, Any]:
        return self.scaling
