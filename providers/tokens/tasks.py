from celery import shared_task

from hfadmin.background import lanes
from providers.tokens import operations
from providers.tokens.models import AccessToken


@shared_task(ignore_result=True)
def sweep() -> None:
    lanes.TOKENS.work_off(AccessToken.objects.all(), operations.check)


@shared_task(ignore_result=True)
def check(ids: list[str]) -> None:
    lanes.ASKED.work_off(AccessToken.objects.all(), operations.check, ids)
