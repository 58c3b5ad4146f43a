"""Pages for everybody: the figures of a month, and open data with its files. Nothing here speaks of a dossier."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from accounts.access import public
from reporting import boards, facts
from reporting.asking import month_of
from reporting.exports.open_data import COLUMNS, masking, published, source
from reporting.exports.summary import newest_month, summary
from reporting.few import TOLD
from reporting.models import OpenFile

FRESH = 300  # seconds before a cache asks again whether a file has changed


@public
@require_safe
def public_summary(request: HttpRequest) -> HttpResponse:
    """Totals of a month for everybody; small and without any dossier."""
    month, mistake = month_of(request)
    month = month if "thang" in request.GET else newest_month(month)
    told = summary(month)
    waiting_since = facts.waiting_since()
    context = told | {
        "month": month,
        "stamp": boards.stamp(told["run"], waiting_since),
        "alarm": boards.alarm(waiting_since),
        "mistake": mistake,
        "few": TOLD.fewest,
    }
    status = HTTPStatus.BAD_REQUEST if mistake else HTTPStatus.OK
    return render(request, "reporting/public.html", context, status=status)


@public
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What is given to programs, under which licence, and what each column means."""
    files = list(OpenFile.objects.order_by("-name").values("name", "size", "changed_at"))
    months: dict[str, list[dict[str, object]]] = {}
    for file in files:
        stem = str(file["name"]).rpartition(".")[0]
        months.setdefault(stem, []).append(file)
    context = {
        "months": [(stem, ones) for stem, ones in months.items() if stem[:1].isdigit()],
        "others": [(stem, ones) for stem, ones in months.items() if not stem[:1].isdigit()],
        "columns": COLUMNS,
        "indicators": published(),
        "masking": masking(),
        "source": source(),
        "licence": settings.OPEN_DATA_LICENCE,
    }
    return render(request, "reporting/exports/open_data.html", context)


@public
@require_safe
def open_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of open data; nothing is sent to whoever has it already."""
    file = get_object_or_404(OpenFile.objects.defer("content"), name=name)
    etag, changed = quote_etag(file.digest), int(file.changed_at.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=changed)
    if response is None:
        response = HttpResponse(bytes(file.content), content_type=file.mime)
        response["Content-Disposition"] = f'inline; filename="{file.name}"'
        response["ETag"], response["Last-Modified"] = etag, http_date(changed)
        response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"public, max-age={FRESH}"
    response["Access-Control-Allow-Origin"] = "*"  # anybody's page may read what is for everybody
    return response
