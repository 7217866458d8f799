"""The `hfadmin` command. Errors are one sentence on standard error and a non-zero exit."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import Error

from hfadmin import cli_people, stack
from hfadmin.stack import CommandError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (by default `sys.argv`) name, and return its exit status."""
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    run: Callable[[argparse.Namespace], None] = options.run
    try:
        run(options)
    except (CommandError, ImproperlyConfigured) as error:
        return _fail(str(error))
    except ValidationError as error:
        return _fail(" ".join(error.messages))
    except Error as error:
        return _fail(_database_message(error))
    except KeyboardInterrupt:
        return 130
    return 0


def up(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from django.conf import settings

    stack.lock_data_dir(settings.DATA_DIR)
    _start({})


def demo(_options: argparse.Namespace) -> None:
    from hfadmin import demo

    sandbox = demo.prepare_environment()
    _start({"sandbox": demo.sandbox_command(sandbox)}, fill=lambda: _fill_demo(sandbox))


def _start(extra: dict[str, list[str]], fill: Callable[[], None] | None = None) -> None:
    """Prepare, print where hfadmin is served, and replace this process by the supervisor.

    `extra` are further programs for it; `fill` is called once the database is prepared.
    """
    from hfadmin import prepare

    prepare.load_django()
    from django.conf import settings

    stack.require_free_address(settings.BIND, "HFADMIN_BIND")
    code = prepare.run_all()
    _print_lines({"address": prepare.public_url()})
    _print_setup_code(code)
    _print_lines({"data": str(settings.DATA_DIR)})
    if fill:
        fill()
    stack.supervise(settings.DATA_DIR, settings.BIND, extra)


def _fill_demo(sandbox: str) -> None:
    from hfadmin.accounts.models import User
    from hfadmin.audit.actors import Actor
    from hfadmin.sandbox.endpoint import deployment_id
    from hfadmin.sandbox.seed import DEMO_TOKENS, SPARE_TOKEN
    from providers.overview import demo

    ada = User.objects.get()
    organization = ada.memberships.get().organization
    demo.fill(
        organization,
        actor=Actor.person(ada),
        secrets=DEMO_TOKENS,
        url_of=lambda namespace, name: f"{sandbox}/deployed/{deployment_id(namespace, name)}",
    )
    password = os.environ.pop("HFADMIN_ADMIN_PASSWORD")
    _print_lines({"e-mail": ada.email, "password": password, "a token to add": SPARE_TOKEN})


def probe(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.sandbox import probe

    probe.run(options)


def web(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    prepare.collect_static_files()
    from django.conf import settings

    stack.exec_process(stack.web_server(settings.BIND))


def worker(_options: argparse.Namespace) -> None:
    from hfadmin.celery import app

    app.start(
        [
            *("--quiet", "worker", "--loglevel", "info"),
            *("--pool", "threads", "--concurrency", str(stack.WORKER_THREADS)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
    )


def beat(_options: argparse.Namespace) -> None:
    from hfadmin import celery

    celery.run_scheduler()


def migrate(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    code = prepare.run_all()
    _print_setup_code(code)


def setup_code(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.accounts import operations

    code = operations.new_setup_code()
    if code is None:
        raise CommandError("hfadmin is set up already: there is a person who can sign in.")
    _print_setup_code(code)


def key(_options: argparse.Namespace) -> None:
    from hfadmin.vault import KeyRing

    print(KeyRing.new_key())


def reseal(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from providers.tokens import rotation

    done, failed = rotation.reseal()
    print(f"Sealed {done} access tokens under the current key.")
    if failed:
        raise CommandError(
            f"{failed} could not be opened with any key of the ring: add the key that sealed them, "
            "or enter them again. Keep the old keys until then."
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hfadmin", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., None], help_: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    command("up", up, "Prepare and start everything: web, a worker and beat.")
    command("demo", demo, "The same, with a sandbox as Hugging Face and fresh contents.")
    command("web", web, "Start the web server alone.")
    command("worker", worker, "Start a worker alone.")
    command("beat", beat, "Start the scheduler alone.")
    command("migrate", migrate, "Prepare the database and the first administrator.")
    command("setup-code", setup_code, "Print a new code for the first visit.")
    command("key", key, "Print a new key for HFADMIN_SECRET_KEYS.")
    command("reseal", reseal, "Seal stored tokens under the current key, so that old keys can go.")
    command("probe", probe, "Compare the sandbox with the real Hugging Face, read-only.")
    cli_people.add_commands(command)
    return parser


def _print_setup_code(code: str | None) -> None:
    """Print the code and a link that fills it in, as a fragment: no server log holds that."""
    if code:
        from hfadmin import prepare

        _print_lines({"set-up code": code, "set-up link": f"{prepare.public_url()}/setup/#{code}"})


def _print_lines(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value:
            print(f"{name}: {value}", flush=True)


def _database_message(error: Error) -> str:
    """Return what to do about the error, with the first line of the driver's own message."""
    from hfadmin import prepare

    said = next(iter(str(error).strip().splitlines()), type(error).__name__)
    try:
        if prepare.has_pending_migrations():
            return "The database has not the tables of this version. Run `hfadmin migrate` first."
    except Error:
        return f"The database does not answer: {said}"
    return f"The database refused this: {said}"


def _fail(sentence: str) -> int:
    print(f"hfadmin: {sentence}", file=sys.stderr)
    return 1
