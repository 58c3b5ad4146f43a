"""Drafts that follow the route: a result, or a refusal to resolve. Proposed, approved, numbered, issued by its steps.

Called by the verbs that decide (services.decision), by the one that issues (services.results) and by the sweep.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import draft_sheets, result_papers
from dossiers.draft_kinds import route_kinds
from dossiers.enums import Decision, DraftKind, DraftState, EventCode
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.models.work import WorkItem
from dossiers.papers import Book
from dossiers.services import draft_rows, paper_drafts, parties
from dossiers.services.core import locked
from dossiers.services.opened import Opened
from portal import clock
from portal.errors import StaleError, UserError
from portal.sweeps import SWEEPS, RowSweep
from procedures import result_templates
from procedures.enums import StepKind
from procedures.paperspec import Gap, PaperSpec

NO_DRAFT = _("Hồ sơ chưa có dự thảo văn bản. Hãy soạn dự thảo kết quả hoặc thông báo từ chối trước.")
REASON_NEEDED = _("Hãy ghi lý do cho ban hành khi chưa có “%(what)s”.")
GRACE = timedelta(seconds=30)
DECISION = {DraftKind.RESULT: Decision.GRANT, DraftKind.REFUSAL: Decision.REFUSE}


def on_route(dossier_id: int) -> PaperDraft | None:
    """The live draft that follows the route; there is one at most."""
    found = draft_rows.live(dossier_id, route_kinds())
    return found[-1] if found else None


def meant(opened: Opened, draft_id: int | None, version: int | None) -> PaperDraft:
    """The draft an act of the route is about. Raises UserError without one, StaleError when it changed since it was shown."""
    draft = on_route(opened.dossier.pk)
    if draft is None:
        raise UserError(NO_DRAFT)
    if draft_id not in {None, draft.pk}:
        raise StaleError
    if version is not None and draft.version != version:
        raise StaleError(paper_drafts.CHANGED)
    return draft


def refuse_gaps(gaps: Iterable[Gap]) -> None:
    """Raise UserError with the sentence of the first gap, and how many more there are."""
    found = list(gaps)
    if not found:
        return
    sentence = found[0].sentence
    if len(found) > 1:
        sentence += " " + str(_("Còn %(count)s mục khác chưa đủ.") % {"count": len(found) - 1})
    raise UserError(sentence)


def waivable(draft: PaperDraft) -> list[Gap]:
    """What another system still owes and a head may issue without today."""
    template = draft_sheets.template_of(draft)
    return [gap for gap in result_templates.blocking(template, draft.fields, clock.today()) if gap.may_be_waived]


def waived(draft: PaperDraft, *, without: bool, reason: str) -> list[Gap]:
    """What a head issues without; UserError when no reason is given for it."""
    owed = waivable(draft) if without else []
    if owed and not reason.strip():
        raise UserError(REASON_NEEDED % {"what": owed[0].label}, field="reason")
    return owed


def waiver_words(owed: Iterable[Gap], reason: str) -> str:
    """What the ledger says of a waiver: what the paper lacks, whose words go when it is issued, and why; '' for none."""
    labels = "; ".join(gap.label for gap in owed)
    return (
        str(_("Cho ban hành khi chưa có: %(what)s. Lý do: %(reason)s") % {"what": labels, "reason": reason})
        if labels
        else ""
    )


def refuse_unsignable(draft: PaperDraft, owed: Iterable[Gap]) -> None:
    """Raise UserError while the paper lacks something else than what a head issues without."""
    keys = [gap.key for gap in owed]
    refuse_gaps(result_templates.blocking(draft_sheets.template_of(draft), draft.fields, clock.today(), keys))


def is_decided(opened: Opened) -> bool:
    """Tell whether the act under way opened the clerk's step: the last decision, which binds the number."""
    seq = opened.dossier.event_count
    return any(item.kind == StepKind.STAMP and item.opened_seq == seq for item in opened.work)


def reviewed(draft: PaperDraft, by: User, *, agrees: bool, note: str = "") -> None:
    """Keep what somebody said of this version of a draft."""
    PaperReview.objects.create(draft=draft, version=draft.version, reviewer=by, agrees=agrees, note=note)


