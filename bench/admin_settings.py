"""hfadmin's settings with Django's own admin, which no setting of the product has.

Both answer behind the same middleware; the admin's pages are spared hfadmin's context processors.
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
