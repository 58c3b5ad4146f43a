"""Which office of the post takes which procedure for which desk: entered by whoever administers the units, never worded anew."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import administrators_only
from accounts.enums import UnitKind
from accounts.models import OrgUnit
from accounts.queries import open_on, units_administered
from portal import clock
from portal.errors import UserError
from procedures import postal, services
from procedures.models import PostalListing, Procedure
from procedures.postal_forms import EndListingForm, ListingForm

SHOWN = 300
BAD, CONFLICT = 400, 409


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def postal_listings(request: HttpRequest) -> HttpResponse:
    """The lists of the person's units, newest first, and one row more."""
    form = _form(request)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=BAD)
    try:
        services.list_for_post(**form.cleaned_data, within=units_administered(request.scope))
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, status=CONFLICT)
    messages.success(request, _("Đã ghi vào danh mục nhận qua bưu điện."))
    return redirect("procedures:postal_listings")


@administrators_only
@require_POST
def end_listing(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Give a row its last day."""
    found = get_object_or_404(_mine(request), pk=listing_id)
    form = EndListingForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("procedures:postal_listings")
    try:
        services.end_listing(listing_id=found.pk, last_day=form.cleaned_data["last_day"])
    except UserError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Đã ghi ngày kết thúc."))
    return redirect("procedures:postal_listings")


def _units(request: HttpRequest, kind: str) -> "QuerySet[OrgUnit]":
    here = OrgUnit.objects.filter(open_on(clock.today()), pk__in=units_administered(request.scope), kind=kind)
    return here.order_by("sort_order", "pk")


def _form(request: HttpRequest) -> ListingForm:
    return ListingForm(
        request.POST if request.method == "POST" else None,
        offices=_units(request, UnitKind.POST),
        desks=_units(request, UnitKind.DESK),
        procedures=Procedure.objects.filter(is_internal=False, retired_on=None).order_by("name", "pk"),
    )


def _mine(request: HttpRequest) -> "QuerySet[PostalListing]":
    rows = PostalListing.objects.filter(desk_id__in=units_administered(request.scope))
    return rows.select_related("office", "desk", "procedure").order_by("-valid_from", "procedure__name", "-pk")


def _page(request: HttpRequest, form: ListingForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "rows": _mine(request)[:SHOWN],
        "rule": postal.rule_on(),
        "today": clock.today(),
    }
    return render(request, "procedures/postal_listings.html", context, status=status)
