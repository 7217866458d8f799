"""Use cases of people and organizations: set-up, memberships, roles and passwords."""

import secrets

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from hfadmin.accounts import verbs
from hfadmin.accounts.models import Membership, Organization, Role, SetupCode, User
from hfadmin.audit.actors import Actor
from hfadmin.audit.operations import record
from hfadmin.audit.verbs import Verb
from hfadmin.credentials import holds_token
from hfadmin.ui.forms import TOKEN_ELSEWHERE
from hfadmin.vault import Secret

# Without letters and digits that look alike on a console.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class AlreadySetUpError(Exception):
    """There is an account already, so the set-up code has no effect."""


class WrongCodeError(Exception):
    """The code is not the current set-up code."""


def is_set_up() -> bool:
    return User.objects.exists()


def new_setup_code() -> str | None:
    """Replace the set-up code, and return the new one; None once there is an account."""
    with transaction.atomic():
        setup_code = _locked_setup_code()
        if is_set_up():
            return None
        letters = "".join(secrets.choice(_ALPHABET) for _place in range(16))
        code = "-".join(letters[at : at + 4] for at in range(0, 16, 4))
        setup_code.renew(code)
        setup_code.save()
    return code


def set_up(code: str, *, email: str, password: Secret, organization: str) -> User:
    """Create the first administrator and organization. Raises AlreadySetUpError, WrongCodeError."""
    with transaction.atomic():
        setup_code = _locked_setup_code()
        if is_set_up():
            raise AlreadySetUpError
        if not setup_code.opens_for(code):
            raise WrongCodeError
        setup_code.close()
        setup_code.save()
        return _first_administrator(email, password, organization)


def set_up_unattended(email: str, password: Secret) -> User | None:
    """As `set_up`, without a code. Returns None, and does nothing, once there is an account.

    Raises ValidationError with what is wrong with the e-mail address or the password.
    """
    with transaction.atomic():
        setup_code = _locked_setup_code()
        if is_set_up():
            return None
        _check_person(email, password)
        setup_code.close()
        setup_code.save()
        domain = email.rpartition("@")[2]
        return _first_administrator(email, password, domain.partition(".")[0].capitalize())


def add_organization(name: str, slug: str = "", *, actor: Actor) -> Organization:
    """Create an organization. Raises ValidationError, also when the slug is taken."""
    if holds_token(name + slug):
        raise ValidationError(str(TOKEN_ELSEWHERE))
    organization = Organization(name=name.strip(), slug=slug or _free_slug(name))
    organization.full_clean()
    with transaction.atomic():
        organization.save(force_insert=True)
        record(organization, verbs.ORGANIZATION_CREATED, organization, actor)
    return organization


def rename_organization(organization: Organization, name: str, actor: Actor) -> None:
    before = organization.name
    if name == before:
        return
    with transaction.atomic():
        organization.name = name
        organization.save(update_fields=["name"])
        record(organization, verbs.ORGANIZATION_RENAMED, organization, actor, before=before)


def add_person(
    organization: Organization,
    email: str,
    role: Role,
    password: Secret | None,
    actor: Actor,
) -> tuple[User, bool]:
    """Add a person, and return the account and whether it is new: an old one keeps its password.

    Raises ValidationError with what is wrong with the e-mail address or the password, or when the
    person is a member with another role.
    """
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email.strip()).first()
        new = user is None
        if user is None:
            _check_person(email, password or Secret(""))
            user = User.objects.create_user(email, password)
        membership, joined = Membership.objects.get_or_create(
            organization=organization, user=user, defaults={"role": role}
        )
        if joined:
            record(organization, verbs.PERSON_ADDED, user, actor, role=role.value)
        elif membership.role != role:
            raise ValidationError(
                _("%(email)s is already in %(organization)s, as %(role)s.")
                % {
                    "email": user.email,
                    "organization": organization.name,
                    "role": membership.get_role_display(),
                }
            )
    return user, new


def remove_person(organization: Organization, email: str, actor: Actor) -> User:
    """Delete the person's membership and end their sessions; the account stays.

    Raises ValidationError for somebody who is no member, and for the last administrator.
    """
    with transaction.atomic():
        membership = _locked_membership(organization, email)
        _keep_an_administrator(membership)
        user = membership.user
        membership.delete()
        _end_sessions(user)
        record(organization, verbs.PERSON_REMOVED, user, actor, role=membership.role)
    return user


