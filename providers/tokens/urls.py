from django.urls import path

from providers.tokens import views

app_name = "tokens"
urlpatterns = [
    path("", views.index, name="list"),
    path("add/", views.add, name="add"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/rename/", views.rename, name="rename"),
    path("<uuid:pk>/replace/", views.replace, name="replace"),
    path("<uuid:pk>/delete/", views.delete, name="delete"),
    path("<uuid:pk>/check/", views.check, name="check"),
]
