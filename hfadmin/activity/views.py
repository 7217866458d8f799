from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hfadmin.accounts import access
from hfadmin.activity.links import links
from hfadmin.audit import verbs
from hfadmin.audit.models import Record

PAGE = 50


@require_safe
def activity(request: HttpRequest, organization: str) -> HttpResponse:
    membership = access.member(request, organization)
    everything = Record.objects.of(membership.organization)
    text = request.GET.get("q", "").strip()[:200]
    person = request.GET.get("person", "")[:254]
    records = everything.matching(text, verbs.verbs_saying(text)).by(person)
    page = Paginator(records, PAGE).get_page(request.GET.get("page"))
    targets = links(page, membership)
    rows = [
        (
            record,
            verbs.sentence(record.verb),
            verbs.details(record),
            targets.get((record.target_type, record.target_id)),
            verbs.is_request(record.verb) or record.outcome != Record.Outcome.DONE,
        )
        for record in page
    ]
    context = {
        "page": page,
        "rows": rows,
        "text": text,
        "person": person,
        "people": everything.actors(),
    }
    return render(request, "activity/list.html", context)
