"""The head of desk's page for a change of name: the one way past the stop at the counter. The rule lives in accounts."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import Role
from accounts.queries import units_held
from accounts.services import confirm_name_change
from dossiers.desk.one_form import answered
from dossiers.forms.names import NameChangeForm


@desk_only(Role.DESK_HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def name_change(request: HttpRequest) -> HttpResponse:
    """Confirm that a proven person is called otherwise now; who did it and on which paper is recorded for good."""
    form = NameChangeForm(request.POST if request.method == "POST" else None, desks=units_held(request.scope))
    return answered(request, "dossiers/desk/name_change.html", form, partial(_confirm, request, form))


def _confirm(request: HttpRequest, form: NameChangeForm) -> HttpResponse:
    data = form.cleaned_data
    row = confirm_name_change(by=request.user, unit_id=int(data["unit"]), facts=form.facts(), basis=data["basis"])
    words = _("Đã xác nhận đổi tên “%(old)s” thành “%(new)s”. Nay có thể tiếp nhận hồ sơ với tên mới.")
    messages.success(request, words % {"old": row.old_name, "new": row.new_name})
    return redirect("desk:counter")
