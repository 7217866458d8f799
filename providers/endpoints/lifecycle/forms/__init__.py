"""What is asked before an action: one form for each verb that has to have something entered."""

from providers.endpoints.lifecycle.forms.access import AccessForm
from providers.endpoints.lifecycle.forms.action import ActionForm
from providers.endpoints.lifecycle.forms.deletion import TypedNameForm
from providers.endpoints.lifecycle.forms.hardware import HardwareForm
from providers.endpoints.lifecycle.forms.model import ModelForm
from providers.endpoints.lifecycle.forms.scaling import ScalingForm
from providers.endpoints.lifecycle.forms.tags import TagsForm

__all__ = [
    "AccessForm",
    "ActionForm",
    "HardwareForm",
    "ModelForm",
    "ScalingForm",
    "TagsForm",
    "TypedNameForm",
]
