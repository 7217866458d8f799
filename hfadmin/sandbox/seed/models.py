"""Some fifty model repositories of the Hub. Their downloads and likes are invented."""

from typing import Any

from hfadmin.sandbox.contents import Contents
from hfadmin.sandbox.seed.configs import CONFIGS

BILLION = 1_000_000_000
MILLION = 1_000_000

# repository, parameters in billions, downloads and likes in thousands, providers, other fields
_CHAT: list[tuple[str, float, float, float, str, dict[str, Any]]] = [
    (
        "meta-llama/Llama-3.1-8B-Instruct",
        8.03,
        9800,
        5.1,
        "cerebras novita nscale",
        {"gated": "manual"},
    ),
    (
        "meta-llama/Llama-3.3-70B-Instruct",
        70.6,
        1900,
        2.6,
        "groq together novita",
        {"gated": "manual"},
    ),
    ("meta-llama/Llama-3.2-1B-Instruct", 1.24, 4100, 1.1, "novita", {"gated": "manual"}),
    (
        "meta-llama/Llama-3.1-405B-Instruct",
        405.85,
        240,
        0.6,
        "",
        {"gated": "manual"},
    ),
    ("meta-llama/Llama-Guard-3-8B", 8.03, 310, 0.3, "", {"gated": "manual"}),
    ("Qwen/Qwen2.5-7B-Instruct", 7.62, 7300, 0.9, "together featherless-ai", {}),
    ("Qwen/Qwen2.5-72B-Instruct", 72.7, 640, 0.9, "novita", {}),
    ("Qwen/Qwen2.5-Coder-32B-Instruct", 32.8, 810, 2.0, "nscale novita", {}),
    ("Qwen/Qwen3-8B", 8.19, 5200, 0.8, "featherless-ai", {}),
    ("Qwen/Qwen3-14B", 14.77, 1900, 0.3, "featherless-ai", {}),
    ("Qwen/Qwen3-32B", 32.8, 1500, 0.6, "cerebras groq", {}),
    (
        "mistralai/Mistral-7B-Instruct-v0.3",
        7.25,
        2100,
        2.3,
        "novita featherless-ai",
        {"gated": "auto"},
    ),
    ("mistralai/Mixtral-8x7B-Instruct-v0.1", 46.7, 540, 4.6, "together", {"gated": "auto"}),
    ("mistralai/Mistral-Small-24B-Instruct-2501", 23.6, 700, 0.9, "together", {}),
    ("google/gemma-2-9b-it", 9.24, 330, 0.8, "nscale", {"gated": "manual"}),
    ("google/gemma-2-2b-it", 2.61, 480, 1.2, "nebius", {"gated": "manual"}),
    (
        "google/gemma-3-27b-it",
        27.4,
        1300,
        1.7,
        "scaleway",
        {"gated": "manual", "tag": "image-text-to-text"},
    ),
    (
        "Qwen/Qwen2.5-VL-7B-Instruct",
        8.29,
        3500,
        1.3,
        "hyperbolic nebius",
        {"tag": "image-text-to-text"},
    ),
    ("microsoft/Phi-3-mini-4k-instruct", 3.82, 1400, 1.3, "", {}),
    ("microsoft/phi-4", 14.7, 620, 2.1, "featherless-ai", {}),
    ("openai/gpt-oss-20b", 20.9, 6500, 3.9, "groq fireworks-ai together", {}),
    ("openai/gpt-oss-120b", 116.8, 3900, 4.2, "cerebras groq fireworks-ai", {}),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", 14.8, 510, 0.6, "novita", {}),
    ("deepseek-ai/DeepSeek-V3-0324", 684.5, 390, 3.1, "novita fireworks-ai", {}),
    ("HuggingFaceTB/SmolLM3-3B", 3.08, 290, 0.7, "hf-inference", {}),
    ("HuggingFaceTB/SmolLM2-1.7B-Instruct", 1.71, 210, 0.7, "hf-inference", {}),
    ("HuggingFaceH4/zephyr-7b-beta", 7.24, 470, 1.8, "featherless-ai", {}),
    ("tiiuae/falcon-7b-instruct", 7.22, 140, 1.0, "", {}),
    ("bigcode/starcoder2-15b", 16.0, 90, 0.6, "", {"is_base": True}),
    ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1.1, 1800, 1.4, "featherless-ai", {}),
]
# repository, parameters in millions, dimension, pipeline tag, on hf-inference
_EMBEDDING: list[tuple[str, float, int, str, bool]] = [
    ("BAAI/bge-large-en-v1.5", 335, 1024, "feature-extraction", True),
    ("BAAI/bge-small-en-v1.5", 33.4, 384, "feature-extraction", True),
    ("BAAI/bge-m3", 568, 1024, "sentence-similarity", True),
    ("intfloat/multilingual-e5-large", 560, 1024, "feature-extraction", True),
    ("intfloat/e5-small-v2", 33.4, 384, "sentence-similarity", False),
    ("sentence-transformers/all-MiniLM-L6-v2", 22.7, 384, "sentence-similarity", True),
    ("sentence-transformers/all-mpnet-base-v2", 109, 768, "sentence-similarity", True),
    ("nomic-ai/nomic-embed-text-v1.5", 137, 768, "sentence-similarity", False),
    ("jinaai/jina-embeddings-v3", 572, 1024, "feature-extraction", False),
    ("Qwen/Qwen3-Embedding-0.6B", 596, 1024, "feature-extraction", True),
    ("mixedbread-ai/mxbai-embed-large-v1", 335, 1024, "feature-extraction", True),
]
_OTHER: list[tuple[str, float, str, str]] = [
    ("google/flan-t5-xl", 2.85, "text2text-generation", "transformers"),
    ("google/flan-t5-base", 0.25, "text2text-generation", "transformers"),
    ("facebook/bart-large-cnn", 0.41, "summarization", "transformers"),
    ("BAAI/bge-reranker-v2-m3", 0.57, "text-ranking", "sentence-transformers"),
    ("openai/whisper-large-v3", 1.54, "automatic-speech-recognition", "transformers"),
    ("stabilityai/stable-diffusion-xl-base-1.0", 2.57, "text-to-image", "diffusers"),
    ("Qwen/Qwen2-VL-7B-Instruct", 8.29, "image-text-to-text", "transformers"),
]


