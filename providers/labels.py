"""What Hugging Face calls by a code name, in the words that people read: everywhere the same.

A name that is not known here is shown as it came.
"""

from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

TASKS: Final[dict[str, str | Promise]] = {
    "text-generation": _("Text Generation"),
    "text2text-generation": _("Text-to-Text Generation"),
    "feature-extraction": _("Feature Extraction"),
    "sentence-similarity": _("Sentence Similarity"),
    "sentence-embeddings": _("Sentence Embeddings"),
    "sentence-ranking": _("Sentence Ranking"),
    "text-ranking": _("Text Ranking"),
    "text-classification": _("Text Classification"),
    "token-classification": _("Token Classification"),
    "zero-shot-classification": _("Zero-Shot Classification"),
    "question-answering": _("Question Answering"),
    "table-question-answering": _("Table Question Answering"),
    "summarization": _("Summarization"),
    "translation": _("Translation"),
    "fill-mask": _("Fill-Mask"),
    "conversational": _("Conversational"),
    "image-text-to-text": _("Image-Text-to-Text"),
    "image-to-text": _("Image-to-Text"),
    "text-to-image": _("Text-to-Image"),
    "text-to-speech": _("Text-to-Speech"),
    "text-to-video": _("Text-to-Video"),
    "image-classification": _("Image Classification"),
    "image-segmentation": _("Image Segmentation"),
    "object-detection": _("Object Detection"),
    "audio-classification": _("Audio Classification"),
    "automatic-speech-recognition": _("Automatic Speech Recognition"),
    "custom": _("Custom"),
}
_HARDWARE = {
    "intel-spr": "Sapphire Rapids",
    "intel-spr-overcommitted": "Sapphire Rapids",
    "intel-icl": "Ice Lake",
    "inf2": "Inferentia2",
}
_ACCELERATORS = ("nvidia-", "amd-mi", "inf", "habana", "tpu")
_ENGINES = {
    "huggingface": "toolkit",
    "huggingfaceNeuron": "toolkit (Neuron)",
    "tgi": "TGI",
    "tgiNeuron": "TGI (Neuron)",
    "tei": "TEI",
    "sGLang": "SGLang",
    "llamacpp": "llama.cpp",
}
_AUTH = {
    "authenticated": _("authenticated"),
    "protected": _("protected"),
    "private": _("private"),
    "public": _("public"),
}
_MEASURES = {
    "hardwareUsage": _("by hardware use over %(threshold)s %%"),
    "pendingRequests": _("by pending requests over %(threshold)s per replica"),
}
_VENDORS = {"aws": _("AWS"), "azure": _("Azure"), "gcp": _("GCP")}


def task(name: str) -> str:
    return str(TASKS.get(name, name))


def engine(name: str) -> str:
    return _ENGINES.get(name, name)


def auth(kind: str) -> str:
    return str(_AUTH.get(kind, kind))


def vendor(name: str) -> str:
    return str(_VENDORS.get(name, name))


def region(vendor_name: str, name: str) -> str:
    return f"{vendor(vendor_name)} {name}".strip()


def autoscaling(measure: str, threshold: float | None) -> str:
    """By what replicas are added: "by hardware use over 80 %"."""
    sentence = str(_MEASURES.get(measure, "%(measure)s > %(threshold)s"))
    return sentence % {
        "measure": measure,
        "threshold": "?" if threshold is None else f"{threshold:g}",
    }


def hardware(instance_type: str, instance_size: str, accelerator: str) -> str:
    """Accelerators by number ("4 \u00d7 Nvidia A100"), others by size ("x4 Sapphire Rapids")."""
    name = _HARDWARE.get(instance_type) or " ".join(map(_capital, instance_type.split("-")))
    count = instance_size.removeprefix("x")
    is_told = accelerator not in {"", "cpu"}
    accelerates = is_told or (not accelerator and instance_type.startswith(_ACCELERATORS))
    if accelerates and count.isdecimal():
        return f"{count} \u00d7 {name}"
    return f"{instance_size} {name}".strip()


# Of what the parameters of a sentence, and the filters, name by its code.
BY_FACT: Final[dict[str, Callable[[str], str]]] = {
    "task": task,
    "fitting": task,
    "vendor": vendor,
    "action": gettext,
}


def _capital(word: str) -> str:
    return word.upper() if any(map(str.isdigit, word)) else word.capitalize()
