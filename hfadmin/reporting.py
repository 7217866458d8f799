"""What an error report (Django's page for developers, its mail to administrators) may hold."""

import contextlib
import reprlib
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from hfadmin.credentials import holds_token, names_secret

_LEAST = 4  # characters: what is shorter would be found in anything


class Filter(SafeExceptionReporterFilter):
    """Neither what people type nor a variable that holds a secret, also with DEBUG."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(_posted(request), self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        typed = [
            value
            for name, value in _posted(request).items()
            if names_secret(name) and len(value) >= _LEAST
        ]
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return {name: self._shown(name, value, typed) for name, value in variables}.items()

    def _shown(self, name: str, value: Any, typed: list[str]) -> Any:
        try:
            text = repr(value)
        except Exception:
            return reprlib.Repr().repr_instance(value, 1)
        secret = isinstance(value, str | bytes) and self.hidden_settings.search(name)
        if secret or holds_token(text) or any(each in text for each in typed):
            return self.cleansed_substitute
        return value


class Reporter(ExceptionReporter):
    """The same for the words of the exception, and of those that it came from."""

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        for place, name in (
            (data, "exception_value"),
            (data, "exception_notes"),
            (data.get("template_info") or {}, "message"),
            *((frame, "exc_cause") for frame in data.get("frames", ())),
        ):
            if holds_token(str(place.get(name) or "")):
                place[name] = self.filter.cleansed_substitute
        return data


def _posted(request: HttpRequest | None) -> dict[str, str]:
    posted: dict[str, str] = {}
    with contextlib.suppress(Exception):  # the body may be what the error is about
        posted = {} if request is None else {k: str(v) for k, v in request.POST.items()}
    return posted
