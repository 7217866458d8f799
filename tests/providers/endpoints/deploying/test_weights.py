"""The files of a repository that are loaded together, and the names of quantised variants."""

from dataclasses import dataclass

import pytest

from providers.endpoints.deploying.weights import (
    Variant,
    gguf_variants,
    quantised_names,
    safetensors_bytes,
    usual_file,
)


@dataclass(frozen=True)
class File:
    path: str
    size: int | None = 1


def test_each_gguf_file_is_a_variant_and_the_smallest_is_first() -> None:
    files = [
        File("README.md", 9),
        File("Qwen3-14B-Q8_0.gguf", 15),
        File("Qwen3-14B-Q4_K_M.gguf", 9),
        File("Qwen3-14B-UD-IQ3_XXS.gguf", None),
        File("mmproj-F16.gguf", 1),
    ]
    assert gguf_variants(files) == (
        Variant("Qwen3-14B-Q4_K_M.gguf", "Q4_K_M", 9),
        Variant("Qwen3-14B-Q8_0.gguf", "Q8_0", 15),
        Variant("Qwen3-14B-UD-IQ3_XXS.gguf", "UD-IQ3_XXS", None),
    )


def test_the_parts_of_a_file_count_together_and_the_first_is_named() -> None:
    parts = [File(f"BF16/Llama-BF16-{n:05}-of-00003.gguf", 10 * n) for n in (3, 1, 2)]
    assert gguf_variants(parts) == (Variant("BF16/Llama-BF16-00001-of-00003.gguf", "BF16", 60),)


@pytest.mark.parametrize(
    "files",
    [
        [File("m-Q4_0-00001-of-00002.gguf")],
        [File("m-Q4_0-00001-of-00002.gguf"), File("m-Q4_0-00002-of-00002.gguf", None)],
        [File("m-Q4_0-00001-of-00002.gguf"), File("m-Q4_0-00003-of-00002.gguf")],
    ],
)
def test_what_is_not_all_there_has_no_size(files: list[File]) -> None:
    assert [variant.size for variant in gguf_variants(files)] == [None]


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("llama-3.2-3b.q4_k_m.gguf", "Q4_K_M"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("model-f16.gguf", "F16"),
        ("Qwen3-14B.gguf", ""),
    ],
)
def test_the_name_says_how_it_is_quantised(name: str, quantization: str) -> None:
    assert gguf_variants([File(name)])[0].quantization == quantization


def test_only_one_layout_of_the_weights_is_loaded() -> None:
    files = [
        File("model-00001-of-00002.safetensors", 5),
        File("model-00002-of-00002.safetensors", 6),
        File("consolidated.safetensors", 11),
        File("original/model.safetensors", 11),
    ]
    assert safetensors_bytes(files) == 11
    assert safetensors_bytes([File("model.safetensors", 7)]) == 7
    assert safetensors_bytes(files[1:]) is None
    assert safetensors_bytes([File("model.safetensors", 7), *files]) is None
    assert safetensors_bytes(files[2:]) is None


def test_quantised_variants_are_called_after_the_repository() -> None:
    assert quantised_names("Qwen/Qwen3-14B") == (
        "Qwen/Qwen3-14B-AWQ",
        "Qwen/Qwen3-14B-GPTQ-Int4",
        "Qwen/Qwen3-14B-FP8",
        "Qwen/Qwen3-14B-GGUF",
    )


@pytest.mark.parametrize("name", ["m-AWQ", "m-GPTQ-Int8", "m-fp8", "m.w4a16", "m-bnb-4bit-x"])
def test_what_is_quantised_has_no_quantised_variants(name: str) -> None:
    assert quantised_names(f"acme/{name}") == ()
    assert quantised_names("awq/m") != ()


@pytest.mark.parametrize(
    ("names", "usual"),
    [
        (["m-Q2_K.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf"], "m-Q4_K_M.gguf"),
        (["m-Q8_0.gguf", "m-F16.gguf"], "m-Q8_0.gguf"),
        (["model.safetensors"], ""),
    ],
)
def test_the_usual_file_has_four_bits_a_weight_or_is_the_smallest(
    names: list[str], usual: str
) -> None:
    files = [File(name, 1_000 + place) for place, name in enumerate(names)]
    assert usual_file(gguf_variants(files)) == usual
