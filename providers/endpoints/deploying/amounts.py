"""Sizes and counts, as people read them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from providers.endpoints.deploying.memory import GB

_MB = 10**6


def gigabytes(count: int | None) -> str:
    """Of so many bytes, "29.5 GB"; below a tenth in megabytes; "" where it is not known."""
    if count is None:
        return ""
    if count < GB // 10:
        return _("%(size)s MB") % {"size": round(count / _MB)}
    amount = count / GB
    return _("%(size)s GB") % {"size": grouped(round(amount)) if amount >= 100 else f"{amount:.1f}"}


def in_gigabytes(count: int | None) -> str:
    """The same without the unit, and without a fraction from ten on: "43", "1.6"."""
    amount = (count or 0) / GB
    return grouped(round(amount)) if amount >= 9.95 else f"{amount:.1f}"


def grouped(number: int | None) -> str:
    """With its digits in groups; "" where it is not known."""
    return "" if number is None else str(number_format(number, force_grouping=True))
