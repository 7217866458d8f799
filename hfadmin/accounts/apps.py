"""The app of people and organizations."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hfadmin.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hfadmin import checks  # noqa: F401 - registers them
