"""How often a saved model is looked at again."""

from datetime import datetime, timedelta

from django.utils import timezone

from hfadmin.background.backoff import Backoff, jittered
from providers.catalog.models import ProviderModel

# Models on endpoints are checked against the inventory that polling keeps: that asks nobody.
_HOSTED = timedelta(hours=1)
_ON_ENDPOINT = timedelta(minutes=2)
_SOON = timedelta(seconds=15)
_AFTER_FAILURE = Backoff(first=timedelta(minutes=2), longest=timedelta(hours=4))


def first_recheck(model: ProviderModel) -> datetime:
    """Soon for one on an endpoint: the inventory may be about to see it for the first time."""
    return next_recheck(model) if model.is_hosted else timezone.now() + jittered(_SOON)


def next_recheck(model: ProviderModel) -> datetime:
    return timezone.now() + jittered(_HOSTED if model.is_hosted else _ON_ENDPOINT)


def after_failure(failures: int, retry_after: float | None) -> datetime:
    """When to ask again after not having got an answer: no sooner than told."""
    return timezone.now() + _AFTER_FAILURE.wait(failures, told=retry_after)
