"""What holds for every request and its answer, whichever view it is for."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

# Set by hfadmin.asgi, in place of a body.
ENVIRON_KEY = "hfadmin.refused"
METHODS = ("GET", "HEAD", "POST")

_GetResponse = Callable[[HttpRequest], HttpResponse]


def middleware(get_response: _GetResponse) -> _GetResponse:
    """Answers what the server refused with a page of its own."""

    def answer(request: HttpRequest) -> HttpResponse:
        status = request.META.get(ENVIRON_KEY)
        if status is None:
            return get_response(request)
        return render(request, f"{status}.html", status=status)

    return answer


def methods(get_response: _GetResponse) -> _GetResponse:
    """Lets only POST change anything: a view is never told of another method than GET and POST."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if request.method != "HEAD":
            return get_response(request)
        request.method = "GET"
        try:
            return get_response(request)
        finally:
            request.method = "HEAD"

    return answer


def text(get_response: _GetResponse) -> _GetResponse:
    """Refuses an address or cookie with the one character that PostgreSQL cannot look for.

    In the values of a form, its fields refuse it, beside what was typed.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        given = [request.path, *request.COOKIES.values(), *request.GET, *request.POST]
        given += [value for _, values in request.GET.lists() for value in values]
        if any("\x00" in value for value in given):
            raise NullCharacter("The request contains a null character.")
        return get_response(request)

    return answer


def no_store(get_response: _GetResponse) -> _GetResponse:
    """Keeps pages out of every cache: somebody else may sit at the browser next."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store"
        return response

    return answer


class NullCharacter(BadRequest):
    """An address or a cookie holds one."""


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
