"""Asking another unit while a dossier is worked on: ask, answer, take the question back, silence at the deadline.

Steps of a route that ask open by themselves (dossiers.services.items). An answer is done on the question's own work item, so
that answers of several units do not wait for each other; the first one on an item wins.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from accounts.queries import colleagues
from dossiers import consultations, queries, workflow
from dossiers.enums import Action, ConsultationAnswer, DraftKind, Outcome
from dossiers.models.consultation import Consultation
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import draft_rows, items, paper_drafts
from dossiers.services.consultation_notices import tell_asked
from dossiers.services.core import apply, locked, membership_for, open_act, open_by_system
from dossiers.services.opened import Actor, Beside, Deed, Opened
from portal import clock, rows, worktime
from portal.errors import NotNowError, UserError
from portal.sweeps import SWEEPS, RowSweep
from portal.text import clean_lines
from procedures.enums import StepKind

CLOSE_SILENT = "close_silent_consultation"
LONGEST_DAYS = 30
SIGNERS = (Role.UNIT_HEAD, Role.SIGNER)
ANSWERS = (ConsultationAnswer.AGREES, ConsultationAnswer.CONDITIONS, ConsultationAnswer.DISAGREES)

OWN_UNIT = _("Đây là đơn vị đang thụ lý hồ sơ. Hãy chọn đơn vị khác để lấy ý kiến.")
NOBODY_THERE = _("Đơn vị này chưa có ai nhận việc cho ý kiến trên cổng. Hãy chọn đơn vị khác hoặc báo quản trị.")
ASKED_ALREADY = _("Đơn vị này đang được hỏi ở bước này. Hãy chờ trả lời, hoặc rút câu hỏi trước khi hỏi lại.")
TOO_LATE = _("Đã hết hạn trả lời; không trả lời được coi là đã đồng ý nên không ghi thêm ý kiến được nữa.")
TAKEN_BACK = _("Đơn vị hỏi đã rút câu hỏi này nên không cần trả lời nữa.")
ANSWERED = _("Câu hỏi này đã được trả lời rồi. Hãy tải lại trang để xem câu trả lời.")
A_HEAD_SIGNS = _("Ý kiến của đơn vị phải do lãnh đạo đơn vị ký. Hãy trình ký thay vì gửi thẳng.")
ANSWERED_BESIDE = _("Lãnh đạo đơn vị đã trả lời trực tiếp.")
NOT_NEEDED = _("Hồ sơ không còn cần ý kiến này: bước hỏi đã kết thúc.")
ONLY_A_HEAD = _("Câu hỏi này do quy trình của thủ tục đặt ra; chỉ lãnh đạo phòng thụ lý mới được kết thúc, kèm lý do.")


@transaction.atomic
def ask(
    *,
    dossier_id: int,
    by: User,
    unit_id: int,
    question: str,
    days: int,
    shown: Iterable[int] = (),
    shows_owner: bool = False,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Ask another unit for its opinion; the step that asks cannot go on until it answered or the question is taken back.

    `days`: working days of the asked unit; `shown`: ids of the attachments it may read. Raises UserError for an empty
    question, one's own unit, a unit nobody answers for, a deadline that is past or behind the dossier's.
    """
    opened = begin_asking(dossier_id, by, version, item_id)
    if not clean_lines(question):
        raise UserError(_("Hãy ghi rõ nội dung cần lấy ý kiến."), field="question")
    unit = _askable(opened, unit_id)
    due_at = _deadline(opened, unit, days)
    beside = Beside(kind=StepKind.CONSULT, unit=unit, role=Role.CONSULTED, due_at=due_at, parent=opened.item)
    dossier = apply(opened, Deed(text=question, beside=beside))
    asked = Consultation(work_item=opened.work[-1], asked_by=by, shown=_shown(dossier, shown), shows_owner=shows_owner)
    asked.save(force_insert=True)
    tell_asked(asked)
    return dossier


def begin_asking(dossier_id: int, by: User, version: int | None, item_id: int | None) -> Opened:
    """Lock the dossier and check that the person may ask on the item."""
    return open_act(locked(dossier_id, version), action=Action.CONSULT, by=by, item_id=item_id)


@transaction.atomic
def answer(*, item_id: int, by: User, kind: str, text: str) -> Dossier:
    """Answer for the unit that was asked, as its head or where it has none.

    Raises UserError when it is too late, when words are missing, or when a head must sign (`submit_answer`).
    """
    dossier, asked = _locked_question(item_id)
    _refuse_closed(asked)
    opened = open_act(dossier, action=Action.ANSWER_CONSULTATION, by=by, item_id=item_id)
    check_answer(opened, {"kind": kind, "text": text})
    if needs_signature(asked.work_item.unit_id, by):
        raise UserError(A_HEAD_SIGNS)
    _leave_draft(opened, asked, ANSWERED_BESIDE)
    return _close(opened, asked, ConsultationAnswer(kind), text)


def needs_signature(unit_id: int, by: User) -> bool:
    """Whether a head of the asked unit signs what the person writes: it has one who is somebody else."""
    return colleagues([unit_id], SIGNERS).exclude(pk=by.pk).exists()


