"""Count months into snapshots: `compute_kpis --month 2022-09 [--until 2022-10] [--freeze]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal import clock
from portal.clock import Month
from portal.errors import UserError
from reporting.models import Run, Snapshot
from reporting.snapshot import compute_month, freeze_month


class Command(BaseCommand):
    """The same counting the hourly task does; safe to repeat."""

    help = "Compute the indicators of a month (default: the current one); --freeze closes it for ever."

    def add_arguments(self, parser: CommandParser) -> None:
        """Months and --freeze."""
        parser.add_argument("--month", default="", help="first month, as 2022-09")
        parser.add_argument("--until", default="", help="last month, as 2022-10 (default: the first)")
        parser.add_argument(
            "--freeze", action="store_true", help="close the months; refused for frozen or unfinished ones"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Count each month in turn and say what was counted."""
        month = _month(options["month"]) if options["month"] else Month.of(clock.today())
        last = _month(options["until"]) if options["until"] else month
        while month <= last:
            try:
                run = freeze_month(month) if options["freeze"] else compute_month(month)
            except UserError as error:
                raise CommandError(f"{month.label}: {error.message}") from error
            self.stdout.write(_told(month, run))
            month = month.next


def _told(month: Month, run: Run) -> str:
    facts = {
        "month": month.label,
        "count": Snapshot.objects.filter(run=run).count(),
        "state": _("đã chốt") if run.frozen_at else _("chưa chốt"),
        "digest": run.digest[:12],
    }
    return _("Tháng %(month)s: %(count)s số liệu, %(state)s, mã kiểm tra %(digest)s.") % facts


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise CommandError(_("“%(text)s” không phải là tháng; hãy viết như 2022-09.") % {"text": text}) from error
