"""The memory estimate: its sums for real models, what is not known, and what it never says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.endpoints.deploying.memory import GB, Estimate, Fit, estimate
from providers.huggingface.types import ModelShape
from tests.providers.endpoints.deploying.shapes import HARDWARE, ROWS, Row

QWEN = next(row for row in ROWS if row.repository == "Qwen/Qwen3-14B")
BY_FILES = next(row for row in ROWS if row.repository.endswith("gpt-oss-20b") and row.files)

few = st.none() | st.integers(0, 200)
shapes = st.builds(
    ModelShape,
    layers=few,
    kv_heads=few,
    head_size=few,
    context_length=st.none() | st.integers(0, 10**6),
    latent_rank=few,
    sliding_window=st.none() | st.integers(0, 10**5),
)
counts = st.dictionaries(
    st.sampled_from(["BF16", "F32", "F8_E4M3", "I32", "U8", "I4", "F12"]),
    st.integers(0, 10**12),
    max_size=4,
)
tokens = st.none() | st.integers(1, 10**6)
gigabytes = st.none() | st.floats(0, 2_000)


def of(row: Row, context_tokens: int | None = None) -> Estimate:
    return estimate(
        row.parameters,
        row.shape,
        file_bytes=row.files,
        context_tokens=context_tokens,
        task=row.task,
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.repository)
def test_the_sum_of_a_real_model(row: Row) -> None:
    made = of(row)
    assert (made.weights, made.kv_cache, made.total) == (row.weights, row.kv_cache, row.total)


@pytest.mark.parametrize(
    ("row", "hardware"), [(row, hardware) for row in ROWS for hardware in row.fits]
)
def test_whether_a_real_model_fits(row: Row, hardware: str) -> None:
    assert of(row).fits(HARDWARE[hardware]) is row.fits[hardware]


def test_the_parts_in_gigabytes_are_those_that_a_person_reads() -> None:
    made = of(QWEN, 40_960)
    parts = [made.weights, made.overhead, made.kv_cache, made.engine]
    shown = [round((part or 0) / GB, 1) for part in parts]
    assert shown == [29.5, 5.9, 6.7, 1.0]
    assert sum(shown) == pytest.approx(43.1)
    shares = [round(100 * (made.share(memory) or 0)) for memory in (80, 96, 141, 160, 48)]
    assert shares == [54, 45, 31, 27, 90]


def test_an_embedding_model_has_no_cache_and_says_so() -> None:
    made = estimate({"F32": 1_000}, None, task="feature-extraction")
    assert (made.has_kv_cache, made.kv_cache, made.longest_context(80)) == (False, 0, None)
    assert of(QWEN).has_kv_cache
    assert estimate({"F32": 1_000}, None).has_kv_cache


def test_the_bounds_of_likely_and_tight() -> None:
    made = estimate({}, ModelShape(), file_bytes=70 * GB, task="feature-extraction")
    assert made.total == 85 * GB
    assert (made.fits(100), made.fits(99.99)) == (Fit.LIKELY, Fit.TIGHT)
    assert (made.fits(85), made.fits(84.99)) == (Fit.TIGHT, Fit.TOO_BIG)


def test_weights_that_alone_are_too_much_are_too_big_whatever_the_cache() -> None:
    made = estimate(QWEN.parameters, None)
    assert (made.kv_cache, made.total, made.share(80)) == (None, None, None)
    assert (made.fits(24), made.fits(80)) == (Fit.TOO_BIG, Fit.UNKNOWN)


def test_a_type_that_nobody_knows_leaves_the_weights_unknown_but_counts_the_others() -> None:
    made = estimate(QWEN.parameters | {"F12": 5}, QWEN.shape)
    assert (made.weights, made.overhead, made.total) == (None, None, None)
    assert (made.fits(24), made.fits(80)) == (Fit.TOO_BIG, Fit.UNKNOWN)


def test_a_sliding_window_is_a_doubt_and_not_a_refusal() -> None:
    shape = replace(BY_FILES.shape, context_length=1_000_000)
    made = estimate({}, shape, file_bytes=BY_FILES.files)
    assert (made.total or 0) > 48 * GB
    assert made.fits(48) is Fit.UNKNOWN
    assert replace(made, of_cache=replace(made.of_cache, window=None)).fits(48) is Fit.TOO_BIG


def test_a_context_that_is_asked_for_stands_above_the_models_own() -> None:
    assert of(QWEN, 8_192).kv_cache == 1_342_177_280
    assert of(QWEN, 131_072).kv_cache == 21_474_836_480


def test_the_longest_context_is_offered_as_a_remedy() -> None:
    """48 GB * 85 % - 35,443,937,280 - 1 GB = 4,356,062,720 bytes, at 163,840 a token."""
    assert of(QWEN).longest_context(48) == 26_587
    assert of(QWEN).longest_context(80) == 40_960, "no more than the model can take"
    assert of(QWEN).longest_context(24) is None


@given(counts, shapes, st.integers(1, 10**6), st.integers(1, 10**6), gigabytes)
def test_more_tokens_never_need_less(
    parameters: dict[str, int], shape: ModelShape, some: int, more: int, memory: float | None
) -> None:
    few, many = sorted([some, more])
    small = estimate(parameters, shape, context_tokens=few)
    large = estimate(parameters, shape, context_tokens=many)
    assert (small.total is None) == (large.total is None)
    assert small.at_least <= large.at_least
    if small.total is not None and large.total is not None:
        assert small.total <= large.total
        order = [Fit.LIKELY, Fit.TIGHT, Fit.UNKNOWN, Fit.TOO_BIG]
        ranks = [order.index(each.fits(memory)) for each in (small, large)]
        assert ranks == sorted(ranks)


@given(counts, shapes, tokens, gigabytes)
def test_what_is_larger_than_the_memory_is_never_said_to_fit(
    parameters: dict[str, int], shape: ModelShape, asked: int | None, memory: float | None
) -> None:
    made = estimate(parameters, shape, context_tokens=asked)
    if memory is None or made.total is None or made.total > memory * GB:
        assert made.fits(memory) in {Fit.TOO_BIG, Fit.UNKNOWN}
    if made.fits(memory) is Fit.TOO_BIG and made.total is not None:
        assert made.total >= made.at_least > int((memory or 0) * GB)


@given(counts, shapes, tokens)
def test_what_is_not_known_never_becomes_a_number(
    parameters: dict[str, int], shape: ModelShape, asked: int | None
) -> None:
    made = estimate(parameters, shape, context_tokens=asked)
    if not parameters or "F12" in parameters:
        assert (made.weights, made.overhead, made.total) == (None, None, None)
    heads_are_known = shape.latent_rank or (shape.kv_heads and shape.head_size)
    if not (shape.layers and heads_are_known and (asked or shape.context_length)):
        assert (made.kv_cache, made.total, made.share(80)) == (None, None, None)
        assert made.fits(10**6) in {Fit.TOO_BIG, Fit.UNKNOWN}
    assert (made.fits(None), made.fits(0)) == (Fit.UNKNOWN, Fit.UNKNOWN)
    assert (made.share(None), made.longest_context(None)) == (None, None)


@given(counts, shapes, gigabytes)
def test_with_the_longest_context_it_is_likely_and_with_one_token_more_it_is_not(
    parameters: dict[str, int], shape: ModelShape, memory: float | None
) -> None:
    longest = estimate(parameters, shape).longest_context(memory)
    if longest is not None:
        assert estimate(parameters, shape, context_tokens=longest).fits(memory) is Fit.LIKELY
        beyond = estimate(parameters, shape, context_tokens=longest + 1).fits(memory)
        assert beyond is not Fit.LIKELY or longest == shape.context_length
