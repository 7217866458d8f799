"""What a model must be like to be fit for use, for saving and for the scheduled checks alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hfadmin.vault import Secret, UndecryptableError
from providers.catalog.setups import ModelType, Setup, Task
from providers.endpoints import model_tasks
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.huggingface import client, urls
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import ModelDetails, Provider
from providers.tokens import xray
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability, NamespaceRights, Reason

FITTING_TAGS = {
    ModelType.LLM: ("text-generation", "text2text-generation", "image-text-to-text"),
    ModelType.TEXT_EMBEDDING: ("feature-extraction", "sentence-similarity"),
}
HF_INFERENCE = "hf-inference"
# What the router takes in a provider's place, and chooses one by.
POLICIES = frozenset({"fastest", "cheapest", "preferred"})
_CHAT = "conversational"
# What is asked of hf-inference by its name; to chat, the router finds a provider.
_BY_NAME = {
    ModelType.LLM: {"text-generation"},
    ModelType.TEXT_EMBEDDING: {"feature-extraction", "sentence-similarity"},
}
# What the settings screen calls the tasks of deployments. Others, such as "custom", leave it open.
TASKS_OF_DEPLOYMENTS = {task: Task(ours) for task, ours in model_tasks.TASKS.items()}


def failure(kind: Kind, **params: str) -> HuggingFaceError:
    """What is raised where a requirement is not met."""
    return HuggingFaceError(Diagnosis(kind, params))


def stored_secret(token: AccessToken | None) -> Secret:
    """The token itself. Raises HuggingFaceError where it is gone or cannot be decrypted."""
    if token is None:
        raise failure(Kind.TOKEN_DELETED)
    try:
        return token.secret
    except UndecryptableError as error:
        raise failure(Kind.TOKEN_UNDECRYPTABLE) from error


def split_name(name: str) -> tuple[str, str]:
    """The repository, and the provider or policy after its colon; "" where there is none."""
    repository, _colon, provider = name.partition(":")
    return repository, provider


def with_provider(repository: str, name: str) -> str:
    """`repository` with the provider or policy that stands in `name`."""
    _old, colon, provider = name.partition(":")
    return f"{repository}{colon}{provider}"


def fits(model_type: str, details: ModelDetails) -> bool:
    """Whether the model is made for the type: by what providers map it to, whatever its pipeline
    tag says; where they say nothing of that, by the tag. One without a tag may be."""
    kind = ModelType(model_type)
    mapped = {provider.task for provider in details.providers}
    if mapped & _BY_NAME[kind] or (kind == ModelType.LLM and _CHAT in mapped):
        return True
    tag = details.pipeline_tag
    if tag == "sentence-similarity" and "feature-extraction" not in details.tags:
        return False
    return not tag or tag in FITTING_TAGS[kind]


def existing_model(setup: Setup, token: Secret) -> ModelDetails:
    """The model on the Hub, if the token may read it, and it is of the right name, but for upper
    case, and of the type."""
    repository, _provider = split_name(setup.name)
    details = client.model(repository, token=token)
    if details.gated:
        client.check_access(repository, token=token)
    if details.renamed_from:
        new = with_provider(details.repository, setup.name)
        raise failure(Kind.REPOSITORY_RENAMED, repository=repository, new_name=new)
    if not fits(setup.model_type, details):
        raise failure(
            Kind.MODEL_WRONG_TYPE, repository=repository, task=details.pipeline_tag or "?"
        )
    return details


@dataclass(frozen=True, slots=True)
class Served:
    """Who serves a model live, by how it could be called."""

    to_chat: tuple[str, ...]
    by_name: tuple[str, ...]  # the other tasks, which only hf-inference can be asked for

    @property
    def on_hf_inference(self) -> bool:
        return HF_INFERENCE in self.by_name

    @property
    def callable(self) -> tuple[str, ...]:
        own = (HF_INFERENCE,) if self.on_hf_inference else ()
        return tuple(dict.fromkeys((*self.to_chat, *own)))


def served(model_type: str, providers: Iterable[Provider]) -> Served:
    kind = ModelType(model_type)
    live = [provider for provider in providers if provider.status == "live"]
    chatting = [p.name for p in live if p.task == _CHAT and kind == ModelType.LLM]
    others = [p.name for p in live if p.task in _BY_NAME[kind]]
    return Served(tuple(dict.fromkeys(chatting)), tuple(dict.fromkeys(others)))


def serving_providers(setup: Setup, details: ModelDetails) -> tuple[str, ...]:
    """Who serves the model live and can be called; raises where nobody does, or not the provider
    that the name asks for."""
    found = served(setup.model_type, details.providers)
    repository, asked = split_name(setup.name)
    if asked and asked not in POLICIES:
        if asked in found.callable:
            return (asked,)
        told = {"reason": "provider", "provider": asked, "providers": ", ".join(found.callable)}
    elif found.callable:
        return found.callable
    else:
        told = {"reason": "elsewhere", "providers": ", ".join(found.by_name)}
    raise failure(
        Kind.MODEL_NOT_SERVED, repository=repository, **(told if told["providers"] else {})
    )


def paying_namespace(rows: Iterable[NamespaceRights]) -> str:
    """The first namespace on whose account the token may call hosted models."""
    may = [row.namespace for row in rows if row.may(Ability.HOSTED)]
    if not may:
        raise failure(Kind.MISSING_PERMISSION, permission=xray.SERVERLESS)
    return may[0]


def require_call(rows: Iterable[NamespaceRights], namespace: str = "") -> None:
    """The token may call endpoints of the namespace; without one, of any."""
    there = of_namespace(rows, namespace)
    if any(row.may(Ability.CALL) for row in there):
        return
    for row in there:
        if row.cell(Ability.CALL).reason is Reason.POLICY and row.seen.problem:
            raise HuggingFaceError(row.seen.problem)
    raise failure(Kind.MISSING_PERMISSION, permission=xray.ENDPOINTS_CALL)


def of_namespace(rows: Iterable[NamespaceRights], namespace: str) -> list[NamespaceRights]:
    """The X-ray's rows of a namespace, however its name is spelled; without one, all of them."""
    there = [row for row in rows if not namespace or row.namespace.lower() == namespace.lower()]
    if not there:
        raise failure(Kind.NOT_A_MEMBER, namespace=namespace)
    return there


