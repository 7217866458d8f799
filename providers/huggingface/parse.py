"""Answers of Hugging Face, as parsed JSON, into types.

Lenient with what only informs: a missing or odd detail, and a value out of any sensible range, is
"" or None. Strict with what identifies: KeyError, TypeError and the like say that the answer is not
of the promised shape. Lists are read item by item: one that cannot be read takes no other with it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from math import isfinite
from typing import Any, TypeVar

from providers.huggingface.text import clean
from providers.huggingface.types import (
    EndpointList,
    Hardware,
    Identity,
    Membership,
    ModelSummary,
    Provider,
    RemoteEndpoint,
    Scope,
    TokenFacts,
)

_ODD_STATE = "The answer of Hugging Face about this endpoint says no state."
UNKNOWN = "unknown"  # the state of an endpoint whose entry says none
MOST_ORGANIZATIONS = 500
_MOST_SCOPES = 2_000
_MOST_PERMISSIONS = 200
_MOST_HARDWARE = 20_000
_MOST_SUMMARIES = 1_000
_MOST_PROVIDERS = 200
_MOST = 1_000_000
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# What reading one odd item raises. Whatever else goes wrong is a fault of ours.
_ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)

_Item = TypeVar("_Item")


def identity(raw: Any) -> Identity:
    listed = _list(raw.get("orgs"))
    return Identity(
        name=_name(raw["name"]),
        fullname=clean(raw.get("fullname")),
        kind=clean(raw.get("type")) or "user",
        can_pay=raw.get("canPay") is True,
        is_pro=raw.get("isPro") is True,
        organizations=tuple(_each(listed[:MOST_ORGANIZATIONS], _membership)),
        token=_token_facts(_object(raw.get("auth"))),
        organizations_left_out=max(len(listed) - MOST_ORGANIZATIONS, 0),
    )


def endpoints(raw: Any, namespace: str) -> EndpointList:
    """Every endpoint of the list, once each; TypeError where the answer holds no list."""
    if not isinstance(raw["items"], list):
        raise TypeError("A list of endpoints was expected")
    found, without_name = {}, 0
    for item in raw["items"]:
        try:
            entry = endpoint(item, namespace)
        except _ODD:
            without_name += 1
        else:
            found[entry.name] = entry
    return EndpointList(tuple(found.values()), without_name)


def endpoint(raw: Any, namespace: str) -> RemoteEndpoint:
    """Needs nothing but a name. Where the state is missing it is UNKNOWN, and the message says what
    was wrong."""
    status, model = _object(raw.get("status")), _object(raw.get("model"))
    state = _text(status.get("state"), 60)
    provider, compute = _object(raw.get("provider")), _object(raw.get("compute"))
    scaling = _object(compute.get("scaling"))
    engine, image = _engine(model)
    facts = (
        state or UNKNOWN,
        clean(status.get("message"), 500) if state else _ODD_STATE,
        clean(model.get("repository"), 200),
        clean(model.get("revision"), 100),
        clean(model.get("task"), 60),
        clean(model.get("framework"), 60),
        engine,
        clean(image.get("url"), 300),
        clean(provider.get("vendor"), 60),
        clean(provider.get("region"), 60),
        clean(compute.get("accelerator"), 60),
        clean(compute.get("instanceType"), 60),
        clean(compute.get("instanceSize"), 60),
        clean(compute.get("id"), 150),
        count(scaling.get("minReplica")),
        count(scaling.get("maxReplica")),
        count(scaling.get("scaleToZeroTimeout")),
        _measure(scaling.get("measure")),
        count(status.get("readyReplica")),
        count(status.get("targetReplica")),
        clean(raw.get("type"), 30),
        _web_address(status.get("url")),
        tags(raw.get("tags")),
        _moment(status.get("createdAt")),
        _who(status.get("createdBy")),
        _moment(status.get("updatedAt")),
        _who(status.get("updatedBy")),
        _moment(status.get("lastUsedAt")),
        clean(raw.get("healthRoute"), 200) or clean(image.get("healthRoute"), 200),
    )
    # Of what is kept and not of the raw answer: secrets and environment have no part in it.
    digest = hashlib.blake2b(repr(facts).encode("utf-8", "replace"), digest_size=16)
    return RemoteEndpoint(namespace, _name(raw["name"]), digest.hexdigest(), *facts)


def hardware(raw: Any) -> tuple[Hardware, ...]:
    """TypeError where the answer holds no list of vendors."""
    if not isinstance(raw["vendors"], list):
        raise TypeError("A list of vendors was expected")
    return tuple(islice(_hardware(raw["vendors"]), _MOST_HARDWARE))


def model_summaries(raw: Any) -> tuple[ModelSummary, ...]:
    if not isinstance(raw, list):
        raise TypeError("A list of models was expected")
    return tuple(_each(raw[:_MOST_SUMMARIES], _model_summary))


def providers(mapping: Any) -> tuple[Provider, ...]:
    """From `inferenceProviderMapping`, which is an object by provider or a list."""
    if isinstance(mapping, dict):
        entries = [(name, _object(entry)) for name, entry in mapping.items()]
    else:
        entries = [(_object(e).get("provider"), _object(e)) for e in _list(mapping)]
    return tuple(
        Provider(clean(name, 60), clean(entry.get("status"), 30), clean(entry.get("task"), 60))
        for name, entry in entries[:_MOST_PROVIDERS]
    )


def vector_dimension(raw: Any) -> int:
    """The dimension of the embedding of one text: from one vector, a list of vectors, or token
    vectors, whose average has the dimension of each."""
    while isinstance(raw, list) and raw and isinstance(raw[0], list):
        if len({len(part) for part in raw if isinstance(part, list)}) > 1 and _is_flat(raw[0]):
            raise ValueError("The vectors are of different lengths")
        raw = raw[0]
    if not _is_flat(raw):
        raise ValueError("A vector of numbers was expected")
    return len(raw)


def _each(items: Iterable[Any], read: Callable[[Any], _Item]) -> Iterator[_Item]:
    """Those that can be read."""
    for item in items:
        try:
            entry = read(item)
        except _ODD:
            continue
        yield entry


def _hardware(vendors: list[Any]) -> Iterator[Hardware]:
    for vendor in map(_object, vendors):
        for region in map(_object, _list(vendor.get("regions"))):
            compute = partial(
                _compute,
                vendor=_text(vendor.get("name"), 200),
                region=_text(region.get("name"), 200),
            )
            yield from _each(_list(region.get("computes")), compute)


def _is_flat(raw: Any) -> bool:
    return (
        isinstance(raw, list)
        and bool(raw)
        and all(
            isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
            for value in raw
        )
    )


def _membership(raw: Any) -> Membership:
    return Membership(
        name=_name(raw["name"]),
        fullname=clean(raw.get("fullname")),
        role=clean(raw.get("roleInOrg"), 30),
        can_pay=raw.get("canPay") is True,
        is_enterprise=raw.get("isEnterprise") is True,
    )


def _token_facts(auth: dict[str, Any]) -> TokenFacts:
    token = _object(auth.get("accessToken"))
    # An OAuth token has no accessToken; its rights stand one level higher.
    rights = _object(token.get("fineGrained")) or (_object(auth) if not token else {})
    fine_grained = "fineGrained" if not token and "scoped" in rights else ""
    told = [raw for raw in (auth.get("expiresAt"), token.get("expiration")) if raw is not None]
    expires_at = next(filter(None, map(_moment, told)), None)
    return TokenFacts(
        role=clean(token.get("role"), 30) or fine_grained,
        display_name=clean(token.get("displayName"), 120),
        created_at=_moment(token.get("createdAt")),
        expires_at=expires_at,
        expiry_is_odd=bool(told) and expires_at is None,
        can_read_gated=rights.get("canReadGatedRepos") is True,
        global_permissions=_permissions(rights.get("global")),
        scopes=tuple(_scopes(_list(rights.get("scoped"))[:_MOST_SCOPES])),
    )


def _scopes(raw: list[Any]) -> Iterator[Scope]:
    for item in raw:
        entity = _object(_object(item).get("entity"))
        permissions = _permissions(_object(item).get("permissions"))
        yield Scope(clean(entity.get("type"), 30), clean(entity.get("name"), 200), permissions)


def _permissions(raw: Any) -> frozenset[str]:
    return frozenset(clean(name, 100) for name in _list(raw)[:_MOST_PERMISSIONS])


def _compute(raw: Any, vendor: str, region: str) -> Hardware:
    if not (vendor and region):
        raise TypeError("A compute without vendor or region was not expected")
    quota = _object(raw.get("quota"))
    return Hardware(
        id=_name(raw["id"]),
        vendor=vendor,
        region=region,
        accelerator=clean(raw.get("accelerator"), 60),
        instance_type=clean(raw.get("instanceType"), 60),
        instance_size=clean(raw.get("instanceSize"), 60),
        architecture=clean(raw.get("architecture"), 120),
        status=clean(raw.get("status"), 30),
        price_per_hour=_amount(raw.get("pricePerHour")),
        accelerators=count(raw.get("numAccelerators")),
        cpus=count(raw.get("numCpus")),
        memory_gb=_amount(raw.get("memoryGb")),
        gpu_memory_gb=_amount(raw.get("gpuMemoryGb")),
        quota_max=count(quota.get("maxAccelerators")),
        quota_used=count(quota.get("usedAccelerators")),
    )


def _model_summary(raw: Any) -> ModelSummary:
    return ModelSummary(
        repository=_name(raw["id"]),
        pipeline_tag=clean(raw.get("pipeline_tag"), 60),
        downloads=count(raw.get("downloads"), most=10**12),
        likes=count(raw.get("likes")),
        gated=bool(raw.get("gated")),
        private=raw.get("private") is True,
        tags=tags(raw.get("tags"), most=500),
        library=clean(raw.get("library_name"), 60),
        providers=providers(raw.get("inferenceProviderMapping")),
    )


def _engine(model: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The one key of the image union, and what stands under it."""
    for name, image in _object(model.get("image")).items():
        return clean(name, 60), _object(image)
    return "", {}


