from django.urls import path

from hfadmin.background import views

app_name = "background"
urlpatterns = [
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
]
