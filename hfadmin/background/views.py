from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hfadmin.background import health


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The web process answers; nothing is said about what it needs."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    parts = health.readiness()
    everything = all(parts.values())
    return JsonResponse({"ready": everything, **parts}, status=200 if everything else 503)
