"""Screens of filling: start, one page a step, papers, check, send, confirmation. Plain POST and redirect; no script needed."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import citizen_only, is_staff_member
from dossiers import answers
from dossiers.arrivals import take_each
from dossiers.citizen.scope import filed_by, is_draft
from dossiers.citizen.wizard import CHECK, FILES, Wizard
from dossiers.forms.citizen import DeclareForm, StartForm, version_of
from dossiers.forms.desk import whole_number
from dossiers.models.dossier import Dossier
from dossiers.services import drafts, terms
from portal import clock, rows, sealing
from portal.errors import StaleError, UserError
from procedures import published
from procedures.formspec import StepForm, StepSpec
from procedures.models import Procedure, Revision
from procedures.queries import choices_online, in_force_id, is_of_a_death
from procedures.tablerows import without_row
from vault import opening
from vault.content import ACCEPT
from vault.opening import TooLargeError

BAD, CONFLICT, TOO_LARGE = 400, 409, 413


# ── start ────────────────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the unit and the case, then open a draft."""
    procedure = next(iter(rows.where(Procedure, code.replace("\x00", ""), column="code")), None)
    if procedure is None or (procedure.is_internal and not is_staff_member(request)):
        raise Http404  # to the public an internal one does not exist, as on its page
    revision_id = in_force_id(procedure.pk)
    revision = published.parts(revision_id).revision if revision_id else None
    form = _start_form(request, procedure, revision)
    if request.method != "POST":
        return _start_page(request, procedure, revision, form)
    if not form.is_valid():
        return _start_page(request, procedure, revision, form, status=BAD)
    chosen = form.cleaned_data
    try:
        dossier = drafts.start(
            account=request.user,
            procedure_id=procedure.pk,
            unit_id=int(chosen["unit"]),
            case_code=chosen.get("case", ""),
        )
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _start_page(request, procedure, revision, form, status=BAD)
    return redirect(Wizard(dossier, request.user).first())


def _start_form(request: HttpRequest, procedure: Procedure, revision: Revision | None) -> StartForm:
    units = [(str(pk), name) for pk, name in choices_online(procedure.pk)] if revision else []
    cases = [(case["code"], case["name"]) for case in revision.cases] if revision else []
    data = request.POST if request.method == "POST" else None
    initial = {"unit": request.GET.get("don-vi", ""), "case": request.GET.get("truong-hop", "")}
    return StartForm(data, units=units, cases=cases, initial={name: value for name, value in initial.items() if value})


def _start_page(
    request: HttpRequest, procedure: Procedure, revision: Revision | None, form: StartForm, *, status: int = 200
) -> HttpResponse:
    offered = any(value for value, _label in form.fields["unit"].choices)
    papers = [paper for paper in published.parts(revision.pk).papers if paper.is_required] if revision else []
    context = {"procedure": procedure, "revision": revision, "form": form, "offered": offered, "papers": papers}
    return render(request, "dossiers/citizen/start.html", context, status=status)


# ── opening a draft ──────────────────────────────────────────────────────────────────────────────


def _opened(request: HttpRequest, reference: str) -> tuple[Dossier, HttpResponse | None]:
    """Fetch a draft for filling: moved to the sheet in force, or a redirect that says why not."""
    dossier = filed_by(request.user, reference)
    if not is_draft(dossier):
        return dossier, redirect("my:dossier", reference)
    try:
        if drafts.is_current(dossier):
            return dossier, None
        dossier, told = drafts.bring_up_to_date(dossier_id=dossier.pk, by=request.user)
    except UserError:
        return dossier, redirect("my:dossier", reference)  # that page says why and what to do
    messages.warning(request, _("Thủ tục vừa được cập nhật. Hãy xem lại các phần đã điền."))
    for sentence in told:
        messages.warning(request, sentence)
    return _reloaded(request, dossier), None


def _reloaded(request: HttpRequest, dossier: Dossier) -> Dossier:
    return filed_by(request.user, dossier.reference)


# ── one step ─────────────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, reference: str, step_key: str) -> HttpResponse:
    """Show or keep one page of questions."""
    dossier, away = _opened(request, reference)
    if away is not None:
        return away
    wizard = Wizard(dossier, request.user)
    found = wizard.spec.step(step_key)
    if found is None or found not in wizard.steps:
        return redirect(wizard.home())
    if request.method != "POST":
        return _step_page(request, wizard, found, wizard.form(found))
    if "add_row" in request.POST or "remove_row" in request.POST:
        return _step_page(request, wizard, found, _reshaped(wizard, found, request.POST))
    leaving = "leave" in request.POST
    form = wizard.form(found, request.POST, partial=leaving)
    if not form.is_valid():
        return _step_page(request, wizard, found, form, status=BAD)
    return _keep_step(request, wizard, found, form, leaving=leaving)


