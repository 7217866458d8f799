"""Starts that fail since the weights alone are larger than the memory of the GPUs."""

from hfadmin.sandbox import hardware
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.state import State

TOO_BIG = "torch.OutOfMemoryError: CUDA out of memory while loading the weights"
_LOADS_SAFETENSORS = frozenset({"huggingface", "sGLang", "tei", "tgi", "vLLM"})
_BYTES = {"F32": 4, "BF16": 2, "F16": 2, "F8_E4M3": 1, "I8": 1}  # of the others less: they fit


def judge(state: State, endpoint: Endpoint) -> None:
    """Let its next start fail where it cannot succeed, unless it is to fail with something else."""
    if endpoint.fails_with in (None, TOO_BIG):
        endpoint.fails_with = TOO_BIG if _is_too_big(state, endpoint) else None


def _is_too_big(state: State, endpoint: Endpoint) -> bool:
    model = state.model(state.renamed.get(endpoint.repository, endpoint.repository))
    chosen = hardware.find(
        endpoint.vendor, endpoint.region, endpoint.instance_type, endpoint.instance_size
    )
    if model is None or chosen is None or not chosen.gpu_memory:
        return False
    if endpoint.engine not in _LOADS_SAFETENSORS:
        return False
    counts = model.safetensors or {}
    weights = sum(count * _BYTES.get(dtype, 0) for dtype, count in counts.items())
    return weights > chosen.gpu_memory * 10**9