def called_back(dossier_id: int, code: str, *, by: User, reason: str) -> None:
    """Put the draft where it stood before an act of the route was called back; an agreement called back is none.

    Whoever proposed has it in hand again; whoever agreed or sent back has it before them again.
    """
    draft = on_route(dossier_id)
    if draft is None or code not in _BEFORE:
        return
    if code == EventCode.APPROVED:
        reviewed(draft, by, agrees=False, note=str(_("Thu hồi việc đồng ý: %(reason)s") % {"reason": reason}))
    draft_rows.changed(draft, state=_BEFORE[code])


# A state as it was before each act that may be called back.
_BEFORE: Mapping[str, DraftState] = {
    EventCode.PROPOSED: DraftState.DRAFTING,
    EventCode.APPROVED: DraftState.SUBMITTED,
    EventCode.SENT_BACK: DraftState.SUBMITTED,
}


def anything(_opened: Opened, _fields: Mapping[str, Any]) -> None:
    """A paper may be kept half filled in; what it lacks is asked when it is proposed."""


# ── how these kinds are written ──────────────────────────────────────────────────────────────────


def layout_of(dossier: Dossier, kind: str) -> tuple[str, int]:
    """Code and version of the template that a result or refusal begun today is written on."""
    template = result_papers.template_for(dossier, refuses=kind == DraftKind.REFUSAL)
    return template.code, template.version


def kept_fields(draft: PaperDraft, typed: dict[str, Any], by: User) -> dict[str, Any]:
    """What was typed, identity numbers as references to parties."""
    template = draft_sheets.template_of(draft)
    before = draft.fields or first_fields(draft.dossier, template, by)
    referred = {key: value for key, value in typed.items() if isinstance(value, dict)}
    return parties.seal_paper(template, typed, before={**before, **referred}, by=by)


def first_fields(dossier: Dossier, template: PaperSpec, by: User) -> dict[str, Any]:
    """What the officer's form starts from."""
    return result_papers.initial_fields(dossier, template, by=by)


def book_of(draft: PaperDraft) -> Book:
    """The book of the template, with its way of writing a number."""
    template = draft_sheets.template_of(draft)
    return Book(template.book, template.symbol, words=template.number_text)


# ── what no act numbered ─────────────────────────────────────────────────────────────────────────


def _unnumbered() -> QuerySet[PaperDraft]:
    """Approved drafts without a number whose dossiers lie with the clerk.

    Decided before drafts were kept, or let through by a step that is no decision.
    """
    before = clock.now() - GRACE
    at_clerk = WorkItem.objects.filter(
        dossier=OuterRef("dossier"), kind=StepKind.STAMP, closed_at__isnull=True, opened_at__lt=before
    )
    return PaperDraft.objects.filter(
        Exists(at_clerk), kind__in=route_kinds(), state__in=(DraftState.SUBMITTED, DraftState.REVIEWED)
    )


def _number(draft_id: int) -> bool:
    return number_approved(dossier_id=PaperDraft.objects.values_list("dossier_id", flat=True).get(pk=draft_id))


UNNUMBERED = RowSweep(
    code="draft_numbers",
    label=_("Cấp số cho văn bản đã duyệt"),
    row=_("văn bản"),
    task="dossiers.tasks.make_missing_draft_files",
    waiting=_unnumbered,
    serve=_number,
    names=("dossier__code", "dossier__reference"),
    batch=200,
)
SWEEPS.add(UNNUMBERED)


@transaction.atomic
def number_approved(*, dossier_id: int) -> bool:
    """Give the approved draft of a dossier that lies with the clerk its number, in the name of who approved last."""
    dossier = locked(dossier_id)
    draft = on_route(dossier.pk)
    approval = DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.APPROVED).order_by("-seq").first()
    signer = User.objects.filter(pk=approval.actor_id or 0).first() if approval is not None else None
    at_clerk = WorkItem.objects.filter(dossier=dossier, kind=StepKind.STAMP, closed_at__isnull=True).exists()
    if draft is None or draft.numbered_at is not None or signer is None or not at_clerk:
        return False
    if result_templates.missing(draft_sheets.template_of(draft), draft.fields):
        return False  # the clerk sends it back
    paper_drafts.bind_number(draft, dossier, signer=signer)
    return True
