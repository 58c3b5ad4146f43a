"""Verbs on the closing of a unit: prepare and edit the plan, order it, note that it is done.

What moves is moved by the rooms that declared it (accounts.closing); here units end and successors are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib.admin.models import ADDITION, CHANGE
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import closing as plans
from accounts.enums import ClosingRule, ClosingState
from accounts.models import ClosingShare, OrgUnit, UnitClosing, User
from accounts.queries import units_under
from accounts.services.audit import record
from accounts.services.units import close_unit, set_successors
from portal import clock
from portal.errors import StaleError, UserError
from portal.text import clean

UNDER_WAY = _("Việc kết thúc đơn vị này đã được quyết định nên kế hoạch không sửa được nữa.")


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What an administrator says about the end of a unit; `shares`: successor by key, '' for all the rest."""

    last_day: date
    basis: str
    rule: str = ClosingRule.ONE
    shares: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def prepare_closing(*, by: User, unit_id: int, facts: ClosingFacts) -> UnitClosing:
    """Write down the plan, or edit it. Nothing ends and nothing moves.

    A unit that is closed already keeps its last day. Raises UserError for days out of order, a missing document, and a
    successor that does not exist after the last day; StaleError when the plan was ordered meanwhile.
    """
    unit = _locked_tree(unit_id)[unit_id]
    last_day = unit.valid_to or facts.last_day
    if last_day < unit.valid_from:
        raise UserError(_("Ngày kết thúc phải sau ngày bắt đầu hoạt động của đơn vị."), field="last_day")
    basis = clean(facts.basis)[:200]
    if not basis:
        raise UserError(_("Hãy ghi văn bản quyết định việc kết thúc, sáp nhập hoặc chia đơn vị."), field="basis")
    if facts.rule not in ClosingRule.values:
        raise UserError(_("Hãy chọn cách chia."), field="rule")
    successors = _checked_successors(unit, last_day, facts.shares)
    row = UnitClosing.objects.filter(unit=unit).first() or UnitClosing(unit=unit, prepared_by=by)
    if row.state != ClosingState.DRAFT:
        raise StaleError(UNDER_WAY)
    is_new = row.pk is None
    row.last_day, row.rule, row.basis = last_day, facts.rule, basis
    row.save()
    row.shares.all().delete()
    kept = {key: pk for key, pk in successors.items() if facts.rule != ClosingRule.ONE or key == plans.REST}
    ClosingShare.objects.bulk_create(ClosingShare(closing=row, key=key, successor_id=pk) for key, pk in kept.items())
    record(
        by=by, flag=ADDITION if is_new else CHANGE, thing=row, event="closing.prepared", unit=unit.code, rule=row.rule
    )
    return row


@transaction.atomic
def order_closing(*, by: User, closing_id: int) -> UnitClosing:
    """End the unit with all below it after the last day, name the successors, and let the rooms begin to move.

    Raises UserError while something has no place to go or a role that its work needs is held by nobody there; StaleError
    when somebody else ordered it first.
    """
    unit_id = UnitClosing.objects.values_list("unit_id", flat=True).get(pk=closing_id)
    tree = _locked_tree(unit_id)
    row = UnitClosing.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=closing_id)
    if row.state != ClosingState.DRAFT:
        raise StaleError(_("Việc kết thúc đơn vị này vừa được người khác quyết định. Vui lòng tải lại trang."))
    plan = plans.plan_of(row)
    _refuse_unfit(plan)
    for pk in sorted(tree, key=lambda pk: _depth(pk, tree), reverse=True):
        _end(by, plan, tree[pk])
    row.state, row.ordered_by, row.started_at = ClosingState.RUNNING, by, clock.now()
    row.save(update_fields=["state", "ordered_by", "started_at", "updated_at"])
    record(by=by, flag=CHANGE, thing=row, event="closing.ordered", unit=row.unit.code, last_day=row.last_day)
    for part in plans.PARTS:
        part.begin(plan)
    return row


def note_moved(closing_id: int) -> None:
    """Count one more thing that was moved, in the transaction that moved it."""
    UnitClosing.objects.filter(pk=closing_id).update(moved=F("moved") + 1)


def finish_closing(plan: plans.ClosingPlan) -> bool:
    """Note that an ordered closing is done, when its day has come and nothing is left."""
    if not plan.is_due or plans.left(plan):
        return False
    running = UnitClosing.objects.filter(pk=plan.closing.pk, state=ClosingState.RUNNING)
    running.update(state=ClosingState.DONE, done_at=clock.now())
    return True


def _refuse_unfit(plan: plans.ClosingPlan) -> None:
    lost = plans.lost(plans.dry_run(plan))
    if lost:
        sentence = _("Còn %(count)s việc chưa có nơi đến. Hãy chọn đơn vị kế thừa cho phần còn lại rồi quyết định.")
        raise UserError(sentence % {"count": lost}, field="successor")
    missing = [need for need in plans.needs_of(plan) if not need.is_held]
    if missing:
        sentence = _("Chưa ai giữ vai trò cần để làm tiếp: %(roles)s. Hãy cấp các vai trò này rồi quyết định.")
        roles = "; ".join(f"{need.label} – {need.unit.name}" for need in missing)
        raise UserError(sentence % {"roles": roles})


def _end(by: User, plan: plans.ClosingPlan, unit: OrgUnit) -> None:
    """End one unit of the tree, or name the successors of one that has ended."""
    own = sorted({plan.place(unit.pk, successor).pk for successor in plan.shares.values()})
    if unit.valid_to is None or unit.valid_to > plan.closing.last_day:
        close_unit(by=by, unit_id=unit.pk, last_day=plan.closing.last_day, successor_ids=own)
    elif unit.pk == plan.closing.unit_id or not unit.successors.exists():
        set_successors(by=by, unit_id=unit.pk, successor_ids=own)


def _checked_successors(unit: OrgUnit, last_day: date, shares: Mapping[str, int]) -> dict[str, int]:
    found = OrgUnit.objects.in_bulk(shares.values())
    inside = set(units_under(unit.pk))
    for key, pk in shares.items():
        successor = found.get(pk)
        if successor is None or pk in inside or (successor.valid_to is not None and successor.valid_to <= last_day):
            name = successor.name if successor else pk
            sentence = _("%(name)s không hoạt động sau ngày đơn vị này kết thúc nên không kế thừa được.")
            raise UserError(sentence % {"name": name}, field=f"share_{key}" if key else "successor")
    return dict(shares)


def _depth(unit_id: int, tree: Mapping[int, OrgUnit]) -> int:
    above = tree[unit_id].parent_id
    return 1 + _depth(above, tree) if above is not None and above in tree else 0


def _locked_tree(unit_id: int) -> dict[int, OrgUnit]:
    """The unit with all below it, locked in the order of their ids."""
    rows = OrgUnit.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=units_under(unit_id))
    return {unit.pk: unit for unit in rows.order_by("pk")}
