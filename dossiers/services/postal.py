"""Verbs of the post besides hand-over sheets: a delivery that failed, and what is taken back from an office nobody works in.

How a dossier is prepared at the post stands beside its receipt at the counter (dossiers.services.desk).
"""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from accounts.queries import colleagues
from dossiers.enums import Action, Delivery, SheetRowState, State
from dossiers.models.dossier import Dossier
from dossiers.models.handover import HandoverRow
from dossiers.services import segments
from dossiers.services.core import apply, begin, needed
from dossiers.services.opened import Beside, Deed, Opened
from dossiers.workflow import Moves
from portal import clock, worktime
from portal.errors import NotNowError, UserError
from procedures.enums import StepKind

NOT_BY_POST = _("Kết quả hồ sơ này không trả qua bưu điện.")
SAY_HOW = _("Hãy ghi rõ vì sao không phát được và người nhận đã được báo chưa.")
SOMEBODY_THERE = _("Điểm bưu điện còn người làm việc: %(names)s. Hãy nhận bằng phiếu giao nhận có hai bên ký.")
SLIP = "postal_slip"  # the paper (dossiers.papers)
DAY = 8 * 60


def with_post(opened: Opened, office: OrgUnit, position: int) -> Beside:
    """The step of what lies with the post until the desk signs for it: within a working day."""
    due_at = worktime.add_minutes(clock.now(), DAY, opened.turn().calendar(office.pk))
    return Beside(StepKind.POST, office, Role.POSTAL_CLERK, due_at, position=position)


@transaction.atomic
def fail_delivery(
    *,
    dossier_id: int,
    by: User,
    reason_code: str,
    reason: str,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Record that a result could not be delivered: it goes back to the desk on the next sheet. At the desk itself it stays.

    The head of the desk says so where nobody works in the office any more, and then takes it back.
    """
    opened = begin(dossier_id=dossier_id, action=Action.FAIL_DELIVERY, by=by, version=version, item_id=item_id)
    item = opened.item
    if item is None:
        raise NotNowError
    if opened.dossier.delivery != Delivery.POST:
        raise UserError(NOT_BY_POST)
    if opened.actor.role == Role.DESK_HEAD:
        _refuse_while_somebody_works(item.unit_id)
    deed = Deed(text=needed(reason, SAY_HOW), reason_code=reason_code)
    if item.unit_id == opened.dossier.receiving_unit_id:
        opened.row = replace(opened.row, moves=Moves.KEEP)
    else:
        deed.beside = with_post(opened, item.unit, item.position)
    return apply(opened, deed)


@transaction.atomic
def take_from_post(
    *, dossier_id: int, by: User, reason: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Take back what lies in an office of the post in which nobody works any more, without a sheet. For the head of the desk."""
    opened = begin(dossier_id=dossier_id, action=Action.TAKE_FROM_POST, by=by, version=version, item_id=item_id)
    if opened.item is None:
        raise NotNowError
    _refuse_while_somebody_works(opened.item.unit_id)
    if opened.dossier.state == State.SUBMITTED:
        segments.start_accept(opened.turn(), clock.now())
    # A sheet that nobody there can sign any more holds it no longer.
    HandoverRow.objects.filter(item=opened.item, state=SheetRowState.OPEN).update(state=SheetRowState.GONE)
    return apply(opened, Deed(text=needed(reason)))


def _refuse_while_somebody_works(office_id: int) -> None:
    there = colleagues([office_id], [Role.POSTAL_CLERK])
    if there:
        raise UserError(SOMEBODY_THERE % {"names": ", ".join(one.full_name for one in there)})
