"""What has to be true before hfadmin runs: tables, static files, the first administrator."""

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
from hfadmin.stack import Stop


def everything() -> str | None:
    """Make it all true; what is already costs next to nothing.

    Returns the set-up code while there is no person. Raises Stop, ImproperlyConfigured, and
    OperationalError when the database does not answer.
    """
    load()
    sound_configuration()
    tables()
    static_files()
    return first_administrator()


def address() -> str:
    """Where people open hfadmin, without a slash at the end."""
    host, port = settings.BIND
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - only shown
        host = "localhost"
    named = f"[{host}]" if ":" in host else host
    url: str = settings.PUBLIC_URL or f"http://{named}:{port}"
    return url


def load() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    if not apps.ready:
        django.setup()


def sound_configuration() -> None:
    """Says what is probably not meant; ends the command for what must not be."""
    from hfadmin import checks

    for message in checks.configuration():
        sentence = f"{message.msg} {message.hint}"
        if message.is_serious():
            raise Stop(sentence)
        print(f"hfadmin: {sentence}", file=sys.stderr)


def tables() -> None:
    if lacks_migrations():
        call_command("migrate", interactive=False, verbosity=0)
    if not settings.REDIS_URL:
        call_command("createcachetable", verbosity=0)


def lacks_migrations() -> bool:
    """Whether the tables are older than this version, or not there at all."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_files() -> None:
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    wanted = _state_of_static_files()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted, encoding="ascii")


def first_administrator() -> str | None:
    """By HFADMIN_ADMIN_EMAIL and HFADMIN_ADMIN_PASSWORD, or by the code that is returned."""
    from hfadmin.accounts import operations
    from hfadmin.vault import Secret

    email = environment.text("HFADMIN_ADMIN_EMAIL")
    password = Secret(environment.text("HFADMIN_ADMIN_PASSWORD"))
    if bool(email) != bool(password):
        raise Stop("Set both HFADMIN_ADMIN_EMAIL and HFADMIN_ADMIN_PASSWORD, or neither.")
    if email:
        try:
            operations.set_up_unattended(email, password)
        except ValidationError as error:
            raise Stop(
                "HFADMIN_ADMIN_EMAIL or HFADMIN_ADMIN_PASSWORD cannot be used: "
                + " ".join(error.messages)
            ) from error
    return operations.new_setup_code()


def _state_of_static_files() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.VERSION.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = os.stat(storage.path(name))  # noqa: PTH116 - one call for each of many
            digest.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()
