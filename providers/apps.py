from django.apps import AppConfig
from django.conf import settings


class ProvidersConfig(AppConfig):
    name = "providers"

    def ready(self) -> None:
        """Tell what knows no settings where it may go, and which broker takes its tasks."""
        from hfadmin import celery, outbound
        from providers.huggingface import config

        celery.app.set_default()
        outbound.configure(
            trusted_networks=settings.TRUSTED_NETWORKS, proxy=settings.OUTBOUND_PROXY
        )
        config.configure(
            config.Configuration(
                hub=settings.HF_ENDPOINT,
                management=settings.HF_INFERENCE_ENDPOINTS_ENDPOINT,
                catalog=settings.HF_INFERENCE_CATALOG_ENDPOINT,
                router=settings.HF_ROUTER_ENDPOINT,
                trusted_hosts=frozenset(host.lower() for host in settings.TRUSTED_HOSTS),
            )
        )
