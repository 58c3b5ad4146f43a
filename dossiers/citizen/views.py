"""Screens of following: my dossiers, one dossier, its files, supplement, withdrawal, and public tracking."""

import hmac
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import citizen_only, public
from dossiers import clocks, paper_checks, queries
from dossiers.asked import code_of, key_of
from dossiers.citizen import page
from dossiers.citizen.filling import BAD, CONFLICT, take_files
from dossiers.citizen.rows import file_rows, holders, late_answer, list_rows, mark, stages
from dossiers.citizen.scope import filed_by, is_draft, own
from dossiers.citizen.wizard import Wizard
from dossiers.enums import State
from dossiers.forms import correcting
from dossiers.forms.citizen import TEXT_LENGTH, AnswerSupplementForm, TrackForm, WithdrawForm
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from dossiers.papers import for_citizens
from dossiers.services import corrections, drafts, submission
from dossiers.services.opening import opened
from portal.errors import NotNowError, StaleError, UserError
from portal.ratelimit import client_address, rate_limited
from portal.sealing import blind_index, normalise_code
from portal.text import clean
from procedures.formspec import StepForm
from vault import opening
from vault.content import ACCEPT
from vault.views import serve, tells_why

KEEP = "luu"  # the button that keeps what was typed and sends nothing
PAGE_SIZE = 20
BIGGEST_ID = 2**63 - 1


