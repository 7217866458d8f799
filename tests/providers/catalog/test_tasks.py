"""What beat asks for: due checks are handed out, old ones forgotten."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from providers.catalog import operations
from providers.catalog.models import ProviderModel, Verification
from tests.providers.catalog.conftest import Work, save


def test_checks_that_ended_a_week_ago_are_forgotten_and_their_models_stay(
    as_operator: Client,
    work: Work,
    hosted_llm: dict[str, Any],
    hosted_embedding: dict[str, Any],
    endpoint_llm: dict[str, Any],
) -> None:
    old = save(as_operator, hosted_llm)
    work()
    Verification.objects.update(finished_at=timezone.now() - timedelta(days=7, minutes=1))
    recent, waiting = (save(as_operator, form) for form in (hosted_embedding, endpoint_llm))
    Verification.objects.filter(pk=recent.pk).update(
        state="failed", finished_at=timezone.now() - timedelta(days=6)
    )
    Verification.objects.filter(pk=waiting.pk).update(
        created_at=timezone.now() - timedelta(days=30)
    )

    operations.forget_outdated()

    assert set(Verification.objects.values_list("pk", flat=True)) == {recent.pk, waiting.pk}
    assert old.pk not in {recent.pk, waiting.pk}
    assert ProviderModel.objects.get().state == "verified"


def test_to_find_nothing_to_forget_writes_nothing(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1) as seen:
        operations.forget_outdated()
    assert seen.captured_queries[0]["sql"].startswith("SELECT")
