from django.urls import path

from providers.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.index, name="list"),
    path("add/", views.add, name="add"),
    path("guide/", views.guide, name="guide"),
    path("checks/<uuid:pk>/", views.verification, name="verification"),
    path("checks/<uuid:pk>/discard/", views.discard, name="discard"),
    path("suggest/models/", views.suggest_models, name="suggest_models"),
    path("suggest/namespaces/", views.suggest_namespaces, name="suggest_namespaces"),
    path("suggest/endpoints/", views.suggest_endpoints, name="suggest_endpoints"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/wake/", views.wake, name="wake"),
    path("<int:pk>/enable/", views.enable, name="enable"),
    path("<int:pk>/disable/", views.disable, name="disable"),
    path("<int:pk>/delete/", views.delete, name="delete"),
]
