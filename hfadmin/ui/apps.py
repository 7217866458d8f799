"""The app of template tags and widgets."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "hfadmin.ui"
    label = "ui"
