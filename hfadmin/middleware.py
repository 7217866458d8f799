"""Middleware for every view: refused requests, methods, null characters, caching, uploads."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

# The key of the environ under which hfadmin.asgi passes the status of a request that it refused.
REFUSED_STATUS = "hfadmin.refused"
METHODS = ("GET", "HEAD", "POST")

GetResponse = Callable[[HttpRequest], HttpResponse]


def refused_requests(get_response: GetResponse) -> GetResponse:
    """Render the error page of a request that `hfadmin.asgi` refused."""

    def answer(request: HttpRequest) -> HttpResponse:
        status = request.META.get(REFUSED_STATUS)
        if status is None:
            return get_response(request)
        return render(request, f"{status}.html", status=status)

    return answer


def allowed_methods(get_response: GetResponse) -> GetResponse:
    """Answer 405 to methods other than GET, HEAD and POST, and pass HEAD to the view as GET."""

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


def no_null_characters(get_response: GetResponse) -> GetResponse:
    """Answer 400 to a null character in a URL, a cookie or the name of a field.

    PostgreSQL cannot search for one. In the values of a form, its fields refuse it.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        given = [request.path, *request.COOKIES.values(), *request.GET, *request.POST]
        given += [value for _, values in request.GET.lists() for value in values]
        if any("\x00" in value for value in given):
            raise NullCharacter("The request contains a null character.")
        return get_response(request)

    return answer


def no_store(get_response: GetResponse) -> GetResponse:
    """Forbid caching: somebody else may use the browser next."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-store"
        return response

    return answer


class NullCharacter(BadRequest):
    """A URL, a cookie or the name of a field holds a null character."""


class FileUploaded(SuspiciousOperation):
    """A form came with a file."""


class NoFilesUploadHandler(FileUploadHandler):
    """Refuses a form with a file when the file begins, before any of it is stored."""

    def new_file(self, *_arguments: Any, **_options: Any) -> None:
        raise FileUploaded("No page takes files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: `new_file` raises."""

    def file_complete(self, file_size: int) -> None:
        """Never called: `new_file` raises."""
