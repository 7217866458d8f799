"""Access tokens of an organization, and what each can do in every namespace that it sees."""

from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hfadmin.accounts.models import Organization, User
from hfadmin.background.models import Leased, LeasedQuerySet
from hfadmin.vault import Sealed, SealedField, Secret
from providers.huggingface import limits
from providers.huggingface.errors import Diagnosis


class TokenState(models.TextChoices):
    UNCHECKED = "unchecked", _("unchecked")
    VALID = "valid", _("valid")
    LIMITED = "limited", _("limited")
    EXPIRING = "expiring", _("expiring")
    INVALID = "invalid", _("invalid")
    UNREACHABLE = "unreachable", _("unreachable")


# What the X-ray says of listing, where a token counts as one that sees the namespace.
SEES = ("yes", "unknown")
ROLES = {"fineGrained": _("fine-grained"), "read": _("read"), "write": _("write")}


class AccessTokenQuerySet(LeasedQuerySet["AccessToken"]):
    def with_counts(self) -> Self:
        """By name, with what a list says of each: `model_count`, `namespace_count` (those that it
        may list) and `expiry_is_odd`. Without the identity, which may be large."""
        may_list = Q(accesses__abilities__list__in=SEES)
        itself = AccessToken.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        odd = itself.filter(identity__token__expiry_is_odd=True)
        # Each counted for itself: joined, every model would meet every namespace.
        used_by = itself.annotate(number=Count("providermodels"))
        namespaces = itself.annotate(number=Count("accesses", filter=may_list))
        return (
            self.defer("identity")
            .annotate(
                expiry_is_odd=Exists(odd),
                model_count=Subquery(used_by.values("number")),
                namespace_count=Subquery(namespaces.values("number")),
            )
            .order_by(Lower("name"), "name")
        )


