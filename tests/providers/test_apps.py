from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any

from django.apps import apps
from django.conf import settings
from django.test import override_settings

from hfadmin import outbound
from providers.huggingface import config
from tests.sink import sink


@contextmanager
def started_with(**changes: Any) -> Iterator[None]:
    try:
        with override_settings(**changes):
            apps.get_app_config("providers").ready()
            yield
    finally:
        apps.get_app_config("providers").ready()


def test_what_knows_no_settings_is_told_what_the_operator_set() -> None:
    with (
        sink() as proxy,
        started_with(
            HF_ROUTER_ENDPOINT="https://router.example.org",
            TRUSTED_HOSTS=["Models.Example.org"],
            TRUSTED_NETWORKS=[ip_network("127.0.0.0/8")],
            OUTBOUND_PROXY=proxy.url,
        ),
    ):
        assert config.current() == config.Configuration(
            hub=settings.HF_ENDPOINT,
            management=settings.HF_INFERENCE_ENDPOINTS_ENDPOINT,
            catalog=settings.HF_INFERENCE_CATALOG_ENDPOINT,
            router="https://router.example.org",
            trusted_hosts=frozenset({"models.example.org"}),
        )
        assert outbound.trusted_networks() == (ip_network("127.0.0.0/8"),)
        outbound.client().get("http://endpoint.test/")
        assert len(proxy.requests) == 1


def test_without_settings_it_is_where_everybody_finds_it() -> None:
    assert config.PUBLIC.hub == "https://huggingface.co"
    assert not config.PUBLIC.trusted_hosts
