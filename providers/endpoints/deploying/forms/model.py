from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers import labels
from providers.endpoints.deploying.repositories import Repository
from providers.huggingface import limits, text
from providers.huggingface.repository_names import repository_of

PLAIN: Final = {
    "autocomplete": "off",
    "spellcheck": "false",
    "autocapitalize": "none",
    "dir": "ltr",
}
NO_MODELS: Final = {
    "dataset": gettext_lazy("This is a dataset"),
    "space": gettext_lazy("This is a Space"),
}
ONLY_MODELS: Final = gettext_lazy("Only models can be deployed.")


class ModelFields(RefusesTokens):
    """What is deployed. `found` is what the Hub tells of it."""

    found: Repository | None

    repository = forms.CharField(
        label=gettext_lazy("Model repository"),
        max_length=2_000,
        help_text=gettext_lazy("Search the Hub, or enter owner/name."),
        error_messages={"required": gettext_lazy("Enter the repository, or choose it.")},
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    revision = forms.CharField(
        label=gettext_lazy("Revision"),
        required=False,
        max_length=limits.REVISION - 1,
        help_text=gettext_lazy("A commit, a branch or a tag. Empty: the newest commit."),
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    recipe = forms.CharField(required=False, max_length=limits.NAME)
    task = forms.ChoiceField(
        label=gettext_lazy("Task"),
        required=False,
        choices=[("", gettext_lazy("What the repository is for")), *labels.TASKS.items()],
    )

    def clean_repository(self) -> str:
        kind, name = repository_of(self.cleaned_data["repository"])
        if kind in NO_MODELS:
            raise ValidationError(f"{NO_MODELS[kind]}. {ONLY_MODELS}")
        if not text.is_repository(name) or len(name) >= limits.MODEL:
            raise ValidationError(_("This cannot be a repository. It is written owner/name."))
        return name

    def clean_revision(self) -> str:
        typed: str = self.cleaned_data["revision"]
        if not text.is_sendable(typed):
            raise ValidationError(_("This cannot be a revision: it holds spaces or other signs."))
        return typed

    def clean_recipe(self) -> str:
        """One that the catalog no longer has would deploy something else, or nothing."""
        chosen: str = self.cleaned_data["recipe"]
        known = {recipe.id for recipe in self.found.recipes} if self.found else set()
        if chosen and chosen not in known:
            raise ValidationError(_("The catalog does not have this recipe for the repository."))
        return chosen

    def check_model(self, data: dict[str, Any]) -> None:
        """What Hugging Face would not find."""
        if self.found is None or self.found.problem is None or "repository" in self.errors:
            return
        if self.found.problem.is_inconclusive:
            return
        said = self.found.problem.explain(_)
        is_revision = self.found.problem.params.get("reason") == "revision"
        field = "revision" if is_revision else "repository"
        self.add_error(field, f"{said.title}. {said.what} {said.remedy}")
