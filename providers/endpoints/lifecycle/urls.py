from django.urls import path

from providers.endpoints.lifecycle import views

app_name = "lifecycle"
urlpatterns = [
    path("<int:pk>/", views.outcome, name="outcome"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<slug:verb>/<int:pk>/", views.confirm, name="confirm"),
]
