"""The visit: somebody brings to the desk what a supplement request asked for. One form, which works without scripts.

Files chosen in a form are kept before the rest is looked at, so that a mistake elsewhere loses none of them.
"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import desk_only
from accounts.enums import COUNTER_ROLES
from dossiers import clocks, loading, queries
from dossiers.arrivals import take_each
from dossiers.asked import key_of
from dossiers.desk import in_person
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.page import log_reading
from dossiers.enums import Action
from dossiers.forms import correcting
from dossiers.forms.desk import whole_number
from dossiers.forms.on_behalf import BroughtForm
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.services import on_behalf
from dossiers.services.drafts import TakenFile
from portal.errors import StaleError, UserError
from procedures.formspec import StepForm
from vault import opening
from vault.content import ACCEPT

COMPLETE, PARTLY, REMOVE = "du", "chua-du", "bo"  # what the buttons of the form say


@desk_only(*sorted(COUNTER_ROLES))
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Record what was brought for the open request of a dossier."""
    found = in_person.mine(request, dossier_id)
    asked = _asked(request, found)
    if asked is None:
        return in_person.nothing_asked(request, found)
    if request.method != "POST":
        log_reading(request, found, what=_("ghi nhận bổ sung tại quầy"))
        return _page(request, found, asked, _form(request, found, asked))
    if REMOVE in request.POST:
        return _remove(request, found)
    if {"add_row", "remove_row"} & request.POST.keys():
        form = _form(request, found, asked, bound=True)
        return _page(request, found, asked, form, anew=correcting.reshaped(found, asked, request.POST))
    return _record(request, found, asked)


def _record(request: HttpRequest, found: Dossier, asked: Supplement) -> HttpResponse:
    is_current = request.POST.get("version") == str(found.version)
    failed = _keep_files(request, found, asked)
    found = in_person.mine(request, found.pk)  # keeping files counts as a change
    form = _form(request, found, asked, bound=True)
    anew = correcting.form_of(found, asked, request.POST)
    if not {COMPLETE, PARTLY} & request.POST.keys():  # Enter in a field: nothing is recorded by chance
        messages.info(request, _("Chưa ghi nhận gì. Hãy chọn Ghi nhận đã đủ hoặc Ghi nhận chưa đủ."))
        return _page(request, found, asked, form, anew=anew, failed=failed)
    is_right = form.is_valid()
    typed = anew if anew is not None and is_right and form.corrects else None
    if failed or not is_right or not (typed is None or typed.is_valid()):
        return _page(request, found, asked, form, anew=anew, failed=failed, status=BAD)
    try:
        if not is_current:
            raise StaleError
        act = on_behalf.note_visit if PARTLY in request.POST else on_behalf.supplement_done
        facts = {**form.facts(), "typed": typed.answers() if typed is not None else None}
        done = act(dossier_id=found.pk, by=request.user, version=found.version, **facts)
    except UserError as error:
        if anew is not None and error.field in anew.fields:
            anew.add_error(error.field, error.message)
        else:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, in_person.mine(request, found.pk), asked, form, anew=anew, status=CONFLICT)
    told = (
        _("Đã ghi nhận phần đã mang; hồ sơ %(code)s tiếp tục chờ bổ sung.")
        if PARTLY in request.POST
        else _("Đã ghi nhận bổ sung đủ; hồ sơ %(code)s được giải quyết tiếp.")
    )
    return in_person.recorded(request, done, told)


def _remove(request: HttpRequest, found: Dossier) -> HttpResponse:
    attachment_id = whole_number(request.POST.get(REMOVE))
    try:
        on_behalf.remove(dossier_id=found.pk, by=request.user, attachment_id=attachment_id or 0)
    except UserError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Đã bỏ giấy tờ nhận nhầm."))
    return redirect("desk:visit", dossier_id=found.pk)


def _keep_files(request: HttpRequest, found: Dossier, asked: Supplement) -> list[dict[str, str]]:
    """Keep the scans of this form, file by file; what failed is told, what worked is kept."""
    failed = []
    for place in range(len(asked.items)):
        keep = partial(_keep_file, request, found, place)
        failed += take_each(request, f"file_{place}", keep, href=f"#file_{place}").failed
    return failed


def _keep_file(request: HttpRequest, found: Dossier, place: int, upload: "UploadedFile[bytes]") -> TakenFile:
    return on_behalf.attach(dossier_id=found.pk, by=request.user, place=place, upload=upload)


def _form(request: HttpRequest, found: Dossier, asked: Supplement, *, bound: bool = False) -> BroughtForm:
    given = queries.live_attachments(found.pk)
    missing = set(on_behalf.missing_places(asked, given, {}))
    items = [
        {"name": item["name"], "came": place not in missing, "is_answer": bool(key_of(item))}
        for place, item in enumerate(asked.items)
    ]
    data = request.POST if bound else None
    return BroughtForm(data, name="bo-sung", dossier=found, user=request.user, items=items)


def _page(
    request: HttpRequest,
    found: Dossier,
    asked: Supplement,
    form: BroughtForm,
    *,
    anew: StepForm | None = None,
    failed: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    opening.make_ready()
    given = [row for row in queries.live_attachments(found.pk) if row.round == asked.round]
    anew = anew or correcting.form_of(found, asked)
    mistakes = anew.error_list() if anew is not None and anew.is_bound and form.is_valid() and form.corrects else []
    errors = [*(failed or []), *mistakes]
    context = {
        "dossier": loading.for_showing(found),
        "asked": asked,
        "last_day": clocks.last_day(asked.answer_by, found.receiving_unit_id),
        "items": [_item(asked, place, form, given) for place in range(len(asked.items))],
        "anew": anew,
        "form": form,
        "errors": errors,
        "has_errors": bool(errors or form.errors),
        "accept": ACCEPT,
    }
    return render(request, "dossiers/desk/visit.html", context, status=status)


def _item(asked: Supplement, place: int, form: BroughtForm, given: list[Any]) -> dict[str, Any]:
    code = on_behalf.code_of(asked, place)
    return {
        "place": place,
        "name": asked.items[place]["name"],
        "note": asked.items[place]["note"],
        "is_answer": bool(key_of(asked.items[place])),
        "choice": form.choice_of(place),
        "given": [row for row in given if row.paper_code == code],
    }


def _asked(request: HttpRequest, found: Dossier) -> Supplement | None:
    """The request that waits, when this person may record its answer."""
    if not in_person.may(request, found, Action.SUPPLEMENT_DONE):
        return None
    return found.supplements.filter(answered_at=None, expired_at=None).first()
