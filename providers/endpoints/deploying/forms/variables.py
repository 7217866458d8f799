import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.credentials import holds_token
from hfadmin.ui.forms import TOKEN_ELSEWHERE, RefusesTokens, SecretInput
from hfadmin.ui.pairs import PairsField
from hfadmin.vault import Secret
from providers.endpoints.deploying.engines import CUSTOM
from providers.endpoints.deploying.forms.model import PLAIN
from providers.huggingface import limits

MOST_ROWS: Final = 100
MOST_VALUE: Final = 32_000  # characters
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class VariablesField(PairsField):
    """Environment variables by name."""

    def clean(self, value: list[tuple[str, str]]) -> dict[str, str]:
        if len(value or []) > MOST_ROWS:
            words = {"most": MOST_ROWS, "count": len(value)}
            raise ValidationError(_("%(count)d rows; %(most)d at most are taken.") % words)
        return super().clean(value)

    def check(self, name: str, value: str, before: Mapping[str, str]) -> None:
        if not name:
            raise ValidationError(_("A value has no name."))
        if not _NAME.fullmatch(name) or len(name) > limits.VARIABLE:
            raise ValidationError(
                _("“%(name)s” cannot be a name: letters, digits and _ are allowed.")
                % {"name": name[:60]}
            )
        if name in before:
            raise ValidationError(_("“%(name)s” stands there twice.") % {"name": name})
        if len(value) > MOST_VALUE:
            most = number_format(MOST_VALUE, force_grouping=True)
            raise ValidationError(
                _("The value of “%(name)s” is longer than %(most)s characters.")
                % {"name": name, "most": most}
            )


class RegistryPasswordField(forms.Field):
    """A Secret, empty where nothing was entered."""

    widget = SecretInput(attrs={"autocomplete": "new-password"})

    def validate(self, value: Secret) -> None:
        entered = value.reveal()
        ProhibitNullCharactersValidator()(entered)
        if len(entered) > MOST_VALUE:
            most = number_format(MOST_VALUE, force_grouping=True)
            raise ValidationError(_("It is longer than %(most)s characters.") % {"most": most})


class VariablesFields(RefusesTokens):
    """What its container is told. Secrets are sent, and stand nowhere afterwards."""

    env = VariablesField(
        label=gettext_lazy("Environment"),
        help_text=gettext_lazy("Whoever may see the endpoint may see these."),
    )
    secrets = VariablesField(
        label=gettext_lazy("Secrets"),
        hidden=True,
        help_text=gettext_lazy(
            "They are sent to Hugging Face and kept nowhere here. Nobody is shown them again."
        ),
    )
    registry_username = forms.CharField(
        label=gettext_lazy("Registry user"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    registry_password = RegistryPasswordField(
        label=gettext_lazy("Registry password"),
        required=False,
        help_text=gettext_lazy("Sent once, and not kept."),
    )

    @classmethod
    def secrets_left(cls, data: Mapping[str, Any]) -> int:
        """How many of those that were sent have no value yet."""
        rows = cls.base_fields["secrets"].widget.value_from_datadict(data, {}, "secrets")
        return sum(not value for _name, value in rows)

    def clean_env(self) -> dict[str, str]:
        given: dict[str, str] = self.cleaned_data["env"]
        if any(map(holds_token, (*given, *given.values()))):
            raise ValidationError(
                _("An access token does not belong here: enter it under Secrets."), code="token"
            )
        taken = given.keys() & self.data_of_secrets
        if taken:
            name = min(taken)
            raise ValidationError(_("“%(name)s” stands under Secrets too.") % {"name": name})
        return given

    def clean_secrets(self) -> dict[str, str]:
        given: dict[str, str] = self.cleaned_data["secrets"]
        if any(map(holds_token, given)):
            raise ValidationError(str(TOKEN_ELSEWHERE), code="token")
        if empty := next((name for name, value in given.items() if not value), None):
            raise ValidationError(
                _("Enter the value of “%(name)s”, or take the row away.") % {"name": empty}
            )
        return given

    def check_registry(self, data: dict[str, Any]) -> None:
        """A registry asks for both; the password is not kept with a form that is filled again."""
        password = data.get("registry_password")
        if password is None or data.get("engine") != CUSTOM:
            return
        has_user, has_password = bool(data.get("registry_username")), bool(password.reveal())
        if has_user and not has_password:
            self.add_error("registry_password", _("Enter the password of this user."))
        if has_password and not has_user and "registry_username" not in self.errors:
            self.add_error("registry_username", _("Enter the user whose password this is."))

    @property
    def data_of_secrets(self) -> set[str]:
        rows = self["secrets"].value() or []
        return {name for name, _value in rows}
