"""The settings screen's form: the fields as they are labelled there, and what they may hold."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hfadmin.accounts.models import Membership, Role
from hfadmin.ui.field_context import applies
from hfadmin.ui.widgets import RadioCards
from providers.catalog import names
from providers.catalog.display import described_token
from providers.catalog.models import ProviderModel
from providers.catalog.operations import suggesting
from providers.catalog.setups import EndpointType, ModelType, Setup, Task
from providers.catalog.widgets import TASKS, TaskSelect
from providers.huggingface import limits, urls
from providers.huggingface.errors import Diagnosis, HuggingFaceError
from providers.tokens.forms import NewTokenForm
from providers.tokens.operations import NewToken

NEW = "new"
_NAMESPACE = re.compile(r"[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_ON_ENDPOINTS = f"endpoint_type={EndpointType.ENDPOINT.value}"


class ModelForm(NewTokenForm):
    """Which fields count depends on the choices; those that do not are emptied."""

    use_required_attribute = False

    # Where each field that comes and goes is shown.
    SHOWN_WHEN = {
        "token_name": f"api_token={NEW}",
        "token": f"api_token={NEW}",
        "namespace_name": f"model_type={ModelType.TEXT_EMBEDDING.value} {_ON_ENDPOINTS}",
        "endpoint_url": _ON_ENDPOINTS,
        "task": _ON_ENDPOINTS,
    }

    model_type = forms.ChoiceField(
        label=gettext_lazy("Model Type"),
        choices=ModelType.choices,
        widget=RadioCards(
            descriptions={
                ModelType.LLM.value: gettext_lazy("Chat and text generation"),
                ModelType.TEXT_EMBEDDING.value: gettext_lazy("Search, RAG, similarity"),
            }
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Model Name"),
        max_length=limits.MODEL,
        error_messages={"required": gettext_lazy("Enter the model's name.")},
    )
    endpoint_type = forms.ChoiceField(
        label=gettext_lazy("Endpoint Type"),
        choices=EndpointType.choices,
        widget=RadioCards(
            descriptions={
                EndpointType.HOSTED.value: gettext_lazy(
                    "Served by Hugging Face's providers, paid per call"
                ),
                EndpointType.ENDPOINT.value: gettext_lazy("Your own deployment, paid per hour"),
            }
        ),
    )
    api_token = forms.ChoiceField(
        label=gettext_lazy("API Token"),
        error_messages={
            "required": gettext_lazy("Choose a token."),
            "invalid_choice": gettext_lazy("Choose one of the tokens that this organization has."),
        },
    )
    namespace_name = forms.CharField(
        label=gettext_lazy("User Name / Organization Name"),
        max_length=limits.NAME,
        error_messages={
            "required": gettext_lazy("Enter the user or organization that owns the endpoint.")
        },
    )
    endpoint_url = forms.CharField(
        label=gettext_lazy("Endpoint URL"),
        max_length=2000,
        error_messages={
            "required": gettext_lazy("Enter the endpoint's address, or choose it."),
            "max_length": gettext_lazy("This is far too long to be an endpoint's address."),
        },
    )
    task = forms.ChoiceField(
        label=gettext_lazy("Task"),
        choices=[("", pgettext_lazy("task", "Choose a task")), *Task.choices],
        widget=TaskSelect,
        error_messages={"required": gettext_lazy("Choose what the endpoint does.")},
    )
    real_call = forms.BooleanField(
        label=gettext_lazy("Make one tiny real call"),
        required=False,
        help_text=gettext_lazy(
            "The only proof that it works. It costs a fraction of a cent on hosted models and "
            "nothing extra on an endpoint that runs."
        ),
    )
    url_confirmed = forms.BooleanField(
        label=gettext_lazy("Send the token to this address although it is not listed"),
        required=False,
        help_text=gettext_lazy(
            "Whoever runs the address can then use the token. Your confirmation is recorded."
        ),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, membership: Membership, model: ProviderModel | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organization = membership.organization
        self.is_admin = membership.may(Role.ADMIN)
        self.model = model
        self._offer_tokens()
        if not self.is_admin:
            for name in ("token_name", "token", "url_confirmed"):
                del self.fields[name]

    @property
    def confirmed_for(self) -> str:
        """The token and the address for which the box is shown ticked; "" where it is not."""
        if not self["url_confirmed"].value():
            return ""
        return f"{self['api_token'].value()} {self['endpoint_url'].value()}"

    def full_clean(self) -> None:
        """A field that the choices do not show is not asked for."""
        if self.is_bound and not self._confirmation_holds():
            self.data = {k: v for k, v in self.data.items() if k != "url_confirmed"}
        coming = [name for name in self.SHOWN_WHEN if name in self.fields]
        for name in coming:
            self.fields[name].required = applies(self, self.SHOWN_WHEN[name])
        entered_here = [self.fields[name] for name in ("token_name", "token") if name in coming]
        for field in entered_here:
            field.disabled = not field.required  # what was typed stays, but counts for nothing
        if self["model_type"].value() == ModelType.TEXT_EMBEDDING:
            self.fields["task"].required = False  # there is but one
        super().full_clean()
        for name in coming:
            self.fields[name].required = True  # as a page says it, where it is shown
        for field in entered_here:
            field.disabled = False

    def _offer_tokens(self) -> None:
        field = self.fields["api_token"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        tokens = self.organization.tokens.order_by("name")
        choices: list[tuple[str, str | Promise]] = [(str(t.pk), described_token(t)) for t in tokens]
        if self.is_admin:
            choices.append((NEW, gettext_lazy("Add a new token")))
        if not tokens and self.is_admin:
            self.initial["api_token"] = NEW
        elif not tokens:
            field.help_text = gettext_lazy("Ask an administrator to add an access token first.")
        # A browser shows the first choice where none is chosen: it must not be somebody's token.
        if str(self["api_token"].value() or "") not in dict(choices):
            choices.insert(0, ("", gettext_lazy("Choose a token")))
        field.choices = choices

    def clean_model_type(self) -> ModelType:
        return ModelType(self.cleaned_data["model_type"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        hosted = data.get("endpoint_type") == EndpointType.HOSTED
        embedding = data.get("model_type") == ModelType.TEXT_EMBEDDING
        self._clean_name(names.hosted if hosted else names.deployed if embedding else names.free)
        if hosted:
            data |= {"namespace_name": "", "endpoint_url": "", "task": "", "url_confirmed": False}
        elif data.get("endpoint_type"):
            self._clean_namespace(needed=embedding)
            self._clean_url()
            self._clean_task()
        if not self.errors:
            self._refuse_duplicate()
        return data

    @property
    def setup(self) -> dict[str, Any]:
        """What was entered, as columns of a model or a verification."""
        setup = {name: self.cleaned_data.get(name) for name in Setup.SETUP if name != "token_id"}
        setup["url_confirmed"] = self._is_confirmed()
        setup["token_id"] = None if self.new_token else UUID(self.cleaned_data["api_token"])
        return setup

    @property
    def new_token(self) -> NewToken | None:
        return self.entered_token if self.cleaned_data["api_token"] == NEW else None

    def refuse(self, name: str, diagnosis: Diagnosis) -> None:
        """Say at a field what a diagnosis says."""
        texts = diagnosis.explain(_)
        self.add_error(name, f"{texts.title}. {texts.what} {texts.remedy}")

    def add_duplicate(self, model: ProviderModel | None) -> None:
        sentence = _("This model is already set up in the same way.")
        if model is None:
            self.add_error("name", sentence)
            return
        link = reverse("catalog:edit", args=[self.organization.slug, model.pk])
        self.add_error("name", format_html('{} <a href="{}">{}</a>', sentence, link, _("Open it")))

    def _confirmation_holds(self) -> bool:
        """A box that was shown ticked stands for the token and the address shown beside it. One
        that was ticked since stands for what is entered."""
        token, _space, url = self.data.get("confirmed_for", "").partition(" ")
        if not token:
            return True
        is_same_token = token != NEW and self.data.get("api_token") == token
        return is_same_token and urls.same_endpoint(url, self.data.get("endpoint_url", ""))

    def _is_confirmed(self) -> bool:
        """An administrator's word holds until the token or the address changes."""
        if self.cleaned_data.get("url_confirmed"):
            return True
        before, data = self.model, self.cleaned_data
        return bool(
            before
            and before.url_confirmed
            and not self.is_admin
            and before.endpoint_url == data.get("endpoint_url")
            and str(before.token_id) == data.get("api_token")
        )

    def _clean_name(self, clean: Callable[[str], str]) -> None:
        if typed := self.cleaned_data.get("name"):
            try:
                self.cleaned_data["name"] = clean(typed)
            except forms.ValidationError as error:
                self.add_error("name", error)

    def _clean_namespace(self, *, needed: bool) -> None:
        name = (self.cleaned_data.get("namespace_name") or "").strip("/@ ")
        self.cleaned_data["namespace_name"] = name if needed else ""
        if needed and name and not _NAMESPACE.fullmatch(name):
            self.add_error(
                "namespace_name",
                _("A user or organization name has letters, digits, dots, hyphens, underscores."),
            )

    def _clean_url(self) -> None:
        typed = self.cleaned_data.get("endpoint_url")
        if not typed:
            return
        try:
            self.cleaned_data["endpoint_url"] = urls.normalize_endpoint_url(typed).url
        except HuggingFaceError as error:
            # A console address names the endpoint, whose own address the inventory may know.
            known = suggesting.address_named_by(self.organization, error.diagnosis)
            if known is None:
                self.refuse("endpoint_url", error.diagnosis)
            else:
                self.cleaned_data["endpoint_url"] = known

    def _clean_task(self) -> None:
        model_type, task = self.cleaned_data.get("model_type"), self.cleaned_data.get("task")
        if model_type == ModelType.TEXT_EMBEDDING and not task:
            self.cleaned_data["task"] = Task.FEATURE_EXTRACTION.value
        elif model_type and task and task not in TASKS[model_type]:
            self.add_error("task", _("This task does not fit the model type chosen above."))

    def _refuse_duplicate(self) -> None:
        others = ProviderModel.objects.filter(organization=self.organization)
        if self.model is not None:
            others = others.exclude(pk=self.model.pk)
        if known := others.same_as(self.cleaned_data).first():
            self.add_duplicate(known)
