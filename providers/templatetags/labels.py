"""`{% load labels %}`: the words for Hugging Face's code names."""

from typing import Protocol

from django import template

from providers import labels

register = template.Library()

register.filter("task", labels.task)
register.filter("engine", labels.engine)
register.filter("auth", labels.auth)
register.filter("autoscaling", labels.autoscaling)


class _Placed(Protocol):
    vendor: str
    region: str
    instance_type: str
    instance_size: str
    accelerator: str


@register.filter
def hardware(placed: _Placed) -> str:
    """Of an endpoint or a compute."""
    return labels.hardware(placed.instance_type, placed.instance_size, placed.accelerator)


@register.filter
def region(placed: _Placed) -> str:
    return labels.region(placed.vendor, placed.region)
