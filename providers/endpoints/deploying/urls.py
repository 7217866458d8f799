from django.urls import path

from providers.endpoints.deploying import views

app_name = "deploying"
urlpatterns = [
    path("", views.new, name="new"),
    path("repositories/", views.suggest, name="suggest"),
    path("requests/", views.as_requests, name="requests"),
    path("<slug:part>/", views.changed, name="changed"),
]
