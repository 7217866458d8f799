"""What each verb of the record says to a person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.audit.models import Record

SENTENCES: dict[str, Promise] = {
    "organization.created": _("Created the organization"),
    "organization.renamed": _("Renamed the organization"),
    "person.added": _("Added the person"),
    "token.added": _("Added the access token"),
    "token.renamed": _("Renamed the access token"),
    "token.replaced": _("Replaced the access token"),
    "token.deleted": _("Deleted the access token"),
}

DETAILS: dict[str, Promise] = {
    "before": _("before"),
    "role": _("role"),
}


def sentence(verb: str) -> str:
    return str(SENTENCES.get(verb, verb))


def details(record: Record) -> list[tuple[str, str]]:
    """The facts kept with a record, named in the reader's language."""
    return [
        (str(DETAILS.get(name, name)), _shown(value))
        for name, value in record.detail.items()
        if value not in (None, "", [], {})
    ]


def verbs_saying(text: str) -> list[str]:
    """The verbs whose sentence holds this text."""
    wanted = text.casefold()
    return [verb for verb, said in SENTENCES.items() if wanted in str(said).casefold()]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
