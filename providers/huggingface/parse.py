"""Answers of Hugging Face about accounts, endpoints and hardware, as parsed JSON, into types.

Lenient with what only informs: a missing or odd detail, and a value out of any sensible range, is
"" or None. Strict with what identifies: KeyError, TypeError and the like say that the answer is not
of the promised shape. Lists are read item by item: one that cannot be read takes no other with it.
"""

from collections.abc import Collection, Iterator
from functools import partial
from itertools import islice
from math import isfinite
from typing import Any

from providers.huggingface import containers, limits
from providers.huggingface.explanations.explanation import _
from providers.huggingface.fields import (
    ODD,
    amount,
    count,
    each,
    list_of,
    moment_of,
    name_of,
    object_of,
    price,
    tags,
    text_of,
    web_address,
)
from providers.huggingface.text import clean
from providers.huggingface.types import (
    EndpointList,
    Hardware,
    Identity,
    Membership,
    RemoteEndpoint,
    Scope,
    TokenFacts,
)

NO_STATE = _("The answer of Hugging Face about this endpoint says no state.")
UNKNOWN = "unknown"  # the state of an endpoint whose entry says none
MOST_ENDPOINTS = 20_000
MOST_ORGANIZATIONS = 500
_MOST_PERMISSIONS = 20_000  # of all scopes of a token together
_MOST_GLOBAL_PERMISSIONS = 200
_INFERENCE = "inference."  # begins the names of all rights that decide what hfadmin may do
# Stands among the permissions for those that are not read, so that none of them passes for missing.
NOT_READ = "…"
# A hundred times what there is. What is beyond it has no known price, and that is said where the
# price would stand.
_MOST_HARDWARE = 20_000
_LARGEST = 10**15  # of a whole number in a vector


def identity(raw: Any) -> Identity:
    listed = list_of(raw.get("orgs"))
    organizations = tuple(each(listed[:MOST_ORGANIZATIONS], _membership))
    name, kind = name_of(raw["name"]), clean(raw.get("type"), limits.KIND) or "user"
    entities = {(kind, name), *(("org", member.name) for member in organizations)}
    return Identity(
        name=name,
        fullname=clean(raw.get("fullname"), limits.FULL_NAME),
        kind=kind,
        can_pay=raw.get("canPay") is True,
        is_pro=raw.get("isPro") is True,
        organizations=organizations,
        token=_token_facts(object_of(raw.get("auth")), entities),
        organizations_left_out=max(len(listed) - MOST_ORGANIZATIONS, 0),
    )


def endpoints(raw: Any, namespace: str) -> EndpointList:
    """Every endpoint of the list, once each; TypeError where the answer holds no list."""
    if not isinstance(raw["items"], list):
        raise TypeError("A list of endpoints was expected")
    found, without_name = {}, 0
    for item in raw["items"][:MOST_ENDPOINTS]:
        try:
            entry = endpoint(item, namespace)
        except ODD:
            without_name += 1
        else:
            found[entry.name] = entry
    left_out = max(len(raw["items"]) - MOST_ENDPOINTS, 0)
    return EndpointList(tuple(found.values()), without_name, left_out)


