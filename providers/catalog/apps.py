from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "providers.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from providers.catalog import checks  # noqa: F401 - registers them
