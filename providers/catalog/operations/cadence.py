"""How often a saved model is looked at again."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from providers.catalog.models import ProviderModel

# Models on endpoints are checked against the inventory that polling keeps: that asks nobody.
_HOSTED = timedelta(hours=1)
_ON_ENDPOINT = timedelta(minutes=2)
_SOON = timedelta(seconds=15)
_LONGEST_BACK_OFF = timedelta(hours=4)


def first_recheck(model: ProviderModel) -> datetime:
    """Soon for one on an endpoint: the inventory may be about to see it for the first time."""
    return next_recheck(model) if model.is_hosted else timezone.now() + _jittered(_SOON)


def next_recheck(model: ProviderModel) -> datetime:
    return timezone.now() + _jittered(_HOSTED if model.is_hosted else _ON_ENDPOINT)


def after_failure(failures: int, retry_after: float | None) -> datetime:
    """When to ask again after not having got an answer: no sooner than told."""
    wait = min(timedelta(minutes=2) * 2 ** min(failures, 10), _LONGEST_BACK_OFF)
    return timezone.now() + max(_jittered(wait), timedelta(seconds=retry_after or 0))


def _jittered(wait: timedelta) -> timedelta:
    return wait * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing
