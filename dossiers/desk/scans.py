"""Scans and photographs of the papers of a dossier: chosen, dropped, or taken with a telephone that reads the page's QR code.

Each file is kept as it comes. Works without scripts; the telephone signs in as its owner does anywhere.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import COUNTER_ROLES
from dossiers import queries
from dossiers.arrivals import take_each
from dossiers.desk import in_person
from dossiers.desk.in_person import BAD
from dossiers.desk.page import log_reading
from dossiers.enums import Action
from dossiers.models.dossier import Dossier
from dossiers.services import scans, terms
from dossiers.services.drafts import TakenFile
from portal.pdf import qr_png_data_uri
from vault import opening
from vault.content import ACCEPT


@desk_only(*sorted(COUNTER_ROLES))
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Show the papers of a dossier with what was scanned, and keep what comes."""
    found = in_person.mine(request, dossier_id)
    if not in_person.may(request, found, Action.SCAN_PAPER):
        return in_person.nothing_asked(request, found)
    if request.method != "POST":
        log_reading(request, found, what=_("quét giấy tờ"))
        return _page(request, found)
    code = str(request.POST.get("paper", ""))[:80]
    keep = partial(_keep, request, found, code)
    came = take_each(request, "file", keep, href="#giay-to")
    failed = came.failed
    if not came.count:
        failed = [{"text": _("Bạn chưa chọn tệp. Hãy chọn tệp rồi bấm “Tải lên”."), "href": "#giay-to"}]
    if failed:
        return _page(request, found, failed, status=BAD)
    return redirect("desk:scan", dossier_id=found.pk)


def _keep(request: HttpRequest, found: Dossier, code: str, upload: "UploadedFile[bytes]") -> TakenFile:
    return scans.keep(dossier_id=found.pk, by=request.user, paper_code=code, upload=upload)


def _page(
    request: HttpRequest, found: Dossier, failed: list[dict[str, str]] | None = None, *, status: int = 200
) -> HttpResponse:
    opening.make_ready()
    here = reverse("desk:scan", args=[found.pk])
    context = {
        "dossier": found,
        "papers": _papers(found),
        "errors": failed or [],
        "has_errors": bool(failed),
        "accept": ACCEPT,
        "max_file": settings.UPLOAD_MAX_FILE,
        "qr": qr_png_data_uri(f"{settings.PUBLIC_URL}{here}"),
    }
    return render(request, "dossiers/desk/scan.html", context, status=status)


def _papers(found: Dossier) -> list[dict[str, Any]]:
    """Papers that came, with or without a file, then those of the list that did not."""
    given: dict[str, dict[str, Any]] = {}
    for row in queries.live_attachments(found.pk):
        paper = given.setdefault(row.paper_code, {"code": row.paper_code, "name": row.paper_name, "files": []})
        paper["files"] += [row] if row.file_id else []
        paper["came"] = True
    for asked in terms.papers_for(found):
        given.setdefault(asked.code, {"code": asked.code, "name": asked.name, "files": [], "came": False})
    return sorted(given.values(), key=lambda paper: (not paper["came"], bool(paper["files"])))
