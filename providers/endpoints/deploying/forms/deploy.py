from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from hfadmin.credentials import holds_token
from hfadmin.ui.field_context import applies
from hfadmin.ui.pairs import PairsInput
from providers.endpoints.deploying.balances import Balance
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.forms.engine import EngineFields
from providers.endpoints.deploying.forms.hardware import HardwareFields
from providers.endpoints.deploying.forms.model import ModelFields
from providers.endpoints.deploying.forms.place import PlaceFields
from providers.endpoints.deploying.forms.variables import VariablesFields
from providers.endpoints.deploying.places import Place
from providers.endpoints.deploying.repositories import Repository
from providers.endpoints.lifecycle.forms.access import PUBLIC_SHOWN_WHEN, AccessFields
from providers.endpoints.lifecycle.forms.scaling import (
    BY_REQUESTS,
    BY_USE,
    THRESHOLDS_SHOWN_WHEN,
    ScalingFields,
)
from providers.endpoints.lifecycle.forms.tags import TagsField
from providers.endpoints.messages import duration
from providers.huggingface.errors import Diagnosis, Kind

_TIMEOUTS: Final = (15, 30, 60, 120, 240, 480, 1_440, 2_880)  # minutes
_MEASURES: Final = [
    (BY_USE, gettext_lazy("hardware use")),
    (BY_REQUESTS, gettext_lazy("pending requests per replica")),
]
_SECRET: Final = frozenset({"secrets", "registry_password"})
_KEPT_APART: Final = _SECRET | {"env", "form_key"}
# Fields that are asked for with a recipe of the catalog, which decides all others.
_BESIDE_RECIPE: Final = frozenset(
    {"repository", "revision", "recipe", "name", "namespace", "api_token", "form_key"}
)
# The field at which a refusal is shown, by what the API calls the value, or by its kind.
_REFUSED_AT: Final[dict[str, str]] = {
    "name": "name",
    "repository": "repository",
    "revision": "revision",
    "task": "task",
    "minReplica": "min_replicas",
    "maxReplica": "max_replicas",
    "scaleToZeroTimeout": "scale_to_zero_minutes",
    "measure": "autoscale_by",
    "type": "auth_type",
    "tags": "tags",
    "port": "port",
    "healthRoute": "health_route",
    "url": "image",
    "image": "engine",
    "credentials": "registry_username",
    "env": "env",
    "secrets": "secrets",
    "command": "command",
    "args": "args",
    "instanceType": "hardware",
    "region": "hardware",
    "vendor": "hardware",
    Kind.NAME_TAKEN: "name",
    Kind.PAYMENT_REQUIRED: "namespace",
    Kind.CREDITS_EXHAUSTED: "namespace",
    Kind.NAMESPACE_NOT_FOUND: "namespace",
    Kind.NOT_A_MEMBER: "namespace",
    Kind.QUOTA_EXCEEDED: "hardware",
    Kind.HARDWARE_NOT_FOUND: "hardware",
    Kind.MODEL_NOT_FOUND: "repository",
    Kind.MODEL_GATED: "repository",
    Kind.MISSING_PERMISSION: "api_token",
    Kind.FORBIDDEN: "api_token",
    Kind.POLICY_FINE_GRAINED_ONLY: "api_token",
    Kind.POLICY_PENDING: "api_token",
    Kind.POLICY_REVOKED: "api_token",
    Kind.TOKEN_REJECTED: "api_token",
    Kind.TOKEN_EXPIRED: "api_token",
    Kind.TOKEN_DELETED: "api_token",
    Kind.TOKEN_UNDECRYPTABLE: "api_token",
    Kind.VALUES_UNDECRYPTABLE: "secrets",
}


