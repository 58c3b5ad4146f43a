"""A unit's rules for sharing work out by itself: entered and ended by its heads; asked whenever work comes to the unit.

A rule names a person, or nobody: the unit's queue. The rule that says most decides alone; whoever it names must be able to
do the step that day (role there, no leave, not their own dossier, four eyes), else the work waits in the queue as any other.
No rule outlives its unit: a successor sees the old ones and writes its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import HEAD_ROLES
from accounts.models import Membership, OrgUnit, User
from accounts.queries import cover_of, holders, open_on, roles_in
from dossiers import queries, workflow
from dossiers.models.dossier import Dossier
from dossiers.models.lists import AssignRule
from portal import clock, rows
from portal.errors import UserError
from procedures import naming as procedure_names

NOT_YOURS = _("Chỉ lãnh đạo của đơn vị được ghi quy tắc giao việc của đơn vị.")
MOST = 200  # rules in force of one unit: more than it has fields and wards


@dataclass(frozen=True, slots=True)
class NewRule:
    """What a head enters."""

    unit_id: int
    officer_id: int | None
    valid_from: date
    procedure_id: int | None = None
    field_id: int | None = None
    place_code: str = ""


@transaction.atomic
def enter(*, by: User, rule: NewRule) -> AssignRule:
    """Write a rule down; one that said the same of the same work ends the day before."""
    _refuse_others(by, rule.unit_id)
    OrgUnit.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.unit_id)
    if rule.valid_from < clock.today():
        raise UserError(_("Quy tắc áp dụng sớm nhất từ hôm nay."), field="valid_from")
    if rule.officer_id is not None and not _works_in(rule.officer_id, rule.unit_id, rule.valid_from):
        raise UserError(_("Người được chọn không giữ vai trò nào tại đơn vị. Vui lòng chọn lại."), field="officer")
    standing = AssignRule.objects.filter(unit_id=rule.unit_id).exclude(valid_to__lt=clock.today())
    if standing.count() >= MOST:
        raise UserError(_("Đơn vị đã có %(most)s quy tắc đang áp dụng. Hãy kết thúc bớt.") % {"most": MOST})
    matter = {"procedure": rule.procedure_id, "field": rule.field_id, "place_code": rule.place_code}
    same = standing.filter(**matter).exclude(valid_to__lt=rule.valid_from)
    # One that was ended today, perhaps entered wrongly today, makes place for its correction at once.
    if same.filter(valid_from__gte=rule.valid_from).exclude(valid_to=clock.today()).exists():
        raise UserError(
            _("Đã có quy tắc cho đúng loại việc này từ ngày đó. Hãy kết thúc quy tắc ấy trước."), field="valid_from"
        )
    same.filter(valid_from__lt=rule.valid_from).update(valid_to=rule.valid_from - timedelta(days=1), ended_by=by)
    return AssignRule.objects.create(
        unit_id=rule.unit_id,
        officer_id=rule.officer_id,
        procedure_id=rule.procedure_id,
        field_id=rule.field_id,
        place_code=rule.place_code,
        valid_from=rule.valid_from,
        entered_by=by,
    )


@transaction.atomic
def finish(*, by: User, rule_id: int) -> AssignRule:
    """Let a rule hold for the last time today; one that has not begun is taken back."""
    rule = AssignRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    _refuse_others(by, rule.unit_id)
    today = clock.today()
    if rule.valid_to is not None and rule.valid_to <= today:
        raise UserError(_("Quy tắc này đã kết thúc."))
    if rule.valid_from > today:
        rule.delete()
        return rule
    rule.valid_to, rule.ended_by = today, by
    rule.save(update_fields=["valid_to", "ended_by"])
    return rule


def holder_for(
    dossier: Dossier, unit_id: int, *, kind: str, role: str, past: Iterable[tuple[str, int | None]]
) -> int | None:
    """Whom the unit's rules give a step of a dossier that opens now; None: its queue. `past`: who did what, this act included."""
    standing = "(valid_to IS NULL OR valid_to >= %s)"
    found = rows.where(AssignRule, unit_id, column="unit_id", also=standing, given=[clock.today()], order="id")
    rule = deciding(dossier, found)
    if rule is None or rule.officer_id is None:
        return None
    return rule.officer_id if _may(dossier, rule.officer_id, unit_id, kind=kind, role=role, past=past) else None


def deciding(dossier: Dossier, rules: Iterable[AssignRule]) -> AssignRule | None:
    """Of a unit's rules the one that says most of a dossier today: its procedure before its field, a ward before none."""
    today = clock.today()
    live = [row for row in rules if row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)]
    if not live:
        return None
    field_id = procedure_names.procedures([dossier.procedure_id])[dossier.procedure_id].field_id
    fitting = [
        row
        for row in live
        if row.procedure_id in {None, dossier.procedure_id}
        and row.field_id in {None, field_id}
        and row.place_code in {"", dossier.owner_place_code}
    ]
    return max(
        fitting,
        key=lambda row: (row.procedure_id is not None, row.field_id is not None, bool(row.place_code), row.pk),
        default=None,
    )


def why_not(rule: AssignRule) -> str:
    """Why a rule gives nobody anything just now, in words; '' when it does."""
    if rule.officer_id is None:
        return ""
    if not _works_in(rule.officer_id, rule.unit_id, clock.today()):
        return str(_("không còn vai trò tại đơn vị: việc vào hàng chờ"))
    leave = cover_of([rule.officer_id]).get(rule.officer_id)
    if leave is not None:
        return str(_("nghỉ đến hết %(day)s: việc vào hàng chờ") % {"day": f"{leave.valid_to:%d/%m/%Y}"})
    return ""


def _may(
    dossier: Dossier, user_id: int, unit_id: int, *, kind: str, role: str, past: Iterable[tuple[str, int | None]]
) -> bool:
    today = clock.today()
    able = workflow.doers(kind, dossier.state) | {role}
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None or queries.is_own(dossier, person) or workflow.is_barred(kind, user_id, past):
        return False
    return any(holders(unit_id, one, today).filter(pk=user_id).exists() for one in sorted(able)) and not cover_of(
        [user_id]
    )


def _works_in(user_id: int, unit_id: int, day: date) -> bool:
    held = Membership.objects.filter(open_on(day), user_id=user_id, unit_id=unit_id, user__is_active=True)
    return held.exists()


def _refuse_others(by: User, unit_id: int) -> None:
    if not roles_in(by, unit_id) & HEAD_ROLES:
        raise UserError(NOT_YOURS)