@citizen_only
@require_safe
def dossiers(request: HttpRequest) -> HttpResponse:
    """My dossiers, newest first, a page at a time."""
    rows = queries.for_citizen(request.user).order_by("-pk")
    before = request.GET.get("truoc", "")
    if before.isascii() and before.isdigit() and int(before[:20]) <= BIGGEST_ID:
        rows = rows.filter(pk__lt=int(before[:20]))
    found = list_rows(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    context = {"rows": found, "next_url": f"?truoc={found[-1]['id']}" if more else "", "prev_url": ""}
    return render(request, "dossiers/citizen/list.html", context)


@citizen_only
@require_safe
def dossier(request: HttpRequest, reference: str) -> HttpResponse:
    """One dossier: what to do now, where it is, why it is due then; a draft shows its task list."""
    found = own(request.user, reference)
    if is_draft(found):
        return _draft_page(request, found)
    return render(request, "dossiers/citizen/dossier.html", page.context(found, request.user))


def _draft_page(request: HttpRequest, found: Dossier) -> HttpResponse:
    blocked = ""
    try:
        if not drafts.is_current(found):
            _moved, told = drafts.bring_up_to_date(dossier_id=found.pk, by=request.user)
            messages.warning(request, _("Thủ tục vừa được cập nhật. Hãy xem lại các phần đã điền."))
            for sentence in told:
                messages.warning(request, sentence)
            found = own(request.user, found.reference)
    except UserError as error:
        blocked = error.message
    wizard = Wizard(found, request.user)
    pages = wizard.pages()
    context = {
        "dossier": found,
        "blocked": blocked,
        "pages": pages,
        "done_count": sum(one.done for one in pages),
        "is_long": wizard.is_long,
        "resume_url": wizard.resume(),
    }
    return render(request, "dossiers/citizen/draft.html", context)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_safe
def file(request: HttpRequest, reference: str, attachment_id: int) -> HttpResponseBase:
    """Download one file of one's own dossier."""
    found = own(request.user, reference)
    rows = found.attachments.filter(removed_at__isnull=True, file__isnull=False).select_related("file")
    attachment = get_object_or_404(rows, pk=attachment_id)
    return serve(attachment.file, own=attachment.file.uploaded_by_id == request.user.pk)


@citizen_only
@require_safe
@tells_why
def print_form(request: HttpRequest, reference: str, form_id: int) -> HttpResponseBase:
    """Download one printed form of one's own dossier: receipt, supplement request, result."""
    found = own(request.user, reference)
    made = found.printed_forms.filter(name__in=for_citizens()).exclude(file=None, is_made_on_opening=False)
    form = opened(get_object_or_404(made.select_related("file"), pk=form_id))
    return serve(form.file, own=True)


# ── supplement ───────────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def supplement(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer a supplement request: only what was found faulty can be changed."""
    found = filed_by(request.user, reference)
    asked = page.open_supplement(found)
    if asked is None:
        _say_too_late(request, found)
        return redirect("my:dossier", reference)
    if request.method != "POST":
        return _supplement_page(request, found, asked, AnswerSupplementForm(initial={"version": found.version}))
    if "paper" in request.POST:
        failed, status = take_files(request, found)
        if not failed:
            return redirect("my:supplement", reference)
        fresh = filed_by(request.user, reference)
        form = AnswerSupplementForm(initial={"version": fresh.version})
        return _supplement_page(request, fresh, asked, form, failed=failed, status=status)
    return _answer(request, found, asked, AnswerSupplementForm(request.POST))


def _say_too_late(request: HttpRequest, found: Dossier) -> None:
    """Tell somebody whose answer came when nothing is asked any more why it was not taken, with the words they wrote."""
    if request.method != "POST":
        return
    messages.warning(request, submission.too_late(found) or NotNowError().message)
    words = clean(request.POST.get("answer", ""))[:TEXT_LENGTH]
    if words:
        messages.info(request, _("Lời nhắn bạn vừa viết, chưa được gửi: %(words)s") % {"words": words})


def _answer(request: HttpRequest, found: Dossier, asked: Supplement, form: AnswerSupplementForm) -> HttpResponse:
    """Keep the answers that were corrected, then send, when the button says so; a row more or less keeps nothing."""
    anew = correcting.form_of(found, asked, request.POST)
    if anew is not None and {"add_row", "remove_row"} & request.POST.keys():
        form.is_valid()
        return _supplement_page(request, found, asked, form, anew=correcting.reshaped(found, asked, request.POST))
    if not form.is_valid() or not (anew is None or anew.is_valid()):
        return _supplement_page(request, found, asked, form, anew=anew, status=BAD)
    version = form.cleaned_data["version"]
    try:
        if anew is not None:
            kept = corrections.keep(dossier_id=found.pk, by=request.user, typed=anew.answers(), version=version)
            version = kept.version
        if KEEP in request.POST:
            messages.success(request, _("Đã lưu phần kê khai sửa lại. Bấm Gửi phần bổ sung khi đã đủ."))
            return redirect("my:supplement", found.reference)
        submission.answer_supplement(
            dossier_id=found.pk, by=request.user, answer=form.cleaned_data["answer"], version=version
        )
    except UserError as error:
        return _refused(request, found, asked, (form, anew), error)
    messages.success(request, _("Đã gửi phần bổ sung. Thời hạn giải quyết được tính lại từ đầu."))
    return redirect("my:dossier", found.reference)


def _refused(
    request: HttpRequest,
    found: Dossier,
    asked: Supplement,
    forms: tuple[AnswerSupplementForm, StepForm | None],
    error: UserError,
) -> HttpResponse:
    """The page with what was typed, on the present version: what was kept before the refusal counts as a change."""
    form, anew = forms
    fresh = filed_by(request.user, found.reference)
    again = _renewed(form, fresh)
    if anew is not None and error.field in anew.fields:
        anew.add_error(error.field, error.message)
    else:
        again.add_error(error.field if error.field in again.fields else None, error.message)
    status = CONFLICT if isinstance(error, StaleError) else BAD
    return _supplement_page(request, fresh, page.open_supplement(fresh) or asked, again, anew=anew, status=status)


def _renewed(form: AnswerSupplementForm, fresh: Dossier) -> AnswerSupplementForm:
    """The same words on the present version, so that a second press sends them."""
    again = AnswerSupplementForm({"answer": form.cleaned_data.get("answer", ""), "version": fresh.version})
    again.is_valid()
    return again


def _supplement_page(
    request: HttpRequest,
    found: Dossier,
    asked: Supplement,
    form: AnswerSupplementForm,
    *,
    anew: StepForm | None = None,
    failed: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    opening.make_ready()
    given = queries.live_attachments(found.pk)
    rows = file_rows(found, given)
    anew = anew or correcting.form_of(found, asked)
    errors = [*(failed or []), *(anew.error_list() if anew is not None and anew.is_bound else [])]
    context = {
        "dossier": found,
        "supplement": asked,
        "last_day": clocks.last_day(asked.answer_by, found.receiving_unit_id),
        "items": [_item(asked, place, rows) for place, item in enumerate(asked.items) if not key_of(item)],
        "total": len(asked.items),
        "unanswered": submission.unanswered(found, asked, given),
        "anew": anew,
        "form": form,
        "errors": errors,
        "has_errors": bool(errors or form.errors),
        "accept": ACCEPT,
        "max_file": settings.UPLOAD_MAX_FILE,
        "max_dossier": settings.UPLOAD_MAX_DOSSIER,
    }
    return render(request, "dossiers/citizen/supplement.html", context, status=status)


def _item(asked: Supplement, place: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One item that is answered with files: what came before, and what came in this round."""
    code = code_of(asked.items, place, round_number=asked.round)
    here = [row for row in rows if row["paper_code"] == code]
    return {
        **asked.items[place],
        "code": code,
        "before": [row for row in here if row["round"] < asked.round],
        "files": [row for row in here if row["round"] == asked.round],
    }


# ── withdrawal ───────────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a dossier back: at once before it is received, as a wish afterwards."""
    found = filed_by(request.user, reference)
    if not page.may_withdraw(found, request.user):
        return redirect("my:dossier", reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method != "POST" or not form.is_valid():
        return _withdraw_page(request, found, form, status=BAD if form.errors else 200)
    chosen = form.cleaned_data
    act = submission.withdraw if found.state in {State.SUBMITTED, State.INTAKE_FIX} else submission.request_withdrawal
    try:
        act(dossier_id=found.pk, by=request.user, reason=chosen["reason"], version=chosen["version"])
    except UserError as error:
        form.add_error(None, error.message)
        return _withdraw_page(request, found, form, status=CONFLICT if isinstance(error, StaleError) else BAD)
    messages.success(request, _("Đã ghi nhận việc rút hồ sơ."))
    return redirect("my:dossier", reference)


def _withdraw_page(request: HttpRequest, found: Dossier, form: WithdrawForm, *, status: int) -> HttpResponse:
    at_once = found.state in {State.SUBMITTED, State.INTAKE_FIX}
    context = {"dossier": found, "form": form, "at_once": at_once}
    return render(request, "dossiers/citizen/withdraw.html", context, status=status)


# ── tracking ─────────────────────────────────────────────────────────────────────────────────────


def _code_asked(request: HttpRequest) -> str:
    """Whose secret is tried, and from where: a hall behind one address asks for hundreds of dossiers, each a few times."""
    return f"{client_address(request)}|{request.POST.get('code', '')[:60].strip().upper()}"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("track-address", "300/m", methods={"POST"})
@rate_limited("track", "10/m", subject=_code_asked, methods={"POST"})
def track(request: HttpRequest) -> HttpResponse:
    """How far a dossier is, for whoever has its code and its secret; nothing else is told, and nothing to others."""
    if request.method != "POST":
        code = request.GET.get("ma", "").replace("\x00", "")[:60]
        return render(
            request, "dossiers/citizen/track.html", {"form": TrackForm(initial={"code": code}), "found": None}
        )
    form = TrackForm(request.POST)
    if not form.is_valid():
        return render(request, "dossiers/citizen/track.html", {"form": form, "found": None}, status=BAD)
    try:
        found = _tracked(form.cleaned_data["code"], form.cleaned_data["secret"])
    except Http404:
        form.add_error(
            None, _("Không có hồ sơ nào khớp cả mã hồ sơ và mã bí mật. Hãy xem lại hai mã trên giấy tiếp nhận.")
        )
        return render(request, "dossiers/citizen/track.html", {"form": form, "found": None}, status=404)
    context = {
        "form": TrackForm(),
        "found": {
            "code": found.code or found.reference,
            "mark": mark(found),
            "stages": stages(found),
            "asked": _asked(found),
            "late": late_answer(found),
            "holders": holders(found, list(queries.open_work(found.pk))),
        },
    }
    return render(request, "dossiers/citizen/track.html", context)


def _asked(found: Dossier) -> str:
    """What the applicant is asked to do, until when, and what comes of no answer."""
    asked = paper_checks.open_of(found) if found.state == State.CHECKING else None
    if asked is None:
        return ""
    return _(
        "Mời người nộp kiểm tra bản dự thảo, trả lời trước hết ngày %(answer_by)s. %(unless)s"
    ) % paper_checks.words(asked)


def _tracked(code: str, secret: str) -> Dossier:
    """The dossier of a code and its secret; an unknown code and a wrong secret end alike."""
    matching = Q(code=code.upper()) | Q(reference=normalise_code(code)) | Q(reference=code)
    rows = Dossier.objects.exclude(state=State.DRAFT).filter(matching).order_by("pk")
    given = blind_index(normalise_code(secret))
    for found in rows[:3]:
        if found.secret_index and hmac.compare_digest(found.secret_index, given):
            return found
    raise Http404
