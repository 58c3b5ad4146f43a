"""What members of staff are told of a question to their unit: that it came, that its deadline is near, that it is over."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_for
from accounts.enums import Role
from accounts.models import User
from accounts.queries import colleagues
from dossiers import consultations
from dossiers.events import Audience
from dossiers.models.consultation import Consultation
from dossiers.staff_notices import StaffNotice, tell_staff
from portal import clock, worktime
from portal.sweeps import SWEEPS, RowSweep

NEAR = 8 * 60  # working minutes: one working day before the deadline
LOOK_AHEAD = timedelta(days=15)  # the longest row of days off (Tết) is shorter

CAME = (
    _("Hồ sơ %(code)s: đơn vị bạn được lấy ý kiến"),
    _("%(unit)s được lấy ý kiến về hồ sơ %(code)s, trả lời trước %(due)s."),
)
IS_NEAR = (
    _("Hồ sơ %(code)s: sắp hết hạn cho ý kiến"),
    _("%(unit)s cần trả lời lấy ý kiến về hồ sơ %(code)s trước %(due)s."),
)
IS_LATE = (
    _("Hồ sơ %(code)s: quá hạn cho ý kiến"),
    _("%(unit)s chưa trả lời lấy ý kiến về hồ sơ %(code)s, hạn %(due)s đã qua."),
)
Words = tuple[object, object]


def tell_asked(asked: Consultation) -> None:
    """Tell the people of the asked unit that a question came."""
    tell_staff(consultations.answering(asked.work_item.unit_id), _notice(asked, CAME, "came"))


def remind_all() -> int:
    """Remind of deadlines that are near, and report those that are over; gives how many were looked at. Nobody twice."""
    return REMINDING.run()


def _near() -> QuerySet[Consultation]:
    now = clock.now()
    return consultations.waiting(now + LOOK_AHEAD).filter(Q(silence_agrees=False) | Q(work_item__due_at__gt=now))


@transaction.atomic
def _remind(consultation_id: int) -> bool:
    asked = _near().filter(pk=consultation_id).first()
    if asked is not None:
        _tell(asked)
    return asked is not None


def _tell(asked: Consultation) -> None:
    item, now = asked.work_item, clock.now()
    if item.due_at <= now:
        tell_staff(_told_of_lateness(asked), _notice(asked, IS_LATE, "late", to_asker=True))
        tell_staff(consultations.answering(item.unit_id), _notice(asked, IS_LATE, "late"))
    elif worktime.left(now, item.due_at, calendar_for(item.unit)) <= NEAR:
        tell_staff(consultations.answering(item.unit_id), _notice(asked, IS_NEAR, "near"))


def _told_of_lateness(asked: Consultation) -> list[User]:
    """Who waits: who asked, and the head of the desk that received the dossier (NĐ 61/2018 Art. 19.5)."""
    heads = list(colleagues([asked.work_item.dossier.receiving_unit_id], [Role.DESK_HEAD]))
    return [*heads, *([asked.asked_by] if asked.asked_by is not None else [])]


def _notice(asked: Consultation, words: Words, key: str, *, to_asker: bool = False) -> StaffNotice:
    item = asked.work_item
    values = {
        "code": item.dossier.code or item.dossier.reference,
        "unit": item.unit.name,
        "due": clock.local(item.due_at).strftime("%H:%M %d/%m/%Y"),
    }
    page, args = ("desk:dossier", [item.dossier_id]) if to_asker else ("desk:consultation", [item.pk])
    subject, body = (str(part) % values for part in words)
    # The deadline stands in the key: one that was put off is reminded of anew.
    return StaffNotice(
        kind=f"consultation.{key}",
        subject=subject,
        body=body,
        link=reverse(page, args=args),
        key=f"consultation:{item.pk}:{key}:{item.due_at:%y%m%d%H%M}",
        audience=Audience.ASKER if to_asker else Audience.ASKED,
    )


REMINDING = RowSweep(
    code="consultations_near",
    label=_("Nhắc đơn vị trả lời lấy ý kiến"),
    row=_("lần lấy ý kiến"),
    task="dossiers.tasks.remind_of_consultations",
    waiting=_near,
    serve=_remind,
    names=("work_item__dossier__code", "work_item__dossier__reference"),
)
SWEEPS.add(REMINDING)
