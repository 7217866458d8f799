"""Answers to requests that the server did not take whole: pages, by status."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Set by hfadmin.asgi, in place of a body.
ENVIRON_KEY = "hfadmin.refused"


def middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        status = request.META.get(ENVIRON_KEY)
        if status is None:
            return get_response(request)
        return render(request, f"{status}.html", status=status)

    return answer


class FileSent(SuspiciousOperation):
    """A form came with a file."""


class NoFiles(FileUploadHandler):
    """Refuses a form with a file at the file's first byte."""

    def new_file(self, *_arguments: Any, **_options: Any) -> None:
        raise FileSent("No page takes files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: `new_file` has refused."""

    def file_complete(self, file_size: int) -> None:
        """Never called either."""
