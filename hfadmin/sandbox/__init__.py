"""A stand-in for Hugging Face, for the demo, the tests and the benchmarks."""

from hfadmin.sandbox.app import Sandbox
from hfadmin.sandbox.clock import Clock
from hfadmin.sandbox.endpoint import Timings

__all__ = ["Clock", "Sandbox", "Timings"]
