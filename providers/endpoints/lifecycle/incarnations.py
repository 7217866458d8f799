"""Whether the endpoints of a confirmation are those that it showed: another may have come to stand
under the name of one since, in the same row."""

from collections.abc import Iterable
from hashlib import blake2b

from django.http import QueryDict
from django.utils.translation import gettext as _

from providers.endpoints.models import Endpoint

FIELD = "shown"  # hidden in each form that asks for a confirmation


def mark(endpoints: Iterable[Endpoint]) -> str:
    """Is another one as soon as one of them was made anew."""
    made = sorted((endpoint.pk, str(endpoint.created_upstream_at)) for endpoint in endpoints)
    return blake2b(repr(made).encode(), digest_size=16).hexdigest()


def problem(sent: QueryDict, endpoints: Iterable[Endpoint]) -> str:
    """Why these cannot be what was confirmed; "" where they are, as far as the form says."""
    if sent.get(FIELD, (now := mark(endpoints))) == now:
        return ""
    return _("An endpoint was made anew under its name since this was opened. Look again.")
