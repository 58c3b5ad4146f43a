"""Who collects for an authority, from a day on: entered by whoever administers the unit, never edited, a new row instead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import administrators_only
from accounts.models import OrgUnit
from accounts.queries import units_administered
from dossiers.forms.money import FeeOfficeForm
from dossiers.models.money import FeeOffice
from dossiers.services import drawers
from portal.errors import UserError

BAD, CONFLICT = 400, 409


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def fee_offices(request: HttpRequest) -> HttpResponse:
    """List who collects for the person's units, newest first, and enter the next."""
    units = OrgUnit.objects.filter(pk__in=units_administered(request.scope), valid_to=None).order_by("sort_order", "pk")
    form = FeeOfficeForm(request.POST if request.method == "POST" else None, units=units)
    if request.method != "POST":
        return _page(request, form, units)
    if not form.is_valid():
        return _page(request, form, units, status=BAD)
    try:
        drawers.name_office(by=request.user, **form.cleaned_data)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, units, status=CONFLICT)
    messages.success(request, _("Đã ghi đơn vị thu."))
    return redirect("desk:fee_offices")


def _page(request: HttpRequest, form: FeeOfficeForm, units: object, *, status: int = 200) -> HttpResponse:
    rows = FeeOffice.objects.filter(unit__in=units).select_related("unit", "entered_by").order_by("-valid_from", "-pk")
    context = {"form": form, "has_errors": bool(form.errors), "rows": rows[:200]}
    return render(request, "dossiers/desk/fee_offices.html", context, status=status)
