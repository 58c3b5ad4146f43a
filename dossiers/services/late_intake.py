"""Dossiers that wait at the desk beyond their eight hours: its head, and whoever holds the step, are told. Run by a task.

Without a head and anybody who signs, who administers the desk or the nearest unit above it is told. The clerk sees them first
in red in the inbox, the applicant reads of it on the dossier's page. Each dossier in a transaction of its own, under its lock;
the sweep may run twice at once and may be killed, and tells nobody twice.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from accounts.queries import administering, colleagues
from dossiers.enums import State
from dossiers.events import Audience
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import sweeping
from dossiers.staff_notices import StaffNotice, tell_staff
from portal import clock
from portal.sweeps import SWEEPS, RowSweep
from portal.templatetags.ui import moment
from procedures.enums import StepKind

LOOKED_BACK = timedelta(days=15)  # longer than any stop of the sweep, and than the days off at Tết
SUBJECT = _("Hồ sơ %(code)s: quá hạn tiếp nhận")
BODY = _("Hồ sơ %(code)s chờ ở %(desk)s từ %(since)s, hạn trả lời tiếp nhận %(due)s đã qua. %(who)s")
HELD = _("Đang ở chỗ %(name)s.")
UNHELD = _("Chưa ai nhận việc.")
NO_HEAD = _("Nơi này chưa có trưởng Bộ phận Một cửa và cơ quan chưa có người ký; hãy phân công người phụ trách.")
log = structlog.get_logger(__name__)


def tell_all() -> int:
    """Tell of every dossier whose answer is late; gives of how many."""
    return TELLING.run()


def key_of(dossier: Dossier) -> str:
    """How the keys of its notices begin: a new deadline is told of anew."""
    return f"intake:{dossier.pk}:"


def _late() -> QuerySet[WorkItem]:
    now = clock.now()
    return WorkItem.objects.filter(
        kind=StepKind.INTAKE,
        closed_at__isnull=True,
        dossier__state=State.SUBMITTED,
        due_at__lt=now,
        due_at__gte=now - LOOKED_BACK,
    )


@transaction.atomic
def _tell(item_id: int) -> bool:
    dossier = sweeping.free_dossier(WorkItem.objects.filter(pk=item_id).values("dossier_id"))
    item = _late().filter(pk=item_id).select_related("holder").first()
    if dossier is None or item is None:
        return False
    heads = _heads(dossier)
    tell_staff(heads, _notice(dossier, item, Audience.HEAD))
    if not heads:
        tell_staff(_above(dossier.receiving_unit), _notice(dossier, item, Audience.ABOVE))
    if item.holder is not None and item.holder not in heads:
        tell_staff([item.holder], _notice(dossier, item, Audience.HOLDER))
    return True


def _heads(dossier: Dossier) -> list[User]:
    """Who leads the desk; without any, who signs for the authority."""
    heads = list(colleagues([dossier.receiving_unit_id], [Role.DESK_HEAD]))
    return heads or list(colleagues([dossier.competent_unit_id], [Role.SIGNER]))


def _above(desk: OrgUnit) -> list[User]:
    """Who administers the desk, or the nearest unit above it that anybody administers: they can appoint a head."""
    found = [row.user for row in administering(desk)]
    if not found:
        log.error("late_intake.nobody_to_tell", desk=desk.pk)
    return found


def _notice(dossier: Dossier, item: WorkItem, audience: Audience) -> StaffNotice:
    holder, is_above = item.holder, audience == Audience.ABOVE
    words = {
        "code": dossier.code or dossier.reference,
        "desk": dossier.receiving_unit.name,
        "since": moment(item.opened_at),
        "due": moment(item.due_at),
        "who": HELD % {"name": holder.full_name} if holder is not None else UNHELD,
    }
    return StaffNotice(
        kind="work.late_intake",
        subject=str(SUBJECT) % words,
        body=f"{BODY % words} {NO_HEAD}" if is_above else str(BODY) % words,
        link=reverse("accounts:staff") if is_above else reverse("desk:dossier", args=[dossier.pk]),
        key=f"{key_of(dossier)}{item.due_at:%y%m%d%H%M}",
        audience=audience,
    )


TELLING = RowSweep(
    code="late_intake",
    label=_("Báo hồ sơ quá hạn tiếp nhận"),
    row=_("hồ sơ"),
    task="dossiers.tasks.tell_of_late_intake",
    waiting=_late,
    serve=_tell,
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(TELLING)
