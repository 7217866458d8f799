import shlex
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hfadmin.ui.forms import RefusesTokens
from hfadmin.ui.widgets import RadioCards
from providers.endpoints.deploying.amounts import gigabytes
from providers.endpoints.deploying.engines import CUSTOM, DEFAULT, ENGINES, LLAMACPP, Engine
from providers.endpoints.deploying.forms.model import PLAIN
from providers.endpoints.deploying.repositories import Repository
from providers.endpoints.deploying.weights import Variant
from providers.endpoints.lifecycle.forms.scaling import between
from providers.huggingface import limits, text

_MOST_PORT: Final = 65_535
_MOST_SIZE: Final = 64  # accelerators of one replica: there are no more
_MOST_WORDS: Final = 100
_CUT: Final = "…"  # in place of a secret, or of what was too long


class WordsField(forms.CharField):
    """What a shell would take for a list of words."""

    def clean(self, value: Any) -> list[str]:
        try:
            words = shlex.split(super().clean(value))
        except ValueError:
            raise ValidationError(_("A quotation mark is missing at its end.")) from None
        if len(words) > _MOST_WORDS or any(len(word) > limits.ARGUMENT for word in words):
            raise ValidationError(_("There are too many words in it, or one is far too long."))
        if any(_CUT in word for word in words):
            sentence = _("Enter what was left out where there is “…”. It may have been a secret.")
            raise ValidationError(sentence)
        return words


class EngineFields(RefusesTokens):
    """What serves the model. Fields that are left empty are as the engine has them."""

    found: Repository | None

    engine = forms.ChoiceField(
        label=gettext_lazy("Engine"),
        choices=[(engine.key, engine.choice) for engine in ENGINES.values()],
        widget=RadioCards(
            descriptions={engine.key: engine.description for engine in ENGINES.values()}
        ),
        error_messages={"required": gettext_lazy("Choose an engine.")},
    )
    image = forms.CharField(
        label=gettext_lazy("Container image"),
        required=False,
        max_length=limits.URL,
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), required=False, **between(1, _MOST_PORT))
    health_route = forms.CharField(
        label=gettext_lazy("Health route"),
        required=False,
        max_length=limits.PATH,
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    gguf_file = forms.CharField(
        label=gettext_lazy("GGUF file"),
        required=False,
        max_length=limits.PATH,
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    tensor_parallel_size = forms.IntegerField(
        label=gettext_lazy("Tensor parallel size"),
        required=False,
        **between(1, _MOST_SIZE),
        help_text=gettext_lazy("Accelerators that share one copy of the model."),
    )
    data_parallel_size = forms.IntegerField(
        label=gettext_lazy("Data parallel size"),
        required=False,
        **between(1, _MOST_SIZE),
        help_text=gettext_lazy("Copies of the model in one replica."),
    )
    command = WordsField(
        label=gettext_lazy("Command"),
        required=False,
        max_length=4_000,
        help_text=gettext_lazy("Empty: the image's own. Quote words that hold spaces."),
        widget=forms.TextInput(attrs={**PLAIN}),
    )
    args = WordsField(
        label=gettext_lazy("Arguments"),
        required=False,
        max_length=4_000,
        help_text=gettext_lazy("Such as --max-model-len 8192."),
        widget=forms.TextInput(attrs={**PLAIN}),
    )

    @property
    def chosen_engine(self) -> Engine:
        return ENGINES.get(str(self["engine"].value()), ENGINES[DEFAULT])

    def offer_files(self) -> None:
        """As a list to choose from, with what is chosen now; where none are known, to be typed."""
        variants = self.found.variants if self.found else ()
        if not variants:
            return
        chosen = str(self["gguf_file"].value() or "")
        files = {each.file: _with_size(each) for each in variants}
        files |= {} if not chosen or chosen in files else {chosen: chosen}
        choices = [("", _("Choose a file")), *files.items()]
        self.fields["gguf_file"].widget = forms.Select(choices=choices)

    def offer_presets(self) -> None:
        """What the engine has where nothing is entered."""
        engine = self.chosen_engine
        usual = {"image": engine.image, "port": engine.port, "health_route": engine.health_route}
        for name, value in usual.items():
            self.fields[name].widget.attrs["placeholder"] = value or ""

    def clean_health_route(self) -> str:
        typed: str = self.cleaned_data["health_route"]
        if typed and not (typed.startswith("/") and text.is_sendable(typed)):
            raise ValidationError(_("It begins with a slash, such as /health."))
        return typed

    def clean_image(self) -> str:
        typed: str = self.cleaned_data["image"]
        if not text.is_sendable(typed):
            raise ValidationError(_("This cannot be the address of an image."))
        return typed

    def clean_gguf_file(self) -> str:
        typed: str = self.cleaned_data["gguf_file"]
        is_within = not {"", ".", ".."} & set(typed.split("/"))
        if typed and not (is_within and typed.isprintable() and typed.lower().endswith(".gguf")):
            raise ValidationError(_("This cannot be a GGUF file: its path ends with .gguf."))
        return typed

    def check_engine(self, data: dict[str, Any]) -> None:
        """What the chosen engine needs."""
        engine = data.get("engine")
        if engine == CUSTOM and not data.get("image") and "image" not in self.errors:
            self.add_error("image", _("Enter the address of the image."))
        if engine == LLAMACPP and "gguf_file" not in self.errors:
            self._check_file(data)
        if engine != LLAMACPP:
            data["gguf_file"] = ""

    def _check_file(self, data: dict[str, Any]) -> None:
        """The only file that there is need not be chosen."""
        variants = self.found.variants if self.found else ()
        chosen = data.get("gguf_file", "")
        if not chosen and len(variants) == 1:
            data["gguf_file"] = variants[0].file
        elif not chosen and variants:
            self.add_error("gguf_file", _("Choose which of the GGUF files it runs."))
        elif not chosen:
            self.add_error("gguf_file", _("Enter which of the repository's files it runs."))
        elif variants and chosen not in {each.file for each in variants}:
            self.add_error("gguf_file", _("The repository does not have this file."))


def _with_size(variant: Variant) -> str:
    return f"{variant.file} · {gigabytes(variant.size)}" if variant.size else variant.file
