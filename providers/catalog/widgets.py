from typing import Any

from django import forms

from providers.catalog.setups import ModelType, Task

TASKS = {
    ModelType.LLM: (Task.TEXT2TEXT, Task.TEXT_GENERATION),
    ModelType.TEXT_EMBEDDING: (Task.FEATURE_EXTRACTION,),
}


class TaskSelect(forms.Select):
    """Only the tasks of the chosen model type are offered while the script is there."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        for model_type, tasks in TASKS.items():
            if str(value) in tasks:
                option["attrs"]["data-shown-when"] = f"model_type={model_type.value}"
        return option
