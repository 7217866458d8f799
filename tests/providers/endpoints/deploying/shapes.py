"""Real models, with the figures of their sources.

`parameters` are the counts by type that the Hub tells (`expand=safetensors`), `files` the sizes of
files in the repository, `shape` what its config.json says. The sums are worked out by hand from
these, in bytes: weights = count * size of the type, KV cache = 2 * layers * KV heads * head size
* 2 bytes * tokens, total = weights + weights / 5 (rounded down) + KV cache + 10⁹.
"""

from dataclasses import dataclass, field

from providers.endpoints.deploying.memory import Fit
from providers.huggingface.types import ModelShape

# Hardware of the price list, and the GB in which the model has to fit.
HARDWARE = {
    "2 x Sapphire Rapids": 4.0,
    "1 x T4": 16.0,
    "1 x L4": 24.0,
    "1 x L40S": 48.0,
    "1 x A100": 80.0,
    "4 x L4": 96.0,
    "1 x H200": 141.0,
    "2 x A100": 160.0,
    "4 x A100": 320.0,
    "8 x A100": 640.0,
    "8 x H200": 1128.0,
}


@dataclass(frozen=True)
class Row:
    repository: str
    shape: ModelShape
    weights: int
    kv_cache: int
    total: int
    fits: dict[str, Fit]
    parameters: dict[str, int] = field(default_factory=dict)
    files: int | None = None
    task: str = "text-generation"


