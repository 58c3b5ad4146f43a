"""Somebody comes to the desk about a draft they were asked to check: the sheet to show, who came, what they say. Needs no script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import COUNTER_ROLES
from dossiers import draft_sheets, loading, paper_checks
from dossiers.desk import in_person
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.page import log_reading
from dossiers.enums import Action
from dossiers.forms.on_behalf import CheckedForm
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.services import draft_checks
from portal.errors import UserError


@desk_only(*sorted(COUNTER_ROLES))
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Record what was said of the draft that waits for its applicant."""
    found = in_person.mine(request, dossier_id)
    asked = _asked(request, found)
    if asked is None:
        return in_person.nothing_asked(request, found)
    if request.method != "POST":
        return _page(request, found, asked, _form(request, found))
    form = _form(request, found, bound=True)
    if not form.is_valid():
        return _page(request, found, asked, form, status=BAD)
    act = draft_checks.correct_on_behalf if form.is_wrong else draft_checks.confirm_on_behalf
    try:
        done = act(dossier_id=found.pk, by=request.user, version=form.cleaned_data["version"], **form.facts())
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, in_person.mine(request, found.pk), asked, form, status=CONFLICT)
    told = (
        _("Đã ghi nhận đề nghị sửa; hồ sơ %(code)s trở về chuyên viên.")
        if form.is_wrong
        else _("Đã ghi nhận người nộp đồng ý; hồ sơ %(code)s được giải quyết tiếp.")
    )
    return in_person.recorded(request, done, told)


def _page(
    request: HttpRequest, found: Dossier, asked: PaperCheck, form: CheckedForm, *, status: int = 200
) -> HttpResponse:
    draft = asked.draft
    draft.dossier = loading.with_revision(loading.with_units(found))
    log_reading(request, found, what=_("cho xem bản dự thảo tại quầy"))
    context = {
        "dossier": found,
        "check": asked,
        "unless": paper_checks.unless(silence_agrees=asked.silence_agrees),
        "form": form,
        "sheet": draft_sheets.inline(draft),
        "size": draft_sheets.size(draft),
    }
    return render(request, "dossiers/desk/paper_check.html", context, status=status)


def _form(request: HttpRequest, found: Dossier, *, bound: bool = False) -> CheckedForm:
    return CheckedForm(request.POST if bound else None, name="kiem-tra", dossier=found, user=request.user)


def _asked(request: HttpRequest, found: Dossier) -> PaperCheck | None:
    """The check that waits, when this person may record its answer."""
    may = in_person.may(request, found, Action.CONFIRM_CHECK_ON_BEHALF)
    return paper_checks.open_of(found) if may else None
