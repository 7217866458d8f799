"""People, organizations, and who may do what in which."""

import hashlib
import hmac
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hfadmin.vault import Secret


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: Secret | None, *, name: str = "") -> "User":
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="email_is_unique")]

    def __str__(self) -> str:
        return self.email

    # Forms pass a Secret, through allauth too; it is revealed only here.

    def set_password(self, raw_password: Secret | str | None) -> None:
        super().set_password(_revealed(raw_password))

    def check_password(self, raw_password: Secret | str | None) -> bool:
        return super().check_password(_revealed(raw_password))


def _revealed(password: Secret | str | None) -> str | None:
    return password.reveal() if isinstance(password, Secret) else password


class Role(models.TextChoices):
    """Each role may do what the ones before it may."""

    VIEWER = "viewer", _("viewer")
    OPERATOR = "operator", _("operator")
    ADMIN = "admin", _("admin")

    def includes(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user).select_related("organization").order_by("organization__name")


class Membership(models.Model):
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_each"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.role})"

    def may(self, needed: Role) -> bool:
        return Role(self.role).includes(needed)


class SetupCode(models.Model):
    """The hash of the one-time code for the set-up: a single row, which is locked during set-up.

    Codes are long and random, so a plain SHA-256 protects them.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    code_hash = models.CharField(max_length=64, blank=True)  # "" while no code is valid

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_setup_code")
        ]

    def __str__(self) -> str:
        return "a code is valid" if self.code_hash else "no code is valid"

    def renew(self, code: str) -> None:
        self.code_hash = self.hash(code)

    def close(self) -> None:
        self.code_hash = ""

    def opens_for(self, code: str) -> bool:
        return hmac.compare_digest(self.code_hash, self.hash(code))

    @staticmethod
    def hash(code: str) -> str:
        """Return the SHA-256 of the code's letters and digits, in upper case."""
        letters = "".join(c for c in code.upper() if c.isalnum())
        return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()
