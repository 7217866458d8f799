"""What all forms of actions have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.models import MOST_REASON
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field as the page shows it, with what Hugging Face refused there."""

    field: BoundField
    problem: Diagnosis | None = None
    shown_when: str = ""
    suffix: str | Promise = ""


class ActionForm(RefusesTokens):
    """Of an action on this endpoint. `earlier`: columns as another action wanted them, where that
    is asked for again, and `problem` why it was refused.

    COLUMNS     columns of the endpoint that the form may change
    REFUSED_AT  the field at which a refusal is shown, by its kind or by what the API calls the
                value that it does not take; any other is shown above the form
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ()
    REFUSED_AT: ClassVar[Mapping[str, str]] = {}
    SHOWN_WHEN: ClassVar[Mapping[str, str]] = {}
    SUFFIXES: ClassVar[Mapping[str, str | Promise]] = {}

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=MOST_REASON,
        help_text=gettext_lazy("Optional, kept in the activity."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        endpoint: Endpoint,
        earlier: Mapping[str, Any] | None = None,
        reason: str = "",
        problem: Diagnosis | None = None,
    ) -> None:
        self.endpoint, self.problem = endpoint, problem
        wanted = {name: getattr(endpoint, name) for name in self.COLUMNS} | dict(earlier or {})
        super().__init__(data, initial=self.entered(wanted) | {"reason": reason})
        self.fields["reason"] = self.fields.pop("reason")  # stands last

    def entered(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What has to be entered for these columns to be wanted."""
        return wanted

    @property
    def obstacle(self) -> str | Promise:
        """Why there is nothing to enter; "" where there is."""
        return ""

    @property
    def wanted(self) -> dict[str, Any]:
        """The endpoint's columns as they are to be. Of a form that is valid."""
        return {name: self.cleaned_data[name] for name in self.COLUMNS}

    @property
    def is_changed(self) -> bool:
        return bool(columns.differing(self.endpoint, self.wanted))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.clean_together(data)
        if self.COLUMNS and not self.errors and not self.is_changed:
            sentence = _("Nothing to change: the endpoint has these settings already.")
            self.add_error(None, sentence)
        return data

    def clean_together(self, data: dict[str, Any]) -> None:
        """Check what the fields say together."""

    @property
    def refused_at(self) -> str:
        """The field that Hugging Face did not take; "" where there is none."""
        if self.problem is None:
            return ""
        named = self.problem.params.get("field", "")
        return self.REFUSED_AT.get(named) or self.REFUSED_AT.get(self.problem.kind, "")

    @property
    def rows(self) -> Iterator[FieldRow]:
        for name in self.fields:
            problem = self.problem if name == self.refused_at else None
            shown_when, suffix = self.SHOWN_WHEN.get(name, ""), self.SUFFIXES.get(name, "")
            yield FieldRow(self[name], problem, shown_when, suffix)
