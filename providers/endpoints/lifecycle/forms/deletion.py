from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.endpoints.lifecycle.forms.action import ActionForm


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
