"""Verbs of drafts: write, submit, return, sign, drop; making the file of a numbered one; handing it to the act that issues.

A number is bound in the short act of signing; the file is made afterwards, outside any transaction, as often as needed
with the same number. Called by the desk's pages, by tasks and by the verbs that issue papers.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from dossiers import draft_sheets, numbering, paper_checks
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import Action, DraftState, Outcome, State
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.models.result import PrintedForm
from dossiers.models.seal import Unsealed
from dossiers.models.work import WorkItem
from dossiers.papers import PAPERS
from dossiers.services import draft_rows, four_eyes, items, unmade
from dossiers.services.core import apply, begin, needed
from dossiers.services.opened import Beside, Deed, Opened
from portal import clock, letters, rows, worktime
from portal.celery import enqueue
from portal.errors import NotNowError, StaleError, UserError
from portal.pdf import html_to_pdf
from portal.sweeps import SWEEPS, OwnSweep, is_out_of_time, pause, reason_of
from procedures.enums import StepKind
from vault.services import store_bytes

log = structlog.get_logger(__name__)

PDF = "application/pdf"
HOURS_TO_HANDLE = 4  # to sign or to send; never beyond the step the draft hangs on
GRACE = timedelta(seconds=30)
OFTEN = 5

IN_OTHER_HANDS = _("Dự thảo đã trình nên không sửa được nữa. Hãy đề nghị người ký trả lại nếu cần sửa.")
ANOTHER_IS_THERE = _("Hồ sơ đã có một dự thảo loại này chưa xong. Hãy mở dự thảo đó để tiếp tục.")
CHANGED = _("Dự thảo vừa được người khác sửa. Hãy xem lại nội dung mới rồi thực hiện tiếp.")
NOT_MADE_YET = _("Văn bản đã ký duyệt và cấp số nhưng tệp chưa lập xong. Vui lòng thử lại sau ít phút.")
OTHER_BYTES = _("Văn bản đã được lập lại sau khi bạn mở trang. Hãy xem lại văn bản rồi thực hiện tiếp.")

ToPdf = Callable[[str], bytes]


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def write(
    *,
    dossier_id: int,
    by: User,
    kind: str,
    fields: Mapping[str, Any],
    draft_id: int | None = None,
    draft_version: int | None = None,
    item_id: int | None = None,
) -> PaperDraft:
    """Begin a draft, or keep a new version of it. Writing is no act: the ledger says it when the draft is submitted.

    Raises StaleError when the draft is no longer the version that was shown, UserError when fields make no paper or a draft
    of this kind is under way already.
    """
    spec = DRAFT_KINDS[kind]
    opened = begin(dossier_id=dossier_id, action=spec.submitted_by, by=by, version=None, item_id=item_id)
    _refuse_other_hands(opened, spec)
    spec.check(opened, fields)
    draft = _written_on(opened, spec, draft_id, draft_version)
    draft.fields = spec.keeps(draft, dict(fields), by) if spec.keeps is not None else dict(fields)
    draft.work_item, draft.state = opened.item, _state_after_writing(draft)
    draft.version += 1
    if draft.pk is None:
        draft.author = by
    draft.save()
    items.begun(opened, clock.now())
    return draft


def _written_on(opened: Opened, spec: DraftedPaper, draft_id: int | None, version: int | None) -> PaperDraft:
    """The row to write on: the one named, or a new one when none of its kind is under way."""
    known = [draft for draft in draft_rows.live(opened.dossier.pk) if _same_paper(draft, opened, spec)]
    if draft_id is None:
        if known:
            raise UserError(ANOTHER_IS_THERE)
        layout = spec.layout or (lambda _dossier, _kind: (spec.paper, 1))
        template, number = layout(opened.dossier, spec.code)
        return PaperDraft(dossier=opened.dossier, kind=spec.code, template=template, template_version=number)
    draft = next((draft for draft in known if draft.pk == draft_id and draft.kind == spec.code), None)
    if draft is None:
        raise StaleError
    if version is not None and draft.version != version:
        raise StaleError(CHANGED)
    if draft.numbered_at is not None or not (draft.is_open or spec.follows_route):
        raise NotNowError(IN_OTHER_HANDS)
    return draft


def _same_paper(draft: PaperDraft, opened: Opened, spec: DraftedPaper) -> bool:
    """Of most papers a dossier has one under way; an answer to a consultation belongs to who was asked."""
    if spec.follows_route:
        return DRAFT_KINDS[draft.kind].follows_route
    item_id = opened.item.pk if opened.item else None
    return draft.kind == spec.code and (not spec.sent_by_writer or draft.work_item_id == item_id)


def _state_after_writing(draft: PaperDraft) -> DraftState:
    return DraftState.SENT_BACK if draft.state == DraftState.SENT_BACK else DraftState.DRAFTING


def _refuse_other_hands(opened: Opened, spec: DraftedPaper) -> None:
    item = opened.item
    if item is None or not spec.written_by(item.kind, opened.actor.role):
        raise NotNowError
    if opened.dossier.state not in spec.states:
        raise NotNowError(paper_checks.in_the_way(opened.dossier, spec.states) or None)


# ── the small way: submitted, signed, sent ───────────────────────────────────────────────────────


@transaction.atomic
def submit(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    draft_version: int | None = None,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Put a draft before who signs it; from here on its writer cannot change it."""
    opened = begin(dossier_id=dossier_id, action=Action.SUBMIT_DRAFT, by=by, version=version, item_id=item_id)
    draft = _meant(opened, draft_id, draft_version)
    spec = DRAFT_KINDS[draft.kind]
    _refuse_other_hands(opened, spec)
    if spec.follows_route or not draft.is_open:
        raise NotNowError(IN_OTHER_HANDS)
    spec.check(opened, draft.fields)
    letters.refuse(draft.fields)
    unit, role = four_eyes.signing_place(opened, spec, besides={by.pk, draft.author_id})
    name = str(_("Ký duyệt: %(paper)s") % {"paper": spec.label})
    beside = _beside(opened, StepKind.DRAFT_SIGN, unit, role, name=name, parent=opened.item)
    dossier = apply(opened, Deed(beside=beside, extra=named(draft)))
    draft_rows.changed(
        draft, state=DraftState.SUBMITTED, work_item_id=opened.item.pk if opened.item else None, **_at_new_item(opened)
    )
    return dossier


