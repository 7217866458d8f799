"""What is said of a state, and how long something lasted."""

import re
from datetime import timedelta

from django.utils.translation import gettext, gettext_noop, ngettext

from providers.huggingface.parse import NO_STATE

# What they add to the state is nothing: "Endpoint is ready", "Endpoint is scaled to zero".
_ROUTINE = re.compile(r"endpoint is [a-z ]+\.?", re.IGNORECASE)


NOT_STORED = gettext_noop(
    "Hugging Face's answer about this endpoint holds a value that cannot be stored."
)
# What stands in the place of a message, and hfadmin says and not Hugging Face.
_OUR_OWN = frozenset({NO_STATE, NOT_STORED})


def is_our_own(message: str) -> bool:
    return message in _OUR_OWN


def said(message: str) -> str:
    """The message; what hfadmin itself says, in the reader's language."""
    return gettext(message) if is_our_own(message) else message


def worth_telling(message: str) -> str:
    """The message where it says more than the state."""
    return "" if _ROUTINE.fullmatch(message) else said(message)


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
