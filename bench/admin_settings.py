"""hfadmin's settings with Django's own admin, which no setting of the product has."""

from hfadmin.settings import *  # noqa: F403
from hfadmin.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = ["django.contrib.admin", *_APPS]
ROOT_URLCONF = "bench.admin_urls"
