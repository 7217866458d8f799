"""Whether the repository is one that can be deployed, and may be read."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.forms.model import NO_MODELS, ONLY_MODELS
from providers.endpoints.deploying.preflight.lines import Line, Remedy, ok, refusal, unknown
from providers.endpoints.deploying.repositories import Repository
from providers.huggingface import text
from providers.huggingface.errors import Diagnosis, Kind
from providers.huggingface.repository_names import repository_of
from providers.huggingface.types import ModelDetails
from providers.tokens import remedies

REPOSITORY: Final = "repository"  # the line, its field, and what is asked anew: see `anew`


def repository(choice: Choice) -> Line | None:
    kind, name = repository_of(choice.repository)
    if kind in NO_MODELS:
        return refusal(REPOSITORY, REPOSITORY, str(NO_MODELS[kind]), str(ONLY_MODELS))
    if choice.repository and not text.is_repository(name):
        return refusal(
            REPOSITORY, REPOSITORY, _("This cannot be a repository"), _("It is written owner/name.")
        )
    found = choice.found
    if found is None or not name:
        return None
    if found.problem is not None:
        return _not_found(choice, found, found.problem)
    if found.access is not None:
        return _closed(choice, found, found.access)
    return _open(choice, found.details) if found.details else None


def _not_found(choice: Choice, found: Repository, problem: Diagnosis) -> Line:
    said, words = problem.explain(_), _words(choice, found)
    if problem.is_inconclusive or problem.kind is not Kind.MODEL_NOT_FOUND:
        title = _("Whether %(repository)s can be read is not known") % words
        return unknown(REPOSITORY, title, f"{said.title}. {said.what}", _again())
    if problem.params.get("reason") == "revision":
        return refusal(REPOSITORY, "revision", said.title, said.what)
    title = _("%(token)s cannot see %(repository)s") % words
    return refusal(REPOSITORY, REPOSITORY, title, said.remedy)


def _closed(choice: Choice, found: Repository, access: Diagnosis) -> Line:
    words = _words(choice, found)
    if access.kind is Kind.MODEL_GATED:
        return _gated(choice, found)
    if access.kind is Kind.MODEL_NOT_FOUND:
        title = _("%(token)s may not read %(repository)s") % words
        return refusal(
            REPOSITORY, REPOSITORY, title, _("It is private, and Hugging Face could not load it.")
        )
    title = _("Whether %(token)s may read %(repository)s is not known") % words
    return unknown(REPOSITORY, title, access.explain(_).what, _again())


def _again() -> Remedy:
    return Remedy(_("Look again"), asks=REPOSITORY)


def _gated(choice: Choice, found: Repository) -> Line:
    """By the token, if that may not read any, or else by the account."""
    words = _words(choice, found)
    page = Remedy(_("Ask for access"), f"{settings.HF_ENDPOINT}/{found.name}")
    form = remedies.form_for_gated(choice.holder.token) if choice.holder else ""
    if form:
        title = _("%(token)s may not read gated repositories") % words
        about = _("%(repository)s is gated. Its owners have to admit %(owner)s, too.") % words
        right = Remedy(_("Give it the right"), form)
        return refusal(REPOSITORY, REPOSITORY, title, about, right, page)
    title = _("%(repository)s is gated, and does not admit %(owner)s") % words
    about = _("Ask its owners for access on its page, with the account of the token.")
    return refusal(REPOSITORY, REPOSITORY, title, about, page)


def _open(choice: Choice, details: ModelDetails) -> Line:
    words = _words(choice, choice.found)
    about, remedy = "", list[Remedy]()
    if details.renamed_from:
        words |= {"old": details.renamed_from}
        about = _("%(old)s is called so now, and is deployed under this name.") % words
        remedy = [Remedy(_("Use the new name"), sets={"repository": details.repository})]
    if details.gated:
        title = _("%(repository)s is gated, and admits %(owner)s") % words
    elif details.private:
        title = _("%(repository)s is private, and %(token)s may read it") % words
    else:
        title = _("%(repository)s is open to everybody") % words
    return ok(REPOSITORY, title, about, *remedy)


def _words(choice: Choice, found: Repository | None) -> dict[str, str]:
    """Without a token, what anybody may."""
    token = choice.holder.token if choice.holder else None
    return {
        "repository": found.name if found else "",
        "token": token.name if token else _("Anybody"),
        "owner": token.owner if token else "",
    }
