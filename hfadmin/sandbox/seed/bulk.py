"""The seed of the benchmarks: thousands of endpoints, all visible to one token."""

from datetime import timedelta

from hfadmin.sandbox.contents import Contents
from hfadmin.sandbox.seed.models import add_models

BULK_TOKEN = f"hf_{'SandboxBulk':x<30}b0lk"
USER = "bulk"
STATES = (
    "running",
    "scaledToZero",
    "paused",
    "running",
    "scaledToZero",
    "failed",
    "running",
    "running",
    "paused",
    "scaledToZero",
)
KINDS = (
    ("llama", "meta-llama/Llama-3.1-8B-Instruct", "text-generation", "vLLM", "nvidia-l4"),
    ("bge", "BAAI/bge-large-en-v1.5", "feature-extraction", "tei", "nvidia-t4"),
    ("qwen", "Qwen/Qwen2.5-7B-Instruct", "text-generation", "sGLang", "nvidia-a10g"),
    ("e5", "intfloat/multilingual-e5-large", "feature-extraction", "tei", "nvidia-t4"),
    ("mistral", "mistralai/Mistral-7B-Instruct-v0.3", "text-generation", "tgi", "nvidia-a100"),
    ("flan", "google/flan-t5-xl", "text2text-generation", "huggingface", "nvidia-t4"),
    ("smollm", "HuggingFaceTB/SmolLM3-3B", "text-generation", "llamacpp", "nvidia-l4"),
)


def bulk(contents: Contents, namespaces: int = 200, endpoints: int = 50) -> None:
    """Add `namespaces` with `endpoints` each, which stay in their states."""
    contents.add_user(USER)
    contents.add_token(USER, role="write", value=BULK_TOKEN, display_name="bulk")
    add_models(contents, granted_to=(USER,))
    for number in range(namespaces):
        namespace = USER if number == 0 else f"team-{number:03d}"
        if number:
            contents.add_organization(namespace, members={USER: "admin"})
        for index in range(endpoints):
            _add_endpoint(contents, namespace, number * endpoints + index)
        contents.state.listing(namespace)


def _add_endpoint(contents: Contents, namespace: str, serial: int) -> None:
    kind, repository, task, engine, instance_type = KINDS[serial % len(KINDS)]
    now = contents.state.now()
    contents.add_endpoint(
        namespace,
        f"{kind}-{serial:05d}",
        state=STATES[serial % len(STATES)],
        stuck=True,
        repository=repository,
        task=task,
        engine=engine,
        instance_type=instance_type,
        min_replica=0,
        max_replica=1 + serial % 3,
        tags=("prod",) if serial % 4 == 0 else (),
        created_by=USER,
        created_at=now - timedelta(days=10 + serial % 300),
        updated_at=now - timedelta(minutes=10 + serial % 9000),
        last_used_at=now - timedelta(minutes=serial % 7000),
    )
