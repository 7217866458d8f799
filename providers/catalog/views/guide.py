from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hfadmin.accounts import access
from providers.catalog import guide as packaged


@require_safe
def guide(request: HttpRequest, organization: str) -> HttpResponse:
    """How to fill in the form, step by step, with pictures."""
    access.member(request, organization)
    return render(request, "catalog/guide.html", {"guide": packaged.page()})
