"""The token that is used, and who pays."""

from django.conf import settings
from django.utils.translation import gettext as _

from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.preflight.lines import (
    Line,
    Remedy,
    doubt,
    ok,
    refusal,
    unknown,
)
from providers.tokens import remedies
from providers.tokens.xray import Ability, Reason, Verdict


def token(choice: Choice) -> Line | None:
    """Whether it may create the endpoint, and whether anybody could call that with it."""
    holder = choice.holder
    if holder is None or choice.place is None:
        return None
    words = {"token": holder.token.name, "namespace": choice.place.namespace.name}
    manages, calls = holder.manages, holder.calls
    if manages.verdict is Verdict.NO and manages.reason is not Reason.PAYMENT:
        title = _("%(token)s may not manage endpoints of %(namespace)s") % words
        return refusal("token", "api_token", title, "", *_given(choice, Ability.MANAGE))
    if calls.verdict is Verdict.NO:
        title = _("%(token)s may create it, and not call it") % words
        about = _("It would cost money, and nobody could use it with this token.")
        return doubt("token", title, about, *_given(choice, Ability.CALL))
    if Verdict.UNKNOWN in (manages.verdict, calls.verdict):
        title = _("Whether %(token)s may manage and call it is not known") % words
        return unknown("token", title, _("No call has gone to %(namespace)s yet.") % words)
    return ok("token", _("%(token)s may manage and call it") % words)


def payment(choice: Choice) -> Line | None:
    if choice.place is None:
        return None
    name = choice.place.namespace.name
    if choice.place.can_pay:
        return ok("payment", _("%(namespace)s has a card on file") % {"namespace": name})
    title = _("%(namespace)s has no payment method") % {"namespace": name}
    about = _("Hugging Face starts nothing without one.")
    return refusal("payment", "namespace", title, about, Remedy(_("Add one"), billing_page(choice)))


def billing_page(choice: Choice) -> str:
    """Of the account that would pay, at Hugging Face."""
    assert choice.place is not None  # noqa: S101 - asked for only where it is chosen
    namespace = choice.place.namespace
    if namespace.kind == namespace.Kind.ORGANIZATION:
        return f"{settings.HF_ENDPOINT}/organizations/{namespace.name}/settings/billing"
    return f"{settings.HF_ENDPOINT}/settings/billing"


def _given(choice: Choice, ability: Ability) -> tuple[Remedy, ...]:
    """The form at Hugging Face that would give the token the right."""
    if choice.holder is None or choice.place is None:
        return ()
    found = remedies.of(choice.holder.token, choice.place.namespace.name, ability)
    return (Remedy(_("Give it the right"), found.link),) if found and found.link else ()
