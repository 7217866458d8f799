"""The form as the page shows it: made of what was sent or is begun with, with all that follows
from the choices."""

from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Organization
from providers import labels
from providers.endpoints.deploying import (
    balances,
    computes,
    engines,
    places,
    preflight,
    prices,
    repositories,
    side_by_side,
    suggesting,
    tiles,
    weights,
)
from providers.endpoints.deploying import choice as choices
from providers.endpoints.deploying.balances import Balance
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.deploying.forms.engine import EngineFields
from providers.endpoints.deploying.places import Place
from providers.endpoints.deploying.preflight.account import billing_page
from providers.endpoints.deploying.repositories import Repository
from providers.huggingface import text
from providers.huggingface.errors import Diagnosis, Kind
from providers.huggingface.repository_names import repository_of
from providers.tokens.models import AccessToken

_BESIDE_ENGINE: Final = ("task", "registry_username", "registry_password")
_UNPAID: Final = {Kind.PAYMENT_REQUIRED, Kind.CREDITS_EXHAUSTED}


def form(
    organization: Organization,
    data: Any = None,
    *,
    initial: Mapping[str, Any] | None = None,
    problem: Diagnosis | None = None,
    asks: bool = True,
    suggests: bool = True,
) -> DeployForm:
    """`asks`: whether Hugging Face is asked about the repository and the account, where nobody has
    just done so. `suggests`: whether what fits the repository is put into fields where nobody has
    put anything else."""
    given: Mapping[str, Any] = data if data is not None else initial or {}
    offered = places.of(organization)
    place = offered.get(str(given.get("namespace", "")))
    if place is None and data is None:
        place = next(iter(offered.values()), None)
    found, balance = _told(given, place, asks=asks)
    rows = computes.of(place.namespace) if place else ()
    make = partial(
        DeployForm,
        places=offered,
        computes=rows,
        found=found,
        balance=balance,
        problem=problem,
    )
    if data is not None:
        return make(data)
    values = dict(initial or {})
    if not suggests:
        return make(initial=values)
    _suggest(values, "name", suggesting.name(_name_of(values), place))
    if found is not None and found.details is not None:
        _suggest(values, "engine", engines.suggested(found.task, is_gguf=found.is_gguf))
        _suggest(values, "gguf_file", weights.usual_file(found.variants))
        _suggest_hardware(values, choices.of(make(initial=values)), rows)
    return make(initial=values)


def context(made: DeployForm, *, with_tiles: bool = True) -> dict[str, Any]:
    """What the templates are given; without the tiles of hardware where they are not drawn."""
    chosen = choices.of(made)
    offer, checks = _offer(made, chosen) if with_tiles else None, preflight.run(chosen)
    value = chosen.hardware.value if chosen.hardware else ""
    on_offer = {tile.hardware.value for tile in offer.tiles if not tile.obstacle} if offer else ()
    return {
        "form": made,
        "choice": chosen,
        "found": made.found,
        "told": digest(made.found),
        "offer": offer,
        "chosen": value,
        "chosen_apart": bool(value) and value not in on_offer,
        "price": _price(chosen),
        "billing": _billing(made, chosen),
        "checks": checks,
        "blocked": sum(line.blocks for line in checks),
        "suggests_name": made["name"].value() == made["suggested_name"].value(),
        "engine_summary": _engine_summary(made, chosen),
        "open": _open_parts(made),
        "wrong": _wrong(made),
    }


def digest(found: Repository | None) -> str:
    """Of all that is told of the repository."""
    return blake2b(repr(found).encode(), digest_size=12).hexdigest()


def _suggest(values: dict[str, Any], field: str, value: str) -> bool:
    """What fits goes into the field unless somebody has put something else there; "": nothing does,
    and what was suggested for another repository goes. Returns whether it is another one than
    before."""
    now, before = (values.get(name) or "" for name in (field, f"suggested_{field}"))
    if now not in ("", before):
        return False
    values[field] = values[f"suggested_{field}"] = value
    return bool(now != value)