ROWS = [
    Row(
        "mistralai/Mistral-7B-Instruct-v0.3",
        ModelShape(layers=32, kv_heads=8, head_size=128, context_length=32_768),
        parameters={"BF16": 7_248_023_552},
        weights=14_496_047_104,
        kv_cache=4_294_967_296,
        total=22_690_223_820,
        fits={"1 x T4": Fit.TOO_BIG, "1 x L4": Fit.TIGHT, "1 x L40S": Fit.LIKELY},
    ),
    Row(
        "meta-llama/Llama-3.1-8B-Instruct",
        ModelShape(layers=32, kv_heads=8, head_size=128, context_length=131_072),
        parameters={"BF16": 8_030_261_248},
        weights=16_060_522_496,
        kv_cache=17_179_869_184,
        total=37_452_496_179,
        fits={"1 x L4": Fit.TOO_BIG, "1 x L40S": Fit.LIKELY},
    ),
    # Elements of 32 bits hold eight weights each. The Hub does not tell which of the two it counts:
    # counted by weights they would take less, so that a doubt remains where only that would fit.
    Row(
        "hugging-quants/Meta-Llama-3.1-8B-Instruct-AWQ-INT4",
        ModelShape(layers=32, kv_heads=8, head_size=128, context_length=131_072),
        parameters={"I32": 879_230_976, "F16": 1_105_465_344},
        weights=5_727_854_592,
        kv_cache=17_179_869_184,
        total=25_053_294_694,
        fits={"1 x T4": Fit.TOO_BIG, "1 x L4": Fit.UNKNOWN, "1 x L40S": Fit.LIKELY},
    ),
    Row(
        "Qwen/Qwen3-14B",
        ModelShape(layers=40, kv_heads=8, head_size=128, context_length=40_960),
        parameters={"BF16": 14_768_307_200},
        weights=29_536_614_400,
        kv_cache=6_710_886_400,
        total=43_154_823_680,
        fits={
            "1 x L4": Fit.TOO_BIG,
            "1 x L40S": Fit.TIGHT,
            "1 x A100": Fit.LIKELY,
            "4 x L4": Fit.LIKELY,
        },
    ),
    Row(
        "Qwen/Qwen2.5-32B-Instruct",
        ModelShape(layers=64, kv_heads=8, head_size=128, context_length=32_768),
        parameters={"BF16": 32_763_876_352},
        weights=65_527_752_704,
        kv_cache=8_589_934_592,
        total=88_223_237_836,
        fits={"1 x A100": Fit.TOO_BIG, "4 x L4": Fit.TIGHT, "1 x H200": Fit.LIKELY},
    ),
    Row(
        "meta-llama/Llama-3.3-70B-Instruct",
        ModelShape(layers=80, kv_heads=8, head_size=128, context_length=131_072),
        parameters={"BF16": 70_553_706_496},
        weights=141_107_412_992,
        kv_cache=42_949_672_960,
        total=213_278_568_550,
        fits={"2 x A100": Fit.TOO_BIG, "4 x A100": Fit.LIKELY},
    ),
    Row(
        "meta-llama/Llama-3.1-405B-Instruct",
        ModelShape(layers=126, kv_heads=8, head_size=128, context_length=131_072),
        parameters={"BF16": 405_853_388_800},
        weights=811_706_777_600,
        kv_cache=67_645_734_912,
        total=1_042_693_868_032,
        fits={"8 x A100": Fit.TOO_BIG, "8 x H200": Fit.TIGHT},
    ),
    # A mixture of experts: two of eight work on a token, and all of them are in memory.
    Row(
        "mistralai/Mixtral-8x7B-Instruct-v0.1",
        ModelShape(layers=32, kv_heads=8, head_size=128, context_length=32_768),
        parameters={"BF16": 46_702_792_704},
        weights=93_405_585_408,
        kv_cache=4_294_967_296,
        total=117_381_669_785,
        fits={"1 x A100": Fit.TOO_BIG, "1 x H200": Fit.LIKELY, "2 x A100": Fit.LIKELY},
    ),
    # Latent attention: 61 layers * (512 latent + 64 rotary values) * 2 bytes = 70,272 a token.
    Row(
        "deepseek-ai/DeepSeek-V3",
        ModelShape(layers=61, kv_heads=128, head_size=56, context_length=163_840, latent_rank=576),
        parameters={"BF16": 3_918_786_560, "F8_E4M3": 680_571_043_840, "F32": 41_555_600},
        weights=688_574_839_360,
        kv_cache=11_513_364_480,
        total=838_803_171_712,
        fits={"8 x A100": Fit.TOO_BIG, "8 x H200": Fit.LIKELY},
    ),
    # Every other layer looks back 128 tokens only: how many do is not in the shape.
    Row(
        "openai/gpt-oss-20b",
        ModelShape(layers=24, kv_heads=8, head_size=64, context_length=131_072, sliding_window=128),
        parameters={"BF16": 1_804_459_584, "U8": 19_110_297_600},
        weights=22_719_216_768,
        kv_cache=6_442_450_944,
        total=34_705_511_065,
        fits={"1 x L4": Fit.UNKNOWN, "1 x L40S": Fit.LIKELY},
    ),
    Row(  # the same by `total_size` of its model.safetensors.index.json
        "openai/gpt-oss-20b",
        ModelShape(layers=24, kv_heads=8, head_size=64, context_length=131_072, sliding_window=128),
        files=13_761_264_768,
        weights=13_761_264_768,
        kv_cache=6_442_450_944,
        total=23_955_968_665,
        fits={"1 x T4": Fit.TOO_BIG, "1 x L4": Fit.TIGHT, "1 x L40S": Fit.LIKELY},
    ),
    # Llama-3.2-3B-Instruct-Q4_K_M.gguf, with the config.json of the model that it was made of.
    Row(
        "bartowski/Llama-3.2-3B-Instruct-GGUF",
        ModelShape(layers=28, kv_heads=8, head_size=128, context_length=131_072),
        files=2_019_377_696,
        weights=2_019_377_696,
        kv_cache=15_032_385_536,
        total=18_455_638_771,
        fits={"1 x T4": Fit.TOO_BIG, "1 x L4": Fit.LIKELY},
    ),
    Row(
        "BAAI/bge-large-en-v1.5",
        ModelShape(layers=24, kv_heads=16, head_size=64, context_length=512),
        parameters={"I64": 512, "F32": 335_141_888},
        task="feature-extraction",
        weights=1_340_571_648,
        kv_cache=0,
        total=2_608_685_977,
        fits={"2 x Sapphire Rapids": Fit.LIKELY, "1 x T4": Fit.LIKELY},
    ),
    Row(
        "Qwen/Qwen3-Embedding-0.6B",
        ModelShape(layers=28, kv_heads=8, head_size=128, context_length=32_768),
        parameters={"BF16": 595_776_512},
        task="sentence-similarity",
        weights=1_191_553_024,
        kv_cache=0,
        total=2_429_863_628,
        fits={"2 x Sapphire Rapids": Fit.LIKELY, "1 x L4": Fit.LIKELY},
    ),
]
