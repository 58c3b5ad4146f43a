"""The page of leave: one's own, those one stands in for, and for heads and administrators the leave of their people."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import roles_only
from accounts.enums import WORK_ROLES, Role
from accounts.leave_forms import EndLeaveForm, LeaveForm
from accounts.models import LeaveCover, User
from accounts.pages import form_page
from accounts.queries import cover_candidates, leaves_of, people_arranged, people_led, standing_in
from accounts.services import end_cover, set_cover
from accounts.services.covers import Leave
from portal.errors import UserError
from portal.text import name_sort_key

SHOWN = 200
for_staff = roles_only(*sorted(WORK_ROLES), Role.ADMINISTRATOR)


@for_staff
def own(request: HttpRequest) -> HttpResponse:
    """One's own leave, the people one stands in for, and the people one leads with their leave."""
    return _page(request, request.user, people=_led(request.user))


@for_staff
def of_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """The leave of somebody whom the reader leads or administers."""
    return _page(request, get_object_or_404(people_arranged(request.user), pk=user_id))


@for_staff
def end(request: HttpRequest, cover_id: int) -> HttpResponse:
    """Ask for the last day of a leave, then shorten it."""
    row = _arranged(request, cover_id)
    form = EndLeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_cover(by=request.user, cover_id=row.pk, last_day=form.cleaned_data["last_day"])
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã kết thúc kỳ nghỉ của %(name)s.") % {"name": row.user.full_name})
            return _back(request, row.user)
    return form_page(
        request, "accounts/leave_end.html", {"form": form, "row": row, "back": _address(request, row.user)}
    )


def _page(request: HttpRequest, person: User, people: list[dict[str, object]] | None = None) -> HttpResponse:
    """Show the leave of one person with the form for another; write it down when it was sent."""
    form = LeaveForm(request.POST or None, candidates=cover_candidates(person))
    if request.method == "POST" and form.is_valid():
        try:
            row = set_cover(by=request.user, leave=Leave(user_id=person.pk, **form.facts()))
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            names = {"name": person.full_name, "cover": row.cover.full_name}
            messages.success(request, _("Đã ghi kỳ nghỉ của %(name)s; %(cover)s trực thay.") % names)
            return _back(request, person)
    context = {
        "form": form,
        "person": person,
        "is_own": person.pk == request.user.pk,
        "rows": list(leaves_of([person.pk])),
        "standing_in": list(standing_in(person.pk)),
        "people": people or [],
        "shown": SHOWN,
    }
    return form_page(request, "accounts/leave.html", context)


def _led(user: User) -> list[dict[str, object]]:
    """The people a head leads, in Vietnamese order of given names, each with leave that is not over."""
    led = sorted(people_led(user), key=lambda person: (name_sort_key(person.full_name), person.pk))[:SHOWN]
    by_person: dict[int, list[LeaveCover]] = {}
    for row in leaves_of([person.pk for person in led]):
        by_person.setdefault(row.user_id, []).append(row)
    return [{"person": person, "leaves": by_person.get(person.pk, [])} for person in led]


def _arranged(request: HttpRequest, cover_id: int) -> LeaveCover:
    row = get_object_or_404(LeaveCover.objects.select_related("user", "cover"), pk=cover_id)
    if row.user_id != request.user.pk and not people_arranged(request.user).filter(pk=row.user_id).exists():
        raise Http404
    return row


def _address(request: HttpRequest, person: User) -> str:
    if person.pk == request.user.pk:
        return reverse("accounts:leave")
    return reverse("accounts:leave_of", args=[person.pk])


def _back(request: HttpRequest, person: User) -> HttpResponse:
    return redirect(_address(request, person))
