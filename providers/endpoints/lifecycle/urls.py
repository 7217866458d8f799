from django.urls import path

from providers.endpoints.lifecycle import views

app_name = "lifecycle"
urlpatterns = [
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/stop/", views.stop, name="stop"),
    path("many/<slug:verb>/", views.confirm_many, name="confirm_many"),
    path("menu/<int:pk>/", views.menu, name="menu"),
    path("<int:pk>/", views.outcome, name="outcome"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("environment/<int:pk>/", views.reveal, name="reveal"),
    path("keep/<slug:setting>/<int:pk>/", views.keep, name="keep"),
    path("<slug:verb>/<int:pk>/", views.confirm, name="confirm"),
]
