from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox, seed
from hfadmin.sandbox.seed import DEMO_TOKENS
from providers.endpoints import polling
from providers.endpoints.history.timeline import of
from providers.endpoints.models import Endpoint, Period
from providers.overview import demo_past
from providers.tokens.models import Namespace, NamespaceAccess
from tests.factories import stored_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(
    organization: Organization, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Organization:
    """The demo's past, and one look at each namespace."""
    seed.demo(sandbox)
    monkeypatch.setattr(timezone, "now", sandbox.clock.now)
    demo_past.fill(organization, timezone.now())
    token = stored_token(organization, "ada", dict(DEMO_TOKENS)["ada-admin"], state="valid")
    for namespace in organization.namespaces.all():
        NamespaceAccess.objects.create(token=token, namespace=namespace)
        Namespace.objects.filter(pk=namespace.pk).update(next_check_at=timezone.now())
    claim = Namespace.objects.all().claim()
    for pk in claim.ids:
        polling.check(pk, claim.lease)
    return organization


def test_the_past_of_the_demo_joins_on_to_what_the_sandbox_says(filled: Organization) -> None:
    for path in demo_past.PAST:
        namespace, _, name = path.partition("/")
        endpoint = Endpoint.objects.get(namespace__name=namespace, name=name)
        periods = list(Period.objects.filter(endpoint=endpoint).order_by("began_at", "pk"))
        assert [p.ended_at for p in periods if p.ended_at is None] == [None], path
        assert periods[-1].state == endpoint.state, path
        for before, after in pairwise(periods):
            assert before.state != after.state, path
            assert before.ended_at is not None
            assert abs(after.began_at - before.ended_at) < timedelta(minutes=1), path


def test_the_bars_of_the_demo_are_full(filled: Organization) -> None:
    endpoint = Endpoint.objects.get(name="llama-3-8b-prod")
    past = of(endpoint, timezone.now())
    assert all(state for _start, state in past.bars())
    assert past.failures == 1
    assert past.ready_in is not None
