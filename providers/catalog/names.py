"""Names of models as people type them, tidied or refused with a sentence."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


def hosted(typed: str) -> str:
    """`owner/name`, or `owner/name:provider`. Raises ValidationError."""
    name, colon, provider = _tidied(typed).partition(":")
    provider = provider.strip().lower()
    if colon and not _PROVIDER.fullmatch(provider):
        raise ValidationError(_("After the colon comes the name of a provider."))
    return f"{_repository(name.strip())}{colon}{provider}"


def deployed(typed: str) -> str:
    """The repository of an endpoint. Raises ValidationError."""
    name, colon, provider = _tidied(typed).partition(":")
    if colon and _REPOSITORY.fullmatch(name):
        raise ValidationError(_("A provider after a colon is for the Hosted Inference API."))
    return _repository(name + colon + provider)


def free(typed: str) -> str:
    """A name of the organization's own. Raises ValidationError."""
    name = _tidied(typed)
    if any(c in "<>" or unicodedata.category(c).startswith(("C", "Zl", "Zp")) for c in name):
        raise ValidationError(_("Leave out angle brackets, control and invisible characters."))
    return name


def _tidied(typed: str) -> str:
    return typed.removeprefix(f"{settings.HF_ENDPOINT}/").strip("/")


def _repository(name: str) -> str:
    if not _REPOSITORY.fullmatch(name):
        raise ValidationError(
            _(
                "A model's name on Hugging Face is owner/name, in plain letters, digits, "
                "dots, hyphens and underscores."
            )
        )
    return name
