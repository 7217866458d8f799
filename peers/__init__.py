"""Tests of saving a model on real inference engines: `make peers`.

The engines are installed and started here; Hugging Face is the sandbox.
"""