@transaction.atomic
def return_draft(
    *,
    dossier_id: int,
    by: User,
    reason: str,
    draft_id: int | None = None,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Give a draft back to its writer with the reason; a number it has is cancelled in its book."""
    opened = begin(dossier_id=dossier_id, action=Action.RETURN_DRAFT, by=by, version=version, item_id=item_id)
    draft = _handled(opened, draft_id)
    needed(reason)
    PaperReview.objects.create(draft=draft, version=draft.version, reviewer=by, agrees=False, note=reason)
    dossier = apply(opened, Deed(text=reason, extra=named(draft)))
    draft_rows.continued(draft, reason, seq=dossier.event_count)
    return dossier


@transaction.atomic
def sign(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    draft_version: int | None = None,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Agree to a draft: it gets its number, last of all, and a worker makes its file; then it lies with who sends it."""
    opened = begin(dossier_id=dossier_id, action=Action.SIGN_DRAFT, by=by, version=version, item_id=item_id)
    draft = _handled(opened, draft_id)
    if draft_version is not None and draft.version != draft_version:
        raise StaleError(CHANGED)
    spec = DRAFT_KINDS[draft.kind]
    if draft.state != DraftState.SUBMITTED:
        raise NotNowError
    spec.check(opened, draft.fields)
    alone = four_eyes.checked(opened, draft, by)
    PaperReview.objects.create(draft=draft, version=draft.version, reviewer=by, agrees=True, note=alone)
    unit, role = _sending_place(opened, spec, draft)
    parent = next((item for item in opened.work if item.pk == draft.work_item_id), None)
    name = str(_("Gửi: %(paper)s") % {"paper": spec.label})
    beside = _beside(opened, StepKind.DRAFT_SEND, unit, role, name=name, parent=parent)
    dossier = apply(opened, Deed(beside=beside, extra=named(draft)))
    draft_rows.changed(draft, **_at_new_item(opened))
    bind_number(draft, dossier, signer=by)
    return dossier


@transaction.atomic
def drop_draft(
    *,
    dossier_id: int,
    by: User,
    reason: str,
    draft_id: int | None = None,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """End a draft that is not needed any more, wherever it lies; a number it has stays in its book as cancelled."""
    opened = begin(dossier_id=dossier_id, action=Action.DROP_DRAFT, by=by, version=version, item_id=item_id)
    draft = _meant(opened, draft_id)
    needed(reason)
    if not _may_drop(opened, draft):
        raise NotNowError
    for item in opened.work:
        if item.pk == draft.handling_id and item.closed_at is None:
            items.close(opened, item, Outcome.ENDED, clock.now())
    dossier = apply(opened, Deed(text=reason, extra=named(draft)))
    draft_rows.drop(draft, reason, seq=dossier.event_count)
    return dossier


def _may_drop(opened: Opened, draft: PaperDraft) -> bool:
    """At the item it was written at, or at a step that writes such papers when that item is closed."""
    follows_route = DRAFT_KINDS[draft.kind].follows_route
    if opened.item is None or (draft.numbered_at is not None and follows_route):
        return False  # a numbered result is with the clerk, who sends it back
    if follows_route and opened.dossier.state == State.CHECKING:
        return False  # its applicant has it
    written_at = [item.pk for item in opened.work if item.closed_at is None and item.pk == draft.work_item_id]
    if written_at:
        return written_at == [opened.item.pk]
    return DRAFT_KINDS[draft.kind].written_by(opened.item.kind, opened.actor.role)


def _sending_place(opened: Opened, spec: DraftedPaper, draft: PaperDraft) -> tuple[OrgUnit, str]:
    if spec.sent_by_writer and draft.work_item is not None:
        return draft.work_item.unit, draft.work_item.role
    return opened.dossier.receiving_unit, Role.RECEPTIONIST


def _beside(opened: Opened, kind: str, unit: OrgUnit, role: str, *, name: str, parent: WorkItem | None) -> Beside:
    """The item at which a draft is handled: some hours, and never longer than the step it hangs on."""
    now = clock.now()
    due_at = worktime.add_minutes(now, HOURS_TO_HANDLE * 60, opened.turn().calendar(unit.pk))
    if parent is not None and now < parent.due_at < due_at:
        due_at = parent.due_at
    return Beside(kind=kind, unit=unit, role=role, due_at=due_at, name=name[:200], parent=parent)


def _at_new_item(opened: Opened) -> dict[str, Any]:
    """Where the draft lies now: the item that the act opened beside the route."""
    return {"handling_id": opened.work[-1].pk}


def _meant(opened: Opened, draft_id: int | None, draft_version: int | None = None) -> PaperDraft:
    """The live draft named, or the only one written at the act's item."""
    found = draft_rows.live(opened.dossier.pk)
    if draft_id is None and opened.item is not None:
        found = [draft for draft in found if draft.work_item_id == opened.item.pk]
    draft = next((draft for draft in found if draft_id in {None, draft.pk}), None)
    if draft is None:
        raise StaleError
    if draft_version is not None and draft.version != draft_version:
        raise StaleError(CHANGED)
    return draft


def _handled(opened: Opened, draft_id: int | None = None) -> PaperDraft:
    """The live draft that lies at the act's item."""
    item_id = opened.item.pk if opened.item else None
    found = [draft for draft in draft_rows.live(opened.dossier.pk) if draft.handling_id == item_id]
    draft = next((draft for draft in found if draft_id in {None, draft.pk}), None)
    if draft is None or item_id is None:
        raise StaleError
    return draft


# ── number and file ──────────────────────────────────────────────────────────────────────────────


def bind_number(draft: PaperDraft, dossier: Dossier, *, signer: User) -> None:
    """Give a draft its number, the last thing an act does: the year's book is one row that the whole unit waits for.

    Raises UserError when its words cannot be printed: a number would be bound to no paper.
    """
    letters.refuse(draft.fields)
    now = clock.now()
    book, year = _book_of(draft), clock.local(now).year
    bound: dict[str, Any] = {"state": DraftState.NUMBERED, "signer_id": signer.pk, "numbered_at": now}
    bound |= numbering.taken(book, _book_scope(draft, dossier), year)
    draft_rows.changed(draft, **bound)
    enqueue("dossiers.tasks.make_draft_file", draft_id=draft.pk)


def _book_scope(draft: PaperDraft, dossier: Dossier) -> str:
    """In whose book a draft is numbered."""
    is_of_writer = PAPERS[paper_of(draft)].is_of_writer
    own = numbering.scope_of(draft.work_item.unit) if is_of_writer and draft.work_item is not None else ""
    return own or dossier.authority_code


def _book_of(draft: PaperDraft) -> Any:
    spec = DRAFT_KINDS[draft.kind]
    return spec.book(draft) if spec.book is not None else PAPERS[paper_of(draft)].book


def make_file(*, draft_id: int, to_pdf: ToPdf = html_to_pdf) -> bool:
    """Make the file of a numbered draft; False when it has one, is no paper any more, or could not be made or kept.

    Rendered outside any transaction: a worker that dies leaves the number, and the next one renders the same sheet.
    """
    claimed = _claim(draft_id)
    if claimed is None:
        return False
    try:
        content = to_pdf(draft_sheets.html(claimed))
        return _settle(draft_id, f"{claimed.dossier}-{claimed.kind}.pdf", content)
    except Exception as error:
        log.exception("draft.not_made", draft_id=draft_id)
        PaperDraft.objects.filter(pk=draft_id).update(problem=reason_of(error)[:200])
        if is_out_of_time(error):
            raise
        return False


@transaction.atomic
def _claim(draft_id: int) -> PaperDraft | None:
    waiting = PaperDraft.objects.filter(pk=draft_id, state=DraftState.NUMBERED, file__isnull=True)
    if not waiting.update(attempts=F("attempts") + 1, tried_at=clock.now()):
        return None
    return waiting.select_related("dossier", "signer").first()


@transaction.atomic
def _settle(draft_id: int, name: str, content: bytes) -> bool:
    """Keep the bytes, unless another worker was faster or the draft has been cancelled meanwhile."""
    draft = rows.by_key(PaperDraft, draft_id, lock=True)
    if draft.state != DraftState.NUMBERED or draft.file_id is not None:
        return False
    file = store_bytes(name=name, mime=PDF, content=content)
    draft_rows.changed(draft, file_id=file.pk, state=DraftState.SIGNED, problem="")
    Unsealed.objects.create(dossier_id=draft.dossier_id)
    return True


def without_file(now: datetime, limit: int) -> list[int]:
    """Ids of numbered drafts whose file should be tried (again): the more often it failed, the longer the pause."""
    waiting = PaperDraft.objects.filter(state=DraftState.NUMBERED, file__isnull=True, numbered_at__lt=now - GRACE)
    found = waiting.only("pk", "attempts", "tried_at").order_by("numbered_at", "pk")
    # Those that pause take no place of the others, however many they are.
    due = (
        draft.pk for draft in found.iterator() if draft.tried_at is None or draft.tried_at < now - pause(draft.attempts)
    )
    return list(islice(due, limit))


def _often_failed() -> QuerySet[PaperDraft]:
    """Numbered drafts whose file failed so often that somebody should look; they are still tried every hour."""
    waiting = PaperDraft.objects.filter(state=DraftState.NUMBERED, file__isnull=True)
    return waiting.filter(attempts__gte=OFTEN)


def _late() -> QuerySet[PaperDraft]:
    waiting = PaperDraft.objects.filter(state=DraftState.NUMBERED, file__isnull=True, attempts__lt=OFTEN)
    return waiting.filter(numbered_at__lt=clock.now() - clock.LATE)


FILES = OwnSweep(
    code="draft_files",
    label=_("Lập tệp của văn bản đã cấp số"),
    row=_("văn bản"),
    task="dossiers.tasks.make_missing_draft_files",
    aside=_often_failed,
    late=_late,
    back=lambda found: found.update(attempts=0, tried_at=None),
    since="numbered_at",
    reason="problem",
    names=("number", "dossier__code"),
)
SWEEPS.add(FILES)


# ── the act that issues ──────────────────────────────────────────────────────────────────────────


def named(draft: PaperDraft, digest: str = "") -> dict[str, Any]:
    """What the ledger says of the paper an act is about."""
    return {"draft_id": draft.pk, "draft_version": draft.version, "paper_digest": digest or None}


def ready(opened: Opened, draft_id: int | None = None, digest: str = "") -> PaperDraft:
    """The draft that an act at its sending item issues; `digest`: of the bytes that were shown.

    Raises UserError while its file is not there, StaleError when the bytes are others.
    """
    draft = _handled(opened, draft_id)
    if opened.row.action not in DRAFT_KINDS[draft.kind].acts:
        raise NotNowError
    return with_bytes(draft, digest)


def with_bytes(draft: PaperDraft, digest: str = "") -> PaperDraft:
    """The draft, when its bytes are there and are those that were shown."""
    if draft.state == DraftState.NUMBERED and unmade.is_left():
        return draft
    if draft.state != DraftState.SIGNED or draft.file is None:
        raise UserError(NOT_MADE_YET)
    if digest and draft.file.sha256 != digest:
        raise StaleError(OTHER_BYTES)
    return draft


def send(
    opened: Opened, draft: PaperDraft, *, text: str, reason_code: str = "", words: dict[str, str] | None = None
) -> Dossier:
    """Do the act that issues a paper, and keep the paper with it; `words`: what its messages say besides."""
    dossier = apply(opened, Deed(text=text, reason_code=reason_code, words=words or {}, **brought(draft)))
    issued(draft, dossier)
    return dossier


def brought(draft: PaperDraft) -> dict[str, Any]:
    """What an issuing deed says of the paper it brings."""
    digest = draft.file.sha256 if draft.file else ""
    return {"brings": paper_of(draft), "extra": named(draft, digest)}


def issued(draft: PaperDraft, dossier: Dossier) -> PrintedForm:
    """Keep the paper with the act that has just issued it: its bytes stay, its words go."""
    form = PrintedForm.objects.create(
        dossier=dossier,
        name=paper_of(draft),
        number=draft.number,
        event_seq=dossier.event_count,
        called_at=draft.numbered_at or clock.now(),
        file_id=draft.file_id,
        is_made_on_opening=unmade.is_left() and draft.file_id is None,
    )
    words = draft.fields if form.is_made_on_opening else {}  # what is made later is made of them
    draft_rows.changed(draft, state=DraftState.ISSUED, issued_seq=dossier.event_count, fields=words, handling_id=None)
    return form


def paper_of(draft: PaperDraft) -> str:
    """Code of the outgoing paper a draft becomes."""
    return DRAFT_KINDS[draft.kind].paper_of(draft)
