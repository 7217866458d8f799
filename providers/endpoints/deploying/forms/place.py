from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers.endpoints.deploying import names
from providers.endpoints.deploying.forms.model import PLAIN
from providers.endpoints.deploying.places import Holder, Place


class PlaceFields(RefusesTokens):
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
        if wrong := names.what_is_wrong_with(name):
            raise ValidationError(wrong)
        return name
