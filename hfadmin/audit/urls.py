from django.urls import path

from hfadmin.audit import views

app_name = "audit"
urlpatterns = [path("", views.activity, name="list")]