def _keep_step(request: HttpRequest, wizard: Wizard, found: StepSpec, form: StepForm, *, leaving: bool) -> HttpResponse:
    try:
        saved = drafts.save_step(
            dossier_id=wizard.dossier.pk,
            by=request.user,
            step_key=found.key,
            answers=form.answers(),
            version=version_of(request.POST),
        )
    except StaleError:
        messages.error(
            request, _("Bản nháp đã được sửa ở nơi khác. Nội dung bạn vừa nhập vẫn còn dưới đây; xem lại rồi bấm lưu.")
        )
        return _step_page(request, wizard, found, form, status=CONFLICT)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _step_page(request, wizard, found, form, status=BAD)
    for sentence in wizard.doubts(found, form.answers()):
        messages.warning(request, sentence)
    if leaving:
        messages.success(
            request,
            _("Đã lưu lúc %(time)s. Bạn có thể quay lại điền tiếp bất cứ lúc nào.") % {"time": f"{clock.now():%H:%M}"},
        )
        return redirect("my:dossier", saved.reference)
    onward = Wizard(saved, request.user)
    return redirect(onward.after(found.key, from_check=request.POST.get("ve") == CHECK))


def _reshaped(wizard: Wizard, found: StepSpec, data: QueryDict) -> StepForm:
    """The same form with one row of a table more or less; nothing is checked or kept yet."""
    key, _dash, index = data.get("remove_row", "").rpartition("-")
    table = wizard.table(found, key)
    if table is not None and index.isascii() and index.isdigit() and len(index) < 3:
        data = without_row(data, table, int(index))
    form = wizard.form(found, data, grow=data.get("add_row", ""))
    form.silence()
    return form


def _step_page(
    request: HttpRequest, wizard: Wizard, found: StepSpec, form: StepForm, *, status: int = 200
) -> HttpResponse:
    source = request.POST if request.method == "POST" else request.GET
    context = {
        "dossier": wizard.dossier,
        "step": found,
        "form": form,
        "errors": form.error_list(),
        "has_errors": bool(form.error_list()),
        "stepper": wizard.stepper(found.key),
        "back_url": wizard.before(found.key),
        "back_to_check": source.get("ve") == CHECK,
        "prefilled": wizard.is_prefilled(found),
        "long": len(wizard.steps) > 1,
    }
    return render(request, "dossiers/citizen/step.html", context, status=status)


# ── papers ───────────────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, reference: str) -> HttpResponse:
    """Papers of the dossier: each file is sent and kept by itself."""
    dossier, away = _opened(request, reference)
    if away is not None:
        return away
    if request.method == "POST":
        failed, status = take_files(request, dossier)
        if not failed:
            return redirect("my:files", reference)
        return _files_page(request, Wizard(_reloaded(request, dossier), request.user), failed, status=status)
    return _files_page(request, Wizard(dossier, request.user))


def take_files(request: HttpRequest, dossier: Dossier) -> tuple[list[dict[str, str]], int]:
    """Keep the files of one POST, or one paper of the vault; what failed is told, what worked is kept."""
    code = request.POST.get("paper", "")
    if "item" in request.POST:
        return _take_item(request, dossier, code)
    href = f"#paper_{code}"

    def keep(upload: "UploadedFile[bytes]") -> drafts.TakenFile:
        return drafts.attach(dossier_id=dossier.pk, by=request.user, paper_code=code, upload=upload)

    came = take_each(request, "file", keep, href=href)
    if not came.count:
        return [{"text": _("Bạn chưa chọn tệp. Hãy chọn tệp rồi bấm “Tải lên”."), "href": href}], BAD
    return came.failed, TOO_LARGE if came.is_too_large else BAD


def _take_item(request: HttpRequest, dossier: Dossier, code: str) -> tuple[list[dict[str, str]], int]:
    number = whole_number(request.POST.get("item")) or 0
    try:
        taken = drafts.attach_from_vault(dossier_id=dossier.pk, by=request.user, paper_code=code, item_id=number)
    except UserError as error:
        status = TOO_LARGE if isinstance(error, TooLargeError) else BAD
        return [{"text": error.message, "href": f"#paper_{code}"}], status
    if taken.is_twin:
        messages.info(request, _("Giấy tờ này trong kho của bạn đã có ở mục này, không cần dùng lại lần nữa."))
    else:
        messages.success(request, _("Đã dùng lại giấy tờ trong kho của bạn."))
    return [], 200