@transaction.atomic
def submit_answer(*, item_id: int, by: User, kind: str, text: str) -> Dossier:
    """Write the answer as a draft and put it before the head of the asked unit; written again when the head gave it back."""
    dossier, asked = _locked_question(item_id)
    _refuse_closed(asked)
    fields = {"kind": kind, "text": text}
    draft = _live_draft(asked)
    row = paper_drafts.write(
        dossier_id=dossier.pk,
        by=by,
        kind=DraftKind.CONSULTATION_ANSWER,
        fields=fields,
        draft_id=draft.pk if draft is not None else None,
        item_id=item_id,
    )
    meant = {"draft_id": row.pk, "draft_version": row.version, "item_id": item_id}
    return paper_drafts.submit(dossier_id=dossier.pk, by=by, **meant)


@transaction.atomic
def send_answer(*, item_id: int, by: User, digest: str = "") -> Dossier:
    """Answer with the paper that the head signed; `digest`: of the bytes that were shown."""
    dossier, asked = _locked_question(item_id)
    _refuse_closed(asked)
    opened = open_act(dossier, action=Action.ANSWER_CONSULTATION, by=by, item_id=item_id)
    draft = _live_draft(asked)
    if draft is None:
        raise NotNowError
    draft = paper_drafts.with_bytes(draft, digest)
    kind, text = ConsultationAnswer(draft.fields["kind"]), draft.fields["text"]
    _close_handling(opened, asked, Outcome.DONE)
    dossier = _close(opened, asked, kind, text, draft=draft)
    paper_drafts.issued(draft, dossier)
    return dossier


def check_answer(opened: Opened, fields: Mapping[str, Any]) -> None:
    """Refuse an answer without its kind, or without the words that its kind needs."""
    kind, text = fields.get("kind", ""), fields.get("text", "")
    if kind not in ANSWERS:
        raise UserError(_("Hãy chọn đồng ý, đồng ý với điều kiện hoặc không đồng ý."), field="kind")
    if kind != ConsultationAnswer.AGREES and not clean_lines(text):
        raise UserError(_("Hãy ghi rõ điều kiện hoặc lý do không đồng ý."), field="text")


@transaction.atomic
def end(*, item_id: int, by: User, reason: str) -> Dossier:
    """Take a question back: whoever may ask on that step, or the head of the unit; what a route asks only the head."""
    dossier, asked = _locked_question(item_id)
    if asked.work_item.closed_at is not None:
        raise UserError(_closed_words(asked))
    opened = open_act(dossier, action=Action.END_CONSULTATION, by=by)
    if not clean_lines(reason):
        raise UserError(_("Hãy ghi lý do rút câu hỏi."), field="reason")
    opened.actor = _who_ends(opened, asked.work_item, by)
    _leave_draft(opened, asked, TAKEN_BACK)
    return _close(opened, asked, ConsultationAnswer.ENDED, reason, outcome=Outcome.ENDED)


@transaction.atomic
def close_silent(*, item_id: int) -> bool:
    """Record that a unit said nothing in time where that counts as agreeing; False when there is nothing to record."""
    dossier, asked = _locked_question(item_id)
    item = asked.work_item
    if not asked.silence_agrees or not _is_over(item, clock.now()):
        return False
    opened = open_by_system(dossier_id=dossier.pk, action=CLOSE_SILENT)
    words = _("Hết hạn trả lời lúc %(at)s, %(unit)s không có ý kiến nên được coi là đã đồng ý.")
    text = str(words) % {"at": clock.local(item.due_at).strftime("%H:%M %d/%m/%Y"), "unit": item.unit.name}
    _leave_draft(opened, asked, TOO_LATE)
    _close(opened, asked, ConsultationAnswer.SILENT, text, outcome=Outcome.SILENT)
    return True


SILENT = RowSweep(
    code="consultations_over",
    label=_("Ghi nhận đơn vị được hỏi không trả lời"),
    row=_("lần lấy ý kiến"),
    task="dossiers.tasks.close_silent_consultations",
    waiting=lambda: consultations.silent(clock.now()),
    serve=lambda pk: close_silent(item_id=pk),
    names=("work_item__dossier__code", "work_item__dossier__reference"),
)
SWEEPS.add(SILENT)


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def _askable(opened: Opened, unit_id: int) -> OrgUnit:
    item = opened.item
    if item is None:
        raise NotNowError
    if unit_id == item.unit_id:
        raise UserError(OWN_UNIT, field="unit")
    unit = consultations.askable(opened.dossier).filter(pk=unit_id).first()
    if unit is None:
        raise UserError(_("Đơn vị được chọn không còn hoạt động hoặc không nhận lấy ý kiến."), field="unit")
    if not consultations.answering(unit.pk).exists():
        raise UserError(NOBODY_THERE, field="unit")
    hanging = (one for one in opened.work if one.parent_id == item.pk and one.kind == StepKind.CONSULT)
    if any(one.unit_id == unit.pk for one in hanging):
        raise UserError(ASKED_ALREADY, field="unit")
    return unit


