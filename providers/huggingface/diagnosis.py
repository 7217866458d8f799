"""One failure as data: its kind, what its sentences name, and the evidence.

    Diagnosis
      .kind          what happened, stable: stored, filtered and counted by
      .params        what the sentences name: namespace, repository, host, permission, …
      .evidence      the upstream answer, cleaned: method, path, status, request id, text
      .retry_after   seconds until it is worth asking again, where that was said

The sentences stand in `explanations`; `answers` maps each upstream answer to its kind.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from providers.huggingface.explanations import EXPLANATIONS as _TEXTS
from providers.huggingface.explanations import PARTIES, REASONS, Explanation
from providers.huggingface.facts import FACTS, Facts, Outcome
from providers.huggingface.kinds import Kind, Party
from providers.huggingface.text import without_value

# Params by which `explain` finds sentences or parts of them; all others are shown as they are.
OUR_WORDS = frozenset({"reason", "who"})
EXPLANATIONS = {kind: _TEXTS[kind.value] for kind in Kind}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The upstream answer, to show and copy: without tokens, markup and control characters."""

    method: str
    path: str
    status: int | None = None
    request_id: str = ""
    text: str = ""

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What it has of these fields; another version may have known others."""
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        return cls(**{"method": "", "path": ""} | known)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    kind: Kind
    params: dict[str, str] = field(default_factory=dict)
    evidence: Evidence | None = None
    retry_after: float | None = None

    @property
    def facts(self) -> Facts:
        return FACTS[self.kind]

    @property
    def is_inconclusive(self) -> bool:
        """Whether it says nothing about what was asked for."""
        return self.facts.outcome is Outcome.INCONCLUSIVE

    @property
    def is_rejection(self) -> bool:
        """Whether the token is of no use anywhere."""
        return self.facts.outcome in {Outcome.REJECTED, Outcome.REVOKED}

    @property
    def is_policy(self) -> bool:
        """Whether it is a refusal by a rule of the organization."""
        return self.facts.outcome in {Outcome.POLICY, Outcome.REVOKED}

    @property
    def is_refusal(self) -> bool:
        """Whether the token may not do what it was used for there."""
        return self.is_policy or self.facts.outcome is Outcome.REFUSED

    def without(self, values: Iterable[str]) -> Self:
        """The same without these values, which the answer may repeat."""
        if self.evidence is None:
            return self
        text = self.evidence.text
        for value in sorted(values, key=len, reverse=True):
            text = without_value(text, value)
        return replace(self, evidence=replace(self.evidence, text=text))

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": self.kind.value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote, also by a version that knew other kinds."""
        known = {kind.value: kind for kind in Kind}
        evidence, params = stored.get("evidence"), stored.get("params")
        return cls(
            kind=known.get(str(stored.get("kind")), Kind.UNKNOWN),
            params=params if isinstance(params, dict) else {},
            evidence=Evidence.from_json(evidence) if isinstance(evidence, dict) else None,
            retry_after=stored.get("retry_after"),
        )

    def explain(self, translate: Callable[[str], str] = str) -> Explanation:
        """The sentences for a person, each passed through `translate` and filled in."""
        params = _Params(self.params)
        reason = params.get("reason", "")
        who = str(self.facts.said_by or params.get("who", Party.HUGGING_FACE))
        texts = EXPLANATIONS[self.kind]
        for variant in (who, reason):
            texts = _TEXTS.get(f"{self.kind} {variant}", texts)
        params["who"] = translate(PARTIES.get(who, PARTIES["hugging_face"]))
        if reason in REASONS:
            params["reason"] = translate(REASONS[reason])
        return Explanation(
            title=translate(texts.title) % params,
            what=translate(texts.what) % params,
            remedy=translate(texts.remedy) % params,
        )


class _Params(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"
