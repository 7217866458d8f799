from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from hfadmin.ui.widgets import RadioCards
from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.forms.action import ActionForm
from providers.huggingface.errors import Kind

PUBLIC: Final = "public"
PUBLIC_SHOWN_WHEN: Final = {"public_confirmed": f"auth_type={PUBLIC}"}


class AccessFields(RefusesTokens):
    """Who may call the endpoint. That everybody may has to be confirmed."""

    auth_type = forms.ChoiceField(
        label=gettext_lazy("Access"),
        choices=[
            ("private", gettext_lazy("Private")),
            ("authenticated", gettext_lazy("Authenticated")),
            (PUBLIC, gettext_lazy("Public")),
        ],
        widget=RadioCards(
            descriptions={
                "authenticated": gettext_lazy("Only with a token that may call it"),
                PUBLIC: gettext_lazy("Anybody on the internet, without a token"),
                "private": gettext_lazy(
                    "Only through AWS PrivateLink, which has to be set up at Hugging Face before"
                ),
            }
        ),
        error_messages={"required": gettext_lazy("Choose who may call it.")},
    )
    public_confirmed = forms.BooleanField(
        label=gettext_lazy(
            "Anybody on the internet who has its address may call it, at your cost."
        ),
        required=False,
    )

    def check_public(self, data: dict[str, Any]) -> None:
        """That it was confirmed that everybody may."""
        if data.get("auth_type") == PUBLIC and not data.get("public_confirmed"):
            self.add_error("public_confirmed", _("Tick this to make the endpoint public."))


class AccessForm(AccessFields, ActionForm):
    """Who may call an endpoint that is there."""

    COLUMNS = ("auth_type",)
    REFUSED_AT = {Kind.BAD_REQUEST: "auth_type", Kind.FORBIDDEN: "auth_type"}
    SHOWN_WHEN = PUBLIC_SHOWN_WHEN

    def entered(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return {"auth_type": columns.access(wanted["auth_type"])}

    def clean_together(self, data: dict[str, Any]) -> None:
        if self.endpoint.auth_type != PUBLIC:
            self.check_public(data)
