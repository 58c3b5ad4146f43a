"""A colleague who is given work is told inside the portal: given, moved, sent back, supplemented, a draft returned.

Called for every act by dossiers.services.core, in its transaction, and by the batches that hand work over. Nobody is told of
what they did themselves. What was told fades when the step is done or goes to another, or when the desk has answered what
was late (dossiers.services.late_intake): its notice counts as read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import colleagues
from dossiers import workflow
from dossiers.draft_kinds import DRAFT_KINDS
from dossiers.enums import EventCode, State
from dossiers.events import Audience
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import late_intake
from dossiers.services.opened import Opened
from dossiers.staff_notices import StaffNotice, fade, tell_staff
from procedures.enums import StepKind

Said = tuple[Any, Any]
# Beside the route: what the applicant supplements waits at none of these.
ELSEWHERE = frozenset({StepKind.CONSULT, StepKind.WITHDRAWAL, StepKind.DRAFT_SIGN, StepKind.DRAFT_SEND})

GIVEN: Mapping[str, Said] = {
    EventCode.ASSIGNED: (
        _("Hồ sơ %(code)s: bạn được phân công thụ lý"),
        _("Bạn được phân công hồ sơ %(code)s, bước “%(step)s”."),
    ),
    EventCode.SENT_BACK: (
        _("Hồ sơ %(code)s được trả lại bạn"),
        _("Hồ sơ %(code)s được trả lại bước “%(step)s”; lý do có trong diễn biến của hồ sơ."),
    ),
}
MOVED: Said = (
    _("Hồ sơ %(code)s: bạn được giao việc"),
    _("Bước “%(step)s” của hồ sơ %(code)s nay ở mục Của tôi của bạn."),
)
SUPPLEMENTED: Said = (
    _("Hồ sơ %(code)s đã được bổ sung"),
    _("Người nộp đã bổ sung hồ sơ %(code)s; bước “%(step)s” tính hạn tiếp."),
)
RETURNED: Said = (
    _("Hồ sơ %(code)s: dự thảo được trả lại bạn"),
    _("Dự thảo của hồ sơ %(code)s được trả lại để bạn sửa, kèm lý do."),
)
HANDED_OVER: Said = (
    _("Bạn nhận việc bàn giao của %(name)s"),
    _("Các việc %(name)s đang giữ chuyển dần sang mục Của tôi của bạn."),
)


def tell(opened: Opened, event_code: str, extra: Mapping[str, Any], now: datetime) -> None:
    """Tell who is given something by the act under way, and let fade what was told of the steps it closed or moved."""
    seq = opened.dossier.event_count
    given = [item for item in opened.work if item.closed_at is None and item.held_since == now]
    closed = [item for item in opened.work if item.closed_seq == seq and item.holder_id is not None]
    fade([*(f"work:{item.pk}:" for item in (*given, *closed)), *_answered_late(opened, now)])
    if event_code == EventCode.DRAFT_RETURNED:
        _tell_writer(opened, extra.get("draft_id"))
    elif event_code == EventCode.SUPPLEMENT_ANSWERED:
        waiting = [item for item in opened.work if item.closed_at is None and item.kind not in ELSEWHERE]
        _tell_holders(opened, waiting, SUPPLEMENTED)
        _tell_teams(opened, [item for item in waiting if item.holder_id is None], SUPPLEMENTED)
    else:
        _tell_holders(opened, given, GIVEN.get(event_code, MOVED))


def tell_successor(person: User, *, of: User, order_id: int) -> None:
    """Tell who goes on with a colleague's work that it comes; once for the whole order, however many items it moves."""
    words = {"name": of.full_name}
    subject, body = (str(part) % words for part in HANDED_OVER)
    key, link = f"work:order:{order_id}", reverse("desk:inbox")
    tell_staff([person], StaffNotice("work.handed_over", subject, body, link, key, Audience.HOLDER))


def _tell_holders(opened: Opened, items: list[WorkItem], said: Said) -> None:
    found = {item.pk: item for item in items if item.holder_id not in {None, opened.actor.user_id}}
    if not found:
        return
    people = User.objects.in_bulk({item.holder_id for item in found.values() if item.holder_id is not None})
    for item in found.values():
        tell_staff(
            [people[item.holder_id or 0]],
            _notice(opened.dossier, item, said, Audience.HOLDER),
            but=opened.actor.user_id,
        )


def _tell_teams(opened: Opened, items: list[WorkItem], said: Said) -> None:
    """Tell those who may take steps that nobody holds: an answer must reach somebody."""
    for item in items:
        able = workflow.doers(item.kind, opened.dossier.state) | {item.role}
        people = colleagues([item.unit_id], able)
        tell_staff(people, _notice(opened.dossier, item, said, Audience.TEAM), but=opened.actor.user_id)


def _answered_late(opened: Opened, now: datetime) -> list[str]:
    """What was told of a late intake, once the desk has answered."""
    was = opened.before
    is_over = was.get("state") == State.SUBMITTED and opened.dossier.state != State.SUBMITTED
    deadline = was.get("accept_by")
    return [late_intake.key_of(opened.dossier)] if is_over and deadline is not None and deadline < now else []


def _tell_writer(opened: Opened, draft_id: int | None) -> None:
    """Tell whoever has the step at which a returned draft is written anew, else who began it."""
    draft = PaperDraft.objects.filter(pk=draft_id or 0).select_related("author", "work_item__holder").first()
    if draft is None or draft.work_item is None:
        return
    item = draft.work_item
    person = item.holder if item.closed_at is None and item.holder is not None else draft.author
    if person.pk != opened.actor.user_id:
        to_asked = item.pk if DRAFT_KINDS[draft.kind].sent_by_writer else None
        notice = _notice(opened.dossier, item, RETURNED, Audience.WRITER, question_id=to_asked)
        tell_staff([person], notice, but=opened.actor.user_id)


def _notice(
    dossier: Dossier, item: WorkItem, said: Said, audience: Audience, *, question_id: int | None = None
) -> StaffNotice:
    words = {"code": dossier.code or dossier.reference, "step": item.name}
    subject, body = (str(part) % words for part in said)
    page, key = ("desk:dossier", dossier.pk) if question_id is None else ("desk:consultation", question_id)
    place = f"work:{item.pk}:{dossier.event_count}"
    return StaffNotice("work.given", subject, body, reverse(page, args=[key]), place, audience)
