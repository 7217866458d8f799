"""The config.json of well-known models, as far as it tells the size of the model's cache."""

from collections.abc import Iterator
from typing import Any

# repository, architecture, model type, hidden size, layers, heads, KV heads, context, other fields
_DECODERS: list[tuple[str, str, str, int, int, int, int, int, dict[str, Any]]] = [
    ("meta-llama/Llama-3.1-8B-Instruct", "Llama", "llama", 4096, 32, 32, 8, 131072, {}),
    ("meta-llama/Llama-3.3-70B-Instruct", "Llama", "llama", 8192, 80, 64, 8, 131072, {}),
    (
        "meta-llama/Llama-3.2-1B-Instruct",
        *("Llama", "llama", 2048, 16, 32, 8, 131072),
        {"head_dim": 64},
    ),
    ("meta-llama/Llama-3.1-405B-Instruct", "Llama", "llama", 16384, 126, 128, 8, 131072, {}),
    ("meta-llama/Llama-Guard-3-8B", "Llama", "llama", 4096, 32, 32, 8, 131072, {}),
    ("Qwen/Qwen2.5-7B-Instruct", "Qwen2", "qwen2", 3584, 28, 28, 4, 32768, {}),
    ("Qwen/Qwen2.5-72B-Instruct", "Qwen2", "qwen2", 8192, 80, 64, 8, 32768, {}),
    ("Qwen/Qwen2.5-Coder-32B-Instruct", "Qwen2", "qwen2", 5120, 64, 40, 8, 32768, {}),
    (
        "Qwen/Qwen2.5-7B-Instruct-AWQ",
        *("Qwen2", "qwen2", 3584, 28, 28, 4, 32768),
        {"torch_dtype": "float16", "quantization_config": {"bits": 4, "quant_method": "awq"}},
    ),
    ("Qwen/Qwen3-8B", "Qwen3", "qwen3", 4096, 36, 32, 8, 40960, {"head_dim": 128}),
    ("Qwen/Qwen3-14B", "Qwen3", "qwen3", 5120, 40, 40, 8, 40960, {"head_dim": 128}),
    (
        "Qwen/Qwen3-14B-AWQ",
        *("Qwen3", "qwen3", 5120, 40, 40, 8, 40960),
        {
            "head_dim": 128,
            "torch_dtype": "float16",
            "quantization_config": {"bits": 4, "quant_method": "awq"},
        },
    ),
    ("Qwen/Qwen3-32B", "Qwen3", "qwen3", 5120, 64, 64, 8, 40960, {"head_dim": 128}),
    ("Qwen/Qwen3-Embedding-0.6B", "Qwen3", "qwen3", 1024, 28, 16, 8, 32768, {"head_dim": 128}),
    ("mistralai/Mistral-7B-Instruct-v0.3", "Mistral", "mistral", 4096, 32, 32, 8, 32768, {}),
    (
        "mistralai/Mixtral-8x7B-Instruct-v0.1",
        *("Mixtral", "mixtral", 4096, 32, 32, 8, 32768),
        {"num_local_experts": 8, "num_experts_per_tok": 2},
    ),
    (
        "mistralai/Mistral-Small-24B-Instruct-2501",
        *("Mistral", "mistral", 5120, 40, 32, 8, 32768),
        {"head_dim": 128},
    ),
    (
        "google/gemma-2-9b-it",
        *("Gemma2", "gemma2", 3584, 42, 16, 8, 8192),
        {"head_dim": 256, "sliding_window": 4096},
    ),
    (
        "google/gemma-2-2b-it",
        *("Gemma2", "gemma2", 2304, 26, 8, 4, 8192),
        {"head_dim": 256, "sliding_window": 4096},
    ),
    (
        "microsoft/Phi-3-mini-4k-instruct",
        *("Phi3", "phi3", 3072, 32, 32, 32, 4096),
        {"sliding_window": 2047},
    ),
    ("microsoft/phi-4", "Phi3", "phi3", 5120, 40, 40, 10, 16384, {}),
    (
        "openai/gpt-oss-20b",
        *("GptOss", "gpt_oss", 2880, 24, 64, 8, 131072),
        {
            "head_dim": 64,
            "sliding_window": 128,
            "quantization_config": {"quant_method": "mxfp4"},
        },
    ),
    (
        "openai/gpt-oss-120b",
        *("GptOss", "gpt_oss", 2880, 36, 64, 8, 131072),
        {
            "head_dim": 64,
            "sliding_window": 128,
            "quantization_config": {"quant_method": "mxfp4"},
        },
    ),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "Qwen2", "qwen2", 5120, 48, 40, 8, 131072, {}),
    (
        "deepseek-ai/DeepSeek-V3-0324",
        *("DeepseekV3", "deepseek_v3", 7168, 61, 128, 128, 163840),
        {
            "kv_lora_rank": 512,
            "qk_rope_head_dim": 64,
            "quantization_config": {"fmt": "e4m3", "quant_method": "fp8"},
        },
    ),
    ("HuggingFaceTB/SmolLM3-3B", "SmolLM3", "smollm3", 2048, 36, 16, 4, 65536, {}),
    ("HuggingFaceTB/SmolLM2-1.7B-Instruct", "Llama", "llama", 2048, 24, 32, 32, 8192, {}),
    (
        "HuggingFaceH4/zephyr-7b-beta",
        *("Mistral", "mistral", 4096, 32, 32, 8, 32768),
        {"sliding_window": 4096},
    ),
    ("bigcode/starcoder2-15b", "Starcoder2", "starcoder2", 6144, 40, 48, 4, 16384, {}),
    ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", "Llama", "llama", 2048, 22, 32, 4, 2048, {}),
    (
        "zai-org/GLM-4.5-Air",
        *("Glm4Moe", "glm4_moe", 4096, 46, 96, 8, 131072),
        {"head_dim": 128},
    ),
    ("acme/support-bot-v3", "Llama", "llama", 4096, 32, 32, 8, 131072, {}),
]
# repository, architecture, model type, hidden size, layers, heads, context
_ENCODERS: list[tuple[str, str, str, int, int, int, int]] = [
    ("BAAI/bge-large-en-v1.5", "BertModel", "bert", 1024, 24, 16, 512),
    ("BAAI/bge-small-en-v1.5", "BertModel", "bert", 384, 12, 12, 512),
    ("BAAI/bge-m3", "XLMRobertaModel", "xlm-roberta", 1024, 24, 16, 8194),
    (
        "BAAI/bge-reranker-v2-m3",
        *("XLMRobertaForSequenceClassification", "xlm-roberta", 1024, 24, 16, 8194),
    ),
    ("intfloat/multilingual-e5-large", "XLMRobertaModel", "xlm-roberta", 1024, 24, 16, 514),
    ("intfloat/e5-small-v2", "BertModel", "bert", 384, 12, 12, 512),
    ("sentence-transformers/all-MiniLM-L6-v2", "BertModel", "bert", 384, 6, 12, 512),
    ("sentence-transformers/all-mpnet-base-v2", "MPNetForMaskedLM", "mpnet", 768, 12, 12, 514),
    ("jinaai/jina-embeddings-v3", "XLMRobertaModel", "xlm-roberta", 1024, 24, 16, 8194),
    ("mixedbread-ai/mxbai-embed-large-v1", "BertModel", "bert", 1024, 24, 16, 512),
]
_QWEN_VL: dict[str, Any] = {
    "architectures": ["Qwen2_5_VLForConditionalGeneration"],
    "model_type": "qwen2_5_vl",
    "hidden_size": 3584,
    "max_position_embeddings": 128000,
    "num_attention_heads": 28,
    "num_hidden_layers": 28,
    "num_key_value_heads": 4,
    "sliding_window": 32768,
    "use_sliding_window": False,
    "torch_dtype": "bfloat16",
}
# Those that name things in a way of their own.
_OTHERS: dict[str, dict[str, Any]] = {
    "google/gemma-3-27b-it": {
        "architectures": ["Gemma3ForConditionalGeneration"],
        "model_type": "gemma3",
        "text_config": {
            "head_dim": 128,
            "hidden_size": 5376,
            "model_type": "gemma3_text",
            "num_attention_heads": 32,
            "num_hidden_layers": 62,
            "num_key_value_heads": 16,
            "sliding_window": 1024,
        },
        "torch_dtype": "bfloat16",
        "vision_config": {"hidden_size": 1152, "num_hidden_layers": 27},
    },
    "Qwen/Qwen2.5-VL-7B-Instruct": _QWEN_VL,
    "Qwen/Qwen2-VL-7B-Instruct": _QWEN_VL,
    "tiiuae/falcon-7b-instruct": {
        "architectures": ["FalconForCausalLM"],
        "model_type": "falcon",
        "hidden_size": 4544,
        "multi_query": True,
        "new_decoder_architecture": False,
        "num_attention_heads": 71,
        "num_hidden_layers": 32,
        "torch_dtype": "bfloat16",
    },
    "google/flan-t5-xl": {
        "architectures": ["T5ForConditionalGeneration"],
        "model_type": "t5",
        "d_kv": 64,
        "d_model": 2048,
        "n_positions": 512,
        "num_heads": 32,
        "num_layers": 24,
    },
    "openai-community/gpt2": {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "n_ctx": 1024,
        "n_embd": 768,
        "n_head": 12,
        "n_layer": 12,
        "n_positions": 1024,
    },
    "nomic-ai/nomic-embed-text-v1.5": {
        "architectures": ["NomicBertModel"],
        "model_type": "nomic_bert",
        "n_embd": 768,
        "n_head": 12,
        "n_layer": 12,
        "n_positions": 8192,
        "torch_dtype": "float32",
    },
}


def _all() -> Iterator[tuple[str, dict[str, Any]]]:
    for repository, name, model_type, hidden, layers, heads, kv_heads, context, more in _DECODERS:
        config = {"num_key_value_heads": kv_heads, "torch_dtype": "bfloat16", **more}
        usual = _usual(f"{name}ForCausalLM", model_type, hidden, layers, heads, context)
        yield repository, usual | config
    for repository, architecture, model_type, hidden, layers, heads, context in _ENCODERS:
        usual = _usual(architecture, model_type, hidden, layers, heads, context)
        yield repository, usual | {"torch_dtype": "float32"}
    yield from _OTHERS.items()


def _usual(
    architecture: str, model_type: str, hidden: int, layers: int, heads: int, context: int
) -> dict[str, Any]:
    return {
        "architectures": [architecture],
        "model_type": model_type,
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "max_position_embeddings": context,
    }


CONFIGS = dict(_all())