def _deadline(opened: Opened, unit: OrgUnit, days: int) -> datetime:
    if not 1 <= days <= LONGEST_DAYS:
        words = _("Hạn trả lời phải từ 1 đến %(most)s ngày làm việc kể từ hôm nay.")
        raise UserError(words % {"most": LONGEST_DAYS}, field="days")
    now, promised = clock.now(), opened.dossier.due_at
    limit = worktime.Limit(Decimal(days), worktime.LimitUnit.WORKING_DAY)
    due_at = worktime.due(now, limit, opened.turn().calendar(unit.pk))
    if promised is not None and now < promised < due_at:
        words = _("Hạn trả lời (%(asked)s) sau hạn trả kết quả của hồ sơ (%(promised)s). Hãy chọn ít ngày hơn.")
        days_of = {"asked": clock.local(due_at), "promised": clock.local(promised)}
        raise UserError(words % {name: f"{at:%d/%m/%Y}" for name, at in days_of.items()}, field="days")
    return due_at


def _shown(dossier: Dossier, chosen: Iterable[int]) -> list[int]:
    """Ids of files of this dossier and no other."""
    wanted = set(chosen)
    return sorted(row.pk for row in queries.live_attachments(dossier.pk, with_files=False) if row.pk in wanted)


# ── closing ──────────────────────────────────────────────────────────────────────────────────────


def _locked_question(item_id: int) -> tuple[Dossier, Consultation]:
    """Lock the dossier first, then read the question as it stands now."""
    dossier_id = WorkItem.objects.values_list("dossier_id", flat=True).get(pk=item_id)
    dossier = locked(dossier_id)
    return dossier, Consultation.objects.select_related("work_item__unit").get(pk=item_id)


def _live_draft(asked: Consultation) -> PaperDraft | None:
    """The answer that is on its way to being signed or sent, if there is one."""
    drafts = draft_rows.live(asked.work_item.dossier_id, [DraftKind.CONSULTATION_ANSWER])
    return next((draft for draft in drafts if draft.work_item_id == asked.pk), None)


def _leave_draft(opened: Opened, asked: Consultation, reason: object) -> None:
    """Drop an answer under way, with the step at which it is signed or sent."""
    draft = _live_draft(asked)
    if draft is not None:
        _close_handling(opened, asked, Outcome.ENDED)
        draft_rows.drop(draft, reason, seq=opened.dossier.event_count + 1)


def _close_handling(opened: Opened, asked: Consultation, outcome: Outcome) -> None:
    for item in opened.work:
        if item.parent_id == asked.pk and item.closed_at is None:
            items.close(opened, item, outcome, clock.now())


def _close(
    opened: Opened,
    asked: Consultation,
    kind: ConsultationAnswer,
    text: str,
    *,
    outcome: Outcome = Outcome.DONE,
    draft: PaperDraft | None = None,
) -> Dossier:
    opened.item = next(item for item in opened.work if item.pk == asked.pk)
    asked.answer_kind = kind
    rows.update(asked, ["answer_kind"])
    reason_code = kind if kind in ANSWERS else ""  # what else can come of it, the event says itself
    brought = paper_drafts.brought(draft) if draft is not None else {}
    return apply(opened, Deed(text=text, reason_code=reason_code, outcome=outcome, **brought))


def _is_over(item: WorkItem, now: datetime) -> bool:
    return item.closed_at is None and item.suspended_at is None and item.due_at <= now


def _refuse_closed(asked: Consultation) -> None:
    if asked.work_item.closed_at is not None:
        raise UserError(_closed_words(asked))
    if asked.silence_agrees and _is_over(asked.work_item, clock.now()):
        raise UserError(TOO_LATE)


def _closed_words(asked: Consultation) -> str:
    said = {"": NOT_NEEDED, ConsultationAnswer.SILENT: TOO_LATE, ConsultationAnswer.ENDED: TAKEN_BACK}
    return str(said.get(asked.answer_kind, ANSWERED))


def _who_ends(opened: Opened, item: WorkItem, by: User) -> Actor:
    """Who may take the question back, as what; raises UserError or NotNowError."""
    dossier, held = opened.dossier, queries.memberships(by)
    facts = queries.facts_of(dossier, by, work=opened.work, memberships=held)
    asking = workflow.items_for(Action.CONSULT, state=dossier.state, work=facts.work, actor_id=by.pk)
    if item.parent_id in asking:
        parent = next(one for one in opened.work if one.pk == item.parent_id)
        found = membership_for(held, parent.unit_id, [Role.OFFICER])
        if found is not None:
            return Actor(by.pk, str(found.role), found.unit_id, found.pk)
    for unit_id in queries.units_of(dossier):
        found = membership_for(held, unit_id, [Role.UNIT_HEAD])
        if found is not None:
            return Actor(by.pk, str(found.role), unit_id, found.pk)
    raise UserError(ONLY_A_HEAD) if item.parent_id is None else NotNowError
