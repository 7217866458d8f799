"""What is asked before an action on many endpoints."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from providers.endpoints.lifecycle.bulk_previews import BulkPreview
from providers.endpoints.lifecycle.models import MOST_REASON


class BulkForm(RefusesTokens):
    """Why; and before what is dangerous, the number of endpoints that it is about."""

    typed_count = forms.CharField(
        label=gettext_lazy("Number of endpoints"),
        max_length=10,
        error_messages={"required": gettext_lazy("Type the number, to be sure that it is meant.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=MOST_REASON,
        required=False,
        help_text=gettext_lazy("Optional, kept in the activity."),
    )

    def __init__(self, *args: Any, preview: BulkPreview, **options: Any) -> None:
        super().__init__(*args, **options)
        self.count = len(preview.will)
        if preview.verb.is_danger:
            field = self.fields["typed_count"]
            field.help_text = _("Type %(count)s to delete them.") % {"count": self.count}
            field.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric", "dir": "ltr"}
        else:
            del self.fields["typed_count"]

    def clean_typed_count(self) -> str:
        typed: str = self.cleaned_data["typed_count"]
        if typed.strip() != str(self.count):
            raise ValidationError(_("There are %(count)s of them.") % {"count": self.count})
        return typed
