"""Administration of working calendars: hours, cut-off, days off and make-up days, with what is inherited from above."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import administrators_only
from accounts.calendars import CalendarView, view_of
from accounts.enums import CalendarChoice
from accounts.manage_forms import DayForm, HoursForm
from accounts.manage_staff import scope
from accounts.models import DayOff, OrgUnit
from accounts.pages import form_page
from accounts.promises import DecisionNeededError, lately
from accounts.queries import runs_province
from accounts.services import drop_calendar, put_day, remove_day, set_hours
from portal import clock
from portal.errors import UserError


@administrators_only
def common(request: HttpRequest) -> HttpResponse:
    """The calendar of all units; only an administrator at province level changes it."""
    return _page(request, None)


@administrators_only
def of_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The calendar in force for a unit, and where each part of it comes from."""
    return _page(request, get_object_or_404(OrgUnit.objects.filter(pk__in=scope(request)), pk=unit_id))


@administrators_only
@require_POST
def drop(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Let a unit use the calendar of the unit above again."""
    unit = get_object_or_404(OrgUnit.objects.filter(pk__in=scope(request)), pk=unit_id)
    try:
        drop_calendar(by=request.user, unit_id=unit.pk, decision=_decision(request))
    except DecisionNeededError as asked:
        return _page(request, unit, asked)
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đơn vị đã dùng lại lịch của cấp trên."))
    return redirect("accounts:unit_calendar", unit_id=unit.pk)


@administrators_only
@require_POST
def remove(request: HttpRequest, day_id: int) -> HttpResponse:
    """Take a day out of the calendar that holds it."""
    row = get_object_or_404(DayOff.objects.select_related("calendar__unit"), pk=day_id)
    unit = row.calendar.unit
    if unit is None:
        _needs_province(request)
    else:
        get_object_or_404(OrgUnit.objects.filter(pk__in=scope(request)), pk=unit.pk)
    try:
        remove_day(by=request.user, day_id=row.pk, decision=_decision(request))
    except DecisionNeededError as asked:
        return _page(request, unit, asked, row.day.year)
    messages.success(request, _("Đã bỏ ngày %(day)s khỏi lịch.") % {"day": f"{row.day:%d/%m/%Y}"})
    return _back(unit, row.day.year)


def _page(
    request: HttpRequest, unit: OrgUnit | None, asked: DecisionNeededError | None = None, year: int | None = None
) -> HttpResponse:
    """The page; an edit that needs a decision comes back with the question and everything that was typed."""
    year = year or _year(request)
    view = view_of(unit, year)
    acting = request.POST.get("act") if request.method == "POST" else None
    may_edit = unit is not None or runs_province(request.user.pk)
    if acting and not may_edit:
        raise PermissionDenied
    hours, day = _forms(request, view, acting)
    try:
        if acting == "hours" and hours.is_valid() and _save_hours(request, unit, hours):
            return _back(unit, year)
        if acting == "day" and day.is_valid() and _save_day(request, unit, day):
            return _back(unit, day.cleaned_data["day"].year)
    except DecisionNeededError as needed:
        asked = needed
    context = {
        "unit": unit,
        "view": view,
        "year": str(year),  # a number would be grouped: 2.026
        "years": [str(year - 1), str(year), str(year + 1)],
        "may_edit": may_edit,
        "hours": hours,
        "day_form": day,
        "has_errors": bool(hours.errors or day.errors),
        "hours_open": acting == "hours",
        "from_above": view is not None and view.own is None,
        "asked": asked,
        "typed": _typed(request) if asked else [],
        "choices": CalendarChoice.choices,
        "decided": lately(unit.pk if unit else None),
    }
    page = form_page(request, "accounts/manage/calendar.html", context, hours, day)
    page.status_code = 409 if asked else page.status_code
    return page


def _forms(request: HttpRequest, view: CalendarView | None, acting: str | None) -> tuple[HoursForm, DayForm]:
    weekly = view.hours_from.weekly if view else {}
    cutoff = view.hours_from.cutoff if view else None
    hours = HoursForm(request.POST if acting == "hours" else None, weekly=weekly, initial={"cutoff": cutoff})
    return hours, DayForm(request.POST if acting == "day" else None)


def _decision(request: HttpRequest) -> str:
    return request.POST.get("decision", "")


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent again with the decision."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "decision"}
        for value in values
    ]


def _save_hours(request: HttpRequest, unit: OrgUnit | None, form: HoursForm) -> bool:
    try:
        set_hours(
            by=request.user,
            unit_id=unit.pk if unit else None,
            weekly=form.weekly(),
            cutoff=form.cleaned_data["cutoff"],
            decision=_decision(request),
        )
    except DecisionNeededError:
        raise
    except UserError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, _saved(request, _("Đã lưu giờ làm việc.")))
    return True


def _save_day(request: HttpRequest, unit: OrgUnit | None, form: DayForm) -> bool:
    try:
        put_day(by=request.user, unit_id=unit.pk if unit else None, **form.cleaned_data, decision=_decision(request))
    except DecisionNeededError:
        raise
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    text = _("Đã ghi ngày %(day)s vào lịch.") % {"day": f"{form.cleaned_data['day']:%d/%m/%Y}"}
    messages.success(request, _saved(request, text))
    return True


def _saved(request: HttpRequest, text: str) -> str:
    """The edit, and what becomes of promises made before."""
    if _decision(request) == CalendarChoice.MOVE:
        return f"{text} {_('Hạn đã hẹn đang được dời; người nộp được báo từng hồ sơ.')}"
    return f"{text} {_('Hồ sơ đã tiếp nhận giữ nguyên hạn đã hẹn.')}"


def _year(request: HttpRequest) -> int:
    text = request.GET.get("nam", "")
    year = int(text) if text.isascii() and text.isdigit() else 0
    return year if 2000 <= year <= 2100 else clock.today().year


def _back(unit: OrgUnit | None, year: int) -> HttpResponse:
    page = redirect("accounts:unit_calendar", unit_id=unit.pk) if unit else redirect("accounts:common_calendar")
    page["Location"] += f"?nam={year}"
    return page


def _needs_province(request: HttpRequest) -> None:
    if not runs_province(request.user.pk):
        raise PermissionDenied