# What those hold whose weights are not all of one type.
_MIXED = {
    "deepseek-ai/DeepSeek-V3-0324": {
        "F8_E4M3": 680_571_043_840,
        "BF16": 3_918_786_560,
        "F32": 41_555_600,
    },
    "openai/gpt-oss-20b": {"U8": 19_110_297_600, "BF16": 1_804_459_584},
    "openai/gpt-oss-120b": {"U8": 114_661_785_600, "BF16": 2_167_371_072},
}
# Of some the Hub counts more than is stored: two weights share a byte.
_FILES = {
    "openai/gpt-oss-20b": {"model.safetensors": 13_761_264_768},
    "openai/gpt-oss-120b": {"model.safetensors": 65_248_815_744},
}
# The same of the quantised ones: eight weights of four bits each in an I32.
_QUANTISED: list[tuple[str, dict[str, int]]] = [
    ("Qwen/Qwen2.5-7B-Instruct-AWQ", {"I32": 816 * MILLION, "F16": 1_140 * MILLION}),
    ("Qwen/Qwen3-14B-AWQ", {"I32": 1_651 * MILLION, "F16": 1_661 * MILLION}),
]
_GGUF_FILES = {
    "IQ3_M": 1_599_668_768,
    "Q3_K_L": 1_815_347_744,
    "Q4_K_M": 2_019_377_696,
    "Q5_K_M": 2_322_154_016,
    "Q6_K": 2_643_853_856,
    "Q8_0": 3_421_899_296,
    "f16": 6_433_687_776,
}
_LICENCES = {
    "BAAI": "mit",
    "Qwen": "apache-2.0",
    "deepseek-ai": "mit",
    "facebook": "mit",
    "google": "gemma",
    "google/flan-t5-base": "apache-2.0",
    "google/flan-t5-xl": "apache-2.0",
    "intfloat": "mit",
    "jinaai": "cc-by-nc-4.0",
    "meta-llama": "llama3.1",
    "meta-llama/Llama-3.2-1B-Instruct": "llama3.2",
    "meta-llama/Llama-3.3-70B-Instruct": "llama3.3",
    "microsoft": "mit",
    "bigcode": "bigcode-openrail-m",
}


