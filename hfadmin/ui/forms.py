"""Base classes of forms: input of secrets, and refusal of access tokens in any other field."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hfadmin.credentials import holds_token
from hfadmin.vault import Secret

TOKEN_ELSEWHERE = gettext_lazy(
    "An access token does not belong here, so this was not kept. Enter the token into the field "
    "for it, and something else here."
)


class SecretInput(forms.PasswordInput):
    """A password input whose value is a Secret."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Secret:
        return Secret(data.get(name) or "")


class RefusesTokens(forms.Form):
    """Base of all forms. A token in a field that is not for one is an error there, and is removed
    from the form's data, so that no page shows it."""

    def full_clean(self) -> None:
        holding = [name for name in self.fields if self.is_bound and self._holds_token(name)]
        if holding:
            # As it came otherwise: a field may be there several times.
            data: Any = copy(self.data)
            for name in holding:
                data[self.add_prefix(name)] = ""
            self.data = data
        super().full_clean()
        for name in holding:
            self.cleaned_data.pop(name, None)
            self.errors[name] = self.error_class([str(TOKEN_ELSEWHERE)])

    def _holds_token(self, name: str) -> bool:
        widget = self.fields[name].widget
        if isinstance(widget, forms.PasswordInput):
            return False
        value: Any = widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return holds_token(str(value or ""))
