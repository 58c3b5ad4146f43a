"""Administration of stuck work: what sweeps have set aside or nobody took in time, and trying it again. Province level only."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import administrators_only
from accounts.navigation import forget_stuck
from accounts.queries import runs_province
from accounts.services.replays import replay
from portal import sweeps

SHOWN = 50  # of each kind; the rest comes when these are gone


@administrators_only
@never_cache
def stuck(request: HttpRequest) -> HttpResponse:
    """Everything that is set aside or waits too long, by kind, oldest first."""
    _needs_province(request)
    kinds = [
        {"sweep": sweep, "rows": rows[:SHOWN], "more": len(rows) > SHOWN, "aside": any(row.is_aside for row in rows)}
        for sweep, rows in sweeps.stuck_rows(SHOWN + 1)
    ]
    forget_stuck()
    return render(request, "accounts/manage/stuck.html", {"kinds": kinds})


@administrators_only
@require_POST
def try_again(request: HttpRequest) -> HttpResponse:
    """Put one row, or all of a kind, back in the queue."""
    _needs_province(request)
    try:
        done = replay(by=request.user, code=request.POST.get("loai", ""), key=request.POST.get("viec", "")[:64])
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if done:
        messages.success(request, _("Đã đưa %(count)s việc về hàng chờ.") % {"count": done})
    else:
        messages.info(request, _("Việc này không còn bị kẹt, hoặc đã quá thời gian còn ích."))
    forget_stuck()
    return redirect("accounts:stuck")


def _needs_province(request: HttpRequest) -> None:
    """Sweeps serve the whole installation, so whoever runs one ward is not asked."""
    if not runs_province(request.user.pk):
        raise PermissionDenied
