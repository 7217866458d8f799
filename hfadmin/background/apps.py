from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    name = "hfadmin.background"
    label = "background"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Wherever a task is sent from, it goes through our broker.
        from hfadmin import celery  # noqa: F401
