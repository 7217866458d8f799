"""The save path against engines that are not ours: `make peers`.

Hugging Face is the sandbox; the engines are programs of others, installed and started here.
"""