class DeployForm(
    ModelFields,
    PlaceFields,
    HardwareFields,
    ScalingFields,
    AccessFields,
    EngineFields,
    VariablesFields,
):
    """A new endpoint. `balance` is what the account that would pay has left, `problem` why an
    earlier one like this was refused."""

    SHOWN_WHEN = (
        THRESHOLDS_SHOWN_WHEN
        | PUBLIC_SHOWN_WHEN
        | {
            "image": "engine=vLLM|sGLang|tei|tgi|llamacpp|custom",
            "port": "engine=vLLM|sGLang|tei|tgi|llamacpp|custom",
            "health_route": "engine=vLLM|sGLang|tei|tgi|llamacpp|custom",
            "gguf_file": "engine=llamacpp",
            "tensor_parallel_size": "engine=vLLM|sGLang",
            "data_parallel_size": "engine=vLLM|sGLang",
            "registry_username": "engine=custom",
            "registry_password": "engine=custom",
        }
    )

    use_required_attribute = False
    field_order = (
        *ModelFields.base_fields,
        *PlaceFields.base_fields,
        *HardwareFields.base_fields,
        *ScalingFields.base_fields,
        *AccessFields.base_fields,
        *EngineFields.base_fields,
        *VariablesFields.base_fields,
    )

    # What hfadmin has put into these fields: as long as it stands there, it gives way to what fits
    # the next repository.
    suggested_name = forms.CharField(required=False, widget=forms.HiddenInput)
    suggested_engine = forms.CharField(required=False, widget=forms.HiddenInput)
    suggested_gguf_file = forms.CharField(required=False, widget=forms.HiddenInput)
    suggested_hardware = forms.CharField(required=False, widget=forms.HiddenInput)
    tags = TagsField()
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        places: Mapping[str, Place],
        computes: Sequence[Compute],
        found: Repository | None = None,
        balance: Balance | None = None,
        initial: Mapping[str, Any] | None = None,
        problem: Diagnosis | None = None,
    ) -> None:
        self.places, self.computes, self.found = places, computes, found
        self.balance = balance
        self.problem = problem
        super().__init__(data, initial=dict(initial or {}))
        self.fields["min_replicas"].label = gettext_lazy("Min replicas")
        self.fields["max_replicas"].label = gettext_lazy("Max replicas")
        self.fields["min_replicas"].help_text = ""
        self._offer_timeouts()
        self._offer_measures()
        self.offer_places()
        self.offer_files()
        self.offer_presets()

    def full_clean(self) -> None:
        """What a recipe decides is not asked for, nor is what stands there looked at; the same of
        fields that are not shown with what is chosen."""
        super().full_clean()
        for name in [name for name in self.errors if not self._is_asked_for(name)]:
            del self.errors[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_model(data)
        if not data.get("recipe"):
            self.check_scaling(data)
            self.check_public(data)
            self.check_engine(data)
            self.check_registry(data)
        return data

    @classmethod
    def typed(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent, as initial values of another form. Neither secrets nor tokens are in it:
        no page shows them."""
        widgets = {name: field.widget for name, field in cls.base_fields.items()}
        values = {
            name: widget.value_from_datadict(data, {}, name) for name, widget in widgets.items()
        }
        shown = {
            name: value
            for name, value in values.items()
            if name not in _SECRET and not holds_token(str(value or ""))
        }
        env = [(name, value) for name, value in values["env"] if not holds_token(name + value)]
        names = [name for name, _value in values["secrets"] if not holds_token(name)]
        return {**shown, "env": env, "secrets": [(name, "") for name in names]}

    @property
    def entered(self) -> dict[str, Any]:
        """The cleaned fields, with the columns of the scaling. Of a form that is valid."""
        by_recipe = bool(self.cleaned_data["recipe"])
        return self.cleaned_data | {"scaling": {} if by_recipe else self.scaling}

    @property
    def to_keep(self) -> dict[str, Any]:
        """What was typed, to fill the form again: all but what is secret, and the values of
        variables, which are kept apart."""
        names = self.cleaned_data.keys() - _KEPT_APART  # beside a recipe, others may be wrong
        kept = {name: self[name].value() for name in names}
        kept["secret_names"] = sorted(self.cleaned_data.get("secrets", {}))
        return kept

    @property
    def refused_at(self) -> str:
        """The field that Hugging Face did not take; "" where there is none, or none is shown."""
        if self.problem is None:
            return ""
        named = self.problem.params.get("field", "")
        field = _REFUSED_AT.get(named) or _REFUSED_AT.get(self.problem.kind, "")
        return field if self._is_asked_for(field) else ""

    def _is_asked_for(self, name: str) -> bool:
        if self["recipe"].value() and name not in _BESIDE_RECIPE:
            return False
        return applies(self, self.SHOWN_WHEN.get(name, ""))

    def _offer_timeouts(self) -> None:
        """As a list to choose from, with what is chosen now."""
        field = self.fields["scale_to_zero_minutes"]
        field.label = gettext_lazy("Scale to zero after")
        field.help_text = gettext_lazy(
            "Asleep, it wakes at the next request, which has to be sent again until it runs."
        )
        now = str(self["scale_to_zero_minutes"].value() or "")
        minutes = sorted({*_TIMEOUTS, *([int(now)] if now.isdecimal() and len(now) < 6 else [])})
        offered = [(number, _timeout(number)) for number in minutes]
        field.widget = forms.Select(choices=[*offered, ("", gettext_lazy("never"))])

    def _offer_measures(self) -> None:
        """One sentence with its number: "Add a replica above 80 % of hardware use"."""
        for name in ("most_use", "most_requests"):
            field = self.fields[name]
            field.label, field.help_text = gettext_lazy("Add a replica above"), ""
        field = self.fields["autoscale_by"]
        field.label, field.widget = gettext_lazy("of"), forms.Select(choices=_MEASURES)

    def _holds_token(self, name: str) -> bool:
        """Rows of names and values look for tokens themselves."""
        is_rows = isinstance(self.fields[name].widget, PairsInput)
        return not is_rows and super()._holds_token(name)


def _timeout(minutes: int) -> str:
    """ "1 hour"; what is not whole hours or days, as any other length of time."""
    hours, rest = divmod(minutes, 60)
    if rest or not hours:
        return duration(timedelta(minutes=minutes))
    if hours % 24:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
