"""Benchmarks with real processes: `python -m bench [inventory|polling|startup …]`."""
