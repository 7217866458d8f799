"""The token that is used, and who pays."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from hfadmin.ui.templatetags.ui import dollars
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.places import Holder
from providers.endpoints.deploying.preflight.lines import (
    Line,
    Remedy,
    doubt,
    ok,
    refusal,
    unknown,
)
from providers.endpoints.messages import duration
from providers.tokens import remedies
from providers.tokens.xray import Ability, Reason, Verdict

ACCOUNT: Final = "account"  # what is asked anew: see `anew`
_BILLING: Final = "billing.read"


def token(choice: Choice) -> Line | None:
    """Whether it may create the endpoint, and whether anybody could call that with it."""
    holder = choice.holder
    if holder is None or choice.place is None:
        return None
    words = {"token": holder.token.name, "namespace": choice.place.namespace.name}
    manages, calls = holder.manages, holder.calls
    if manages.verdict is Verdict.NO and manages.reason is not Reason.PAYMENT:
        title = _("%(token)s may not manage endpoints of %(namespace)s") % words
        given = _given(choice, Ability.MANAGE)
        return refusal("token", "api_token", title, "", *_others(choice), *given)
    if calls.verdict is Verdict.NO:
        title = _("%(token)s may create it, and not call it") % words
        about = _("It would cost money, and nobody could use it with this token.")
        return doubt("token", title, about, *_others(choice), *_given(choice, Ability.CALL))
    if Verdict.UNKNOWN in (manages.verdict, calls.verdict):
        title = _("Whether %(token)s may manage and call it is not known") % words
        about = _("Hugging Face has not told yet how %(namespace)s takes it.") % words
        return unknown("token", title, about, *_others(choice))
    return ok("token", _("%(token)s may manage and call it") % words, _not_to_take(choice))


def payment(choice: Choice) -> Line | None:
    if choice.place is None:
        return None
    words = {"namespace": choice.place.namespace.name}
    if choice.place.can_pay:
        return ok("payment", _("%(namespace)s has a card on file") % words)
    title = _("%(namespace)s has no payment method") % words
    about = _("Hugging Face starts nothing without one.")
    add = Remedy(_("Add one"), billing_page(choice))
    again = Remedy(_("I have added one: look again"), asks=ACCOUNT)
    return refusal("payment", "namespace", title, f"{about} {_asked(choice)}".strip(), add, again)


def credit(choice: Choice) -> Line | None:
    """Of the account, where it was asked about."""
    if choice.place is None or choice.holder is None or choice.balance is None:
        return None
    balance = choice.balance
    words = {"namespace": choice.place.namespace.name, "token": choice.holder.token.name}
    title = _("Credits of %(namespace)s: not known") % words
    if balance.problem is not None and balance.problem.is_refusal:
        right = Remedy(_("Give it the right"), _billing_right(choice.holder))
        return unknown("credit", title, _("%(token)s may not read billing.") % words, right)
    if balance.problem is not None:
        said = balance.problem.explain(_)
        return unknown("credit", title, said.what, Remedy(_("Look again"), asks=ACCOUNT))
    if balance.left is None:
        return unknown("credit", title, _("The answer of Hugging Face does not tell them."))
    if balance.is_used_up:
        title = _("%(namespace)s has no credits left") % words
        about = _("Hugging Face starts nothing without credits.")
        add = Remedy(_("Add credits"), billing_page(choice))
        again = Remedy(_("I have added some: look again"), asks=ACCOUNT)
        return refusal("credit", "namespace", title, about, add, again)
    left = {"amount": dollars(balance.left)}
    return ok("credit", _("%(namespace)s has %(amount)s of credits") % (words | left))


def billing_page(choice: Choice) -> str:
    """Of the account that would pay, at Hugging Face."""
    assert choice.place is not None  # noqa: S101 - asked for only where it is chosen
    namespace = choice.place.namespace
    if namespace.kind == namespace.Kind.ORGANIZATION:
        return f"{settings.HF_ENDPOINT}/organizations/{namespace.name}/settings/billing"
    return f"{settings.HF_ENDPOINT}/settings/billing"


def _others(choice: Choice) -> tuple[Remedy, ...]:
    """Another token that may do both."""
    may_both = (each for each in _beside(choice) if each.may_both)
    return tuple(
        Remedy(_("Use %(token)s") % {"token": other.token.name}, sets=_sets(other))
        for other in list(may_both)[:1]
    )


def _sets(holder: Holder) -> dict[str, str]:
    return {"api_token": str(holder.token.pk)}


def _beside(choice: Choice) -> list[Holder]:
    return [each for each in choice.place.holders if each != choice.holder] if choice.place else []


def _not_to_take(choice: Choice) -> str:
    """Which other token would be the wrong one."""
    useless = [each for each in _beside(choice) if each.calls.verdict is Verdict.NO]
    if not useless:
        return ""
    return _("%(token)s could create it, and then call nothing.") % {"token": useless[0].token.name}


def _asked(choice: Choice) -> str:
    """How long ago Hugging Face said so."""
    told_at = choice.place.told_at if choice.place else None
    if told_at is None:
        return ""
    age = max(timezone.now() - told_at, timedelta(0))
    return _("It said so %(age)s ago.") % {"age": duration(age)}


def _billing_right(holder: Holder) -> str:
    """The form at Hugging Face that would give the token what it has, and this."""
    return remedies.form_with(holder.own, holder.rights, _BILLING)


def _given(choice: Choice, ability: Ability) -> tuple[Remedy, ...]:
    """The form at Hugging Face that would give the token the right."""
    if choice.holder is None or choice.place is None:
        return ()
    found = remedies.of(choice.holder.token, choice.place.namespace.name, ability)
    return (Remedy(_("Give it the right"), found.link),) if found and found.link else ()
