"""What Hugging Face runs: the endpoints seen in namespaces, their hardware and their history.

Everything about an endpoint here was observed, never wanted: the truth is upstream's, and
`Namespace.checked_at` says when it was last seen.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from hfadmin.accounts.models import Organization
from providers.endpoints import cost, messages
from providers.huggingface import limits
from providers.tokens.models import Namespace


class Hardware(models.Model):
    """One compute of the hardware call, as a namespace sees it. Prices are USD per replica-hour."""

    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="hardware")
    vendor = models.CharField(max_length=limits.KIND)
    region = models.CharField(max_length=limits.REGION)
    instance_type = models.CharField(max_length=limits.INSTANCE_TYPE)
    instance_size = models.CharField(max_length=limits.KIND)
    accelerator = models.CharField(max_length=limits.ACCELERATOR)
    architecture = models.CharField(max_length=limits.ARCHITECTURE, blank=True)
    accelerators = models.PositiveSmallIntegerField(null=True)
    gpu_memory_gb = models.FloatField(null=True)
    memory_gb = models.FloatField(null=True)
    cpus = models.FloatField(null=True)
    price_per_hour = models.DecimalField(
        max_digits=10, decimal_places=limits.PRICE_PLACES, null=True
    )
    status = models.CharField(max_length=limits.KIND, blank=True)
    quota_max = models.PositiveIntegerField(null=True)  # accelerators
    quota_used = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["namespace", "vendor", "region", "instance_type", "instance_size"],
                name="hardware_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(price_per_hour=None) | Q(price_per_hour__gte=0),
                name="hardware_price_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.region} {self.instance_type} {self.instance_size}"


class EndpointState(models.TextChoices):
    """The states Hugging Face has today. Any other is stored and shown as it came."""

    PENDING = "pending"
    INITIALIZING = "initializing"
    UPDATING = "updating"
    RUNNING = "running"
    UPDATE_FAILED = "updateFailed"
    FAILED = "failed"
    PAUSED = "paused"
    SCALED_TO_ZERO = "scaledToZero"


IN_TRANSITION = frozenset(
    {EndpointState.PENDING, EndpointState.INITIALIZING, EndpointState.UPDATING}
)
ASLEEP = frozenset({EndpointState.PAUSED, EndpointState.SCALED_TO_ZERO})
FAILED = frozenset({EndpointState.FAILED, EndpointState.UPDATE_FAILED})


# The chips above the inventory. A state that is in none of them is "other".
GROUPS: dict[str, frozenset[EndpointState]] = {
    "running": frozenset({EndpointState.RUNNING}),
    "transition": IN_TRANSITION,
    "asleep": frozenset({EndpointState.SCALED_TO_ZERO}),
    "paused": frozenset({EndpointState.PAUSED}),
    "failed": FAILED,
}
OTHER = "other"
DELETED = "deleted"
UNKNOWN = "unknown"  # the state of an endpoint whose entry could not be read or stored


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def present(self) -> Self:
        return self.filter(deleted_at=None)

    def in_group(self, group: str) -> Self:
        """Of a chip: its states; all others; or those that are gone. Else a state by its name."""
        if group == DELETED:
            return self.exclude(deleted_at=None)
        if group == OTHER:
            return self.present().exclude(state__in=EndpointState.values)
        return self.present().filter(state__in=GROUPS.get(group, {group}))

    def matching(self, text: str) -> Self:
        """Those that have every word of `text` in their name, namespace, repository or tags."""
        found = self
        for word in text.lower().split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def tagged(self, tag: str) -> Self:
        return self.filter(search_text__contains=f"\n#{tag.lower()}\n")

    def with_memory(self) -> Self:
        """With what a replica has, in gigabytes: `gpu_memory_gb` and `memory_gb`; None where the
        hardware is not known."""
        names = ("namespace", "vendor", "region", "instance_type", "instance_size")
        same = Hardware.objects.filter(**{name: models.OuterRef(name) for name in names})
        columns = ("gpu_memory_gb", "memory_gb")
        return self.annotate(**{name: models.Subquery(same.values(name)[:1]) for name in columns})

    def cost(self) -> cost.Total:
        """What those that are there cost now."""
        return cost.total(self.present())


def _index(name: str, *parts: str | Lower) -> models.Index:
    fields = [F(part) if isinstance(part, str) else part for part in parts]
    return models.Index(F("organization"), F("deleted_at"), *fields, name=f"endpoint_{name}")


class Endpoint(models.Model):
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="endpoints"
    )
    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="endpoints")
    name = models.CharField(max_length=limits.NAME)
    fingerprint = models.CharField(max_length=64)
    # The organization's version in which it last changed visibly.
    version = models.PositiveBigIntegerField(default=0)

    state = models.CharField(max_length=limits.KIND)
    state_since = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    ready_replicas = models.PositiveIntegerField(null=True)
    target_replicas = models.PositiveIntegerField(null=True)
    url = models.CharField(max_length=limits.URL, blank=True)

    repository = models.CharField(max_length=limits.MODEL, blank=True)
    revision = models.CharField(max_length=limits.REVISION, blank=True)
    task = models.CharField(max_length=limits.TASK, blank=True)
    framework = models.CharField(max_length=limits.LIBRARY, blank=True)
    engine = models.CharField(max_length=limits.ENGINE, blank=True)
    image_url = models.CharField(max_length=limits.URL, blank=True)
    health_route = models.CharField(max_length=limits.PATH, blank=True)
    container = models.JSONField(
        default=dict, blank=True
    )  # port, command, args; names in env and secrets

    vendor = models.CharField(max_length=limits.KIND, blank=True)
    region = models.CharField(max_length=limits.REGION, blank=True)
    accelerator = models.CharField(max_length=limits.ACCELERATOR, blank=True)
    instance_type = models.CharField(max_length=limits.INSTANCE_TYPE, blank=True)
    instance_size = models.CharField(max_length=limits.KIND, blank=True)
    price_per_hour = models.DecimalField(  # a replica's
        max_digits=10, decimal_places=limits.PRICE_PLACES, null=True
    )
    # The database works it out with every change of the row; NULL: not known.
    cost_per_hour = models.GeneratedField(
        expression=cost.now(asleep=ASLEEP, starting=EndpointState.INITIALIZING),
        output_field=models.DecimalField(max_digits=20, decimal_places=4, null=True),
        db_persist=True,
    )
    min_replicas = models.PositiveIntegerField(null=True)
    max_replicas = models.PositiveIntegerField(null=True)
    scale_to_zero_minutes = models.PositiveIntegerField(null=True)
    autoscale_by = models.CharField(max_length=limits.MEASURE, blank=True)  # "": not said
    autoscale_threshold = models.FloatField(null=True)

    auth_type = models.CharField(max_length=limits.KIND, blank=True)
    tags = models.JSONField(default=list, blank=True)
    search_text = models.TextField(blank=True)  # lower case: name, namespace, repository, tags
    created_upstream_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=limits.NAME, blank=True)
    updated_upstream_at = models.DateTimeField(null=True)
    updated_by = models.CharField(max_length=limits.NAME, blank=True)
    last_used_at = models.DateTimeField(null=True)

    first_seen_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)  # a good answer no longer had it

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="endpoint_is_unique"),
            models.CheckConstraint(
                condition=Q(price_per_hour=None) | Q(price_per_hour__gte=0),
                name="endpoint_price_is_not_negative",
            ),
        ]
        # With 10,000 endpoints a page takes a third of the time with these: counts and searches
        # read nothing but their index, and the columns shown at first are sorted already.
        indexes = [
            _index("facets", "state", "vendor", "task", "namespace"),
            _index("search", "state", "search_text"),
            _index("name", "name", "id", "version", "namespace"),
            _index("repository", Lower("repository"), "name", "id"),
            _index("engine", Lower("engine"), "name", "id"),
            _index("hardware", "instance_type", "instance_size", "name", "id"),
            _index("cost", "cost_per_hour", "name", "id"),
            _index("replicas", "ready_replicas", "max_replicas", "name", "id"),
            _index("used", "last_used_at", "name", "id"),
        ]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def shown_state(self) -> str:
        return DELETED if self.deleted_at else self.state

    @property
    def needs_words(self) -> bool:
        """Whether the state alone leaves open what is going on."""
        told = self.state in {EndpointState.RUNNING, *ASLEEP} or not messages.worth_telling(
            self.message
        )
        return not (told or self.deleted_at)


class Period(models.Model):
    """A stretch of time in which an endpoint was in one state, with what it cost meanwhile."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="periods")
    state = models.CharField(max_length=limits.KIND)
    message = models.TextField(blank=True)
    ready_replicas = models.PositiveIntegerField(null=True)
    target_replicas = models.PositiveIntegerField(null=True)
    price_per_hour = models.DecimalField(
        max_digits=10, decimal_places=limits.PRICE_PLACES, null=True
    )
    began_at = models.DateTimeField()
    # How much earlier than `began_at` it may have begun: upstream changes between two looks.
    began_uncertainty = models.DurationField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ended_at=None), name="one_open_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")),
                name="period_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["endpoint", "-began_at"], name="period_by_endpoint")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.state} from {self.began_at:%F %T}"
