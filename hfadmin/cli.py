"""The `hfadmin` command. What goes wrong is one sentence and a non-zero exit."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import Error

from hfadmin import cli_people, stack
from hfadmin.stack import Stop


def main(arguments: Sequence[str] | None = None) -> int:
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    run: Callable[[argparse.Namespace], None] = options.run
    try:
        run(options)
    except (Stop, ImproperlyConfigured) as error:
        return _fail(str(error))
    except ValidationError as error:
        return _fail(" ".join(error.messages))
    except Error as error:
        return _fail(_about_the_database(error))
    except KeyboardInterrupt:
        return 130
    return 0


def up(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from django.conf import settings

    stack.hold(settings.DATA_DIR)
    _start({})


def demo(_options: argparse.Namespace) -> None:
    from hfadmin import demo

    sandbox = demo.prepare_environment()
    _start({"sandbox": demo.sandbox_command(sandbox)}, fill=lambda: _fill_demo(sandbox))


def _start(extra: dict[str, list[str]], fill: Callable[[], None] | None = None) -> None:
    """Prepare, say where hfadmin is to be found, and become the supervisor."""
    from hfadmin import prepare

    prepare.load()
    from django.conf import settings

    stack.require_free(settings.BIND, "HFADMIN_BIND")
    code = prepare.everything()
    _print_facts({"address": prepare.address()})
    _print_set_up(code)
    _print_facts({"data": str(settings.DATA_DIR)})
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
    _print_facts({"e-mail": ada.email, "password": password, "a token to add": SPARE_TOKEN})


def probe(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.sandbox import probe

    probe.run(options)


def web(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    prepare.static_files()
    from django.conf import settings

    stack.become(stack.web_server(settings.BIND))


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

    celery.keep_time()


def migrate(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    code = prepare.everything()
    _print_set_up(code)


def setup_code(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations

    code = operations.new_setup_code()
    if code is None:
        raise Stop("hfadmin is set up already: there is a person who can sign in.")
    _print_set_up(code)


def key(_options: argparse.Namespace) -> None:
    from hfadmin.vault import KeyRing

    print(KeyRing.new_key())


def reseal(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from providers.tokens import rotation

    done, failed = rotation.reseal()
    print(f"Sealed {done} access tokens under the current key.")
    if failed:
        raise Stop(
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


def _print_set_up(code: str | None) -> None:
    """The code, and a link that fills it in: its fragment is sent to no server and so kept in no
    log."""
    if code:
        from hfadmin import prepare

        _print_facts({"set-up code": code, "set-up link": f"{prepare.address()}/setup/#{code}"})


def _print_facts(facts: dict[str, str | None]) -> None:
    for name, value in facts.items():
        if value:
            print(f"{name}: {value}", flush=True)


def _about_the_database(error: Error) -> str:
    """A sentence with what to do; the driver's own words only beside it, as evidence."""
    from hfadmin import prepare

    said = next(iter(str(error).strip().splitlines()), type(error).__name__)
    try:
        if prepare.lacks_migrations():
            return "The database has not the tables of this version. Run `hfadmin migrate` first."
    except Error:
        return f"The database does not answer: {said}"
    return f"The database refused this: {said}"


def _fail(sentence: str) -> int:
    print(f"hfadmin: {sentence}", file=sys.stderr)
    return 1
