"""Payments asked for and not made: called to mind before their last day, told to whoever asked after it. Run by tasks.

No law ends a dossier because a payment asked for on the way was not made, so nothing ends here: after the last day the
officer, or the heads where nobody holds the step, is told that the clock still stands and what can be done. Each request in
a transaction of its own; both sweeps may run twice at once and may be killed.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import administering, colleagues
from dossiers import loading, notices, queries, supplement_days
from dossiers.enums import SegmentKind, State
from dossiers.events import CITIZENS, Audience, Wording
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import sweeping, terms
from dossiers.staff_notices import StaffNotice, tell_staff
from portal import clock
from portal.sweeps import SWEEPS, RowSweep
from portal.templatetags.ui import money as in_words
from portal.worktime import WorkCalendar
from procedures.enums import StepKind

REMINDED = Wording(
    _("Hồ sơ %(code)s: sắp hết hạn nộp tiền"),
    _(
        "Hồ sơ “%(procedure)s” đang chờ bạn nộp %(amount)s đến hết ngày %(day)s; thời hạn giải quyết tạm dừng đến khi nhận "
        "được tiền. Bạn nộp tại %(desk)s hoặc chuyển khoản theo mã trên trang hồ sơ."
    ),
    _("Hồ sơ %(code)s chờ bạn nộp %(amount)s trước hết ngày %(day)s. Cách nộp có trên cổng và tại quầy."),
)
OVER_SUBJECT = _("Hồ sơ %(code)s: đã hết hạn nộp tiền")
OVER_BODY = _(
    "Người nộp hồ sơ %(code)s chưa nộp %(amount)s, hạn nộp hết ngày %(day)s đã qua; thời hạn giải quyết vẫn tạm dừng. Hãy hỏi "
    "người nộp, hoặc rút yêu cầu nộp tiền để giải quyết tiếp."
)


def remind_all() -> int:
    """Tell whoever has a reminder to come today, and officers whose last day has passed; gives of how many requests.

    The outbox tells nobody twice.
    """
    return REMINDING.run() + OVERDUE.run()


def _waiting() -> QuerySet[ClockSegment]:
    """Stops of the clock that wait for a payment."""
    return ClockSegment.objects.filter(
        kind=SegmentKind.STOPPED_PAYMENT, ended_at__isnull=True, dossier__state=State.PAYMENT
    )


def _free(segment_id: int) -> tuple[ClockSegment, dict[str, Any], WorkCalendar] | None:
    """The stop with its dossier locked, what was asked for, and the desk's calendar; None when it waits no more."""
    dossier = sweeping.free_dossier(ClockSegment.objects.filter(pk=segment_id).values("dossier_id"))
    segment = _waiting().filter(pk=segment_id).first()
    if dossier is None or segment is None:
        return None
    asked = dossier.fee_facts.get(terms.ASKED)
    if not asked:
        return None
    segment.dossier = dossier
    return segment, asked[-1], queries.supplement_calendar(dossier)


@transaction.atomic
def _remind(segment_id: int) -> bool:
    found = _free(segment_id)
    if found is None:
        return False
    segment, asked, calendar = found
    answer_by = date.fromisoformat(asked["answer_by"])
    before = supplement_days.reminder(answer_by, clock.local(segment.started_at).date(), clock.today(), calendar)
    if before is None:
        return False
    told = notices.Announcement("dossier.payment_reminded", CITIZENS, REMINDED, f"unpaid{segment.position}.{before}")
    last = supplement_days.last_day(answer_by, calendar)
    notices.remind(loading.whole(segment.dossier), told, day=f"{last:%d/%m/%Y}", amount=in_words(asked["amount"]))
    return True


@transaction.atomic
def _tell(segment_id: int) -> bool:
    found = _free(segment_id)
    if found is None:
        return False
    segment, asked, calendar = found
    last = supplement_days.last_day(date.fromisoformat(asked["answer_by"]), calendar)
    if clock.today() <= last:
        return False
    people, audience = _askers(segment.dossier)
    tell_staff(people, _notice(segment, asked, last, audience))
    return bool(people)


def _askers(dossier: Dossier) -> tuple[list[User], Audience]:
    """The officer who holds the step; where nobody does, who may take the request back; where nobody can, who appoints them."""
    item = (
        WorkItem.objects.filter(dossier_id=dossier.pk, kind=StepKind.APPRAISE, closed_at__isnull=True)
        .select_related("holder")
        .order_by("pk")
        .last()
    )
    if item is not None and item.holder is not None:
        return [item.holder], Audience.HOLDER
    unit = item.unit if item is not None else dossier.competent_unit
    team = list(colleagues([unit.pk], [item.role, Role.UNIT_HEAD])) if item is not None else []
    return (team, Audience.TEAM) if team else ([row.user for row in administering(unit)], Audience.ABOVE)


def _notice(segment: ClockSegment, asked: dict[str, Any], last: date, audience: Audience) -> StaffNotice:
    dossier = segment.dossier
    words = {
        "code": dossier.code or dossier.reference,
        "amount": in_words(asked["amount"]),
        "day": f"{last:%d/%m/%Y}",
    }
    return StaffNotice(
        kind="work.unpaid",
        subject=str(OVER_SUBJECT) % words,
        body=str(OVER_BODY) % words,
        link=reverse("accounts:staff") if audience == Audience.ABOVE else reverse("desk:dossier", args=[dossier.pk]),
        key=f"unpaid:{dossier.pk}:{segment.position}:{last:%y%m%d}",
        audience=audience,
    )


REMINDING = RowSweep(
    code="payments_near",
    label=_("Nhắc người nộp sắp hết hạn nộp tiền"),
    row=_("yêu cầu nộp tiền"),
    task="dossiers.tasks.remind_of_payments",
    waiting=_waiting,
    serve=_remind,
    names=("dossier__code", "dossier__reference"),
)
OVERDUE = RowSweep(
    code="payments_over",
    label=_("Báo cán bộ yêu cầu nộp tiền đã quá hạn"),
    row=_("yêu cầu nộp tiền"),
    task="dossiers.tasks.remind_of_payments",
    waiting=_waiting,
    serve=_tell,
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(REMINDING)
SWEEPS.add(OVERDUE)
