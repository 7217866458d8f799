"""Django's settings, read from the environment. The README lists the variables."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.contrib.messages import constants as messages
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from hfadmin import environment, logs, vault
from providers.huggingface.config import PUBLIC

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# Location --------------------------------------------------------------------------------
# The file of keys keeps its mode: hfadmin.checks refuses to start where others can read it.
DATA_DIR = environment.directory("HFADMIN_DATA_DIR", BASE_DIR / "var", keep_mode=vault.KEYS_FILE)
DATABASE_URL = environment.service_url("DATABASE_URL", ("postgresql", "postgres", "sqlite"))
REDIS_URL = environment.service_url("REDIS_URL", ("redis", "rediss"))
EMBEDDED = not DATABASE_URL and not REDIS_URL
BIND = environment.address("HFADMIN_BIND", "127.0.0.1:8000")
PUBLIC_URL = environment.site_url("HFADMIN_URL")

SECRET_KEY = environment.text("HFADMIN_SESSION_KEY")
if not SECRET_KEY and EMBEDDED:
    SECRET_KEY = environment.load_or_generate(DATA_DIR / "session_key")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set HFADMIN_SESSION_KEY (or HFADMIN_SESSION_KEY_FILE) to 50 or more random characters, "
        "the same for every process: it signs the sessions."
    )
VAULT = vault.KeyRing.load(
    environment.text("HFADMIN_SECRET_KEYS"), generate_in=DATA_DIR if EMBEDDED else None
)

DEBUG = False
# For requests from this machine, such as a container's health check.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if PUBLIC_URL:
    _public = urlsplit(PUBLIC_URL)
    ALLOWED_HOSTS.append(str(_public.hostname))
    CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
HTTPS = PUBLIC_URL.startswith("https://")

# Apps and middleware -------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "template_partials",
    "hfadmin.live",
    "hfadmin.accounts",
    "hfadmin.audit",
    "hfadmin.background",
    "hfadmin.ui",
    "providers",
    "providers.tokens",
    "providers.endpoints",
    "providers.endpoints.lifecycle",
    "providers.catalog",
    "providers.overview",
]

MIDDLEWARE = [
    "hfadmin.bad_requests.detect_redirect_loops",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "hfadmin.middleware.refused_requests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hfadmin.middleware.no_store",
    "hfadmin.middleware.allowed_methods",
    "hfadmin.middleware.no_null_characters",
    "hfadmin.accounts.middleware.redirect_scripts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hfadmin.accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "hfadmin.accounts.middleware.StripTokensFromQuery",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "hfadmin.urls"
WSGI_APPLICATION = "hfadmin.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "hfadmin.ui.loader.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hfadmin.accounts.context.site",
                "providers.overview.context.navigation",
            ],
        },
    }
]

# Storage -------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_URL or f"sqlite:///{DATA_DIR / 'hfadmin.sqlite3'}",
        conn_max_age=None,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"
        ),
    }

CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            # Beyond this, entries are evicted, counts of failed sign-ins among them.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    )
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Browsers share cookies between all ports of a host, so the names differ by installation. All
# processes of an installation have the same key, and no two installations do.
_INSTALLATION = hashlib.blake2b(SECRET_KEY.encode(), digest_size=4, person=b"cookies").hexdigest()
SESSION_COOKIE_NAME = f"hfadmin_session_{_INSTALLATION}"
CSRF_COOKIE_NAME = f"hfadmin_csrf_{_INSTALLATION}"
LANGUAGE_COOKIE_NAME = f"hfadmin_language_{_INSTALLATION}"
SESSION_COOKIE_AGE = 14 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MESSAGE_TAGS = {  # the tones of the banners
    messages.DEBUG: "blue",
    messages.INFO: "blue",
    messages.SUCCESS: "green",
    messages.WARNING: "amber",
    messages.ERROR: "red",
}

# Authentication ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique in lower case, by a constraint
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # of the link that `hfadmin person password-link` prints
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "hfadmin.accounts.csrf.failed"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "hfadmin.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {
    "login": "hfadmin.accounts.forms.SignInForm",
    "change_password": "hfadmin.accounts.forms.PasswordForm",
}
# Rate limits count by client address: behind a reverse proxy, the last one in X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0

# Security headers ----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# No page takes files.
FILE_UPLOAD_HANDLERS = ["hfadmin.middleware.NoFilesUploadHandler"]
# What the web server takes (hfadmin.asgi), a form answers itself, with what was typed in it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Language and static files -------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
FORM_RENDERER = "hfadmin.ui.renderer.Renderer"
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "images")]
STORAGES = {
    "staticfiles": {"BACKEND": "hfadmin.ui.storage.StaticFiles"},
}

# Background work -----------------------------------------------------------------------------
BROKER_DIR = DATA_DIR / "broker"

# Hugging Face --------------------------------------------------------------------------------
HF_ENDPOINT = environment.base_url("HF_ENDPOINT", PUBLIC.hub)
HF_INFERENCE_ENDPOINTS_ENDPOINT = environment.base_url(
    "HF_INFERENCE_ENDPOINTS_ENDPOINT", PUBLIC.management
)
HF_INFERENCE_CATALOG_ENDPOINT = environment.base_url(
    "HF_INFERENCE_CATALOG_ENDPOINT", PUBLIC.catalog
)
HF_ROUTER_ENDPOINT = environment.base_url("HF_ROUTER_ENDPOINT", PUBLIC.router)
TRUSTED_NETWORKS = environment.networks("HFADMIN_TRUSTED_NETWORKS")
TRUSTED_HOSTS = environment.text_list("HFADMIN_TRUSTED_HOSTS")
OUTBOUND_PROXY = environment.service_url("HFADMIN_OUTBOUND_PROXY", ("http", "https"))
SANDBOX = environment.choice("HFADMIN_SANDBOX", ("no", "yes")) == "yes"

DEFAULT_EXCEPTION_REPORTER = "hfadmin.reporting.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "hfadmin.reporting.Filter"
LOGGING_CONFIG = None
logs.configure(environment.choice("HFADMIN_LOG_FORMAT", ("text", "json")))
