"""What the preflight says of a form, by the keys of its lines."""

from typing import Any

from hfadmin.accounts.models import Organization
from providers.endpoints.deploying import choice, preflight, screens
from providers.endpoints.deploying.preflight import Line, Remedy, State
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import entered


def lines(organization: Organization, token: AccessToken, **changes: Any) -> dict[str, Line]:
    """Of the form that `entered` fills in."""
    form = screens.form(organization, initial=entered(token, **changes))
    return {line.key: line for line in preflight.run(choice.of(form))}


def line(organization: Organization, token: AccessToken, key: str, **changes: Any) -> Line:
    return lines(organization, token, **changes)[key]


def is_doubt(shown: Line) -> bool:
    """Whether it is a problem that Hugging Face does not look at."""
    return shown.state is State.PROBLEM and not shown.blocks


def remedy(shown: Line, beginning: str) -> Remedy:
    """The one whose label begins so."""
    return next(each for each in shown.remedies if each.label.startswith(beginning))


def labels_of(shown: Line) -> list[str]:
    return [each.label for each in shown.remedies]
