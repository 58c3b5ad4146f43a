"""A wish to withdraw a received dossier: opened by the citizen or by the desk for somebody, answered by a head.

From the wish to its answer a work item lies beside the route, so that it is somebody's work with a time to it; other steps
go on meanwhile, but no result is issued over it (dossiers.services.core). Called by the citizen's and the desk's acts.
"""

from accounts.enums import Role, UnitKind
from accounts.models import OrgUnit
from dossiers.models.dossier import Dossier
from dossiers.services.core import apply
from dossiers.services.opened import Beside, Deed, Opened
from portal import clock, rows, worktime
from portal.errors import NotNowError
from procedures.enums import ROUTE_KINDS, StepKind

ANSWER_MINUTES = 8 * 60  # ours: one working day


def open_wish(opened: Opened, reason: str) -> Dossier:
    """Do the act that brings the wish; NotNowError when one is open already."""
    dossier = opened.dossier
    if dossier.wants_withdrawal:
        raise NotNowError
    dossier.wants_withdrawal = True
    unit = _where_it_lies(opened)
    due_at = worktime.add_minutes(clock.now(), ANSWER_MINUTES, opened.turn().calendar(unit.pk))
    beside = Beside(StepKind.WITHDRAWAL, unit, head_role(unit), due_at)
    return apply(opened, Deed(text=reason, beside=beside))


def head_role(unit: OrgUnit) -> Role:
    """The role of whoever answers for a unit towards citizens."""
    return {UnitKind.DEPARTMENT: Role.UNIT_HEAD, UnitKind.DESK: Role.DESK_HEAD, UnitKind.POST: Role.DESK_HEAD}.get(
        UnitKind(unit.kind), Role.SIGNER
    )


def _where_it_lies(opened: Opened) -> OrgUnit:
    """The unit of the step the dossier is at; of the first when several run side by side."""
    steps = [item.unit_id for item in opened.work if item.kind in ROUTE_KINDS and item.parent_id is None]
    return rows.by_key(OrgUnit, steps[0]) if steps else opened.dossier.receiving_unit
