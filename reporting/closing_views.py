"""Pages of closing for home affairs: which months are closed, how often and by whose key; orders; the file of a month."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import roles_only
from accounts.enums import Role
from portal import clock
from portal.celery import enqueue
from portal.clock import Month
from portal.signing import signer
from portal.text import clean
from reporting import closed_months
from reporting.models import CloseOrder, Run

home_affairs_only = roles_only(Role.HOME_AFFAIRS)
LONGEST = 200
SHOWN = 60


@home_affairs_only
def months(request: HttpRequest) -> HttpResponse:
    """Closed months, newest first, with their versions; what may be closed now; orders that wait."""
    by = signer()
    waiting = closed_months.to_close(by_hand=True)
    context = {
        "runs": Run.objects.filter(frozen_at__isnull=False)
        .select_related("closed_by")
        .order_by("-month", "-version")[:SHOWN],
        "next": waiting[0] if waiting else None,
        "orders": CloseOrder.objects.filter(run__isnull=True).select_related("asked_by"),
        "signs": by,
        "typed": request.GET.get("van-ban", ""),
        "month_typed": request.GET.get("thang", ""),
    }
    return render(request, "reporting/closing.html", context)


@home_affairs_only
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Order that a month be closed: the next one that is over, or a closed one again by a decision."""
    decision = clean(request.POST.get("decision", ""))
    try:
        month = Month.parse(request.POST.get("month", ""))
    except ValueError:
        return _refused(request, _("Chưa chọn tháng cần chốt. Hãy chọn tháng trong danh sách."))
    waiting = closed_months.to_close(by_hand=True)
    is_closed = Run.objects.filter(month=month.first_day, frozen_at__isnull=False).exists()
    if is_closed and not decision:
        return _refused(request, _("Tháng này đã chốt. Muốn chốt lại phải ghi số, ngày văn bản cho phép."))
    if len(decision) > LONGEST:
        return _refused(request, _("Số, ngày văn bản dài quá 200 ký tự. Hãy ghi ngắn lại."))
    if not is_closed and (not waiting or month != waiting[0]):
        return _refused(
            request, _("Tháng phải chốt lần lượt, tháng trước xong mới đến tháng sau, và chỉ khi tháng đã hết.")
        )
    with transaction.atomic():
        CloseOrder.objects.get_or_create(
            month=month.first_day,
            decision=decision if is_closed else "",
            defaults={"asked_by": request.user, "asked_at": clock.now()},
        )
        enqueue("reporting.tasks.close_months")
    messages.success(
        request, _("Đã ghi yêu cầu chốt tháng %(month)s; hệ thống chốt trong ít phút.") % {"month": month.label}
    )
    return redirect("reporting:months")


@home_affairs_only
def month_file(request: HttpRequest, run_id: int) -> HttpResponse:
    """The file of a closed month, to be kept and verified elsewhere."""
    run = get_object_or_404(Run, pk=run_id, frozen_at__isnull=False, has_copies=True)
    answer = HttpResponse(closed_months.export(run), content_type="application/jsonl; charset=utf-8")
    name = f"so-lieu-{Month.of(run.month)}-lan-{run.version}.jsonl"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@home_affairs_only
def public_key(request: HttpRequest) -> HttpResponse:
    """The public key of whoever signs here now."""
    by = signer()
    if by is None:
        raise Http404
    answer = HttpResponse(by.public_pem(), content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="khoa-{by.key_id}.pem"'
    return answer


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    kept = {"thang": request.POST.get("month", "")[:7], "van-ban": request.POST.get("decision", "")[:500]}
    return redirect(f"{reverse('reporting:months')}?{urlencode(kept)}")
