from django.urls import URLPattern, URLResolver

app_name = "background"
urlpatterns: list[URLPattern | URLResolver] = []
