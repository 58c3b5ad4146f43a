"""The head of desk's page on which a citizen's account is opened again. The rule lives in accounts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import Role
from accounts.services import reopen_account
from dossiers.forms.reopening import ReopenForm
from portal.errors import UserError


@desk_only(Role.DESK_HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest) -> HttpResponse:
    """Give the person at the desk a temporary password; it stands on this one answer and nowhere else."""
    desks = list({row.unit_id: row.unit for row in request.scope}.values())
    form = ReopenForm(request.POST if request.method == "POST" else None, desks=desks)
    if request.method != "POST":
        return _page(request, form, status=200)
    if not form.is_valid():
        return _page(request, form, status=400)
    data = form.cleaned_data
    try:
        user, password = reopen_account(
            by=request.user, unit_id=int(data["unit"]), facts=form.facts(), seen=data["seen"], phone=data["phone"] or ""
        )
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, status=409)
    told = _(
        "Hãy trao mật khẩu này cho %(name)s ngay tại quầy rồi rời trang. Trang này không mở lại được; "
        "cấp lần nữa thì mật khẩu này hết dùng."
    )
    context = {"person": user, "password": password, "told": told % {"name": user.full_name}}
    return render(request, "dossiers/desk/reopened.html", context)


def _page(request: HttpRequest, form: ReopenForm, *, status: int) -> HttpResponse:
    context = {"form": form, "has_errors": bool(form.errors)}
    return render(request, "dossiers/desk/reopen.html", context, status=status)
