from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.endpoints.lifecycle.forms.action import ActionForm
from providers.huggingface import limits
from providers.huggingface.errors import Kind

MOST_TAGS: Final = 49  # of more, a look may not show all


class TagsField(forms.CharField):
    """Tags with commas between them; cleaned, a list of each once."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {
            "label": gettext_lazy("Tags"),
            "required": False,
            "max_length": MOST_TAGS * limits.TAG,
            "help_text": gettext_lazy("With commas between them. Empty: no tags."),
            "widget": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        }
        super().__init__(**usual | options)

    def clean(self, value: Any) -> list[str]:
        typed = (" ".join(tag.split()) for tag in super().clean(value).split(","))
        tags = list(dict.fromkeys(filter(None, typed)))
        if len(tags) > MOST_TAGS:
            raise ValidationError(_("%(most)d tags at most.") % {"most": MOST_TAGS})
        if long := next((tag for tag in tags if len(tag) >= limits.TAG), None):
            words = {"tag": long, "most": limits.TAG - 1}
            raise ValidationError(_("“%(tag)s” is longer than %(most)d characters.") % words)
        return tags


class TagsForm(ActionForm):
    """The endpoint's tags, all of them."""

    COLUMNS = ("tags",)
    REFUSED_AT = {Kind.BAD_REQUEST: "tags"}

    tags = TagsField()

    def entered(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return {"tags": ", ".join(wanted["tags"])}