def _measure(raw: Any) -> str:
    for name, value in _object(raw).items():
        return clean(f"{name} {value}", 60)
    return ""


def _who(raw: Any) -> str:
    return clean(raw.get("name") if isinstance(raw, dict) else raw, 120)


def tags(raw: Any, most: int = 50) -> tuple[str, ...]:
    if not isinstance(raw, list):
        return ()
    return tuple(tag for tag in (clean(item, 80) for item in raw[:most]) if tag)


def _web_address(raw: Any) -> str:
    """An address that may be linked and called, or ""."""
    text = clean(raw, 300)
    return text if text.startswith(("https://", "http://")) else ""


def _moment(raw: Any) -> datetime | None:
    """Times have up to nine digits of fraction; what is beyond microseconds is dropped. One that
    lies where no token or endpoint can have been made, or can expire, is not known."""
    if not isinstance(raw, str):
        return None
    try:
        moment = datetime.fromisoformat(raw[:60])
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def count(raw: Any, most: int = _MOST) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return min(max(raw, 0), most)


def _amount(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < _MOST:
        return None
    return float(raw)


def _name(raw: Any) -> str:
    name = clean(raw, 200)
    if not isinstance(raw, str) or not name:
        raise TypeError("A name was expected")
    return name


def _text(raw: Any, limit: int) -> str:
    """As `clean`, but "" for a number."""
    return clean(raw, limit) if isinstance(raw, str) else ""


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _object(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}
