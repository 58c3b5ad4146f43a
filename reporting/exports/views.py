"""Pages of exports: order a list as a file, see how far it is, fetch it. Orders are seen by who gave them, nobody else."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import managers_only
from portal import clock
from portal.celery import enqueue
from portal.db import read
from portal.templatetags.ui import number
from reporting.asking import log_list
from reporting.enums import ExportForm, ExportState
from reporting.exports.lists import opened, own_address
from reporting.exports.making import KEPT, ORDERED
from reporting.models import ListExport
from vault.views import serve

SHOWN = 50
MOST_WAITING = 5  # of one person
MOST_ROWS = 1_000_000  # as many as a sheet holds, and as a task writes in its time


@managers_only
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """The reader's orders, newest first: how far each is, and the file."""
    found = list(ListExport.objects.filter(asked_by=request.user.pk).select_related("file")[:SHOWN])
    context = {
        "orders": [_shown(order) for order in found],
        "waiting": sum(order.state == ExportState.WAITING for order in found),
        "done": sum(order.state == ExportState.DONE for order in found),
        "days": KEPT.days,
    }
    return render(request, "reporting/exports/list.html", context)


@managers_only
@require_POST
def export_list(request: HttpRequest) -> HttpResponse:
    """Order the list of an address; the same order twice is one."""
    address, form = own_address(request.POST.get("address", "")), request.POST.get("form", "")
    if form not in ExportForm.values:
        raise Http404
    found = opened(address, request.user)  # type: ignore[arg-type]
    total = int(read(f"SELECT count(*) FROM ({found.sql}) l", found.parameters)[0][0])  # noqa: S608  our own constants
    refusal = _refusal(request, total)
    if refusal:
        messages.error(request, refusal)
        return redirect(address)
    _order(request, address, form, found.title, total)
    log_list(request, total, what=_("xuất danh sách ra tệp"), address=address)
    return redirect("reporting:exports")


@managers_only
@require_safe
def export_file(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file, if the list is still the reader's today."""
    order = get_object_or_404(ListExport.objects.select_related("file"), pk=export_id, asked_by=request.user.pk)
    if order.file is None:
        raise Http404
    opened(order.address, request.user)  # type: ignore[arg-type]
    log_list(request, order.rows_done, what=_("xuất danh sách ra tệp"), address=order.address)
    return serve(order.file)


def _refusal(request: HttpRequest, total: int) -> str:
    """Why a list is not made into a file; '' when it is."""
    if not total:
        return _("Danh sách không có hồ sơ nào nên không có gì để xuất.")
    if total > MOST_ROWS:
        return _("Danh sách có %(total)s dòng, nhiều hơn một bảng tính chứa được (%(most)s). Hãy thu hẹp phạm vi.") % {
            "total": number(total),
            "most": number(MOST_ROWS),
        }
    waiting = ListExport.objects.filter(asked_by=request.user.pk, state=ExportState.WAITING).count()
    if waiting >= MOST_WAITING:
        return _("Bạn đang có %(count)s danh sách chờ tạo; hãy đợi các danh sách ấy xong.") % {"count": waiting}
    return ""


def _order(request: HttpRequest, address: str, form: str, title: str, total: int) -> None:
    """Write the order down and let a worker know."""
    words: dict[str, Any] = {"asked_by_id": request.user.pk, "address": address, "form": form}
    try:
        with transaction.atomic():
            order = ListExport.objects.create(**words, title=title[:500], total=total, asked_at=clock.now())
            enqueue("reporting.tasks.make_export", export_id=order.pk)
    except IntegrityError:
        if not ListExport.objects.filter(**words, state=ExportState.WAITING).exists():
            raise


def _shown(order: ListExport) -> dict[str, Any]:
    is_done = order.state == ExportState.DONE
    return {
        "order": order,
        "url": reverse("reporting:export_file", args=[order.pk]) if is_done else "",
        "problem": ORDERED.problem(order.pk) if order.state == ExportState.WAITING else "",
    }