_GGUF = "bartowski/Llama-3.2-3B-Instruct-GGUF"
_RECIPES: list[tuple[str, str, str, dict[str, str]]] = [
    ("meta-llama/Llama-3.1-8B-Instruct", "gpu", "vLLM", {}),
    ("Qwen/Qwen3-8B", "gpu", "vLLM", {}),
    ("Qwen/Qwen3-8B", "gpu", "sGLang", {}),
    ("Qwen/Qwen3-14B", "gpu", "vLLM", {}),
    ("openai/gpt-oss-20b", "gpu", "vLLM", {}),
    ("HuggingFaceTB/SmolLM3-3B", "gpu", "vLLM", {}),
    ("BAAI/bge-small-en-v1.5", "cpu", "tei", {}),
    ("BAAI/bge-m3", "gpu", "tei", {}),
    (_GGUF, "gpu", "llamacpp", {"gguf_file": "Llama-3.2-3B-Instruct-Q4_K_M.gguf"}),
    (_GGUF, "gpu", "llamacpp", {"gguf_file": "Llama-3.2-3B-Instruct-Q8_0.gguf"}),
]


def add_models(contents: Contents, *, granted_to: tuple[str, ...] = ("ada",)) -> None:
    """Add the repositories; users in `granted_to` have access to the gated ones."""
    _add_chat_models(contents, granted_to)
    _add_embedding_models(contents)
    _add_other_models(contents)
    _add_quantised_models(contents)
    _add_peculiar_models(contents)
    for repository, accelerator, engine, more in _RECIPES:
        contents.add_recipe(repository, accelerator, engine, **more)
    for repository, model in contents.state.models.items():
        model.config = CONFIGS.get(repository, model.config)


def _add_chat_models(contents: Contents, granted_to: tuple[str, ...]) -> None:
    for repository, size, downloads, likes, providers, fields in _CHAT:
        tags = () if fields.get("is_base") else ("conversational", "text-generation-inference")
        contents.add_model(
            repository,
            pipeline_tag=fields.get("tag", "text-generation"),
            providers=providers.split(),
            tags=("transformers", "safetensors", *tags, _licence(repository)),
            safetensors=_MIXED.get(repository) or {"BF16": int(size * BILLION)},
            files=_FILES.get(repository, {}),
            downloads=int(downloads * 1000),
            likes=int(likes * 1000),
            gated=fields.get("gated", False),
            granted_to=granted_to if fields.get("gated") else (),
        )


def _add_embedding_models(contents: Contents) -> None:
    for repository, parameters, dimension, tag, hosted in _EMBEDDING:
        contents.add_model(
            repository,
            pipeline_tag=tag,
            providers=("hf-inference",) if hosted else (),
            library_name="sentence-transformers",
            tags=(
                "sentence-transformers",
                "feature-extraction",
                "text-embeddings-inference",
                _licence(repository),
            ),
            safetensors={"F32": int(parameters * MILLION)},
            dimension=dimension,
            downloads=int(parameters * 9000),
            likes=int(parameters * 3),
        )


def _add_other_models(contents: Contents) -> None:
    for repository, size, tag, library in _OTHER:
        contents.add_model(
            repository,
            pipeline_tag=tag,
            library_name=library,
            tags=("safetensors", _licence(repository)),
            safetensors={"F16": int(size * BILLION)},
            downloads=int(size * 400_000),
            likes=int(size * 900),
        )


def _add_quantised_models(contents: Contents) -> None:
    for repository, held in _QUANTISED:
        contents.add_model(
            repository,
            tags=("transformers", "safetensors", "conversational", "awq", _licence(repository)),
            safetensors=held,
            downloads=410_000,
            likes=60,
        )


def _add_peculiar_models(contents: Contents) -> None:
    contents.add_model(
        "openai-community/gpt2",
        renamed_from=("gpt2",),
        safetensors={"F32": 137_022_720},
        downloads=11_000_000,
        likes=2900,
    )
    contents.add_model(
        _GGUF,
        library_name=None,
        tags=("gguf", "conversational", "license:llama3.2"),
        gguf={"total": 3_212_749_888, "architecture": "llama", "context_length": 131072},
        files={f"Llama-3.2-3B-Instruct-{name}.gguf": size for name, size in _GGUF_FILES.items()},
        downloads=240_000,
        likes=190,
    )
    contents.add_model(
        "acme/support-bot-v3",
        private=True,
        tags=("conversational",),
        safetensors={"BF16": int(8.03 * BILLION)},
        downloads=120,
        likes=4,
    )
    contents.add_model(
        "zai-org/GLM-4.5-Air",
        providers={"novita": "error", "featherless-ai": "staging"},
        tags=("conversational",),
        safetensors={"BF16": int(110.5 * BILLION)},
        mapping_as="list",
        downloads=88_000,
        likes=520,
    )


def _licence(repository: str) -> str:
    owner = repository.partition("/")[0]
    return f"license:{_LICENCES.get(repository) or _LICENCES.get(owner, 'apache-2.0')}"
