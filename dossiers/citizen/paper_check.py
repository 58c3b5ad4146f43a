"""The applicant looks at the draft of the result: the very sheet, agreed to or sent back with what is wrong. Needs no script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import citizen_only
from dossiers import draft_sheets, loading, paper_checks
from dossiers.citizen.scope import filed_by, own
from dossiers.enums import CheckAnswer
from dossiers.forms.citizen import AGREES, CORRECTS, TEXT_LENGTH, CheckDraftForm
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.services import draft_checks
from portal.errors import NotNowError, StaleError, UserError
from portal.text import clean

BAD, CONFLICT = 400, 409
BOTH = gettext_lazy(
    "Bạn ghi chỗ cần sửa nhưng lại bấm đồng ý. Cần sửa thì bấm “Cần sửa”; đồng ý thì xóa hết phần này rồi bấm lại."
)


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the draft to whoever filed or owns the dossier; the account that filed answers."""
    is_answer = request.method == "POST"
    found = filed_by(request.user, reference) if is_answer else own(request.user, reference)
    asked = paper_checks.open_of(found)
    if asked is None:
        _say_what_came(request, found)
        return redirect("my:dossier", reference)
    form = CheckDraftForm(request.POST if is_answer else None, initial={"version": found.version})
    if not is_answer:
        return _page(request, found, asked, form)
    if not form.is_valid() or not request.POST.keys() & {AGREES, CORRECTS}:
        return _page(request, found, asked, form, status=BAD)
    if _says_both(request, found, form):
        form.add_error("words", BOTH)
        return _page(request, found, asked, form, status=BAD)
    return _answer(request, found, asked, form)


def _says_both(request: HttpRequest, found: Dossier, form: CheckDraftForm) -> bool:
    """Whether somebody wrote what is wrong and pressed "agree", on the draft that is asked about now."""
    typed = form.cleaned_data
    return AGREES in request.POST and bool(typed["words"]) and typed["version"] == found.version


def _answer(request: HttpRequest, found: Dossier, asked: PaperCheck, form: CheckDraftForm) -> HttpResponse:
    said = {"dossier_id": found.pk, "by": request.user, "version": form.cleaned_data["version"]}
    try:
        if CORRECTS in request.POST:
            draft_checks.correct(**said, words=form.cleaned_data["words"])
            told = _("Đã gửi đề nghị sửa. Bản dự thảo đã sửa sẽ được gửi lại để bạn kiểm tra.")
        else:
            draft_checks.confirm(**said)
            told = _("Đã ghi nhận bạn đồng ý với bản dự thảo. Hồ sơ được giải quyết tiếp.")
    except StaleError as error:
        return _anew(request, found, form, error)
    except UserError as error:
        form.add_error("words" if error.field == "reason" else None, error.message)
        return _page(request, found, asked, form, status=BAD)
    messages.success(request, told)
    return redirect("my:dossier", found.reference)


def _anew(request: HttpRequest, found: Dossier, form: CheckDraftForm, error: StaleError) -> HttpResponse:
    """The draft as it is now, with the words that were typed: nobody agrees to what they have not seen."""
    fresh = own(request.user, found.reference)
    asked = paper_checks.open_of(fresh)
    if asked is None:
        _say_what_came(request, fresh)
        return redirect("my:dossier", fresh.reference)
    again = CheckDraftForm({"words": form.cleaned_data["words"], "version": fresh.version})
    again.is_valid()
    again.add_error(None, error.message)
    return _page(request, fresh, asked, again, status=CONFLICT)


def _say_what_came(request: HttpRequest, found: Dossier) -> None:
    """Tell somebody whose answer came when nothing is asked any more what was recorded, with the words they wrote."""
    if request.method != "POST":
        return
    checks = paper_checks.of_dossier(found.pk)
    if checks and checks[-1].answer:
        came = str(CheckAnswer(checks[-1].answer).label)
        messages.info(request, _("Lần kiểm tra này đã kết thúc: %(answer)s.") % {"answer": came})
    else:
        messages.warning(request, NotNowError().message)
    words = clean(request.POST.get("words", ""))[:TEXT_LENGTH]
    if words and (not checks or checks[-1].answer != CheckAnswer.WRONG):
        messages.info(request, _("Nội dung bạn vừa viết, chưa được gửi: %(words)s") % {"words": words})


def _page(
    request: HttpRequest, found: Dossier, asked: PaperCheck, form: CheckDraftForm, *, status: int = 200
) -> HttpResponse:
    draft = asked.draft
    draft.dossier = loading.whole(found)
    context = {
        "dossier": found,
        "check": asked,
        "unless": paper_checks.unless(silence_agrees=asked.silence_agrees),
        "form": form if found.account_id == request.user.pk else None,
        "sheet": draft_sheets.inline(draft),
        "size": draft_sheets.size(draft),
    }
    return render(request, "dossiers/citizen/paper_check.html", context, status=status)
