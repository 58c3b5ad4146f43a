"""Import a plan of targets: `import_targets FILE` shows the differences; with two people it is put in force."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.queries import roles_today
from portal.errors import UserError
from reporting.target_plans import PlanDecision, put_in_force, save_draft
from reporting.target_rows import Point
from reporting.targets import Change, PlanError, compare, read_plan


class Command(BaseCommand):
    """Dry by default; a file with one wrong row writes nothing. Who enters and who puts in force are two people."""

    help = "Import targets from a JSON or CSV plan (dry run; --entered-by alone keeps a draft for the second person)."

    def add_arguments(self, parser: CommandParser) -> None:
        """File and people."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--entered-by", default="", metavar="EMAIL", help="keep the file as a draft of this person")
        parser.add_argument("--in-force-by", default="", metavar="EMAIL", help="put it in force in this person's name")

    def handle(self, *args: Any, file: Path, entered_by: str, in_force_by: str, **options: Any) -> None:
        """Read, report, and write when told to."""
        try:
            points, problems = read_plan(file)
        except PlanError as error:
            raise CommandError(str(error)) from error
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(
                _("Có %(count)s dòng sai nên chưa ghi gì. Hãy sửa tệp rồi chạy lại.") % {"count": len(problems)}
            )
        changes = [change for change in compare(points) if change.differs]
        for change in changes:
            self.stdout.write(_told(change))
        counts = {"changed": len(changes), "same": len(points) - len(changes)}
        self.stdout.write(_("%(changed)s chỉ tiêu mới hoặc thay đổi, %(same)s giữ nguyên.") % counts)
        if not entered_by:
            self.stdout.write(_("Chạy thử, chưa ghi; thêm --entered-by để lưu bản nháp."))
        elif changes:
            self._write(points, entered_by, in_force_by)

    def _write(self, points: list[Point], entered_by: str, in_force_by: str) -> None:
        """Keep the plan as a draft, one for each decision of the file, and put it in force when a second person is named."""
        writer, second = _person(entered_by), _person(in_force_by) if in_force_by else None
        for decision, rows in _by_decision(points).items():
            plan = save_draft(by=writer, decision=decision, rows=rows)
            if second is None:
                self.stdout.write(_("Đã lưu bản nháp %(number)s.") % {"number": plan.decision_number})
                continue
            try:
                put_in_force(by=second, plan_id=plan.pk, revision=plan.revision)
            except UserError as error:
                raise CommandError(error.message) from error
            self.stdout.write(_("Đã áp dụng %(number)s.") % {"number": plan.decision_number})


def _by_decision(points: list[Point]) -> dict[PlanDecision, list[dict[str, str]]]:
    found: dict[PlanDecision, list[dict[str, str]]] = {}
    for point in points:
        decision = PlanDecision(point.plan, point.decision_number, point.decided_on, point.issuer, point.monitor)
        found.setdefault(decision, []).append(point.as_row())
    return found


def _person(email: str) -> User:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or not any(row.role == Role.HOME_AFFAIRS for row in roles_today(user.pk)):
        raise CommandError(_("%(email)s không phải là cán bộ Nội vụ đang làm việc.") % {"email": email})
    return user


def _told(change: Change) -> str:
    point = change.point
    before = f"{change.before.value * 100:.2f} %" if change.before else _("chưa có")
    return f"{point.month_end:%d/%m/%Y} {point.scope_name} {point.indicator} {point.basis}: {before} → {point.value * 100:.2f} %"
