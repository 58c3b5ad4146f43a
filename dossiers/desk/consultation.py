"""Pages around a question to another unit: what the asked unit sees and answers, and the asker's way to take it back.

The asked unit sees the question, the procedure and the files shown with it, never the dossier. Each reading is logged.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import desk_only, inside_only, staff_memberships
from accounts.enums import Role
from dossiers import consultations, loading, queries, workflow
from dossiers.desk import page, paper_lists, questions
from dossiers.desk.sections import attachment_row
from dossiers.enums import Action, DraftState
from dossiers.forms.consultation import ConsultationAnswerForm, EndConsultationForm, kinds_of_answer
from dossiers.models.consultation import Consultation
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services import consulting, four_eyes, opening, paper_drafts, printing
from portal import rows
from portal.errors import StaleError, UserError
from portal.htmx import is_partial
from vault.views import serve, tells_why

ANSWERERS = sorted({*consultations.ANSWERERS, *consulting.SIGNERS})
ANSWER = Action.ANSWER_CONSULTATION
SIGN, GIVE_BACK, SEND = "ky", "tra-lai", "gui"


@inside_only
@desk_only()
@require_safe
def consultation(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show a question to one's unit, and the form to answer it while it is open."""
    asked = _asked(request, item_id)
    draft = consultations.draft_of(asked)
    return _page(request, asked, ConsultationAnswerForm(initial=draft.fields if draft is not None else None))


@desk_only(*ANSWERERS)
@require_POST
def answer(request: HttpRequest, item_id: int) -> HttpResponse:
    """Answer for one's unit, or put the answer before its head; on a mistake the page comes back with everything typed."""
    asked = _asked(request, item_id)
    form = ConsultationAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=400)
    signed_by_head = consulting.needs_signature(asked.work_item.unit_id, request.user)
    act = consulting.submit_answer if signed_by_head else consulting.answer
    try:
        act(item_id=asked.pk, by=request.user, **form.cleaned_data)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, _asked(request, item_id), form, status=409)
    done = _("Đã trình ký ý kiến.") if signed_by_head else _("Đã gửi ý kiến. Văn bản trả lời chờ lập.")
    messages.success(request, done)
    return redirect("desk:consultation", item_id=asked.pk)


@desk_only(*ANSWERERS)
@require_POST
def answer_draft(request: HttpRequest, item_id: int, what: str) -> HttpResponse:
    """Sign the drafted answer of one's unit, give it back with a reason, or send it once it is signed."""
    asked = _asked(request, item_id)
    draft = consultations.draft_of(asked)
    if what not in _DRAFT_ACTS:
        raise Http404
    try:
        if draft is None:
            raise StaleError
        done = _DRAFT_ACTS[what](request, asked, draft)
    except UserError as error:
        messages.error(request, error.message)
        return redirect("desk:consultation", item_id=asked.pk)
    messages.success(request, done)
    return redirect(paper_lists.onward(request, otherwise=reverse("desk:consultation", args=[asked.pk])))


def _sign(request: HttpRequest, asked: Consultation, draft: PaperDraft) -> str:
    if request.POST.get("draft_version") != str(draft.version):
        raise StaleError(paper_drafts.CHANGED)
    facts = {"draft_id": draft.pk, "draft_version": draft.version, "item_id": draft.handling_id}
    paper_drafts.sign(dossier_id=draft.dossier_id, by=request.user, **facts)
    return _("Đã ký duyệt. Văn bản chờ lập.")


def _give_back(request: HttpRequest, asked: Consultation, draft: PaperDraft) -> str:
    facts = {"draft_id": draft.pk, "item_id": draft.handling_id, "reason": request.POST.get("reason", "")[:500]}
    paper_drafts.return_draft(dossier_id=draft.dossier_id, by=request.user, **facts)
    return _("Đã trả lại ý kiến để sửa.")


def _send(request: HttpRequest, asked: Consultation, draft: PaperDraft) -> str:
    consulting.send_answer(item_id=asked.pk, by=request.user, digest=request.POST.get("digest", "")[:64])
    return _("Đã gửi ý kiến cho đơn vị hỏi.")


_DRAFT_ACTS = {SIGN: _sign, GIVE_BACK: _give_back, SEND: _send}


@inside_only
@desk_only()
@require_safe
def consultation_file(request: HttpRequest, item_id: int, attachment_id: int) -> HttpResponseBase:
    """Stream one file that is shown with the question; any other file of the dossier is not there."""
    asked = _asked(request, item_id)
    dossier = _dossier(asked)
    found = next((row for row in consultations.shown_papers(asked, dossier) if row.pk == attachment_id), None)
    if found is None:
        raise Http404
    page.log_reading(request, dossier, what=_("mở giấy tờ khi cho ý kiến"))
    return serve(found.file)


