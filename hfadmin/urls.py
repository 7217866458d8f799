"""The URLs of the site."""

from django.urls import include, path

handler400 = "hfadmin.bad_requests.bad_request"

urlpatterns = [
    path("", include("hfadmin.background.urls")),
    path("", include("hfadmin.accounts.urls")),
    path("accounts/", include("hfadmin.accounts.sign_in_urls")),
    path("o/<slug:organization>/", include("providers.overview.urls")),
    path("o/<slug:organization>/endpoints/", include("providers.endpoints.urls")),
    path("o/<slug:organization>/deploy/", include("providers.endpoints.deploying.urls")),
    path("o/<slug:organization>/actions/", include("providers.endpoints.lifecycle.urls")),
    path("o/<slug:organization>/models/", include("providers.catalog.urls")),
    path("o/<slug:organization>/tokens/", include("providers.tokens.urls")),
    path("o/<slug:organization>/activity/", include("hfadmin.activity.urls")),
]
