from django.urls import URLPattern, URLResolver

app_name = "endpoints"
urlpatterns: list[URLPattern | URLResolver] = []
