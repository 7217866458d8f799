"""Fixtures: ada, who is administrator of acme and a reader in labs, and her token."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.tokens import operations
from providers.tokens.models import AccessToken
from providers.tokens.operations import NewToken
from providers.tokens.xray import ENDPOINTS_CALL, ENDPOINTS_WRITE, SERVERLESS

EVERYTHING = (ENDPOINTS_CALL, ENDPOINTS_WRITE, SERVERLESS)

Check = Callable[[AccessToken], AccessToken]


@pytest.fixture
def hub(sandbox: Sandbox) -> Sandbox:
    sandbox.add_user("ada")
    sandbox.add_organization("acme", members={"ada": "admin"})
    sandbox.add_organization("labs", members={"ada": "read"})
    return sandbox


@pytest.fixture
def token(hub: Sandbox, organization: Organization, admin: User) -> AccessToken:
    """A stored token that is not checked yet."""
    value = hub.add_token("ada", scopes={"ada": EVERYTHING, "acme": EVERYTHING})
    return operations.add(organization, NewToken("deploy-bot", Secret(value)), Actor.person(admin))


@pytest.fixture
def check() -> Check:
    """Make the token due and check it, as a sweep and a worker do."""

    def run(token: AccessToken) -> AccessToken:
        row = AccessToken.objects.filter(pk=token.pk)
        row.update(next_check_at=timezone.now())
        claim = row.claim()
        assert operations.check(token.pk, claim.lease)
        return row.get()

    return run
