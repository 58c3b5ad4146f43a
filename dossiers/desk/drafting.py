"""Drafts at the desk: writing one beside its sheet, looking at one with the acts it waits for, its printed form on request.

Rules live in dossiers.draft_kinds and dossiers.services.paper_drafts.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.forms import Textarea, TextInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import desk_only, inside_only, staff_memberships
from dossiers import draft_sheets, drafting, loading, paper_checks, queries
from dossiers.desk import page, paper_lists, sections
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.forms.drafting import DraftForm
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.reading import Page, Reading
from dossiers.services import decision, draft_checks, opening, paper_drafts
from portal import letters
from portal.errors import StaleError, UserError
from portal.pdf import html_to_pdf
from vault.views import serve, tells_why

NOT_KEPT = gettext_lazy("Dự thảo không còn ở bước soạn nên nội dung bạn vừa gõ chưa được lưu.")
WRITTEN_MEANWHILE = gettext_lazy(
    "Dự thảo này vừa được lưu ở nơi khác; bản mới nhất ở phần “Văn bản” bên dưới. "
    "Biểu mẫu còn giữ nội dung bạn vừa gõ: xem lại, lưu lần nữa thì nội dung này thay bản đó."
)
TYPED = (TextInput, Textarea)
SUBMIT, CHECK = "trinh", "kiem-tra"  # what the buttons of the form say


@inside_only
@desk_only()
def new_draft(request: HttpRequest, dossier_id: int, kind: str) -> HttpResponse:
    """Begin a draft of a kind; it exists once it has been kept for the first time."""
    spec = DRAFT_KINDS.get(kind)
    if spec is None:
        raise Http404
    reading = _reading(request, dossier_id)
    item = next((item for found, item in sections.startable(reading) if found.code == kind), None)
    if item is None:
        known = next((draft for draft in reversed(reading.drafts) if draft.kind == kind and draft.is_live), None)
        if known is not None and request.method == "POST":
            return _came_late(request, reading, spec, known)
        if known is not None:
            return redirect("desk:draft", dossier_id=dossier_id, draft_id=known.pk)
        first = paper_checks.in_the_way(reading.dossier, spec.states)
        if not first:
            raise Http404
        messages.warning(request, first)
        return redirect("desk:dossier", dossier_id=dossier_id)
    return _editor(request, reading, spec, item, None)


@inside_only
@desk_only()
def draft(request: HttpRequest, dossier_id: int, draft_id: int) -> HttpResponse:
    """One draft: its form for who may write it now, its sheet, and the acts it waits for."""
    place = paper_lists.read(request.GET)
    reading = _reading(request, dossier_id, draft_id=draft_id, place=place)
    row = next((row for row in reading.drafts if row.pk == draft_id), None)
    if row is None:
        raise Http404
    spec, item = DRAFT_KINDS[row.kind], sections.written_at(reading, row)
    if item is not None:
        return _editor(request, reading, spec, item, row)
    if request.method == "POST":
        return _came_late(request, reading, spec, row)
    return _page(request, reading, spec, row, None)


@inside_only
@desk_only()
@require_safe
@tells_why
def draft_print(request: HttpRequest, dossier_id: int, draft_id: int) -> HttpResponseBase:
    """Give the paper itself, or the draft as it would be printed now; reading it is logged."""
    found = _mine(request, dossier_id)
    drafts = found.paper_drafts.exclude(kind__in=drafting.drafted_elsewhere())
    row = get_object_or_404(drafts.select_related("file"), pk=draft_id)
    page.log_reading(request, loading.with_parties(found), what=_("mở dự thảo"))
    left = opening.of_draft(row)
    if left is not None:
        return serve(opening.opened(left).file)
    if row.file is not None:
        return serve(row.file)
    if not row.fields:
        raise Http404
    row.dossier = loading.whole(found)
    return HttpResponse(html_to_pdf(draft_sheets.html(row), proven=False), content_type="application/pdf")


def _editor(
    request: HttpRequest, reading: Reading, spec: DraftedPaper, item: WorkItem, row: PaperDraft | None
) -> HttpResponse:
    words = {"name": "du-thao", "dossier": reading.dossier, "user": request.user, "item_id": item.pk, "row": row}
    if request.method != "POST":
        return _page(request, reading, spec, row, spec.form(**words))
    form = spec.form(request.POST, **words)
    if not form.is_valid():
        return _page(request, reading, spec, row, form, status=400)
    try:
        kept = _keep(request, reading.dossier, spec, form)
    except StaleError:
        return _came_late(request, _reading(request, reading.dossier.pk, **reading.extra), spec, row)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, reading, spec, row, form, status=409)
    _pass_on(request, reading.dossier, spec, form, kept)
    return redirect("desk:draft", dossier_id=reading.dossier.pk, draft_id=kept.pk)


def _came_late(request: HttpRequest, reading: Reading, spec: DraftedPaper, row: PaperDraft | None) -> HttpResponse:
    """The draft as it is now for whose words came after somebody else's: nothing typed is lost, nothing is written over unseen.

    Who may still write finds the words in the form, which now speaks of the new draft; else they are shown for copying.
    """
    now = next((draft for draft in reversed(reading.drafts) if row is not None and draft.pk == row.pk), None)
    if now is None:
        raise Http404
    item = sections.written_at(reading, now)
    said = {"name": "du-thao", "dossier": reading.dossier, "user": request.user, "row": now}
    data = request.POST.copy()
    data["draft"], data["draft_version"] = str(now.pk), str(now.version)
    data["version"] = str(reading.dossier.version)
    if item is None:
        form = spec.form(data, **said, item_id=None)
        first = paper_checks.in_the_way(reading.dossier, spec.states) if now.is_open else ""
        messages.warning(request, first or str(NOT_KEPT))
        return _page(request, reading, spec, now, None, status=409, lost_words=_lost_words(form))
    data["item"] = str(item.pk)
    form = spec.form(data, **said, item_id=item.pk)
    form.add_error(None, str(WRITTEN_MEANWHILE))
    return _page(request, reading, spec, now, form, status=409)


def _lost_words(form: Any) -> list[str]:
    """What was typed otherwise than it stands in the draft, each under the name of its field."""
    typed = [form[name] for name, field in form.fields.items() if isinstance(field.widget, TYPED)]
    return [f"{one.label}: {one.value()}" for one in typed if one.value() and str(one.value()) != str(one.initial)]


def _keep(request: HttpRequest, dossier: Dossier, spec: DraftedPaper, form: DraftForm) -> PaperDraft:
    typed = form.cleaned_data
    return paper_drafts.write(
        dossier_id=dossier.pk,
        by=request.user,
        kind=spec.code,
        fields=form.stored(),
        draft_id=typed["draft"],
        draft_version=typed["draft_version"],
        item_id=typed["item"],
    )


def _pass_on(request: HttpRequest, dossier: Dossier, spec: DraftedPaper, form: DraftForm, kept: PaperDraft) -> None:
    """Do what else the button asks with a draft that was kept; when that is refused, say why and that the words are safe."""
    typed = form.cleaned_data
    onward, told = _onward(request.POST.get("viec", ""), spec)
    meant = {"draft_id": kept.pk, "draft_version": kept.version, "version": typed["version"], "item_id": typed["item"]}
    try:
        if onward is not None:
            onward(dossier_id=dossier.pk, by=request.user, **meant)
    except UserError as error:
        messages.warning(request, _("Dự thảo đã được lưu. %(why)s") % {"why": error.message})
    else:
        messages.success(request, told)


def _onward(button: str, spec: DraftedPaper) -> tuple[Callable[..., Dossier] | None, str]:
    """What else the button does with a draft that was kept, and what is said of it."""
    if button == CHECK:
        return draft_checks.send, _("Đã lưu và gửi bản dự thảo cho người nộp kiểm tra.")
    if button == SUBMIT:
        return decision.propose if spec.follows_route else paper_drafts.submit, _("Đã lưu và trình dự thảo.")
    return None, _("Đã lưu dự thảo. Hãy xem lại văn bản rồi trình.")


def _page(
    request: HttpRequest,
    reading: Reading,
    spec: DraftedPaper,
    row: PaperDraft | None,
    form: DraftForm | None,
    *,
    status: int = 200,
    lost_words: Sequence[str] = (),
) -> HttpResponse:
    dossier = reading.dossier
    page.log_reading(request, dossier, what=_("xem dự thảo"))
    sheet = draft_sheets.inline(_whole(row, dossier)) if row is not None and row.fields else ""
    unknown = letters.missing(strip_tags(sheet))
    offered = sections.offered_acts(reading) if row is not None else []
    context = {
        "dossier": dossier,
        "title": spec.label,
        "draft": row,
        "facts": sections.draft_facts(reading, row) if row is not None else None,
        "form": form,
        "mistakes": form.error_list() if spec.follows_route and form is not None and form.is_bound else None,
        "lost_words": lost_words,
        "advice": spec.advises(dossier) if spec.advises is not None and (row is None or row.is_live) else None,
        "follows_route": spec.follows_route,
        "sheet": sheet,
        "unprintable": letters.sentence(unknown, letters.around(strip_tags(sheet), unknown[0])) if unknown else "",
        "size": draft_sheets.size(row) if row is not None and row.fields else "",
        "reviews": row.reviews.select_related("reviewer") if row is not None else (),
        "has_acts": bool(offered),
        "acts": [one for one in offered if sections.is_about(str(one.act.code), row)] if row is not None else [],
        "place": reading.extra.get("place"),
        "next_url": _next_url(request, reading),
        "check": sections.check_facts(reading, spec.code, row),
        "in_the_way": paper_checks.in_the_way(dossier, spec.states) if row is None or row.is_open else "",
        "submit": SUBMIT,
        "send_for_check": CHECK,
        "has_errors": bool(form is not None and form.errors),
        "url": reverse("desk:draft", args=[dossier.pk, row.pk])
        if row is not None
        else reverse("desk:new_draft", args=[dossier.pk, spec.code]),
    }
    return render(request, "dossiers/desk/draft.html", context, status=status)


def _next_url(request: HttpRequest, reading: Reading) -> str:
    """The paper after this one, when the page was opened from a list."""
    place = reading.extra.get("place")
    return paper_lists.following(request, place) if place is not None else ""


def _whole(row: PaperDraft, dossier: Dossier) -> PaperDraft:
    row.dossier = dossier
    return row


def _reading(request: HttpRequest, dossier_id: int, **extra: Any) -> Reading:
    return Reading(Page.DESK, _mine(request, dossier_id), request.user, staff_memberships(request), extra)


def _mine(request: HttpRequest, dossier_id: int) -> Dossier:
    return get_object_or_404(queries.for_desk(request.user, staff_memberships(request)), pk=dossier_id)
