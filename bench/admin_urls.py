"""Django's admin with a changelist of endpoints that has the inventory's columns."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path

from bench.fill import SLUG
from providers.endpoints.models import Endpoint

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Endpoint]
else:  # Django's is generic to type checkers alone
    ModelAdmin = admin.ModelAdmin


@admin.register(Endpoint)
class EndpointAdmin(ModelAdmin):
    list_display = (
        "name",
        "namespace",
        "state",
        "repository",
        "engine",
        "instance_type",
        "price_per_hour",
        "ready_replicas",
        "last_used_at",
    )
    search_fields = ("search_text",)
    list_select_related = ("namespace",)
    list_per_page = 50
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        return super().get_queryset(request).filter(organization__slug=SLUG, deleted_at=None)


urlpatterns = [path("admin/", admin.site.urls)]
