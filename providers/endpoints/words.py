"""What upstream calls by a code name, in the words that people use for it."""

import re
from datetime import timedelta

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

_HARDWARE = {
    "intel-spr": "Sapphire Rapids",
    "intel-spr-overcommitted": "Sapphire Rapids",
    "intel-icl": "Ice Lake",
    "inf2": "Inferentia2",
}
_ENGINES = {
    "huggingface": "toolkit",
    "huggingfaceNeuron": "toolkit (Neuron)",
    "tgi": "TGI",
    "tgiNeuron": "TGI (Neuron)",
    "tei": "TEI",
    "sGLang": "SGLang",
    "llamacpp": "llama.cpp",
}
_AUTH = {
    "authenticated": _("authenticated"),
    "protected": _("protected"),
    "private": _("private"),
    "public": _("public"),
}


# What they add to the state is nothing: "Endpoint is ready", "Endpoint is scaled to zero".
_ROUTINE = re.compile(r"endpoint is [a-z ]+\.?", re.IGNORECASE)


def worth_telling(message: str) -> str:
    """Hugging Face's message where it says more than the state."""
    return "" if _ROUTINE.fullmatch(message) else message


def hardware(instance_type: str, instance_size: str, accelerator: str) -> str:
    """Accelerators by number ("4 \u00d7 Nvidia A100"), others by size ("x4 Sapphire Rapids")."""
    name = _HARDWARE.get(instance_type) or " ".join(map(_capital, instance_type.split("-")))
    count = instance_size.removeprefix("x")
    if accelerator not in {"", "cpu"} and count.isdecimal():
        return f"{count} \u00d7 {name}"
    return f"{instance_size} {name}".strip()


def engine(name: str) -> str:
    return _ENGINES.get(name, name)


def auth(kind: str) -> str:
    return str(_AUTH.get(kind, kind))


def duration(length: timedelta) -> str:
    """The two largest units, without a zero: "3 days 4 h", "6 h 12 min", "40 s"."""
    left, amounts = round(length.total_seconds()), []
    for size in (86_400, 3600, 60, 1):
        amount, left = divmod(left, size)
        amounts.append(amount)
    days, hours, minutes, seconds = amounts
    parts = (
        days and ngettext("%(count)s day", "%(count)s days", days) % {"count": days},
        hours and gettext("%(count)s h") % {"count": hours},
        minutes and gettext("%(count)s min") % {"count": minutes},
        seconds and gettext("%(count)s s") % {"count": seconds},
    )
    first = next((index for index, part in enumerate(parts) if part), len(parts) - 1)
    shown = [str(part) for part in parts[first : first + 2] if part]
    return " ".join(shown) or gettext("%(count)s s") % {"count": 0}


def _capital(word: str) -> str:
    return word.upper() if any(map(str.isdigit, word)) else word.capitalize()
