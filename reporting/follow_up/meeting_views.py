"""Pages of minutes: written and confirmed by home affairs, read by the heads whose units were given a task."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy

from accounts.access import managers_only, roles_only
from accounts.enums import Role
from portal.errors import StaleError, UserError
from procedures.models import Procedure
from reporting import queries as figures
from reporting.enums import MinutesState
from reporting.follow_up.forms import MeetingForm
from reporting.follow_up.queries import minutes as minutes_seen
from reporting.follow_up.queries import sight
from reporting.follow_up.services import meeting
from reporting.indicators import aimed_at
from reporting.models import MeetingMinutes
from reporting.second_person import second_person
from reporting.target_rows import Units

LOOK = "look"  # what Enter in a field does for whoever may confirm: the page again as it was typed
SAVED = gettext_lazy("Đã lưu bản nháp. Người thứ hai của Nội vụ xem rồi xác nhận; khi đó các việc mới được giao.")
SAID = {"settle": gettext_lazy("Đã xác nhận biên bản và giao việc."), "drop": gettext_lazy("Đã bỏ bản nháp.")}


@managers_only
def meetings(request: HttpRequest) -> HttpResponse:
    """All minutes for home affairs; for a head those that gave a task to the own units."""
    seen = sight(request.scope, figures.board_units())  # type: ignore[attr-defined]
    return render(request, "reporting/meetings.html", {"minutes": minutes_seen(seen), "writes": seen.everything})


@roles_only(Role.HOME_AFFAIRS)
def add_minutes(request: HttpRequest) -> HttpResponse:
    """New minutes."""
    return _edit(request, None)


@managers_only
def minutes(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """Minutes: a draft is written by home affairs; settled ones are read by whoever was given a task."""
    found = get_object_or_404(MeetingMinutes.objects.select_related("written_by", "settled_by"), pk=minutes_id)
    seen = sight(request.scope, figures.board_units())  # type: ignore[attr-defined]
    if found.state == MinutesState.DRAFT:
        if not seen.everything:
            raise Http404
        return _edit(request, found)
    tasks = list(found.remedies.select_related("unit").order_by("due_on", "pk"))
    if not seen.everything and not any(seen.covers(one.unit_id) for one in tasks):
        raise Http404
    if request.method == "POST":
        messages.error(request, meeting.SettledMinutesError.default_message)
        return redirect("reporting:minutes", minutes_id=found.pk)
    shown = [(one, seen.covers(one.unit_id)) for one in tasks]
    return render(request, "reporting/minutes_kept.html", {"minutes": found, "tasks": shown})


def _edit(request: HttpRequest, found: MeetingMinutes | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    units = Units.known()
    lists: dict[str, Any] = {
        "indicators": [(one.code, str(one.label)) for one in aimed_at() if one.has_source],
        "units": units,
        "procedures": _procedures(sent),
    }
    form = MeetingForm(sent, found.draft if found else {}, **lists)
    told, status = "", 200
    if request.POST.get("act") == LOOK:
        form = MeetingForm(None, form.draft(), **lists)
    elif sent is not None:
        told, status, kept = _written(request, found, form)
        if kept is not None:
            return redirect("reporting:minutes", minutes_id=kept)
    context = {
        "minutes": found,
        "form": form,
        "scopes": list(units.choices()),
        "told": told,
        "may_settle": found is not None and request.user.pk not in found.editors,
        "second": second_person(request.user, found.editors if found else [request.user.pk]),  # type: ignore[arg-type, list-item]
        "revision": request.POST.get("revision", "") or str(found.revision if found else 0),
    }
    return render(request, "reporting/minutes_edit.html", context, status=status)


def _written(request: HttpRequest, found: MeetingMinutes | None, form: MeetingForm) -> tuple[str, int, int | None]:
    """Save, settle or drop: a sentence, a status, and the minutes when it is done."""
    act, by = request.POST.get("act"), request.user
    if act == "settle" and not form.is_valid():
        return "", 400, None
    if act == "settle" and found is None:
        return str(meeting.OwnMinutesError.default_message), 400, None
    text = request.POST.get("revision", "")
    facts: dict[str, Any] = {
        "by": by,
        "minutes_id": found.pk if found else None,
        "revision": int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0,
    }
    try:
        if act == "settle" and found is not None:
            said = meeting.Concluded(**form.minutes.cleaned_data, tasks=form.tasks())
            kept = meeting.settle(**facts, draft=form.draft(), said=said)
        elif act == "drop" and found is not None:
            meeting.drop(**facts)
            kept = found
        else:
            kept = meeting.save_draft(**facts, draft=form.draft())
    except UserError as error:
        return error.message, 409 if isinstance(error, StaleError) else 400, None
    messages.success(request, SAID.get(act or "", SAVED))
    return "", 0, kept.pk


def _procedures(sent: Any) -> dict[str, tuple[int, str]]:
    """The procedures that were typed, by code."""
    codes = [] if sent is None else [value.split(" ")[0] for name, value in sent.items() if name.endswith("-procedure")]
    rows = Procedure.objects.filter(code__in=[code for code in codes if code])
    return {code: (pk, name) for pk, code, name in rows.values_list("pk", "code", "name")}
