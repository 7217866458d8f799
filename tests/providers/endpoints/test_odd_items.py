"""One endpoint that cannot be read takes no other with it, and is not taken for deleted."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.sandbox import Clock, Sandbox
from providers.catalog import operations as catalog
from providers.catalog.models import ProviderModel
from providers.endpoints import messages
from providers.endpoints.history import timeline
from providers.endpoints.models import Endpoint, Period
from providers.huggingface import parse
from providers.huggingface.parse import NO_STATE
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import endpoint, look

pytestmark = pytest.mark.django_db
LIST = "/v2/endpoint/acme-labs"
NAMESPACES = "/o/acme/endpoints/namespaces/"


@pytest.fixture
def eighteen(labs: Namespace, upstream: Sandbox, clock: Clock) -> Namespace:
    for number in range(18):
        upstream.add_endpoint("acme-labs", f"chat-{number}")
    look(labs)
    clock.advance(60)
    return labs


def test_seventeen_are_read_and_the_odd_one_is_unknown_with_what_was_wrong(
    eighteen: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    upstream.change_endpoint("acme-labs", "chat-3", state="failed")
    upstream.fault("odd_item", path=LIST, name="chat-7")
    look(eighteen)
    assert eighteen.problem == {}
    assert endpoint("chat-3").state == "failed"
    assert endpoint("chat-7").state == "unknown"
    assert Endpoint.objects.filter(state="running", deleted_at=None).count() == 16
    page = as_viewer.get("/o/acme/endpoints/acme-labs/chat-7/").content.decode()
    assert "says no state" in page
    assert "Hugging Face says:" not in page


def test_a_message_of_our_own_is_said_in_the_readers_language_and_no_other_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "gettext", "⟦{}⟧".format)
    assert messages.said(NO_STATE) == messages.worth_telling(NO_STATE) == f"⟦{NO_STATE}⟧"
    assert messages.said(messages.NOT_STORED) == f"⟦{messages.NOT_STORED}⟧"
    assert messages.said("Out of disk") == messages.worth_telling("Out of disk") == "Out of disk"


def test_an_endpoint_whose_name_cannot_be_read_is_not_taken_for_deleted(
    eighteen: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.remove_endpoint("acme-labs", "chat-5")
    upstream.fault("odd_item", path=LIST, name="chat-7", without="name", times=1)
    look(eighteen)
    assert not Endpoint.objects.exclude(deleted_at=None).exists()
    clock.advance(60)
    look(eighteen)
    assert endpoint("chat-7").deleted_at is None
    assert endpoint("chat-5").deleted_at is not None


def test_of_more_endpoints_than_are_read_the_rest_is_counted_and_none_taken_for_deleted(
    eighteen: Namespace,
    upstream: Sandbox,
    clock: Clock,
    as_viewer: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parse, "MOST_ENDPOINTS", 10)
    upstream.remove_endpoint("acme-labs", "chat-5")
    look(eighteen)
    assert not Endpoint.objects.exclude(deleted_at=None).exists()
    assert "7 more endpoints of its answer" in as_viewer.get(NAMESPACES).content.decode()
    clock.advance(60)
    look(eighteen)  # the same answer, which is not read again
    assert eighteen.unread == 7
    monkeypatch.setattr(parse, "MOST_ENDPOINTS", 100)
    upstream.remove_endpoint("acme-labs", "chat-6")
    clock.advance(60)
    look(eighteen)
    assert {e.name for e in Endpoint.objects.exclude(deleted_at=None)} == {"chat-5", "chat-6"}
    assert "of its answer" not in as_viewer.get(NAMESPACES).content.decode()


def test_the_odd_one_is_itself_again_once_it_can_be_read(
    eighteen: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("odd_item", path=LIST, name="chat-7", times=1)
    look(eighteen)
    clock.advance(60)
    look(eighteen)
    assert endpoint("chat-7").state == "running"
    assert endpoint("chat-7").message != endpoint("chat-7").state


def test_an_endpoint_that_cannot_be_read_is_unobserved_in_its_history_and_not_unavailable(
    eighteen: Namespace, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("odd_item", path=LIST, name="chat-7", times=1)
    look(eighteen)
    odd = endpoint("chat-7")
    assert Period.objects.get(endpoint=odd, ended_at=None).state == "unknown"
    clock.advance(3600)
    look(eighteen)
    past = timeline.of(endpoint("chat-7"), timezone.now(), timedelta(days=1))
    assert [stretch.state for stretch in past.stretches] == ["running", "unknown", "running"]
    assert past.available == 100


def test_a_model_on_an_endpoint_that_cannot_be_read_is_not_condemned(
    eighteen: Namespace, upstream: Sandbox
) -> None:
    upstream.fault("odd_item", path=LIST, name="chat-7")
    look(eighteen)
    Endpoint.objects.update(repository="", task="")  # as where more than the state is missing
    odd = endpoint("chat-7")
    model = ProviderModel.objects.create(
        organization=eighteen.organization,
        name="intfloat/multilingual-e5-large",
        model_type="text-embedding",
        endpoint_type="endpoint",
        endpoint_url=odd.url,
        task="feature-extraction",
        endpoint=odd,
        token=AccessToken.objects.get(),
        state="verified",
    )
    claim = ProviderModel.objects.claim()
    catalog.recheck(model.pk, str(claim.lease))
    model.refresh_from_db()
    assert (model.state, model.problem, model.obstacle) == ("verified", {}, {})
