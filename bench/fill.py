"""Create an organization with many endpoints in the data directory: `python -m bench.fill 10000`.

The endpoints are polled from a sandbox in this process. Prints the slug of the organization and the
session cookie of its administrator as JSON.
"""

import json
import os
import sys
from importlib import import_module
from uuid import UUID

import django
import httpx2

from hfadmin import outbound
from hfadmin.sandbox import Sandbox, seed

PER_NAMESPACE = 50
SLUG = "bench"
MODELS = 20


def main() -> None:
    endpoints = int(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    django.setup()
    sandbox = Sandbox(base_url=os.environ["HF_ENDPOINT"])
    seed.bulk(sandbox, namespaces=max(endpoints // PER_NAMESPACE, 1), endpoints=PER_NAMESPACE)
    outbound.use_transport(lambda: httpx2.WSGITransport(app=sandbox))
    print(json.dumps({"cookie": _fill(), "slug": SLUG}))


def _fill() -> str:
    """Create the rows, and return the cookie of an administrator, also of Django's admin."""
    from django.utils import timezone

    from hfadmin.accounts.models import Membership, Organization, Role, User
    from hfadmin.audit.actors import Actor
    from hfadmin.vault import Secret
    from providers.endpoints import polling
    from providers.tokens import operations as tokens
    from providers.tokens.models import AccessToken, Namespace

    user = User.objects.create_user("bench@example.org", None)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    organization = Organization.objects.create(name="Bench", slug=SLUG)
    Membership.objects.create(organization=organization, user=user, role=Role.ADMIN)
    new = tokens.NewToken("bulk", Secret(seed.BULK_TOKEN))
    token = tokens.add(organization, new, Actor.person(user))
    AccessToken.objects.all().revoke(timezone.now())
    claim = AccessToken.objects.all().claim()
    tokens.check(claim.ids[0], claim.lease)
    Namespace.objects.all().revoke(timezone.now())
    namespaces = Namespace.objects.all().claim(limit=1000)
    for pk in namespaces.ids:
        polling.check(pk, namespaces.lease)
    _add_models(organization.pk, token.pk)
    return _session(user.pk)


def _add_models(organization: int, token: UUID) -> None:
    """Create models that use the first endpoints."""
    from providers.catalog.models import ProviderModel
    from providers.catalog.setups import EndpointType, ModelType, Task
    from providers.endpoints.models import Endpoint

    used = Endpoint.objects.filter(organization=organization).exclude(url="").order_by("name")
    ProviderModel.objects.bulk_create(
        ProviderModel(
            organization_id=organization,
            endpoint=endpoint,
            endpoint_url=endpoint.url,
            endpoint_type=EndpointType.ENDPOINT,
            model_type=ModelType.LLM,
            task=Task.TEXT_GENERATION,
            name=endpoint.repository,
            token_id=token,
            state=ProviderModel.State.VERIFIED,
        )
        for endpoint in used[:MODELS]
    )


def _session(user: int) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from hfadmin.accounts.models import User

    person = User.objects.get(pk=user)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    main()
