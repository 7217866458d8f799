"""Taking a key off the ring: what it sealed is sealed again under the current one first."""

from django.db import transaction

from hfadmin import vault
from hfadmin.audit import operations as audit
from hfadmin.audit.actors import COMMAND
from providers.tokens import verbs
from providers.tokens.models import AccessToken


def reseal() -> tuple[int, int]:
    """Seal and fingerprint anew whatever older keys sealed.

    Returns how many tokens were resealed, and how many could not be opened and are left alone.
    """
    done = failed = 0
    for token in AccessToken.objects.select_related("organization").iterator():
        if token.secret_sealed.is_current:
            continue
        try:
            done += _reseal(token)
        except vault.UndecryptableError:
            failed += 1
    return done, failed


def _reseal(token: AccessToken) -> int:
    secret, stored = token.secret, token.secret_sealed
    with transaction.atomic():
        # One that was replaced meanwhile is sealed under the current key already.
        unchanged = AccessToken.objects.filter(pk=token.pk, secret=stored)
        renewed = unchanged.update(
            secret=token.sealed(secret), fingerprint=vault.fingerprint(secret)
        )
        if renewed:
            audit.record(token.organization, verbs.RESEALED, token, COMMAND)
    return renewed