def change_role(organization: Organization, email: str, role: Role, actor: Actor) -> User:
    """Give the person another role, from their next request on.

    Raises ValidationError for somebody who is no member, and for the last administrator.
    """
    with transaction.atomic():
        membership = _locked_membership(organization, email)
        before = membership.role
        if before == role:
            return membership.user
        if role != Role.ADMIN:
            _keep_an_administrator(membership)
        membership.role = role
        membership.save(update_fields=["role"])
        record(
            organization,
            verbs.PERSON_ROLE_CHANGED,
            membership.user,
            actor,
            before=before,
            role=role.value,
        )
    return membership.user


def new_password_link_code(email: str, actor: Actor) -> str:
    """Return a code with which the person can choose a new password once.

    It is valid for a day, or until they sign in or change the password. Raises ValidationError for
    an unknown or inactive account.
    """
    with transaction.atomic():
        user = _account(email)
        if not user.is_active:
            raise ValidationError(_("%(email)s is switched off.") % {"email": user.email})
        _record_everywhere(user, verbs.PASSWORD_LINK_CREATED, actor)
    return f"{user.pk}-{default_token_generator.make_token(user)}"


@sensitive_variables()
def account_of_code(code: str) -> User | None:
    """Return the account whose password the code replaces, or None for an invalid code."""
    pk, _dash, token = code.strip().partition("-")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return None
    user = User.objects.filter(pk=int(pk), is_active=True).first()
    return user if default_token_generator.check_token(user, token) else None


@sensitive_variables()
def set_password_by_code(code: str, password: Secret) -> User | None:
    """Set the password, and end all sessions of the account. This makes the code invalid.

    Returns the account, or None for an invalid code.
    """
    with transaction.atomic():
        found = account_of_code(code)
        if found is None:
            return None
        User.objects.select_for_update(no_key=True).get(pk=found.pk)
        user = account_of_code(code)  # again under the lock: of two at once, one fails
        if user is None:
            return None
        user.set_password(password)
        user.save(update_fields=["password"])
        _end_sessions(user)
        _record_everywhere(user, verbs.PASSWORD_REPLACED, Actor.person(user))
    return user


def check_password(password: Secret, user: User | None) -> None:
    """Raise ValidationError with what makes it a weak password, for this account or any."""
    validate_password(password.reveal(), user)


def _account(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise ValidationError(_("There is no account %(email)s.") % {"email": email.strip()})
    return user


def _locked_membership(organization: Organization, email: str) -> Membership:
    """Lock all memberships of the organization, so that its last administrator stays one.

    Raises ValidationError for somebody who is no member.
    """
    list(organization.memberships.select_for_update(no_key=True).order_by("pk"))
    membership = organization.memberships.filter(user=_account(email)).first()
    if membership is None:
        raise ValidationError(
            _("%(email)s is not in %(organization)s.")
            % {"email": email.strip(), "organization": organization.name}
        )
    return membership


def _keep_an_administrator(membership: Membership) -> None:
    others = membership.organization.memberships.filter(role=Role.ADMIN, user__is_active=True)
    if membership.role == Role.ADMIN and not others.exclude(pk=membership.pk).exists():
        raise ValidationError(
            _(
                "%(email)s is the last administrator of %(organization)s. "
                "Make somebody else an administrator first."
            )
            % {"email": membership.user.email, "organization": membership.organization.name}
        )


def _end_sessions(user: User) -> None:
    """Delete the sessions of the user. They have no column for it, so all are decoded."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def _record_everywhere(user: User, verb: Verb, actor: Actor) -> None:
    """An account belongs to no organization; its change is told in each that it is in."""
    for membership in Membership.objects.of(user):
        record(membership.organization, verb, user, actor)


def _locked_setup_code() -> SetupCode:
    # On SQLite the transaction is IMMEDIATE, which locks the whole database.
    SetupCode.objects.get_or_create(pk=1)
    return SetupCode.objects.select_for_update(no_key=True).get(pk=1)


def _first_administrator(email: str, password: Secret, organization_name: str) -> User:
    user = User.objects.create_user(email, password)
    organization = add_organization(organization_name, actor=Actor.person(user))
    Membership.objects.create(organization=organization, user=user, role=Role.ADMIN)
    record(organization, verbs.PERSON_ADDED, user, Actor.person(user), role=Role.ADMIN.value)
    return user


def _check_person(email: str, password: Secret) -> None:
    User._meta.get_field("email").clean(email.strip(), None)  # noqa: SLF001
    check_password(password, User(email=email.strip()))


def _free_slug(name: str) -> str:
    base = slugify(name)[:50].strip("-") or "organization"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
