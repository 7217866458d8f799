"""The `hfadmin` command. What goes wrong is one sentence and a non-zero exit."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import OperationalError

from hfadmin import stack
from hfadmin.stack import Stop

if TYPE_CHECKING:
    from hfadmin.accounts.models import Organization

ROLES = ("viewer", "operator", "admin")


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
    except OperationalError as error:
        return _fail(f"The database does not answer: {str(error).strip()}")
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
    _print_facts({"address": _address(), "set-up code": code, "data": str(settings.DATA_DIR)})
    if fill:
        fill()
    stack.supervise(settings.DATA_DIR, settings.BIND, extra)


def _fill_demo(sandbox: str) -> None:
    from hfadmin.accounts.models import User
    from hfadmin.sandbox.endpoint import deployment_id
    from hfadmin.sandbox.seed import DEMO_TOKENS
    from providers.overview import demo

    ada = User.objects.get()
    organization = ada.memberships.get().organization
    demo.fill(
        organization,
        by=ada,
        secrets=DEMO_TOKENS,
        url_of=lambda namespace, name: f"{sandbox}/deployed/{deployment_id(namespace, name)}",
    )
    _print_facts({"e-mail": ada.email, "password": os.environ.pop("HFADMIN_ADMIN_PASSWORD")})


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
    if code:
        _print_facts({"set-up code": code})


def setup_code(_options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations

    code = operations.new_setup_code()
    if code is None:
        raise Stop("hfadmin is set up already: there is a person who can sign in.")
    _print_facts({"set-up code": code})


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


def add_organization(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations

    organization = operations.add_organization(options.name, options.slug, by=None)
    print(f"Added {organization.name}: /o/{organization.slug}/")


def add_person(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations
    from hfadmin.accounts.models import Role, User

    organization = _organization(options.organization)
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    if password is None and not User.objects.filter(email__iexact=options.email).exists():
        raise Stop("The account is new: give --password-stdin, and the password on standard input.")
    user, new = operations.add_person(
        organization, options.email, Role(options.role), password, by=None
    )
    kept = "" if new else " The account existed and keeps its password."
    print(f"Added {user.email} to {organization.name} as {options.role}.{kept}")


def remove_person(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations

    organization = _organization(options.organization)
    user = operations.remove_person(organization, options.email, by=None)
    print(f"Removed {user.email} from {organization.name} and ended their sessions.")


def change_role(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations
    from hfadmin.accounts.models import Role

    organization = _organization(options.organization)
    user = operations.change_role(organization, options.email, Role(options.role), by=None)
    print(f"{user.email} is {options.role} in {organization.name} now.")


def password_link(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load()
    from hfadmin.accounts import operations

    code = operations.new_password_link_code(options.email, by=None)
    print(
        f"{_address()}/password/#{code}\n"
        "Give it to the person, and to nobody else. It works once, within a day, and no longer "
        "once they have signed in."
    )


def _organization(slug: str) -> "Organization":
    from hfadmin.accounts.models import Organization

    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise Stop(f"There is no organization {slug!r}.")
    return organization


def _address() -> str:
    """Where people open hfadmin, without a slash at the end."""
    from django.conf import settings

    host, port = settings.BIND
    address: str = settings.PUBLIC_URL or f"http://{_named(host)}:{port}"
    return address


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
    _add_people(command)
    return parser


def _add_people(command: Callable[..., argparse.ArgumentParser]) -> None:
    organization = command("organization", add_organization, "Organizations.")
    add = organization.add_subparsers(required=True, metavar="add").add_parser("add")
    add.add_argument("name")
    add.add_argument("--slug", default="", help="its part of the address; made from the name")

    person = command("person", add_person, "People: add, remove, role, password-link.")
    people = person.add_subparsers(required=True, metavar="add|remove|role|password-link")
    for name, run, changes in (
        ("add", add_person, True),
        ("remove", remove_person, False),
        ("role", change_role, True),
    ):
        parser = people.add_parser(name)
        parser.set_defaults(run=run)
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        if changes:
            parser.add_argument("--role", required=True, choices=ROLES)
        if name == "add":
            parser.add_argument(
                "--password-stdin", action="store_true", help="one line; for a new account"
            )
    link = people.add_parser("password-link", help="a link with which they choose a new password")
    link.set_defaults(run=password_link)
    link.add_argument("email")


def _print_facts(facts: dict[str, str | None]) -> None:
    for name, value in facts.items():
        if value:
            print(f"{name}: {value}", flush=True)


def _named(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - only shown
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _fail(sentence: str) -> int:
    print(f"hfadmin: {sentence}", file=sys.stderr)
    return 1
