"""URLs for signing in and changing the password, under the names that allauth reverses."""

from django.urls import path

from hfadmin.accounts import views

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("inactive/", views.switched_off, name="account_inactive"),
]