class AccessToken(Leased):
    # Known before the first save: the sealed secret is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    secret = SealedField()
    secret_sealed: Sealed  # the same, as it is stored
    fingerprint = models.CharField(max_length=100)
    last_four = models.CharField(max_length=4)

    state = models.CharField(
        max_length=12, choices=TokenState.choices, default=TokenState.UNCHECKED
    )
    state_since = models.DateTimeField(auto_now_add=True)
    # The last good whoami, as `Identity.to_json()`; {} before the first one.
    identity = models.JSONField(default=dict, blank=True)
    owner = models.CharField(max_length=limits.NAME, blank=True)
    role = models.CharField(max_length=limits.KIND, blank=True)
    created_upstream_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(default=dict, blank=True)  # a Diagnosis, {} when all is well
    checked_at = models.DateTimeField(null=True, blank=True)  # the last good answer
    attempted_at = models.DateTimeField(null=True, blank=True)

    version = models.PositiveIntegerField(default=0)  # grows with every edit by a person
    # The organization's version in which its secret, state or rights last changed.
    live_version = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "fingerprint"], name="token_is_stored_once"
            ),
            models.UniqueConstraint(fields=["organization", "name"], name="token_name_is_unique"),
            models.CheckConstraint(
                condition=models.Q(state__in=TokenState.values), name="token_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["next_check_at"], name="token_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def answered_at(self) -> datetime | None:
        """When a check last came to a result: after a rejection, later checks may have failed."""
        if self.state != TokenState.INVALID:
            return self.checked_at
        return self.state_since if self.failures else self.attempted_at

    @property
    def role_word(self) -> str:
        """The token's role in the words of Hugging Face's pages; "" while it is not known."""
        return str(ROLES.get(self.role, self.role))

    def sealed(self, secret: Secret) -> Sealed:
        """`secret` encrypted for this row, for a conditional update."""
        field = self._meta.get_field("secret")
        assert isinstance(field, SealedField)  # noqa: S101
        return field.seal(self, secret)


class NamespaceQuerySet(LeasedQuerySet["Namespace"]):
    def falls_due(self, now: datetime) -> Q:
        """By the clock, or as soon as other tokens see the namespace, or see it otherwise."""
        is_overtaken = Q(watched=True, access_version__gt=F("looked_version"))
        return super().falls_due(now) | is_overtaken

    def awaited(self) -> Self:
        """Those at which a look was asked for and has not ended yet."""
        return self.filter(next_check_at__lte=timezone.now())

    def unseen(self) -> Self:
        """Those that could be seen and no longer can; of those that never could, which a token
        merely names, the ones that a model needs."""
        needed = Namespace.objects.filter(
            pk=OuterRef("pk"),
            organization__models__enabled=True,
            organization__models__namespace_name__iexact=F("name"),
        )
        unseen = self.filter(watched=True).exclude(problem={})
        return unseen.filter(~Q(checked_at=None) | Exists(needed))


class Namespace(Leased):
    """A Hugging Face user or organization that a token of ours sees: the unit of polling.

    `access_version` is written by this app; what follows `watched` by the polling of endpoints.
    """

    class Kind(models.TextChoices):
        USER = "user", _("user")
        ORGANIZATION = "org", _("organization")

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="namespaces"
    )
    name = models.CharField(max_length=limits.NAME)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # The organization's version in which its tokens, or what they may do, last changed.
    access_version = models.PositiveBigIntegerField(default=0)

    watched = models.BooleanField(default=True)
    # The `access_version` as the last look began: what came later has not been seen yet.
    looked_version = models.PositiveBigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)  # the last good answer
    attempted_at = models.DateTimeField(null=True, blank=True)
    seen_through = models.ForeignKey(
        AccessToken, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    problem = models.JSONField(default=dict, blank=True)  # a Diagnosis, {} when all is well
    problem_since = models.DateTimeField(null=True, blank=True)
    # The organization's version in which it was last seen to come into sight or out of it.
    version = models.PositiveBigIntegerField(default=0)
    answer = models.CharField(max_length=40, blank=True, default="")  # digest of the last good one
    unread = models.PositiveIntegerField(default=0)  # entries of that answer that were left out
    hardware_due_at = models.DateTimeField(default=timezone.now)  # when to ask for prices again

    objects = NamespaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="namespace_is_unique")
        ]
        indexes = [models.Index(fields=["next_check_at"], name="namespace_due")]

    def __str__(self) -> str:
        return self.name


class NamespaceAccessQuerySet(models.QuerySet["NamespaceAccess"]):
    def note(self, problem: Diagnosis, **values: Any) -> int:
        """Keep how a call ended. A refusal takes back what an earlier good answer proved, so that
        nothing stale is said once a mere failure to ask stands in its place."""
        if problem.is_refusal:
            values["succeeded_at"] = None
        return self.update(problem=problem.to_json(), **values)

    def admit(self, at: datetime) -> int:
        """Keep that a list call was answered well."""
        return self.update(problem={}, succeeded_at=at)

    def beside(self, token: AccessToken) -> Self:
        """Through which other tokens the namespaces of `token` are seen, by namespace and name."""
        return (
            self.filter(namespace__accesses__token=token, abilities__list__in=SEES)
            .exclude(token=token)
            .exclude(token__state=TokenState.INVALID)
            .select_related("token", "namespace")
            .defer("token__identity")
            .order_by("namespace__name", "token__name")
        )


class NamespaceAccess(models.Model):
    """A token and a namespace that it sees. The last list call through it, and how that ended."""

    token = models.ForeignKey(AccessToken, on_delete=models.CASCADE, related_name="accesses")
    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="accesses")
    role_in_org = models.CharField(max_length=limits.KIND, blank=True)
    # What the X-ray says per ability: {"list": "yes" | "no" | "unknown", "manage": …}.
    abilities = models.JSONField(default=dict, blank=True)
    problem = models.JSONField(default=dict, blank=True)  # of the last list call through it
    failed_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)

    objects = NamespaceAccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "namespace"], name="reach_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.token} → {self.namespace}"

    @property
    def sees(self) -> bool:
        return self.abilities.get("list") in SEES
