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
    """The two largest units: "3 days 4 h", "6 h 12 min", "3 min 40 s"."""
    seconds = round(length.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if not minutes:
        return gettext("%(seconds)s s") % {"seconds": seconds}
    if not hours:
        return gettext("%(minutes)s min %(seconds)s s") % {
            "minutes": minutes,
            "seconds": seconds % 60,
        }
    if not days:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes % 60}
    text = ngettext("%(days)s day %(hours)s h", "%(days)s days %(hours)s h", days)
    return text % {"days": days, "hours": hours % 24}


def _capital(word: str) -> str:
    return word.upper() if any(map(str.isdigit, word)) else word.capitalize()
