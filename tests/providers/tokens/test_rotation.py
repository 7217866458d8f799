"""Old keys leave the ring once everything that they sealed is sealed again."""

import pytest
from django.test import override_settings

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.vault import KeyRing, Secret, fingerprint
from providers.tokens import operations, rotation
from providers.tokens.models import AccessToken
from providers.tokens.operations import NewToken

VALUE = "hf_" + "a1B2" * 8 + "xy"
OLD, NEW = KeyRing.new_key(), KeyRing.new_key()


@pytest.fixture
def token(organization: Organization, admin: User) -> AccessToken:
    with override_settings(VAULT=KeyRing.load(OLD)):
        return operations.add(
            organization, NewToken("deploy-bot", Secret(VALUE)), Actor.person(admin)
        )


def test_a_resealed_token_is_read_and_recognised_without_the_old_key(token: AccessToken) -> None:
    with override_settings(VAULT=KeyRing.load(f"{NEW},{OLD}")):
        assert rotation.reseal() == (1, 0)
        assert rotation.reseal() == (0, 0)
    with override_settings(VAULT=KeyRing.load(NEW)):
        stored = AccessToken.objects.get()
        assert stored.secret.reveal() == VALUE
        assert stored.fingerprint == fingerprint(Secret(VALUE))
    assert Record.objects.filter(verb="token.resealed", actor=None).count() == 1


def test_what_no_key_opens_is_counted_and_left_alone(token: AccessToken) -> None:
    before = AccessToken.objects.values("secret", "fingerprint").get()
    with override_settings(VAULT=KeyRing.load(NEW)):
        assert rotation.reseal() == (0, 1)
    assert AccessToken.objects.values("secret", "fingerprint").get() == before
