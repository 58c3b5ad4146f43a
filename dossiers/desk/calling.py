"""Whom the desk must call: the list of the desk, and one call with the form that notes what was said.

A page of the list holds no more than a page of the inbox and is found by an index; nothing is counted. Rules: dossiers.services.untold.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import desk_only
from accounts.models import Party
from accounts.services import log_reads
from dossiers import calls, loading
from dossiers.desk import call_rows, in_person, inbox
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.links import pager
from dossiers.desk.page import log_reading, request_id
from dossiers.forms.calling import CallForm
from dossiers.forms.desk import SearchForm
from dossiers.models.call import Call
from dossiers.models.dossier import Dossier
from dossiers.services import untold
from portal.errors import UserError


@desk_only(*sorted(calls.CALLERS))
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """List whom the desk must call, longest waiting first; whose number is shown is logged like an opening."""
    found = inbox.page_of(
        calls.listed(request.scope).values(*call_rows.VALUES),
        by="since",
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    _log(request, found.rows)
    context = {"rows": [call_rows.row(row) for row in found.rows], "search": SearchForm(), **pager(found, "desk:calls")}
    return render(request, "dossiers/desk/calls.html", context)


@desk_only(*sorted(calls.CALLERS))
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, dossier_id: int, call_id: int) -> HttpResponse:
    """Show one call with what is to be said, and note what came of it."""
    found = in_person.mine(request, dossier_id)
    owed = calls.open_calls(found.pk).filter(pk=call_id).first()
    if owed is None:
        messages.warning(request, _("Cuộc gọi này đã được ghi nhận hoặc không còn cần gọi."))
        return redirect("desk:dossier", dossier_id=found.pk)
    if request.method != "POST":
        log_reading(request, found, what=_("gọi điện báo tin"))
        return _page(request, found, owed, CallForm())
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, found, owed, form, status=BAD)
    words = {"outcome": form.cleaned_data["outcome"], "text": form.cleaned_data["reason"]}
    edition = request.POST.get("edition", "")
    try:
        done = untold.note_call(dossier_id=found.pk, call_id=owed.pk, by=request.user, edition=edition, **words)
    except UserError as error:
        owed.refresh_from_db()
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, in_person.mine(request, dossier_id), owed, form, status=CONFLICT)
    messages.success(request, _("Đã ghi cuộc gọi về hồ sơ %(code)s.") % {"code": done.code or done.reference})
    return redirect("desk:calls")


def _page(request: HttpRequest, found: Dossier, owed: Call, form: CallForm, *, status: int = 200) -> HttpResponse:
    context = {
        "dossier": loading.for_showing(found),
        "call": call_rows.shown(owed, found),
        "form": form,
        "has_errors": bool(form.errors),
    }
    return render(request, "dossiers/desk/call.html", context, status=status)


def _log(request: HttpRequest, found: Iterable[Mapping[str, Any]]) -> None:
    """Record whose data the list shows, each person once."""
    keys = {key for row in found for key in (row["dossier__owner_id"], row["dossier__submitter_id"]) if key is not None}
    if keys:
        unit = next((row.unit for row in request.scope), None)
        people = Party.objects.in_bulk(keys).values()
        log_reads(reader=request.user, parties=people, what=_("danh sách cần gọi"), unit=unit, request_id=request_id())
