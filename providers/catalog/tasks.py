from celery import shared_task

from hfadmin.background.operations import dispatch
from providers.catalog import operations
from providers.catalog.models import ProviderModel, Verification


@shared_task(ignore_result=True)
def sweep_verifications() -> None:
    dispatch(Verification.objects.open(), verify)
    operations.forget_outdated()


@shared_task(ignore_result=True)
def sweep_models() -> None:
    dispatch(ProviderModel.objects.filter(enabled=True), recheck, limit=200)


@shared_task(ignore_result=True)
def verify(pk: str, lease: str) -> None:
    operations.verify(pk, lease)


@shared_task(ignore_result=True)
def recheck(pk: str, lease: str) -> None:
    operations.recheck(pk, lease)
