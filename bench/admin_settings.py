"""Settings that serve Django's admin, to be compared with the inventory.

They have hfadmin's middleware, but not its context processors.
"""

from hfadmin.settings import *  # noqa: F403
from hfadmin.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = ["django.contrib.admin", *_APPS]
ROOT_URLCONF = "bench.admin_urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
