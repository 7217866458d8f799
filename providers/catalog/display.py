"""How what is stored is put into words and forms: steps, tokens, first values."""

from typing import Any, NamedTuple
from uuid import uuid4
from zlib import crc32

from django.utils.translation import gettext as _

from providers.catalog.last_edit import last_edit
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.setups import EndpointType, ModelType, Setup
from providers.catalog.verification.steps import by_key, plan
from providers.huggingface.types import Identity
from providers.tokens.models import AccessToken, TokenState

_MOST_NAMES = 4


class ShownStep(NamedTuple):
    state: str
    label: str
    word: str
    note: str
    took: str


def shown_steps(row: Verification) -> list[ShownStep]:
    """The steps as the page lists them; before a worker has begun, all of them waiting."""
    entries = row.steps or [{"step": step.key, "state": "waiting"} for step in plan(row)]
    return [
        ShownStep(
            state=entry["state"],
            label=_label(row, entry),
            word=_word(entry["state"]),
            note=_note(entry),
            took=_took(entry.get("ms")),
        )
        for entry in entries
    ]


def steps_version(row: Verification, *, waits: bool) -> str:
    """Of what the page shows of a running check: equal means that it looks the same."""
    shown = (row.state, row.steps, row.waking_id, waits)
    return f"{crc32(repr(shown).encode()):08x}"


def was_called(row: Verification) -> bool:
    """Whether the real call was made, and not left out."""
    made = {"step": "call", "state": "passed"}
    return any(made.items() <= entry.items() for entry in row.steps)


def initial_of(row: Setup | None) -> dict[str, Any]:
    """A form filled from a stored row; for a new model, with what most people begin with."""
    if row is None:
        return {
            "model_type": ModelType.LLM.value,
            "endpoint_type": EndpointType.HOSTED.value,
            "real_call": True,
            "form_key": uuid4(),
        }
    stored = row.setup()
    return stored | {"api_token": str(stored.pop("token_id") or ""), "form_key": uuid4()}


def described_token(token: AccessToken) -> str:
    """A token as a list offers it: enough to tell it from the others."""
    names = _namespaces(token)
    role = {"fineGrained": _("fine-grained")}.get(token.role, token.role)
    parts = [token.name, f"…{token.last_four}", role, ", ".join(names)]
    if token.state in {TokenState.INVALID, TokenState.EXPIRING, TokenState.UNREACHABLE}:
        parts.append(str(token.get_state_display()))
    return " · ".join(part for part in parts if part)


def _namespaces(token: AccessToken) -> list[str]:
    if not token.identity:
        return []
    names = list(Identity.from_json(token.identity).namespaces)
    return names if len(names) <= _MOST_NAMES else [*names[:_MOST_NAMES], "…"]


def conflict_sentence(model: ProviderModel | None) -> str:
    """Who changed what while somebody else was editing it, and what saving now would do."""
    if model is None:
        return _(
            "Somebody deleted this model while you were editing it. Your entries are below. "
            "Save sets it up anew."
        )
    change = last_edit(model)
    labels = {field.name: field.verbose_name for field in ProviderModel._meta.fields}  # noqa: SLF001
    names = [str(labels[name]) for name in change.fields if name in labels]
    return _(
        "%(who)s changed %(what)s while you were editing it. Your entries are below. "
        "Save puts them in place of theirs."
    ) % {"who": change.who or _("Somebody"), "what": ", ".join(names) or _("this model")}


def _label(row: Verification, entry: dict[str, Any]) -> str:
    step = by_key(entry["step"])
    return str(step.label(row, entry["state"])) if step else entry["step"]


def _word(state: str) -> str:
    return {
        "waiting": _("waiting"),
        "running": _("running"),
        "passed": _("passed"),
        "failed": _("failed"),
        "skipped": _("skipped"),
    }[state]


def _took(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return _("%(count)s ms") % {"count": milliseconds}
    return _("%(count)s s") % {"count": f"{milliseconds / 1000:.1f}"}


def _note(entry: dict[str, Any]) -> str:
    if entry["state"] == "skipped":
        return _("not taken")
    step = by_key(entry["step"])
    return step.words(entry.get("note") or {}) if step else ""