def _files_page(
    request: HttpRequest, wizard: Wizard, failed: list[dict[str, str]] | None = None, *, status: int = 200
) -> HttpResponse:
    opening.make_ready()
    papers = wizard.papers_and_vault()
    context = {
        "dossier": wizard.dossier,
        "papers": papers,
        "optional": [paper for paper in papers if not (paper.required or paper.files or paper.reusable)],
        "missing": wizard.missing_papers,
        "failed_code": request.POST.get("paper", "") if failed else "",
        "errors": failed or [],
        "has_errors": bool(failed),
        "accept": ACCEPT,
        "max_file": settings.UPLOAD_MAX_FILE,
        "max_dossier": settings.UPLOAD_MAX_DOSSIER,
        "stepper": wizard.stepper(FILES),
        "back_url": wizard.before(FILES),
        "next_url": wizard.url(CHECK),
    }
    return render(request, "dossiers/citizen/files.html", context, status=status)


@citizen_only
@require_POST
def remove_file(request: HttpRequest, reference: str, attachment_id: int) -> HttpResponse:
    """Take one file out again."""
    dossier = filed_by(request.user, reference)
    try:
        drafts.remove_attachment(dossier_id=dossier.pk, by=request.user, attachment_id=attachment_id)
    except UserError as error:
        messages.error(request, error.message)
        return redirect("my:dossier", reference)
    messages.success(request, _("Đã bỏ tệp ra khỏi hồ sơ."))
    return redirect("my:files" if is_draft(dossier) else "my:supplement", reference)


# ── check and send ───────────────────────────────────────────────────────────────────────────────


@citizen_only
@require_safe
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that will be sent, with links to change it."""
    dossier, away = _opened(request, reference)
    if away is not None:
        return away
    return _check_page(request, Wizard(dossier, request.user), DeclareForm(initial=_declared_before(dossier)))


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the dossier; a second click, a replay or the back button lead to the same confirmation."""
    dossier = filed_by(request.user, reference)
    if not is_draft(dossier):
        return redirect("my:done", reference)
    if request.method != "POST":  # a reload of a refused submission's address
        return redirect("my:check", reference)
    form = DeclareForm(request.POST)
    if not form.is_valid():
        return _check_page(request, Wizard(dossier, request.user), form, status=BAD)
    chosen = form.cleaned_data
    try:
        drafts.send(dossier_id=dossier.pk, by=request.user, delivery=chosen["delivery"], version=chosen["version"])
    except UserError as error:
        messages.error(request, error.message)
        status = CONFLICT if isinstance(error, StaleError) else BAD
        fresh = _reloaded(request, dossier)
        again = DeclareForm(initial=_declared_before(fresh) | {"delivery": chosen["delivery"]})
        return _check_page(request, Wizard(fresh, request.user), again, status=status)
    return redirect("my:done", reference)


def _declared_before(dossier: Dossier) -> dict[str, Any]:
    return {"version": dossier.version, "delivery": dossier.delivery}


def _check_page(request: HttpRequest, wizard: Wizard, form: DeclareForm, *, status: int = 200) -> HttpResponse:
    groups = [
        {"group": group, "url": f"{wizard.url(group.step_key)}?ve={CHECK}"} for group in answers.summary(wizard.dossier)
    ]
    context = {
        "dossier": wizard.dossier,
        "groups": groups,
        "papers": [paper for paper in wizard.papers if paper.files],
        "files_url": wizard.url(FILES) if wizard.papers else "",
        "gaps": wizard.gaps(),
        "form": form,
        "due": terms.due(wizard.dossier),
        "stepper": wizard.stepper(CHECK),
        "back_url": wizard.before(CHECK),
    }
    return render(request, "dossiers/citizen/check.html", context, status=status)


@citizen_only
@require_safe
def done(request: HttpRequest, reference: str) -> HttpResponse:
    """The confirmation: reference, secret, what happens next, what was received. May be opened again at any time."""
    dossier = filed_by(request.user, reference)
    if is_draft(dossier):
        return redirect("my:dossier", reference)
    context = {
        "dossier": dossier,
        "secret": sealing.unseal(dossier.secret_sealed) if dossier.secret_sealed else "",
        "attachments": dossier.attachments.filter(removed_at__isnull=True).select_related("file").order_by("pk"),
        "accept_by": dossier.accept_by,
        "mourns": is_of_a_death(dossier.procedure_id),
    }
    return render(request, "dossiers/citizen/done.html", context)


@citizen_only
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then erase a draft."""
    dossier = filed_by(request.user, reference)
    if not is_draft(dossier):
        return redirect("my:dossier", reference)
    if request.method != "POST":
        return render(request, "dossiers/citizen/discard.html", {"dossier": dossier})
    try:
        drafts.discard(dossier_id=dossier.pk, by=request.user)
    except UserError as error:
        messages.error(request, error.message)
        return redirect("my:dossier", reference)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("my:list")
