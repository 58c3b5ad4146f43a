"""Import figures of QĐ 766 that other systems publish: `import_measures FILE` shows what would change, `--by` keeps it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from portal.errors import UserError
from reporting.index.measures import COLUMNS, MeasureChange, Measured, compare, read_measures, write
from reporting.index.tables import TableError


class Command(BaseCommand):
    """Dry by default; a file with one wrong row writes nothing."""

    help = f"Import figures of QĐ 766 from a CSV with the columns {', '.join(COLUMNS)} (dry run without --by)."

    def add_arguments(self, parser: CommandParser) -> None:
        """File and person."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", default="", metavar="EMAIL", help="keep the figures, entered by this person")

    def handle(self, *args: Any, file: Path, by: str, **options: Any) -> None:
        """Read, report, and write when told to."""
        rows = self._read(file)
        changes = [change for change in compare(rows) if change.differs]
        for change in changes:
            self.stdout.write(_told(change))
        counts = {"changed": len(changes), "same": len(rows) - len(changes)}
        self.stdout.write(_("%(changed)s số liệu mới hoặc thay đổi, %(same)s giữ nguyên.") % counts)
        if not by:
            self.stdout.write(_("Chạy thử, chưa ghi; thêm --by để ghi."))
        elif changes:
            self._write(file, rows, by)

    def _read(self, file: Path) -> list[Measured]:
        try:
            rows, problems = read_measures(file)
        except TableError as error:
            raise CommandError(str(error)) from error
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            told = _("Có %(count)s dòng sai nên chưa ghi gì. Hãy sửa tệp rồi chạy lại.")
            raise CommandError(told % {"count": len(problems)})
        return rows

    def _write(self, file: Path, rows: list[Measured], by: str) -> None:
        user = User.objects.filter(email__iexact=by, is_active=True).first()
        if user is None:
            raise CommandError(_("Không có tài khoản %(email)s.") % {"email": by})
        try:
            done = write(file, rows, by=user)
        except UserError as error:
            raise CommandError(error.message) from error
        self.stdout.write(_("Đã ghi %(count)s số liệu.") % {"count": len(done)})


def _told(change: MeasureChange) -> str:
    now, known = change.measured, change.before
    before = f"{known.numerator}/{known.denominator}" if known else _("chưa có")
    line = f"{now.quarter.label} {now.unit_name} {now.item.code}: {before} → {now.numerator}/{now.denominator}, {now.points}"
    if now.agrees:
        return line
    return f"{line} ({_('điểm công bố')} {now.published})"
