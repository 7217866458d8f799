"""Settings for tests: a temporary data directory, and the sandbox as Hugging Face."""

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

# The environment of this machine must not configure the tests.
for name in [name for name in os.environ if name.startswith(("HF_", "HFADMIN_"))]:
    if not name.startswith("HFADMIN_TEST_"):
        del os.environ[name]

# With it each worker, and each process that a test starts, would compile every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_memory = "/dev/shm"  # a file system in memory
_data_dir = tempfile.mkdtemp(
    prefix="hfadmin-tests-", dir=_memory if os.access(_memory, os.W_OK) else None
)
(Path(_data_dir) / "static").mkdir()  # WhiteNoise warns where it is missing
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
os.environ |= {
    "HFADMIN_DATA_DIR": _data_dir,
    "HFADMIN_SESSION_KEY": secrets.token_urlsafe(50),
    "HFADMIN_SECRET_KEYS": f"test:{Fernet.generate_key().decode()}",
    "HF_HOME": _data_dir,
    "HF_ENDPOINT": "https://sandbox.test",
    "HF_INFERENCE_ENDPOINTS_ENDPOINT": "https://sandbox.test/v2",
    "HF_INFERENCE_CATALOG_ENDPOINT": "https://sandbox.test/api/v1/catalog",
    "HF_ROUTER_ENDPOINT": "https://sandbox.test/router",
}

from hfadmin.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in production: threads that share a database in memory block each other.
    DATABASES["default"]["TEST"] = {"NAME": f"{_data_dir}/test.sqlite3"}  # noqa: F405
