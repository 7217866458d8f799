"""`{% load huggingface %}`: what went wrong with Hugging Face, as sentences on a page."""

from dataclasses import replace
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from providers import labels
from providers.huggingface.errors import OUR_WORDS, Diagnosis, Evidence

register = template.Library()

Problem = Diagnosis | dict[str, Any] | None


@register.simple_tag
def diagnosis(problem: Problem, style: str = "block") -> SafeString:
    """What happened, what to do, and the evidence; nothing where there is no problem.

    `style`: block (at a field, on a page) or plain (within a row, without evidence).
    """
    found = _diagnosis(problem)
    if found is None:
        return mark_safe("")
    title, what, remedy = _sentences(found)
    shown = found.evidence if style == "block" else None
    html = render_to_string(
        "components/diagnosis.html",
        {
            "kind": found.kind.value,
            "style": style,
            "title": title,
            "what": what,
            "remedy": remedy,
            "evidence": _evidence_line(shown) if shown else "",
            "answer": shown.text if shown else "",
        },
    )
    return mark_safe(html)  # noqa: S308 - rendered by a template


@register.simple_tag
def refusal(form: Any, field: str) -> SafeString:
    """The diagnosis of what was refused, where it is about this field of the form."""
    return diagnosis(form.problem) if form.refused_at == field else mark_safe("")


@register.filter
def diagnosis_title(problem: Problem) -> SafeString:
    """Only what happened, for a cell or a list."""
    found = _diagnosis(problem)
    return _sentences(found)[0] if found else mark_safe("")


def _diagnosis(problem: Problem) -> Diagnosis | None:
    if not problem:
        return None
    return problem if isinstance(problem, Diagnosis) else Diagnosis.from_json(problem)


def _sentences(found: Diagnosis) -> tuple[SafeString, ...]:
    # Names from outside are isolated: a hostile one can neither bring markup nor turn the line.
    params: dict[str, str] = {
        name: format_html("{}" if name in OUR_WORDS else "<bdi>{}</bdi>", _shown(name, value))
        for name, value in found.params.items()
    }
    texts = replace(found, params=params).explain(lambda text: escape(gettext(text)))
    return tuple(
        mark_safe(text)  # noqa: S308 - escaped above, sentence and names
        for text in (texts.title, texts.what, texts.remedy)
    )


def _shown(name: str, value: str) -> str:
    return labels.BY_FACT[name](value) if name in labels.BY_FACT else value


def _evidence_line(evidence: Evidence) -> str:
    parts = [f"{evidence.method} {evidence.path} {evidence.status or ''}".strip()]
    if evidence.request_id:
        parts.append(f"request {evidence.request_id}")
    return " · ".join(parts)
