"""Import a plan of targets: `import_targets FILE` shows the differences, `--write` writes them as new versions."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reporting.targets import Change, PlanError, compare, read_plan, write


class Command(BaseCommand):
    """Dry by default; a file with one wrong row writes nothing."""

    help = "Import targets from a JSON or CSV plan (dry run unless --write)."

    def add_arguments(self, parser: CommandParser) -> None:
        """File and --write."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--write", action="store_true", help="write the differences as new versions")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
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
        changes = write(points) if options["write"] else [change for change in compare(points) if change.differs]
        for change in changes:
            self.stdout.write(_told(change))
        counts = {"changed": len(changes), "same": len(points) - len(changes)}
        text = _("%(changed)s chỉ tiêu mới hoặc thay đổi, %(same)s giữ nguyên.") % counts
        self.stdout.write(text if options["write"] else text + " " + _("Chạy thử, chưa ghi; thêm --write để ghi."))


def _told(change: Change) -> str:
    point = change.point
    before = f"{change.before.value * 100:.2f} %" if change.before else _("chưa có")
    return f"{point.month_end:%d/%m/%Y} {point.scope_name} {point.indicator} {point.basis}: {before} → {point.value * 100:.2f} %"
