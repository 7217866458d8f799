"""What the frame of an open page learns although nothing else changes."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.background import health
from hfadmin.background.models import Heartbeat
from hfadmin.live import versions
from providers.tokens.models import Namespace
from tests.factories import fresh_heartbeats

PAGES = ["", "endpoints/", "endpoints/namespaces/", "tokens/", "models/"]
TAG = re.compile(r'"HX-PTag": "([^"]*)"')


@pytest.mark.parametrize("page", PAGES)
def test_an_open_page_is_told_that_nobody_is_at_work(
    page: str, organization: Organization, as_viewer: Client
) -> None:
    fresh_heartbeats()
    Namespace.objects.create(organization=organization, name="acme", checked_at=timezone.now())
    url = f"/o/acme/{page}"
    found = TAG.search(as_viewer.get(url).content.decode())
    assert found is not None
    poll = {"HX-Request": "true", "HX-PTag": found[1]}
    assert as_viewer.get(url, headers=poll).status_code == 304
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    health.forget_answer()
    answer = as_viewer.get(url, headers=poll)
    assert "No background worker" in answer.content.decode()
    assert as_viewer.get(url, headers=poll | {"HX-PTag": answer["HX-PTag"]}).status_code == 304


@pytest.mark.parametrize("page", ["", "endpoints/"])
def test_an_open_page_is_told_that_a_look_is_overdue(
    page: str, organization: Organization, as_viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_heartbeats()
    Namespace.objects.create(organization=organization, name="acme", checked_at=timezone.now())
    versions.advance(organization.pk)
    url = f"/o/acme/{page}"
    found = TAG.search(as_viewer.get(url).content.decode())
    assert found is not None
    poll = {"HX-Request": "true", "HX-PTag": found[1]}
    later = timezone.now() + timedelta(minutes=12)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert as_viewer.get(url, headers=poll).status_code == 200
