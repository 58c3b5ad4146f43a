"""Late in the software only: who asks that the true time of an act be recorded, and the second person who agrees or does not.

Both times stay: the event that was entered late is not touched, and another one says when it truly happened. Official figures
go by the time that was entered; the true one is shown beside it (docs/law.md).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from dossiers.enums import Action, EventCode
from dossiers.events import EVENTS, Audience
from dossiers.models.attachment import Attachment
from dossiers.models.correction import TimeCorrection
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import ladder
from dossiers.services.core import apply, begin, needed
from dossiers.services.opened import Deed, Opened
from dossiers.staff_notices import StaffNotice, tell_staff
from portal import clock, rows
from portal.errors import StaleError, UserError

# Acts that are done by hand and clicked afterwards. What begins a clock is not among them: its receipt has been given out.
CORRECTABLE = (
    EventCode.FORWARDED,
    EventCode.ASSIGNED,
    EventCode.PROPOSED,
    EventCode.APPROVED,
    EventCode.RESULT_ISSUED,
    EventCode.REFUSED,
    EventCode.RETURNED,
)
WITHIN_DAYS = 30  # ours: what nobody missed for a month is not remembered to the minute
NO_SUCH_ACT = _("Hãy chọn việc cần đính chính trong danh sách.")
KNOWN = _("Việc này đã có đề nghị đính chính đang chờ hoặc đã được đồng ý.")
NOT_EARLIER = _("Thời điểm thật phải trước lúc ghi trong phần mềm (%(at)s).")
TOO_EARLY = _("Thời điểm thật không thể trước lúc tiếp nhận hồ sơ (%(at)s).")
TOO_LATE = _("Chỉ đề nghị đính chính trong %(days)s ngày kể từ lúc ghi.")
NO_EVIDENCE = _("Hãy ghi số trong sổ giao nhận, số văn bản, hoặc chọn tệp làm căn cứ.")
SECOND = _("Người đề nghị hoặc người đã làm việc này không tự đồng ý được. Hãy để lãnh đạo khác xem xét.")
SUBJECT = _("Hồ sơ %(code)s: đề nghị đính chính thời điểm")
BODY = _("%(who)s đề nghị ghi thời điểm thật của việc “%(act)s” ở hồ sơ %(code)s. Hãy xem căn cứ rồi trả lời.")


@dataclass(frozen=True, slots=True)
class CorrectionWanted:
    """What is asked: which act, when it truly happened, by what that is proven, why it was entered late."""

    about_seq: int
    true_at: datetime
    reason: str
    evidence: str = ""
    attachment_id: int | None = None


@transaction.atomic
def ask(*, dossier_id: int, by: User, asked: CorrectionWanted, version: int | None = None) -> TimeCorrection:
    """Ask that the true time of an act be recorded; raises UserError for what cannot be so, StaleError, NotNowError."""
    opened = begin(dossier_id=dossier_id, action=Action.ASK_CORRECTION, by=by, version=version)
    event = _event(opened, asked.about_seq)
    _refuse_times(opened.dossier, event, asked.true_at)
    needed(asked.reason)
    row = TimeCorrection(
        dossier=opened.dossier,
        about_seq=event.seq,
        code=event.code,
        entered_at=event.happened_at,
        true_at=asked.true_at,
        evidence=asked.evidence.strip(),
        attachment=_file(opened, asked.attachment_id),
        reason=asked.reason,
        asked_by=by,
        asked_at=clock.now(),
    )
    if not row.evidence and row.attachment is None:
        raise UserError(NO_EVIDENCE, field="evidence")
    dossier = apply(opened, _deed(row, asked.reason))
    row.asked_seq = dossier.event_count
    row.save()
    _tell(opened, row, by)
    return row


@transaction.atomic
def agree(*, dossier_id: int, by: User, correction_id: int, version: int | None = None) -> TimeCorrection:
    """Agree, as a second person: from here on the ledger says both times."""
    opened = begin(dossier_id=dossier_id, action=Action.AGREE_CORRECTION, by=by, version=version)
    row = _waiting(opened, correction_id, by)
    dossier = apply(opened, _deed(row, row.reason))
    return _decided(row, by, dossier, agrees=True)


@transaction.atomic
def decline(
    *, dossier_id: int, by: User, correction_id: int, reason: str, version: int | None = None
) -> TimeCorrection:
    """Do not agree, with the reason; it may be asked for again with better evidence."""
    opened = begin(dossier_id=dossier_id, action=Action.DECLINE_CORRECTION, by=by, version=version)
    row = _waiting(opened, correction_id, by)
    needed(reason)
    dossier = apply(opened, Deed(text=reason, extra={"about_seq": row.about_seq}))
    return _decided(row, by, dossier, agrees=False, answer=reason)


def may_decide(row: TimeCorrection, user_id: int, doer_id: int | None) -> bool:
    """Tell whether a person is a second one for a correction: neither asked for it nor did the act."""
    return user_id not in {row.asked_by_id, doer_id}


def _deed(row: TimeCorrection, text: str) -> Deed:
    return Deed(text=text, extra={"about_seq": row.about_seq, "true_at": row.true_at})


def _event(opened: Opened, seq: int) -> DossierEvent:
    event = DossierEvent.objects.filter(dossier_id=opened.dossier.pk, seq=seq, code__in=CORRECTABLE).first()
    if event is None:
        raise UserError(NO_SUCH_ACT, field="about_seq")
    known = TimeCorrection.objects.filter(dossier=opened.dossier, about_seq=seq).exclude(agrees=False)
    if known.exists():
        raise UserError(KNOWN, field="about_seq")
    return event


def _refuse_times(dossier: Dossier, event: DossierEvent, true_at: datetime) -> None:
    if true_at >= event.happened_at:
        raise UserError(NOT_EARLIER % {"at": _moment(event.happened_at)}, field="true_day")
    if dossier.received_at is not None and true_at < dossier.received_at:
        raise UserError(TOO_EARLY % {"at": _moment(dossier.received_at)}, field="true_day")
    if clock.now() - event.happened_at > timedelta(days=WITHIN_DAYS):
        raise UserError(TOO_LATE % {"days": WITHIN_DAYS}, field="about_seq")


def _file(opened: Opened, attachment_id: int | None) -> Attachment | None:
    if attachment_id is None:
        return None
    found = [row for row in opened.given() if row.pk == attachment_id and row.file_id is not None]
    if not found:
        raise UserError(NO_EVIDENCE, field="attachment")
    return found[0]


def _waiting(opened: Opened, correction_id: int, by: User) -> TimeCorrection:
    row = TimeCorrection.objects.filter(pk=correction_id, dossier=opened.dossier, agrees__isnull=True).first()
    if row is None:
        raise StaleError
    doer = next((event.actor_id for event in opened.past if event.seq == row.about_seq), None)
    if not may_decide(row, by.pk, doer):
        raise UserError(SECOND)
    return row


def _decided(row: TimeCorrection, by: User, dossier: Dossier, **answer: Any) -> TimeCorrection:
    values = {"decided_by_id": by.pk, "decided_at": clock.now(), "decided_seq": dossier.event_count, **answer}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in values])
    return row


def _tell(opened: Opened, row: TimeCorrection, by: User) -> None:
    """Tell who leads where the asker works, else who signs for the authority."""
    dossier = opened.dossier
    unit_id = opened.actor.unit_id or dossier.competent_unit_id
    doer = next((event.actor_id for event in opened.past if event.seq == row.about_seq), None)
    cannot = frozenset(pk for pk in (by.pk, doer) if pk is not None)  # asked it, did it: neither answers
    heads = ladder.heads_of(rows.by_key(OrgUnit, unit_id), dossier, but=cannot)
    words = {"code": dossier.code or dossier.reference, "who": by.full_name, "act": EVENTS.label(row.code)}
    link = reverse("desk:corrections", args=[dossier.pk])
    notice = StaffNotice(
        "work.correction", str(SUBJECT) % words, str(BODY) % words, link, f"correction:{row.pk}", Audience.HEAD
    )
    tell_staff(heads, notice, but=by.pk)


def _moment(value: datetime) -> str:
    return f"{clock.local(value):%H:%M %d/%m/%Y}"