@inside_only
@desk_only()
@require_safe
@tells_why
def consultation_print(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """Give the printed answer, or say that it is being made."""
    asked = _asked(request, item_id)
    form = _printed(asked)
    draft = consultations.draft_of(asked)
    if form is None and draft is not None and draft.file is not None:
        page.log_reading(request, _dossier(asked), what=_("mở văn bản trả lời lấy ý kiến"))
        return serve(draft.file)
    if form is None:
        raise Http404
    form = opening.opened(form)
    if form.file is not None and "doi" not in request.GET:
        page.log_reading(request, _dossier(asked), what=_("mở văn bản trả lời lấy ý kiến"))
        return serve(form.file)
    context = {
        "form_name": form.label,
        "is_ready": form.file is not None,
        "since": form.called_at,
        "problem": printing.MISSING.problem(form.pk),
        "url": reverse("desk:consultation_print", args=[asked.pk]),
        "back_url": reverse("desk:consultation", args=[asked.pk]),
    }
    template = "dossiers/desk/printing.html"
    return render(request, f"{template}#progress" if is_partial(request) else template, context)


@desk_only(Role.OFFICER, Role.UNIT_HEAD)
@require_POST
def end_consultation(request: HttpRequest, dossier_id: int, item_id: int) -> HttpResponse:
    """Take a question back, from the page of the dossier."""
    mine = queries.for_desk(request.user, staff_memberships(request)).select_related("result")
    found = get_object_or_404(mine, pk=dossier_id)
    asked = get_object_or_404(Consultation, pk=item_id, work_item__dossier_id=found.pk)
    form = EndConsultationForm(request.POST)
    if not form.is_valid():
        return _dossier_again(request, found, form, status=400)
    try:
        consulting.end(item_id=asked.pk, by=request.user, reason=form.cleaned_data["reason"])
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _dossier_again(request, get_object_or_404(mine, pk=dossier_id), form, status=409)
    messages.success(request, _("Đã rút câu hỏi lấy ý kiến."))
    return redirect("desk:dossier", dossier_id=found.pk)


def _asked(request: HttpRequest, item_id: int) -> Consultation:
    """The question, when it is one to a unit where the person works."""
    mine = consultations.asked_of(staff_memberships(request))
    return get_object_or_404(mine.select_related("work_item__unit"), pk=item_id)


def _dossier(asked: Consultation) -> Dossier:
    return loading.with_parties(loading.for_showing(rows.by_key(Dossier, asked.work_item.dossier_id)))


def _page(
    request: HttpRequest, asked: Consultation, form: ConsultationAnswerForm, *, status: int = 200
) -> HttpResponse:
    dossier, item = _dossier(asked), asked.work_item
    page.log_reading(request, dossier, what=_("xem nội dung lấy ý kiến"))
    is_own = queries.is_own(dossier, request.user)
    parent, draft = item.parent, consultations.draft_of(asked)
    context: dict[str, Any] = {
        **questions.facts(asked, consultations.words([asked])),
        "item": item,
        "dossier": dossier,
        "title": dossier.code or dossier.reference,
        "asking_unit": parent.unit.name if parent is not None else (dossier.department or dossier.competent_unit).name,
        "owner": dossier.owner_name if asked.shows_owner else "",
        "files": [
            attachment_row(row, _file_url(item.pk, row.pk)) for row in consultations.shown_papers(asked, dossier)
        ],
        "form": form,
        "is_own": is_own,
        "may_answer": not is_own
        and (draft is None or draft.is_open)
        and _may(request, asked.work_item, dossier, ANSWER),
        "needs_signature": consulting.needs_signature(item.unit_id, request.user),
        "draft": draft,
        "reviews": draft.reviews.select_related("reviewer") if draft is not None else (),
        "kind_label": dict(kinds_of_answer()).get(draft.fields.get("kind", ""), "") if draft is not None else "",
        **_handling(request, draft, dossier, is_own=is_own),
        "printed": _printed(asked),
        "place": paper_lists.read(request.GET),
        "has_errors": form.is_bound,
    }
    return render(request, "dossiers/desk/consultation.html", context, status=status)


def _file_url(item_id: int, attachment_id: int) -> str:
    return reverse("desk:consultation_file", args=[item_id, attachment_id])


def _handling(request: HttpRequest, draft: PaperDraft | None, dossier: Dossier, *, is_own: bool) -> dict[str, Any]:
    """Whether the person signs or sends the drafted answer now."""
    item = draft.handling if draft is not None and not is_own else None
    if draft is None or item is None:
        return {"may_sign": False, "may_send": False, "refusal": ""}
    signs = draft.state == DraftState.SUBMITTED and _may(request, item, dossier, Action.SIGN_DRAFT)
    sends = draft.numbered_at is not None and _may(request, draft.work_item, dossier, ANSWER)
    past = queries.past_events(dossier.pk) if signs else []
    refusal = four_eyes.refusal(dossier, item, draft, past, request.user) if signs else ""
    return {"may_sign": signs, "may_send": sends, "refusal": refusal}


def _may(request: HttpRequest, item: WorkItem | None, dossier: Dossier, action: str) -> bool:
    """Whether an act is offered on an item; the service asks again."""
    if item is None or item.closed_at is not None:
        return False
    facts = queries.facts_of(dossier, request.user, work=[item], memberships=staff_memberships(request))
    return bool(workflow.items_for(action, state=dossier.state, work=facts.work, actor_id=request.user.pk))


def _printed(asked: Consultation) -> PrintedForm | None:
    item = asked.work_item
    forms = PrintedForm.objects.filter(dossier_id=item.dossier_id, name=consultations.ANSWER_PAPER)
    return forms.filter(event_seq=item.closed_seq).select_related("file").first() if item.closed_seq else None


def _dossier_again(request: HttpRequest, found: Dossier, form: EndConsultationForm, *, status: int) -> HttpResponse:
    context = page.context(request, found, bound=form, action=str(Action.END_CONSULTATION))
    return render(request, "dossiers/desk/dossier.html", {**context, "has_errors": True}, status=status)