def moved(namespace: str, name: str, url: str, repository: str) -> HuggingFaceError:
    """The endpoint of that name answers at another address than the model's."""
    found = urls.normalize_endpoint_url(url)
    return failure(
        Kind.ENDPOINT_MOVED,
        namespace=namespace,
        name=name,
        host=found.host,
        url=found.url,
        deployed=repository,
    )


def deleted(endpoint: Endpoint) -> HuggingFaceError:
    """The endpoint is gone: who deleted it from here, if anybody did, and when."""
    action = Action.objects.deletion_of(endpoint)
    return failure(
        Kind.ENDPOINT_DELETED,
        namespace=endpoint.namespace.name,
        name=endpoint.name,
        time=f"{endpoint.deleted_at:%Y-%m-%d %H:%M} UTC",
        **({"by": action.by.label} if action else {"reason": "elsewhere"}),
    )


def require_fitting_deployment(setup: Setup, *, namespace: str, repository: str, task: str) -> None:
    """What is deployed must be of the right type and task, and for an embedding the very
    repository."""
    fitting = TASKS_OF_DEPLOYMENTS.get(task)
    if fitting and (fitting == Task.FEATURE_EXTRACTION) != setup.is_embedding:
        raise failure(Kind.MODEL_WRONG_TYPE, repository=repository, task=task)
    if fitting and fitting != setup.task:
        raise failure(
            Kind.TASK_MISMATCH, repository=repository, task=setup.task, fitting=fitting.value
        )
    if setup.is_embedding and repository.lower() != setup.name.lower():
        raise failure(
            Kind.ENDPOINT_SERVES_OTHER,
            namespace=namespace,
            deployed=repository,
            repository=setup.name,
        )


def correction(problem: dict[str, Any]) -> tuple[str, str] | None:
    """The field that a diagnosis can correct, and the value that it found for it."""
    field, param = _CORRECTIONS.get(problem.get("kind", ""), ("", ""))
    value = str((problem.get("params") or {}).get(param, ""))
    return (field, value) if field and value else None


_CORRECTIONS = {
    Kind.ENDPOINT_MOVED.value: ("endpoint_url", "url"),
    Kind.REPOSITORY_RENAMED.value: ("name", "new_name"),
    Kind.TASK_MISMATCH.value: ("task", "fitting"),
}


def host_of(url: str) -> str:
    try:
        return urls.normalize_endpoint_url(url).host
    except HuggingFaceError:
        return url


def is_trusted(setup: Setup) -> bool:
    """A token may go there although Hugging Face does not list the address: an administrator has
    said so, or the operator trusts the host."""
    return setup.url_confirmed or urls.may_receive(urls.normalize_endpoint_url(setup.endpoint_url))
