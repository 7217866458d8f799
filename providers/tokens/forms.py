"""What people type about a token. A token itself is never written back into a page."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables

from hfadmin.credentials import MAX_LENGTH, extract_token, find_tokens
from hfadmin.ui.forms import RefusesTokens, SecretInput
from hfadmin.vault import Secret
from providers.huggingface.errors import EXPLANATIONS, Kind
from providers.tokens.models import AccessToken
from providers.tokens.operations import AlreadyStoredError, NameTakenError, NewToken

_FORM = re.compile(r"hf_[A-Za-z0-9_.\-]+")
# Persian and some other scripts are not written rightly without these two.
_JOINERS = frozenset({"\u200c", "\u200d"})


class TokenField(forms.Field):
    """An access token as pasted, cleaned to a Secret that holds nothing but the token."""

    widget = SecretInput(
        attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    )

    def clean(self, value: Any) -> Secret | None:
        if not value or not value.reveal().strip():
            if self.required:
                raise ValidationError(_("Enter the access token."), code="required")
            return None
        if len(value.reveal()) <= MAX_LENGTH:
            value = Secret(extract_token(value.reveal()))
        if problem := _what_is_wrong_with(value):
            raise ValidationError(problem, code="malformed")
        return cast("Secret", value)


class NameField(forms.CharField):
    """A name that shows as it is: neither invisible characters nor markup."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Name"))
        super().__init__(max_length=80, **options)
        self.widget.attrs |= {"autocomplete": "off", "dir": "auto"}

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if any(unicodedata.category(c) in {"Cc", "Cf"} and c not in _JOINERS for c in name):
            raise ValidationError(
                _("The name contains characters that cannot be seen. Type it anew."),
                code="invisible",
            )
        if "<" in name or ">" in name:
            raise ValidationError(_("Choose a name without < and >."), code="markup")
        return name


class NewTokenForm(RefusesTokens):
    """A token that is to be stored: its fields, limits, texts and refusals, wherever it is
    entered. Forms that ask for more inherit from it."""

    token_name = NameField(
        label=gettext_lazy("Token name"),
        help_text=gettext_lazy("What you and your colleagues will know it by, such as deploy-bot."),
        error_messages={"required": gettext_lazy("Give the token a name, to recognise it by.")},
    )
    token = TokenField(
        label=gettext_lazy("Access token"),
        help_text=gettext_lazy(
            "It starts with hf_ and is shown only once by Hugging Face. It is stored encrypted."
        ),
    )

    @property
    def entered_token(self) -> NewToken:
        return NewToken(self.cleaned_data["token_name"], self.cleaned_data["token"])

    def refuse_token(self, error: AlreadyStoredError | NameTakenError) -> None:
        """Say at its field why the token could not be stored."""
        if isinstance(error, AlreadyStoredError):
            self.add_error("token", stored_as(error.token))
        else:
            self.add_error("token_name", name_taken())


class RenameForm(RefusesTokens):
    name = NameField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ReplaceForm(RefusesTokens):
    token = TokenField(
        label=gettext_lazy("New access token"),
        help_text=gettext_lazy(
            "It is checked first. Only if Hugging Face accepts it, it takes the old one's place."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def stored_as(token: AccessToken) -> str:
    return _("This token is stored already, as “%s”.") % token.name


def name_taken() -> str:
    return _("Another token has this name. Choose another one.")


@sensitive_variables()
def _what_is_wrong_with(secret: Secret) -> str:
    """A sentence that does not repeat the text; "" if it may be a token."""
    text = secret.reveal()
    if len(text) > MAX_LENGTH:
        return ngettext(
            "This text has %(count)s character; an access token has about 40. Copy it again.",
            "This text has %(count)s characters; an access token has about 40. Copy it again.",
            len(text),
        ) % {"count": number_format(len(text), force_grouping=True)}
    if len(find_tokens(text)) > 1:
        return _("There is more than one access token in this text. Enter one alone.")
    if text.startswith("api_org_"):
        told = EXPLANATIONS[Kind.TOKEN_ORGANIZATION]
        return f"{_(told.title)}. {_(told.what)} {_(told.remedy)}"
    if any(character.isspace() for character in text):
        return _("There is a space or a line break within it. Enter it without.")
    if not text.startswith("hf_"):
        return _("An access token starts with hf_. Copy it again from Hugging Face.")
    if not _FORM.fullmatch(text):
        return _("An access token consists of plain letters and digits. Copy it again.")
    return ""