def endpoint(raw: Any, namespace: str) -> RemoteEndpoint:
    """Needs nothing but a name. Where the state is missing it is UNKNOWN, and the message says what
    was wrong."""
    status, model = object_of(raw.get("status")), object_of(raw.get("model"))
    provider, compute = object_of(raw.get("provider")), object_of(raw.get("compute"))
    scaling = object_of(compute.get("scaling"))
    engine, image = containers.engine(model)
    measure, threshold = _measure(scaling.get("measure"))
    state = text_of(status.get("state"), limits.KIND)
    route = clean(raw.get("healthRoute"), limits.PATH)
    return RemoteEndpoint(
        namespace=namespace,
        name=name_of(raw["name"]),
        state=state or UNKNOWN,
        message=clean(status.get("message"), limits.MESSAGE) if state else NO_STATE,
        repository=clean(model.get("repository"), limits.MODEL),
        revision=clean(model.get("revision"), limits.REVISION),
        task=clean(model.get("task"), limits.TASK),
        framework=clean(model.get("framework"), limits.LIBRARY),
        engine=engine,
        image_url=clean(image.get("url"), limits.URL),
        vendor=clean(provider.get("vendor"), limits.KIND),
        region=clean(provider.get("region"), limits.REGION),
        accelerator=clean(compute.get("accelerator"), limits.ACCELERATOR),
        instance_type=clean(compute.get("instanceType"), limits.INSTANCE_TYPE),
        instance_size=clean(compute.get("instanceSize"), limits.KIND),
        compute_id=clean(compute.get("id"), limits.COMPUTE_ID),
        min_replica=count(scaling.get("minReplica")),
        max_replica=count(scaling.get("maxReplica")),
        scale_to_zero_timeout=count(scaling.get("scaleToZeroTimeout")),
        autoscale_by=measure,
        autoscale_threshold=threshold,
        ready_replicas=count(status.get("readyReplica")),
        target_replicas=count(status.get("targetReplica")),
        auth_type=clean(raw.get("type"), limits.KIND),
        url=web_address(status.get("url")),
        tags=tags(raw.get("tags")),
        created_at=moment_of(status.get("createdAt")),
        created_by=_who(status.get("createdBy")),
        updated_at=moment_of(status.get("updatedAt")),
        updated_by=_who(status.get("updatedBy")),
        last_used_at=moment_of(status.get("lastUsedAt")),
        health_route=route or clean(image.get("healthRoute"), limits.PATH),
        container=containers.facts(model, image),
    )


def hardware(raw: Any) -> tuple[Hardware, ...]:
    """TypeError where the answer holds no list of vendors."""
    if not isinstance(raw["vendors"], list):
        raise TypeError("A list of vendors was expected")
    return tuple(islice(_hardware(raw["vendors"]), _MOST_HARDWARE))


def vector_dimension(raw: Any) -> int:
    """The dimension of the embedding of one text: from one vector, a list of vectors, or token
    vectors, whose average has the dimension of each."""
    says_something = _says_something(raw)
    while isinstance(raw, list) and raw and isinstance(raw[0], list):
        if len({len(part) for part in raw if isinstance(part, list)}) > 1 and _is_flat(raw[0]):
            raise ValueError("The vectors are of different lengths")
        raw = raw[0]
    if not _is_flat(raw):
        raise ValueError("A vector of numbers was expected")
    if not says_something:
        raise ValueError("The vectors hold nothing but zeros")
    return len(raw)


def _says_something(raw: Any) -> bool:
    return any(map(_says_something, raw)) if isinstance(raw, list) else bool(raw)


def served_names(raw: Any) -> tuple[str, ...]:
    """The names in an OpenAI list of models. One that cannot be sent back as it is, is left out."""
    names = [item.get("id") for item in raw["data"] if isinstance(item, dict)]
    fit = (n for n in names if isinstance(n, str) and n and clean(n, limits.MODEL) == n)
    return tuple(dict.fromkeys(fit))


def _hardware(vendors: list[Any]) -> Iterator[Hardware]:
    for vendor in map(object_of, vendors):
        for region in map(object_of, list_of(vendor.get("regions"))):
            compute = partial(
                _compute,
                vendor=text_of(vendor.get("name"), limits.KIND),
                region=text_of(region.get("name"), limits.REGION),
            )
            yield from each(list_of(region.get("computes")), compute)


def _is_flat(raw: Any) -> bool:
    return isinstance(raw, list) and bool(raw) and all(map(_is_number, raw))


def _is_number(raw: Any) -> bool:
    if isinstance(raw, float):
        return isfinite(raw)
    # An integer of hundreds of digits is more than a float can be.
    return isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _LARGEST


