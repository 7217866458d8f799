"""The commands about organizations and people."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from hfadmin.stack import CommandError

if TYPE_CHECKING:
    from hfadmin.accounts.models import Organization

ROLES = ("viewer", "operator", "admin")


def add_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the parsers of `hfadmin organization` and `hfadmin person`.

    `command(name, function, help)` adds a command and returns its parser.
    """
    organization = command("organization", add_organization, "Organizations.")
    add = organization.add_subparsers(required=True, metavar="add").add_parser("add")
    add.add_argument("name")
    add.add_argument("--slug", default="", help="its part of the address; made from the name")

    person = command("person", add_person, "People: add, remove, role, password-link.")
    people = person.add_subparsers(required=True, metavar="add|remove|role|password-link")
    for name, run, takes_role in (
        ("add", add_person, True),
        ("remove", remove_person, False),
        ("role", change_role, True),
    ):
        parser = people.add_parser(name)
        parser.set_defaults(run=run)
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        if takes_role:
            parser.add_argument("--role", required=True, choices=ROLES)
        if name == "add":
            parser.add_argument(
                "--password-stdin", action="store_true", help="one line; for a new account"
            )
    link = people.add_parser("password-link", help="a link with which they choose a new password")
    link.set_defaults(run=password_link)
    link.add_argument("email")


def add_organization(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.accounts import operations
    from hfadmin.audit.actors import COMMAND

    organization = operations.add_organization(options.name, options.slug, actor=COMMAND)
    print(f"Added {organization.name}: /o/{organization.slug}/")


def add_person(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.accounts import operations
    from hfadmin.accounts.models import Role, User
    from hfadmin.audit.actors import COMMAND
    from hfadmin.vault import Secret

    organization = _organization(options.organization)
    password = Secret(sys.stdin.readline().rstrip("\r\n")) if options.password_stdin else None
    if password is None and not User.objects.filter(email__iexact=options.email).exists():
        raise CommandError(
            "The account is new: give --password-stdin, and the password on standard input."
        )
    user, new = operations.add_person(
        organization, options.email, Role(options.role), password, COMMAND
    )
    note = "" if new else " The account existed and keeps its password."
    print(f"Added {user.email} to {organization.name} as {options.role}.{note}")


def remove_person(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.accounts import operations
    from hfadmin.audit.actors import COMMAND

    organization = _organization(options.organization)
    user = operations.remove_person(organization, options.email, COMMAND)
    print(f"Removed {user.email} from {organization.name} and ended their sessions.")


def change_role(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.accounts import operations
    from hfadmin.accounts.models import Role
    from hfadmin.audit.actors import COMMAND

    organization = _organization(options.organization)
    user = operations.change_role(organization, options.email, Role(options.role), COMMAND)
    print(f"{user.email} is {options.role} in {organization.name} now.")


def password_link(options: argparse.Namespace) -> None:
    from hfadmin import prepare

    prepare.load_django()
    from hfadmin.accounts import operations
    from hfadmin.audit.actors import COMMAND

    code = operations.new_password_link_code(options.email, COMMAND)
    print(
        f"{prepare.public_url()}/password/#{code}\n"
        "Give it to the person, and to nobody else. It works once, within a day, and no longer "
        "once they have signed in."
    )


def _organization(slug: str) -> "Organization":
    from hfadmin.accounts.models import Organization

    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization {slug!r}.")
    return organization
