"""The settings screen's pages: `models` lists and changes, `editing` is the form and its checks,
`suggesting` what the form offers while one types, `helping` the guide to it."""

from providers.catalog.views.editing import add, edit, verification
from providers.catalog.views.guide import guide
from providers.catalog.views.models import check, delete, disable, discard, enable, index, wake
from providers.catalog.views.suggesting import (
    suggest_endpoints,
    suggest_models,
    suggest_namespaces,
)

__all__ = [
    "add",
    "check",
    "delete",
    "disable",
    "discard",
    "edit",
    "enable",
    "guide",
    "index",
    "suggest_endpoints",
    "suggest_models",
    "suggest_namespaces",
    "verification",
    "wake",
]
