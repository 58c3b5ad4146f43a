"""The head of desk's page on which a citizen's account is opened again. The rule lives in accounts."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import Role
from accounts.queries import units_held
from accounts.services import log_look_up, reopen_account
from dossiers.desk.one_form import answered
from dossiers.desk.page import request_id
from dossiers.forms.reopening import ReopenForm
from portal.errors import UserError


@desk_only(Role.DESK_HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest) -> HttpResponse:
    """Give the person at the desk a temporary password; it stands on this one answer and nowhere else."""
    form = ReopenForm(request.POST if request.method == "POST" else None, desks=units_held(request.scope))
    return answered(request, "dossiers/desk/reopen.html", form, partial(_issue, request, form))


def _issue(request: HttpRequest, form: ReopenForm) -> HttpResponse:
    data = form.cleaned_data
    unit_id = int(data["unit"])
    try:
        user, password = reopen_account(
            by=request.user, unit_id=unit_id, facts=form.facts(), seen=data["seen"], phone=data["phone"] or ""
        )
    except UserError:
        _leave_trace(request, unit_id, f"{data['full_name']} {data['identity']}")
        raise
    told = _(
        "Hãy trao mật khẩu này cho %(name)s ngay tại quầy rồi rời trang. Trang này không mở lại được; "
        "cấp lần nữa thì mật khẩu này hết dùng."
    )
    context = {"person": user, "password": password, "told": told % {"name": user.full_name}}
    return render(request, "dossiers/desk/reopened.html", context)


def _leave_trace(request: HttpRequest, unit_id: int, sought: str) -> None:
    """Who tries names and numbers that do not fit has looked people up, as in any list."""
    log_look_up(
        reader=request.user,
        what=_("mở lại tài khoản tại quầy"),
        sought=sought,
        shown=0,
        unit=next(unit for unit in units_held(request.scope) if unit.pk == unit_id),
        request_id=request_id(),
    )
