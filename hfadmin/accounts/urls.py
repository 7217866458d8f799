"""URLs of the set-up, new passwords and the organization's settings."""

from django.urls import path

from hfadmin.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.front, name="front"),
    path("setup/", views.setup, name="setup"),
    path("password/", views.new_password, name="new_password"),
    path("o/<slug:organization>/settings/", views.organization_settings, name="organization"),
]
