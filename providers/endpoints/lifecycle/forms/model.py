from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.forms.action import ActionForm
from providers.huggingface import limits, text
from providers.huggingface.errors import Kind

_PLAIN: Final = {
    "autocomplete": "off",
    "spellcheck": "false",
    "autocapitalize": "none",
    "dir": "ltr",
}


class ModelForm(ActionForm):
    """Which repository is deployed, and at which of its revisions."""

    COLUMNS = ("repository", "revision")
    REFUSED_AT = {
        "repository": "repository",
        "revision": "revision",
        Kind.BAD_REQUEST: "repository",
        Kind.MODEL_NOT_FOUND: "repository",
        Kind.MODEL_GATED: "repository",
    }

    repository = forms.CharField(
        label=gettext_lazy("Repository"),
        max_length=limits.MODEL - 1,  # a longer one is cut where it is seen
        help_text=gettext_lazy("As on the Hub: owner/name."),
        error_messages={"required": gettext_lazy("Enter the repository.")},
        widget=forms.TextInput(attrs={**_PLAIN}),
    )
    revision = forms.CharField(
        label=gettext_lazy("Revision"),
        required=False,
        max_length=limits.REVISION - 1,
        help_text=gettext_lazy("A commit, a branch or a tag. Empty: the newest."),
        widget=forms.TextInput(attrs={**_PLAIN}),
    )

    def clean_repository(self) -> str:
        typed: str = self.cleaned_data["repository"]
        if not text.is_repository(typed):
            raise ValidationError(_("This cannot be a repository. It is written owner/name."))
        return typed

    def clean_revision(self) -> str:
        typed: str = self.cleaned_data["revision"]
        if not text.is_sendable(typed):
            raise ValidationError(_("This cannot be a revision: it holds spaces or other signs."))
        return typed

    def clean_together(self, data: dict[str, Any]) -> None:
        repository, revision = data.get("repository"), data.get("revision")
        if not repository or not self._is_another(repository):
            return
        if revision == self.endpoint.revision and columns.is_commit(revision):
            sentence = _(
                "This commit belongs to the repository before. Leave it empty for the newest."
            )
            self.add_error("revision", sentence)

    @property
    def wanted(self) -> dict[str, Any]:
        """Only what is changed."""
        repository, revision = (self.cleaned_data[name] for name in self.COLUMNS)
        return {
            **({"repository": repository} if self._is_another(repository) else {}),
            **({"revision": revision} if revision != self.endpoint.revision else {}),
        }

    @property
    def is_changed(self) -> bool:
        return bool(self.wanted)

    def _is_another(self, repository: str) -> bool:
        return not columns.same("repository", repository, self.endpoint.repository)
