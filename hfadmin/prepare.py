"""Preparations before hfadmin runs: tables, static files and the first administrator."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command

from hfadmin import environment
from hfadmin.stack import CommandError


def run_all() -> str | None:
    """Do all preparations; those that were done before cost a few milliseconds.

    Returns a new set-up code while there is no account. Raises CommandError, ImproperlyConfigured,
    and OperationalError when the database does not answer.
    """
    load_django()
    check_configuration()
    create_tables()
    collect_static_files()
    return create_first_administrator()


def public_url() -> str:
    """Return the URL at which people open hfadmin, without a trailing slash."""
    host, port = settings.BIND
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - only shown
        host = "localhost"
    named = f"[{host}]" if ":" in host else host
    url: str = settings.PUBLIC_URL or f"http://{named}:{port}"
    return url


def load_django() -> None:
    """Load the settings and the apps, once in a process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    if not apps.ready:
        django.setup()


def check_configuration() -> None:
    """Print the warnings of `hfadmin.checks`. Raises CommandError for the first error."""
    from hfadmin import checks

    for message in checks.configuration():
        sentence = f"{message.msg} {message.hint}"
        if message.is_serious():
            raise CommandError(sentence)
        print(f"hfadmin: {sentence}", file=sys.stderr)


def create_tables() -> None:
    """Apply pending migrations, and create the cache table where the database is the cache."""
    if has_pending_migrations():
        call_command("migrate", interactive=False, verbosity=0)
    if not settings.REDIS_URL:
        call_command("createcachetable", verbosity=0)


def has_pending_migrations() -> bool:
    """Whether the tables are older than this version, or missing."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static_files() -> None:
    """Collect the static files unless they are unchanged since the last time."""
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    fingerprint = _static_files_fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint, encoding="ascii")


def create_first_administrator() -> str | None:
    """Create the administrator that HFADMIN_ADMIN_EMAIL and HFADMIN_ADMIN_PASSWORD name.

    Returns a new set-up code while there is no account. Raises CommandError for values that cannot
    be used.
    """
    from hfadmin.accounts import operations
    from hfadmin.vault import Secret

    email = environment.text("HFADMIN_ADMIN_EMAIL")
    password = Secret(environment.text("HFADMIN_ADMIN_PASSWORD"))
    if bool(email) != bool(password):
        raise CommandError("Set both HFADMIN_ADMIN_EMAIL and HFADMIN_ADMIN_PASSWORD, or neither.")
    if email:
        try:
            operations.set_up_unattended(email, password)
        except ValidationError as error:
            raise CommandError(
                "HFADMIN_ADMIN_EMAIL or HFADMIN_ADMIN_PASSWORD cannot be used: "
                + " ".join(error.messages)
            ) from error
    return operations.new_setup_code()


def _static_files_fingerprint() -> str:
    """Return a hash of the version and of each file's name, size and time of change."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.VERSION.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = os.stat(storage.path(name))  # noqa: PTH116 - one call for each of many
            digest.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()
