"""Acts on plans of targets: written by one person, put in force by another, or dropped. Called by pages and commands.

A plan keeps its rows as they were written; they are read again when it is put in force, and only then become targets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from portal import clock
from portal.db import advisory_lock
from portal.errors import NotNowError, StaleError, UserError
from reporting.enums import PlanState
from reporting.models import TargetPlan
from reporting.target_rows import Point, Units
from reporting.targets import Change, compare, read_rows, write

COLUMNS = ("indicator", "basis", "scope_kind", "unit_code", "month_end", "percent", "derived", "head")


class NotADraftError(NotNowError):
    """The plan is in force or dropped."""

    default_message = gettext_lazy(
        "Bản giao này không còn là bản nháp nên không sửa được. Hãy lập bản mới theo văn bản mới."
    )


class ChangedPlanError(StaleError):
    """Somebody changed the plan meanwhile."""

    default_message = gettext_lazy(
        "Bản giao vừa được người khác sửa. Những gì bạn nhập vẫn còn trên trang; hãy mở lại bản giao để so rồi lưu."
    )


class SamePersonError(UserError):
    """Whoever wrote in the plan may not put it in force."""

    default_message = gettext_lazy(
        "Bạn đã nhập bản giao này nên không tự đưa vào áp dụng được. Hãy nhờ người thứ hai của Nội vụ kiểm tra và bấm."
    )


@dataclass(frozen=True, slots=True)
class PlanDecision:
    """The decision a plan carries out."""

    name: str
    decision_number: str
    decided_on: date
    issuer: str
    monitor: str = ""


@transaction.atomic
def save_draft(
    *,
    by: User,
    decision: PlanDecision,
    rows: Iterable[Mapping[str, Any]],
    plan_id: int | None = None,
    revision: int = 0,
) -> TargetPlan:
    """Keep a draft, new or changed. Raises NotADraftError, ChangedPlanError."""
    with advisory_lock("targets"):
        plan = _draft(plan_id, revision) if plan_id else TargetPlan(entered_by=by, revision=0)
        plan.name, plan.decision_number, plan.decided_on = decision.name, decision.decision_number, decision.decided_on
        plan.issuer, plan.monitor = decision.issuer, decision.monitor
        plan.rows = [{name: row.get(name, "") for name in COLUMNS} for row in rows]
        plan.editors = sorted({*plan.editors, by.pk})
        plan.revision += 1
        plan.save()  # whole: a draft is one piece, and its lock is held
    return plan


@transaction.atomic
def put_in_force(*, by: User, plan_id: int, revision: int) -> list[Change]:
    """Make the rows of a draft targets, by a person who wrote nothing of it. Gives what was new or changed.

    Raises NotADraftError, ChangedPlanError, SamePersonError; UserError for rows that cannot be targets (any more).
    """
    with advisory_lock("targets"):
        plan = _draft(plan_id, revision)
        if by.pk in plan.editors:
            raise SamePersonError
        points, problems = points_of(plan)
        if problems:
            raise UserError(problems[0])
        if not points:
            raise UserError(_("Bản giao chưa có dòng nào nên chưa áp dụng được."))
        changes = write(points, plan)
        if not changes:
            raise UserError(_("Mọi dòng của bản giao đều đã áp dụng từ trước, không có gì thay đổi."))
        plan.state, plan.in_force_by, plan.in_force_at = PlanState.IN_FORCE, by, clock.now()
        plan.save(update_fields=["state", "in_force_by", "in_force_at", "updated_at"])
    return changes


@transaction.atomic
def drop(*, plan_id: int, revision: int) -> TargetPlan:
    """Set a draft aside for good; what was written in it stays readable. Raises NotADraftError, ChangedPlanError."""
    with advisory_lock("targets"):
        plan = _draft(plan_id, revision)
        plan.state = PlanState.DROPPED
        plan.save(update_fields=["state", "updated_at"])
    return plan


def points_of(plan: TargetPlan) -> tuple[list[Point], list[str]]:
    """The rows of a plan, read; and a sentence for each that cannot be a target."""
    rows = [
        (_("Dòng %(number)s") % {"number": number}, {**row, **_decision_of(plan)})
        for number, row in enumerate(plan.rows, start=1)
    ]
    return read_rows(rows, Units.known())


def differences(plan: TargetPlan) -> tuple[list[Change], list[str]]:
    """Each row beside what is in force, and what stands in its way."""
    points, problems = points_of(plan)
    changes = compare(points)
    problems += [
        f"{change.point.scope_name}, {change.point.month_end:%d/%m/%Y}: {change.conflict}"
        for change in changes
        if change.conflict
    ]
    return changes, problems


def _decision_of(plan: TargetPlan) -> dict[str, str]:
    return {
        "plan": plan.name,
        "decision_number": plan.decision_number,
        "decided_on": plan.decided_on.isoformat(),
        "issuer": plan.issuer,
        "monitor": plan.monitor,
    }


def _draft(plan_id: int, revision: int) -> TargetPlan:
    plan = TargetPlan.objects.get(pk=plan_id)
    if plan.state != PlanState.DRAFT:
        raise NotADraftError
    if plan.revision != revision:
        raise ChangedPlanError
    return plan
