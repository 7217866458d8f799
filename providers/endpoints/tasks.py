from celery import shared_task

from hfadmin.background.operations import dispatch
from providers.endpoints import operations
from providers.endpoints.models import Namespace


@shared_task(ignore_result=True)
def sweep() -> None:
    dispatch(Namespace.objects.all(), check_namespace)


@shared_task(ignore_result=True)
def check_namespace(pk: str, lease: str) -> None:
    operations.check(pk, lease)
