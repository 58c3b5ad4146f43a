"""The letter of apology with a new date (form 04): what it must say, and the act that sends it and moves the promise, once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import lateness, reasons
from dossiers.enums import Action, EventCode
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import paper_drafts, segments
from dossiers.services.core import begin, needed
from dossiers.services.opened import Opened
from portal import clock
from portal.errors import UserError

FOR_THE_APPLICANT = _("Hãy ghi rõ vì sao chậm để người nộp hiểu.")
CAUSE_MISSING = _("Hãy chọn nguyên nhân chậm trong danh sách.")
ONLY_ONCE = _("Hồ sơ đã được hẹn lại một lần. Mỗi hồ sơ chỉ được hẹn lại một lần.")
NOTHING_RUNS = _("Hồ sơ đang tạm dừng tính hạn hoặc chưa có hạn trả nên không có hạn nào để hẹn lại.")
DUE_CHANGED = _(
    "Hạn trả của hồ sơ đã thay đổi sau khi văn bản này được soạn. Hãy trả lại dự thảo để soạn lại theo hạn mới."
)


def check(opened: Opened, fields: Mapping[str, Any]) -> None:
    """Refuse a letter without a cause of the list, without words the citizen can follow, or with a date that cannot be promised."""
    if fields.get("cause") not in dict(reasons.choices(Action.REAPPOINT)):
        raise UserError(CAUSE_MISSING, field="cause")
    needed(fields.get("reason", ""), FOR_THE_APPLICANT)
    _new_due(opened, fields)


@transaction.atomic
def reappoint(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    digest: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Send a signed letter: the promise moves to the date it names, the one before stays told. A late letter is recorded as such.

    Raises UserError while the letter's file is not there, when the dossier has had its one new date, and when the due time is
    no longer the one the letter speaks of.
    """
    opened = begin(dossier_id=dossier_id, action=Action.REAPPOINT, by=by, version=version, item_id=item_id)
    draft = paper_drafts.ready(opened, draft_id, digest)
    due_at, before, now = _new_due(opened, draft.fields), opened.dossier.due_at, clock.now()
    if is_late(opened, now):
        opened.row = replace(opened.row, event=EventCode.REAPPOINTED_LATE)
    segments.reappoint(opened.turn(), due_at, now)
    words = {"due_before": f"{clock.local(before):%H:%M %d/%m/%Y}" if before else ""}
    return paper_drafts.send(opened, draft, text=draft.fields["reason"], reason_code=draft.fields["cause"], words=words)


def is_late(opened: Opened, now: datetime) -> bool:
    """Tell whether a letter sent now comes after the day on which it had to be out."""
    count = lateness.count_of(opened.turn().segments)
    calendar = opened.turn().calendar(opened.dossier.competent_unit_id)
    return count is not None and now > lateness.send_by(count, calendar)


def may_begin(dossier: Dossier) -> bool:
    """Tell whether a letter can be written: a promise runs, and it has not been moved by one before."""
    runs = dossier.due_at is not None and dossier.clock_stopped_at is None
    return runs and dossier.reappointed_from is None


def kept(_draft: PaperDraft, fields: dict[str, Any], _by: User) -> dict[str, Any]:
    """What a letter keeps: cause, words, the new date, and the promise it speaks of."""
    return {name: fields[name] for name in ("cause", "reason", "new_due", "due_before")}


def _new_due(opened: Opened, fields: Mapping[str, Any]) -> datetime:
    dossier = opened.dossier
    if dossier.reappointed_from is not None:
        raise UserError(ONLY_ONCE)
    if not may_begin(dossier) or dossier.due_at is None:
        raise UserError(NOTHING_RUNS)
    if fields.get("due_before") != clock.local(dossier.due_at).isoformat():
        raise UserError(DUE_CHANGED)
    new_due = datetime.fromisoformat(fields["new_due"])
    calendar = opened.turn().calendar(dossier.competent_unit_id)
    lateness.refuse_unfit(new_due, due_at=dossier.due_at, now=clock.now(), cal=calendar)
    return new_due
