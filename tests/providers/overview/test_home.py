from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.live import versions
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens.models import AccessToken, Namespace

pytestmark = pytest.mark.django_db

HOME = "/o/acme/"


@pytest.fixture
def token(organization: Organization) -> AccessToken:
    row = AccessToken(
        organization=organization, name="deploy-bot", fingerprint="f", last_four="x7Qa"
    )
    row.secret = Secret("hf_" + "a" * 34)
    row.state = "valid"
    row.save(force_insert=True)
    return row


@pytest.fixture
def labs(organization: Organization) -> Namespace:
    return Namespace.objects.create(
        organization=organization, name="acme-labs", kind="org", checked_at=timezone.now()
    )


def add(namespace: Namespace, name: str, state: str, **facts: Any) -> Endpoint:
    return Endpoint.objects.create(
        organization=namespace.organization,
        namespace=namespace,
        name=name,
        state=state,
        fingerprint=name,
        **facts,
    )


def test_a_new_person_is_led_to_the_first_token(as_admin: Client, as_viewer: Client) -> None:
    assert "/o/acme/tokens/add/" in as_admin.get(HOME).content.decode()
    page = as_viewer.get(HOME).content.decode()
    assert "/tokens/add/" not in page
    assert "An administrator of this organization has to store" in page


def test_what_needs_attention_stands_first_as_sentences_with_a_way_on(
    token: AccessToken, labs: Namespace, organization: Organization, as_admin: Client
) -> None:
    add(labs, "qwen-eval", "failed", message="Nothing answered on port 80")
    add(labs, "silent", "updateFailed")
    add(labs, "gone", "failed", deleted_at=timezone.now())
    AccessToken.objects.update(state="invalid", problem=Diagnosis(Kind.TOKEN_REJECTED).to_json())
    model = ProviderModel.objects.create(
        organization=organization,
        name="our-llama",
        model_type="llm",
        endpoint_type="hosted",
        state="failing",
        problem=Diagnosis(Kind.CREDITS_EXHAUSTED).to_json(),
    )
    Namespace.objects.update(problem=Diagnosis(Kind.UNREACHABLE, {"host": "hf"}).to_json())
    versions.advance(organization.pk)
    page = as_admin.get(HOME).content.decode()
    for sentence in (
        "Nothing answered on port 80",
        "Hugging Face says that it failed, without a reason.",
        "Hugging Face does not accept this token",
        "The inference credits are used up",
        "acme-labs",
    ):
        assert sentence in page
    assert 'id="attention-endpoint-' in page
    assert f"/o/acme/tokens/{token.pk}/replace/" in page
    assert f"/o/acme/models/{model.pk}/edit/" in page
    assert "/o/acme/endpoints/acme-labs/qwen-eval/" in page
    assert ">gone<" not in page
    assert page.index("qwen-eval") < page.index("deploy-bot") < page.index("our-llama")
    assert 'id="nav-attention">5<' in page


def test_viewers_get_no_button_that_they_may_not_use(
    token: AccessToken, organization: Organization, as_viewer: Client
) -> None:
    AccessToken.objects.update(state="invalid", problem=Diagnosis(Kind.TOKEN_REJECTED).to_json())
    versions.advance(organization.pk)
    page = as_viewer.get(HOME).content.decode()
    assert "/replace/" not in page
    assert f"/o/acme/tokens/{token.pk}/" in page


def test_the_price_is_that_of_the_replicas_that_are_ready(
    token: AccessToken, labs: Namespace, as_viewer: Client
) -> None:
    add(labs, "two", "running", price_per_hour="1.5", ready_replicas=2)
    add(labs, "asleep", "scaledToZero", price_per_hour="10", ready_replicas=0)
    add(labs, "unknown", "running", ready_replicas=1)
    add(labs, "gone", "running", price_per_hour="7", ready_replicas=1, deleted_at=timezone.now())
    assert "$3.00" in as_viewer.get(HOME).content.decode()


def test_home_changes_while_one_looks(
    token: AccessToken, labs: Namespace, organization: Organization, as_viewer: Client
) -> None:
    versions.advance(organization.pk)
    answer = as_viewer.get(HOME, headers={"HX-PTag": ""})
    known = answer.headers["HX-PTag"]
    assert as_viewer.get(HOME, headers={"HX-PTag": known}).status_code == 304
    add(labs, "qwen-eval", "failed")
    versions.advance(organization.pk)
    news = as_viewer.get(HOME, headers={"HX-PTag": known})
    assert "qwen-eval" in news.content.decode()
    assert '<hx-partial id="nav-attention">1</hx-partial>' in news.content.decode()


def test_home_takes_few_queries_however_much_there_is(
    token: AccessToken,
    labs: Namespace,
    as_viewer: Client,
    organization: Organization,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    for number in range(40):
        add(labs, f"e-{number}", "failed" if number % 2 else "running")
    versions.advance(organization.pk)
    as_viewer.get(HOME)
    with django_assert_max_num_queries(10):
        page = as_viewer.get(HOME).content.decode()
    assert "and 10 more" in page


def test_nothing_here_asks_hugging_face(
    token: AccessToken, labs: Namespace, as_viewer: Client, sandbox: Sandbox
) -> None:
    as_viewer.get(HOME)
    assert not sandbox.requests


REFUSED = Diagnosis(Kind.PAYMENT_REQUIRED, {"namespace": "quiet"}).to_json()


@pytest.fixture
def quiet(organization: Organization) -> Namespace:
    """One that the token's owner belongs to, and that never could be listed."""
    return Namespace.objects.create(
        organization=organization, name="Quiet", kind="org", problem=REFUSED
    )


def test_never_having_been_seen_is_no_alarm(
    token: AccessToken, labs: Namespace, quiet: Namespace, as_viewer: Client
) -> None:
    for number in range(12):
        Namespace.objects.create(
            organization=quiet.organization, name=f"org-{number}", kind="org", problem=REFUSED
        )
    assert "Unseen" not in as_viewer.get(HOME).content.decode()
    page = as_viewer.get(reverse("endpoints:namespaces", args=("acme",))).content.decode()
    assert "Never seen" in page
    assert "Cannot be seen" not in page
    assert "A payment method is missing" in page


def test_no_longer_being_seen_is_one(
    token: AccessToken, quiet: Namespace, as_viewer: Client
) -> None:
    Namespace.objects.update(checked_at=timezone.now())
    assert "Unseen" in as_viewer.get(HOME).content.decode()


@pytest.mark.parametrize(("enabled", "alarms"), [(True, True), (False, False)])
def test_one_that_a_model_needs_is_one_though_it_was_never_seen(
    token: AccessToken, quiet: Namespace, as_viewer: Client, enabled: bool, alarms: bool
) -> None:
    ProviderModel.objects.create(
        organization=quiet.organization,
        name="chat",
        model_type="llm",
        endpoint_type="endpoint",
        endpoint_url="https://x.example",
        task="text-generation",
        namespace_name="quiet",
        enabled=enabled,
    )
    assert ("Unseen" in as_viewer.get(HOME).content.decode()) is alarms