def _membership(raw: Any) -> Membership:
    return Membership(
        name=name_of(raw["name"]),
        fullname=clean(raw.get("fullname"), limits.FULL_NAME),
        role=clean(raw.get("roleInOrg"), limits.KIND),
        can_pay=raw.get("canPay") is True,
        is_enterprise=raw.get("isEnterprise") is True,
    )


def _token_facts(auth: dict[str, Any], entities: Collection[tuple[str, str]]) -> TokenFacts:
    token = object_of(auth.get("accessToken"))
    # An OAuth token has no accessToken; its rights stand one level higher.
    rights = object_of(token.get("fineGrained")) or (object_of(auth) if not token else {})
    fine_grained = "fineGrained" if not token and "scoped" in rights else ""
    told = [raw for raw in (auth.get("expiresAt"), token.get("expiration")) if raw is not None]
    expires_at = next(filter(None, map(moment_of, told)), None)
    return TokenFacts(
        role=clean(token.get("role"), limits.KIND) or fine_grained,
        display_name=clean(token.get("displayName"), limits.NAME),
        created_at=moment_of(token.get("createdAt")),
        expires_at=expires_at,
        expiry_is_odd=bool(told) and expires_at is None,
        can_read_gated=rights.get("canReadGatedRepos") is True,
        global_permissions=_permissions(list_of(rights.get("global")), _MOST_GLOBAL_PERMISSIONS),
        scopes=tuple(_scopes(list_of(rights.get("scoped")), entities)),
    )


def _scopes(raw: list[Any], entities: Collection[tuple[str, str]]) -> Iterator[Scope]:
    """One for each of the `entities` that the token has rights on. Those on single repositories,
    of which there may be thousands, decide nothing here."""
    given: dict[tuple[str, str], list[Any]] = {}
    for item in map(object_of, raw):
        entity = object_of(item.get("entity"))
        key = clean(entity.get("type"), limits.KIND), clean(entity.get("name"), limits.NAME)
        if key in entities:
            given.setdefault(key, []).extend(list_of(item.get("permissions")))
    for (kind, name), names in given.items():
        yield Scope(kind, name, _permissions(names, _MOST_PERMISSIONS // len(given)))


def _permissions(raw: list[Any], most: int) -> frozenset[str]:
    """Each once, as far as there are no more than `most`; those for inference before any other."""
    listed = dict.fromkeys(name if isinstance(name, str) else "" for name in raw)
    names = sorted(listed, key=lambda name: not name.startswith(_INFERENCE))
    kept = [clean(name, limits.PERMISSION) for name in names[:most]]
    return frozenset([*kept, NOT_READ] if len(names) > most else kept)


def _compute(raw: Any, vendor: str, region: str) -> Hardware:
    if not (vendor and region):
        raise TypeError("A compute without vendor or region was not expected")
    quota = object_of(raw.get("quota"))
    return Hardware(
        id=name_of(raw["id"], limits.COMPUTE_ID),
        vendor=vendor,
        region=region,
        accelerator=clean(raw.get("accelerator"), limits.ACCELERATOR),
        instance_type=clean(raw.get("instanceType"), limits.INSTANCE_TYPE),
        instance_size=clean(raw.get("instanceSize"), limits.KIND),
        architecture=clean(raw.get("architecture"), limits.ARCHITECTURE),
        status=clean(raw.get("status"), limits.KIND),
        price_per_hour=price(raw.get("pricePerHour")),
        accelerators=count(raw.get("numAccelerators"), limits.ACCELERATORS),
        cpus=count(raw.get("numCpus")),
        memory_gb=amount(raw.get("memoryGb")),
        gpu_memory_gb=amount(raw.get("gpuMemoryGb")),
        quota_max=count(quota.get("maxAccelerators")),
        quota_used=count(quota.get("usedAccelerators")),
    )


def _measure(raw: Any) -> tuple[str, float | None]:
    """What replicas are added by, and from which value on."""
    for name, value in object_of(raw).items():
        return clean(name, limits.MEASURE), amount(value)
    return "", None


def _who(raw: Any) -> str:
    return clean(raw.get("name") if isinstance(raw, dict) else raw, limits.NAME)