def _suggest_hardware(values: dict[str, Any], chosen: Choice, rows: Iterable[Compute]) -> None:
    """The cheapest that fits, with what is beside it."""
    made_for = [row for row in rows if row.accelerator in chosen.engine.runs_on]
    found = tiles.cheapest(made_for, chosen.estimate, chosen.kinds)
    if _suggest(values, "hardware", found.value if found else "") and found:
        for name in ("vendor", "region", "accelerator"):
            values[name] = getattr(found, name)


def _told(
    given: Mapping[str, Any], place: Place | None, *, asks: bool
) -> tuple[Repository | None, Balance | None]:
    """What Hugging Face tells of the repository, and of the account that would pay."""
    token = _token(given, place)
    name, revision = _name_of(given), str(given.get("revision") or "").strip()
    repository = repositories.read if asks else repositories.known_of
    balance = balances.read if asks else balances.known_of

    def found() -> Repository | None:
        return repository(name, revision, token) if text.is_repository(name) else None

    def left() -> Balance | None:
        return balance(place.namespace, token) if place and token else None

    return side_by_side.ask_both(found, left) if asks else (found(), left())


def _token(given: Mapping[str, Any], place: Place | None) -> AccessToken | None:
    """The chosen one, or else the best that the namespace has."""
    if place is None:
        return None
    holder = place.holder(str(given.get("api_token", ""))) or next(iter(place.holders), None)
    return holder.token if holder else None


def _name_of(given: Mapping[str, Any]) -> str:
    """The repository as it is written, "" for what is none."""
    kind, name = repository_of(str(given.get("repository") or ""))
    return name if kind == "model" else ""


def _offer(made: DeployForm, chosen: Choice) -> tiles.Offer | None:
    narrowed = {name: str(made[name].value() or "") for name in ("vendor", "region", "accelerator")}
    return tiles.offer(
        made.computes, chosen.estimate, chosen.kinds, **narrowed, chosen=chosen.hardware
    )


def _engine_summary(made: DeployForm, chosen: Choice) -> str:
    """What its container is started with, in a line."""
    engine = chosen.engine
    port = made["port"].value() or engine.port
    route = made["health_route"].value() or engine.health_route
    parts = [
        engine.label,
        port and engine.image and _("port %(port)s") % {"port": port},
        route and engine.image and _("health route %(route)s") % {"route": route},
        labels.task(chosen.task),
        chosen.gguf_file if engine.key == engines.LLAMACPP else "",
    ]
    return _(", ").join(str(part) for part in parts if part)


def _open_parts(made: DeployForm) -> dict[str, bool]:
    """Which of the folded parts somebody has to look at."""
    wrong = {field.name for field in _wrong(made)}
    return {
        part: not wrong.isdisjoint(names)
        for part, names in {
            "revision": {"revision"},
            "engine": {*EngineFields.base_fields, *_BESIDE_ENGINE} - {"gguf_file"},
            "variables": {"env", "secrets"},
            "tags": {"tags"},
        }.items()
    }


def _wrong(made: DeployForm) -> list[BoundField]:
    """The fields with an error, and the one that Hugging Face did not take, as they stand on the
    page."""
    names = {*made.errors, made.refused_at}
    return [field for field in made.visible_fields() if field.name in names]


def _billing(made: DeployForm, chosen: Choice) -> str:
    """The page of Hugging Face where what was refused for want of money is put right; or ""."""
    is_unpaid = made.problem is not None and made.problem.kind in _UNPAID
    return billing_page(chosen) if is_unpaid and chosen.place else ""


def _price(chosen: Choice) -> prices.Price | None:
    if chosen.hardware is None or chosen.recipe is not None:
        return None
    return prices.of(
        chosen.hardware, chosen.min_replicas, chosen.max_replicas, sleeps=chosen.sleeps
    )
