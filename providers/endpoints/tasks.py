from celery import shared_task

from hfadmin.background import lanes
from providers.endpoints import polling
from providers.tokens.models import Namespace


@shared_task(ignore_result=True)
def sweep() -> None:
    lanes.POLLING.work_off(Namespace.objects.all(), polling.check)


@shared_task(ignore_result=True)
def look(ids: list[str]) -> None:
    lanes.ASKED.work_off(Namespace.objects.all(), polling.check, ids)
