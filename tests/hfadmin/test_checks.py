from types import SimpleNamespace

import pytest

from hfadmin import checks


def test_the_settings_of_one_machine_are_sound(settings: SimpleNamespace) -> None:
    assert checks.configuration() == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"BIND": ("0.0.0.0", 8000)}, ["hfadmin.W001"]),
        ({"BIND": ("0.0.0.0", 8000), "PUBLIC_URL": "https://hfadmin.example.org"}, []),
        ({"PUBLIC_URL": "http://hfadmin.example.org"}, ["hfadmin.W002"]),
        ({"PUBLIC_URL": "http://localhost:8000"}, []),
        ({"DATABASE_URL": "postgresql://x"}, ["hfadmin.W003"]),
        ({"REDIS_URL": "redis://x"}, ["hfadmin.W003"]),
        ({"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x"}, []),
        ({"HF_ROUTER_ENDPOINT": "http://router.example"}, ["hfadmin.E002"]),
        ({"HF_ROUTER_ENDPOINT": "http://127.0.0.1:9100"}, []),
    ],
)
def test_what_is_probably_not_meant_is_said(
    settings: SimpleNamespace, changed: dict[str, object], found: list[str]
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)

    messages = checks.configuration()

    assert [message.id for message in messages] == found
    assert all(message.hint for message in messages)
