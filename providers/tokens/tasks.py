from celery import shared_task

from hfadmin.background.operations import dispatch
from providers.tokens import operations
from providers.tokens.models import AccessToken


@shared_task(ignore_result=True)
def sweep() -> None:
    dispatch(AccessToken.objects.all(), check)


@shared_task(ignore_result=True)
def check(pk: str, lease: str) -> None:
    operations.check(pk, lease)
