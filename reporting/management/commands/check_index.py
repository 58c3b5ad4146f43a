"""Count published points of QĐ 766 again: `check_index FILE…`, or the project's own copy; says every row that differs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reporting.index.items import IndexVersion, versions
from reporting.index.published import Published, differing, kept, read
from reporting.index.tables import TableError, text_of
from reporting.target_rows import day_of


class Command(BaseCommand):
    """Reads files only; nothing is written."""

    help = "Count published points of QĐ 766 again from their numerators and denominators (CSV)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Files and the day whose version holds."""
        parser.add_argument("files", nargs="*", type=Path)
        parser.add_argument("--on", default="", metavar="DAY", help="version in force on this day; default: the newest")

    def handle(self, *args: Any, files: list[Path], on: str, **options: Any) -> None:
        """Count and compare; a row that differs or cannot be read is a failure."""
        version = self._version(on)
        rows, problems = self._rows(files, version)
        different = differing(rows)
        for problem in problems:
            self.stderr.write(problem)
        for row in different:
            facts = {"code": row.code, "name": row.name, "told": row.told, "counted": row.points}
            self.stderr.write(_("%(code)s %(name)s: công bố %(told)s, tính ra %(counted)s.") % facts)
        counts = {"rows": len(rows), "different": len(different)}
        self.stdout.write(_("%(rows)s dòng, %(different)s dòng khác điểm công bố.") % counts)
        if problems or different:
            raise CommandError(_("Có dòng sai hoặc khác; xem ở trên."))

    def _version(self, on: str) -> IndexVersion:
        try:
            day = day_of(on) if on else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = [one for one in versions() if day is None or one.valid_from <= day]
        if not found:
            raise CommandError(_("Ngày đó chưa có bộ chỉ số."))
        return found[-1]

    def _rows(self, files: list[Path], version: IndexVersion) -> tuple[list[Published], list[str]]:
        if not files:
            return kept(version), []
        rows: list[Published] = []
        problems: list[str] = []
        for path in files:
            try:
                found, wrong = read(text_of(path), version)
            except TableError as error:
                raise CommandError(str(error)) from error
            rows += found
            problems += [f"{path.name}: {sentence}" for sentence in wrong]
        return rows, problems
