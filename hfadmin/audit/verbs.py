"""What can be recorded: each app declares its verbs, with the sentence that each says to a person.

A verb is declared once, in the `verbs` module of its app, and named there by a constant.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from hfadmin.audit.models import Record


@dataclass(frozen=True, slots=True)
class Verb:
    """`name` is `<thing>.<past participle>`, such as `token.replaced`.

    `is_request`: it only asks for something, whose outcome shows, or is recorded, later.
    """

    name: str
    sentence: str | Promise
    is_request: bool = False

    def __str__(self) -> str:
        return self.name


_VERBS: Final[dict[str, Verb]] = {}
# Names of the details that are kept with records.
_DETAILS: Final[dict[str, Promise]] = {
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
    "why": _("why"),
}
# Their values are names of ours rather than somebody's words.
_OF_OURS = {"changed", "problem", "reason"}


def verb(name: str, sentence: str | Promise) -> Verb:
    """Declare a verb whose record says that something was done."""
    return _declared(Verb(name, sentence))


def request(name: str, sentence: str | Promise) -> Verb:
    """Declare a verb whose record says that something was asked for."""
    return _declared(Verb(name, sentence, is_request=True))


def sentence(name: str) -> str:
    """What a recorded verb says; its name where no app declares it any more."""
    declared = _VERBS.get(name)
    return str(declared.sentence) if declared else name


def is_request(name: str) -> bool:
    """Whether the recorded verb only says what was asked for, so that its outcome matters."""
    declared = _VERBS.get(name)
    return declared is not None and declared.is_request


def verbs_saying(text: str) -> list[str]:
    """The names of verbs whose sentence holds this text."""
    wanted = text.casefold()
    return [name for name, each in _VERBS.items() if wanted in str(each.sentence).casefold()]


def details(record: "Record") -> list[tuple[str, str]]:
    """The facts kept with a record, named in the reader's language; a plain yes has no value."""
    return [
        (str(_DETAILS.get(name, name)), _shown(name, value))
        for name, value in record.detail.items()
        if value not in (None, "", False, 0, [], {})
        # Of what is new, everything has changed.
        and not (name == "changed" and record.verb.endswith(".added"))
    ]


def _declared(new: Verb) -> Verb:
    if new.name in _VERBS:
        raise ValueError(f"{new.name} is declared twice")
    _VERBS[new.name] = new
    return new


def _shown(name: str, value: object) -> str:
    if value is True:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("_", " ") if name in _OF_OURS else text
