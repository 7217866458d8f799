"""Django's error reports (debug page, mail to administrators) without secrets."""

import contextlib
import reprlib
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from hfadmin.credentials import holds_token, names_secret

_MIN_LENGTH = 4  # characters; shorter values would match too much


class Filter(SafeExceptionReporterFilter):
    """Hides what people typed and variables that hold a secret, with DEBUG too."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(_posted(request), self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        typed = [
            value
            for name, values in _posted(request).items()
            for value in values
            if names_secret(name) and len(value) >= _MIN_LENGTH
        ]
        variables = super().get_traceback_frame_variables(request, tb_frame)
        return {name: self._cleansed(name, value, typed) for name, value in variables}.items()

    def _cleansed(self, name: str, value: Any, typed: list[str]) -> Any:
        try:
            text = repr(value)
        except Exception:
            return reprlib.Repr().repr_instance(value, 1)
        secret = isinstance(value, str | bytes) and self.hidden_settings.search(name)
        if secret or holds_token(text) or any(each in text for each in typed):
            return self.cleansed_substitute
        return value


class Reporter(ExceptionReporter):
    """Hides tokens in the messages and notes of exceptions and of their causes."""

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


def _posted(request: HttpRequest | None) -> dict[str, list[str]]:
    posted: dict[str, list[str]] = {}
    with contextlib.suppress(Exception):  # reading the body may be the error that is reported
        posted = {} if request is None else {k: list(map(str, v)) for k, v in request.POST.lists()}
    return posted
