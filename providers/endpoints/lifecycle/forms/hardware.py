from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers import labels
from providers.endpoints.lifecycle.forms.action import ActionForm
from providers.endpoints.lifecycle.hardware import Offer, offers, value_of
from providers.huggingface.errors import Kind


class HardwareCards(forms.RadioSelect):
    """Radios drawn as cards, one for each offer. What cannot be had is there, and disabled."""

    offers: dict[str, Offer]

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        offer = self.offers[str(option["value"])]
        option["card"], option["offer"] = "lifecycle/hardware_card.html", offer
        if offer.obstacle:
            option["attrs"]["disabled"] = True
        elif option["selected"]:
            option["attrs"]["autofocus"] = True  # of a list so long, where a dialog begins
        return option


class HardwareForm(ActionForm):
    """What the endpoint runs on, out of what its region has."""

    COLUMNS = ("accelerator", "instance_type", "instance_size")
    REFUSED_AT = {
        Kind.HARDWARE_NOT_FOUND: "hardware",
        Kind.QUOTA_EXCEEDED: "hardware",
        Kind.BAD_REQUEST: "hardware",
    }

    hardware = forms.ChoiceField(
        label=gettext_lazy("Hardware, priced per replica and hour"),
        widget=HardwareCards,
        error_messages={
            "required": gettext_lazy("Choose what it is to run on."),
            "invalid_choice": gettext_lazy(
                "%(value)s is not offered there, or no longer. Choose another."
            ),
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offers = {offer.value: offer for offer in offers(self.endpoint)}
        field = self.fields["hardware"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared
        assert isinstance(field.widget, HardwareCards)  # noqa: S101 - as declared
        field.widget.offers = self.offers
        field.choices = [(value, value) for value in self.offers]
        place = labels.region(self.endpoint.vendor, self.endpoint.region)
        sentence = _("This is what %(place)s has. An update cannot move an endpoint elsewhere.")
        field.help_text = sentence % {"place": place}

    def entered(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return {"hardware": value_of(wanted["instance_type"], wanted["instance_size"])}

    @property
    def obstacle(self) -> str | Promise:
        if self.offers:
            return ""
        return _("hfadmin has not seen yet what this region offers. Try again in a minute.")

    def clean_hardware(self) -> str:
        chosen: str = self.cleaned_data["hardware"]
        if obstacle := self.offers[chosen].obstacle:
            raise ValidationError(str(obstacle))
        return chosen

    @property
    def wanted(self) -> dict[str, Any]:
        chosen = self.offers[self.cleaned_data["hardware"]].hardware
        return {name: getattr(chosen, name) for name in self.COLUMNS}
