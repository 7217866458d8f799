"""How an endpoint is set up, setting by setting: which columns hold each, and its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers import labels
from providers.endpoints.lifecycle import columns
from providers.endpoints.models import Endpoint, EndpointState

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """`columns` of an endpoint hold it, and `verb` changes it. `words` says the values of these
    columns, `phrase` makes a part of a sentence of that. Columns that hold one of `untold` are not
    known."""

    name: str
    label: str | Promise
    columns: tuple[str, ...]
    verb: str
    words: Callable[[Values], str]
    phrase: str | Promise = "%(value)s"
    untold: tuple[Any, ...] = (None, "")

    def seen(self, endpoint: Endpoint) -> dict[str, Any]:
        return {name: getattr(endpoint, name) for name in self.columns}

    def is_told(self, endpoint: Endpoint) -> bool:
        """Whether what was seen says how it is."""
        return not any(value in self.untold for value in self.seen(endpoint).values())

    def is_held(self, endpoint: Endpoint) -> bool:
        """Whether that holds beyond now. While paused, the scaling may be anything."""
        return self.verb != "scaling" or endpoint.state != EndpointState.PAUSED


def phrases(values: Values, verb: str = "") -> str:
    """What is set, in words: "0 to 2 replicas, scale to zero after 60 min". Only what the `verb`
    changes, if one is given."""
    named = (
        each
        for each in SETTINGS.values()
        if verb in ("", each.verb) and set(each.columns) <= values.keys()
    )
    parts = [str(each.phrase) % {"value": each.words(values)} for each in named]
    return _(", ").join(parts)


def _replicas(values: Values) -> str:
    least, most = ("?" if values[name] is None else values[name] for name in _REPLICAS)
    return _("%(least)s to %(most)s replicas") % {"least": least, "most": most}


def _scale_to_zero(values: Values) -> str:
    minutes = values["scale_to_zero_minutes"]
    return _("never") if minutes is None else _("after %(minutes)s min") % {"minutes": minutes}


def _autoscaling(values: Values) -> str:
    return labels.autoscaling(values["autoscale_by"], values["autoscale_threshold"])


def _hardware(values: Values) -> str:
    return labels.hardware(values["instance_type"], values["instance_size"], values["accelerator"])


def _revision(values: Values) -> str:
    revision = values["revision"]
    return revision[:12] if columns.is_commit(revision) else revision or _("the newest")


def _tags(values: Values) -> str:
    return _(", ").join(values["tags"]) or _("none")


_REPLICAS = ("min_replicas", "max_replicas")

SETTINGS: Final = {
    each.name: each
    for each in (
        Setting("replicas", gettext_lazy("Scaling"), _REPLICAS, "scaling", _replicas),
        Setting(
            "scale-to-zero",
            gettext_lazy("Scale to zero"),
            ("scale_to_zero_minutes",),
            "scaling",
            _scale_to_zero,
            phrase=gettext_lazy("scale to zero %(value)s"),
            untold=(),
        ),
        Setting(
            "autoscaling",
            gettext_lazy("Autoscaling"),
            ("autoscale_by", "autoscale_threshold"),
            "scaling",
            _autoscaling,
            phrase=gettext_lazy("autoscaling %(value)s"),
        ),
        Setting(
            "hardware",
            gettext_lazy("Hardware"),
            ("accelerator", "instance_type", "instance_size"),
            "hardware",
            _hardware,
        ),
        Setting(
            "model",
            gettext_lazy("Repository"),
            ("repository",),
            "model",
            lambda values: str(values["repository"]),
        ),
        Setting(
            "revision",
            gettext_lazy("Revision"),
            ("revision",),
            "model",
            _revision,
            phrase=gettext_lazy("revision %(value)s"),
        ),
        Setting("tags", gettext_lazy("Tags"), ("tags",), "tags", _tags),
        Setting(
            "access",
            gettext_lazy("Access"),
            ("auth_type",),
            "access",
            lambda values: labels.auth(values["auth_type"]),
        ),
    )
}
