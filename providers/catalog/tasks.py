from celery import shared_task

from hfadmin.background import lanes
from providers.catalog import operations
from providers.catalog.models import ProviderModel, Verification


@shared_task(ignore_result=True)
def sweep_verifications() -> None:
    verify()
    operations.forget_outdated()


@shared_task(ignore_result=True)
def sweep_models() -> None:
    lanes.MODELS.work_off(ProviderModel.objects.filter(enabled=True), operations.recheck)


@shared_task(ignore_result=True)
def verify() -> None:
    """Somebody pressed Save: all such checks are people's, so they take turns in one lane."""
    lanes.VERIFYING.work_off(Verification.objects.open(), operations.verify)
