from django.urls import path

from providers.endpoints import views

app_name = "endpoints"
urlpatterns = [
    path("", views.inventory, name="list"),
    path("namespaces/", views.namespaces, name="namespaces"),
    path("namespaces/<int:pk>/look/", views.look_now, name="look"),
    path("namespaces/<int:pk>/watch/", views.watch, name="watch"),
    path("namespaces/<int:pk>/unwatch/", views.unwatch, name="unwatch"),
    path("<str:namespace>/<path:name>/", views.detail, name="detail"),
]
