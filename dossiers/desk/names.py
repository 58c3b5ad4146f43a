"""The head of desk's page for a change of name: the one way past the stop at the counter. The rule lives in accounts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import Role
from accounts.services import confirm_name_change
from dossiers.forms.names import NameChangeForm
from portal.errors import UserError


@desk_only(Role.DESK_HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def name_change(request: HttpRequest) -> HttpResponse:
    """Confirm that a proven person is called otherwise now; who did it and on which paper is recorded for good."""
    desks = list({row.unit_id: row.unit for row in request.scope}.values())
    form = NameChangeForm(request.POST if request.method == "POST" else None, desks=desks)
    if request.method != "POST":
        return _page(request, form, status=200)
    if not form.is_valid():
        return _page(request, form, status=400)
    data = form.cleaned_data
    try:
        row = confirm_name_change(by=request.user, unit_id=int(data["unit"]), facts=form.facts(), basis=data["basis"])
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, form, status=409)
    words = _("Đã xác nhận đổi tên “%(old)s” thành “%(new)s”. Nay có thể tiếp nhận hồ sơ với tên mới.")
    messages.success(request, words % {"old": row.old_name, "new": row.new_name})
    return redirect("desk:counter")


def _page(request: HttpRequest, form: NameChangeForm, *, status: int) -> HttpResponse:
    context = {"form": form, "has_errors": bool(form.errors)}
    return render(request, "dossiers/desk/name_change.html", context, status=status)
