from celery import shared_task

from hfadmin.background import lanes
from providers.endpoints.lifecycle import deployments, running
from providers.endpoints.lifecycle.models import Action


@shared_task(ignore_result=True)
def sweep() -> None:
    lanes.ACTIONS.work_off(Action.objects.open(), running.run)


@shared_task(ignore_result=True)
def sweep_variables() -> None:
    deployments.forget_old_variables()


@shared_task(ignore_result=True)
def act(ids: list[str]) -> None:
    lanes.ACTIONS.work_off(Action.objects.open(), running.run, ids)
