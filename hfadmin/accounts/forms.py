"""Forms for signing in, passwords, the set-up and the organization."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.utils.translation import gettext_lazy

from hfadmin.accounts import operations
from hfadmin.accounts.models import User
from hfadmin.ui.forms import RefusesTokens, SecretInput
from hfadmin.vault import Secret

PASSWORD_HELP = gettext_lazy("At least 8 characters; a sentence that you remember is best.")


class PasswordField(forms.CharField):
    """A password, cleaned to a Secret."""

    def __init__(self, *, autocomplete: str, **options: Any) -> None:
        widget = SecretInput(attrs={"autocomplete": autocomplete})
        super().__init__(widget=widget, strip=False, max_length=1000, **options)

    def clean(self, value: Secret) -> Secret:
        return Secret(super().clean(value.reveal()))


class CodeField(forms.CharField):
    """A code from the console, or from the fragment of a link, which JavaScript fills in."""

    widget = forms.TextInput(
        attrs={"autocomplete": "off", "spellcheck": "false", "data-from-fragment": ""}
    )


class ChoosesPassword(RefusesTokens):
    """Base of forms that set a password, which is validated for the account."""

    new_password = "password"  # noqa: S105 - the name of the field

    def account(self) -> User | None:
        """Return the account, or None to apply only the rules that do not depend on it."""
        return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.new_password in cleaned:
            try:
                operations.check_password(cleaned[self.new_password], self.account())
            except forms.ValidationError as error:
                self.add_error(self.new_password, error)
        return cleaned


class SignInForm(RefusesTokens, LoginForm):  # type: ignore[misc]
    password = PasswordField(label=gettext_lazy("Password"), autocomplete="current-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext_lazy("E-mail")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class PasswordForm(ChoosesPassword, ChangePasswordForm):  # type: ignore[misc]
    new_password = "password1"  # noqa: S105 - the name of the field
    oldpassword = PasswordField(
        label=gettext_lazy("Current password"), autocomplete="current-password"
    )
    password1 = PasswordField(
        label=gettext_lazy("New password"), help_text=PASSWORD_HELP, autocomplete="new-password"
    )
    password2 = PasswordField(
        label=gettext_lazy("New password, again"), autocomplete="new-password"
    )

    def account(self) -> User:
        user: User = self.user
        return user


class SetupForm(ChoosesPassword):
    code = CodeField(
        label=gettext_lazy("Set-up code"),
        help_text=gettext_lazy("The console on which hfadmin was started shows it."),
        max_length=80,
    )
    organization = forms.CharField(
        label=gettext_lazy("Organization"),
        help_text=gettext_lazy("Your company or team. It can be renamed later."),
        max_length=120,
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("You sign in with it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = PasswordField(
        label=gettext_lazy("Password"), help_text=PASSWORD_HELP, autocomplete="new-password"
    )

    def account(self) -> User:
        return User(email=self.cleaned_data.get("email", ""))


class NewPasswordForm(ChoosesPassword):
    code = CodeField(
        label=gettext_lazy("Code of the link"),
        help_text=gettext_lazy("It stands behind the # in the link that you were given."),
        max_length=120,
    )
    password = PasswordField(
        label=gettext_lazy("New password"), help_text=PASSWORD_HELP, autocomplete="new-password"
    )

    def account(self) -> User | None:
        return operations.account_of_code(self.cleaned_data.get("code", ""))


class OrganizationForm(RefusesTokens):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
