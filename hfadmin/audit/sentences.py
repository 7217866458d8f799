"""What each verb of the record says to a person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hfadmin.audit.models import Record

SENTENCES: dict[str, Promise] = {
    "organization.created": _("Created the organization"),
    "organization.renamed": _("Renamed the organization"),
    "person.added": _("Added the person"),
    "person.removed": _("Removed the person"),
    "person.role_changed": _("Changed the role of the person"),
    "person.password_link_created": _("Made a link for a new password of the person"),
    "person.password_replaced": _("Chose a new password by a link"),
    "token.added": _("Added the access token"),
    "token.renamed": _("Renamed the access token"),
    "token.replaced": _("Replaced the access token"),
    "token.deleted": _("Deleted the access token"),
    "token.check_requested": _("Asked for a check of the access token"),
    "token.invalidated": _("Hugging Face rejected the access token"),
    "token.resealed": _("Sealed the access token under a new key"),
    "address.confirmed": _("Allowed a host to receive the access token"),
    "model.added": _("Added the model"),
    "model.edited": _("Changed the model"),
    "model.enabled": _("Enabled the model"),
    "model.disabled": _("Disabled the model"),
    "model.deleted": _("Deleted the model"),
    "model.failing": _("A check failed for the model"),
    "model.recovered": _("A check passed again for the model"),
    "model.verified": _("A real call verified the model"),
    "model.unverified": _("A check did not verify the model"),
    "endpoint.resumed": _("Waking the endpoint of the model"),
    "namespace.watched": _("Began to watch the namespace"),
    "namespace.unwatched": _("Stopped watching the namespace"),
}

DETAILS: dict[str, Promise] = {
    "before": _("before"),
    "changed": _("changed"),
    "endpoint": _("endpoint"),
    "host": _("host"),
    "models": _("models affected"),
    "namespace": _("namespace"),
    "owner": _("owner"),
    "problem": _("problem"),
    "reason": _("reason"),
    "role": _("role"),
    "saved_anyway": _("saved anyway"),
}
# Their values are names of ours rather than somebody's words.
_OF_OURS = {"changed", "problem", "reason"}


def sentence(verb: str) -> str:
    return str(SENTENCES.get(verb, verb))


def details(record: Record) -> list[tuple[str, str]]:
    """The facts kept with a record, named in the reader's language; a plain yes has no value."""
    return [
        (str(DETAILS.get(name, name)), _shown(name, value))
        for name, value in record.detail.items()
        if value not in (None, "", False, 0, [], {})
        # Of what is new, everything has changed.
        and not (name == "changed" and record.verb.endswith(".added"))
    ]


def verbs_saying(text: str) -> list[str]:
    """The verbs whose sentence holds this text."""
    wanted = text.casefold()
    return [verb for verb, said in SENTENCES.items() if wanted in str(said).casefold()]


def _shown(name: str, value: object) -> str:
    if value is True:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("_", " ") if name in _OF_OURS else text
