import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.endpoints.deploying.forms.model import PLAIN
from providers.endpoints.deploying.places import Holder, Place

LEAST_NAME: Final = 4
MOST_NAME: Final = 32  # characters
_NAME: Final = re.compile(r"[a-z0-9-]+")


class PlaceFields(forms.Form):
    """Where it is deployed, as what, and with which token. `places` are those that can be chosen,
    by namespace."""

    places: Mapping[str, Place]

    name = forms.CharField(
        label=gettext_lazy("Endpoint name"),
        max_length=200,
        help_text=gettext_lazy("4 to 32 lower case letters, digits and hyphens."),
        error_messages={"required": gettext_lazy("Enter a name for the endpoint.")},
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    namespace = forms.ChoiceField(
        label=gettext_lazy("Namespace"),
        error_messages={
            "required": gettext_lazy("Choose who owns the endpoint, and pays for it."),
            "invalid_choice": gettext_lazy(
                "No token here may manage endpoints there. Choose one of the list."
            ),
        },
    )
    api_token = forms.ChoiceField(
        label=gettext_lazy("API Token"),
        help_text=gettext_lazy("It creates the endpoint. No other token is used for that."),
        error_messages={
            "required": gettext_lazy("Choose a token."),
            "invalid_choice": gettext_lazy("This token may not manage endpoints there."),
        },
    )

    def offer_places(self) -> None:
        namespace, token = self.fields["namespace"], self.fields["api_token"]
        assert isinstance(namespace, forms.ChoiceField)  # noqa: S101 - as declared
        assert isinstance(token, forms.ChoiceField)  # noqa: S101 - as declared
        namespace.choices = [(name, name) for name in self.places]
        place = self.place
        holders = place.holders if place else []
        token.choices = [(str(each.token.pk), each.label) for each in holders]

    @property
    def place(self) -> Place | None:
        """The one that is chosen, or else the first."""
        chosen = self.places.get(str(self["namespace"].value() or ""))
        return chosen or (None if self.is_bound else next(iter(self.places.values()), None))

    @property
    def holder(self) -> Holder | None:
        """The chosen token, or else the best that the namespace has."""
        place = self.place
        if place is None:
            return None
        return place.holder(str(self["api_token"].value() or "")) or next(iter(place.holders), None)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != name.lower():
            raise ValidationError(_("Capital letters are not allowed in it."))
        if not LEAST_NAME <= len(name) <= MOST_NAME:
            words = {"length": len(name), "least": LEAST_NAME, "most": MOST_NAME}
            raise ValidationError(
                _("It has %(length)d characters; %(least)d to %(most)d are allowed.") % words
            )
        if not _NAME.fullmatch(name) or name.startswith("-") or name.endswith("-"):
            raise ValidationError(
                _("Only letters from a to z, digits and hyphens between them are allowed.")
            )
        return name

    def check_place(self, data: dict[str, Any]) -> None:
        """A page that was open while another namespace was chosen may send a token of the one
        before."""
