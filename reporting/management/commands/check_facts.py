"""Compare the facts with the ledger: `manage.py check_facts`; `--rebuild` makes them anew from the ledger first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reporting import facts

SHOWN = 20


class Command(BaseCommand):
    """Prints dossiers whose facts differ and exits non-zero when there is one. Safe to run at any time."""

    help = "Check that the facts behind all figures are what the ledger says; --rebuild makes them again."

    def add_arguments(self, parser: CommandParser) -> None:
        """--rebuild."""
        parser.add_argument("--rebuild", action="store_true", help="make all facts again from the ledger first")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        """Rebuild if asked, serve what waits, compare."""
        if rebuild:
            self.stdout.write(_("Đã lập lại dữ kiện của %(count)s hồ sơ từ sổ sự kiện.") % {"count": facts.rebuild()})
        facts.drain(patient=True)
        odd = facts.differences()
        for dossier_id in odd[:SHOWN]:
            self.stderr.write(_("Hồ sơ #%(id)s: dữ kiện khác với sổ sự kiện.") % {"id": dossier_id})
        if odd:
            told = _("%(count)s hồ sơ có dữ kiện khác với sổ sự kiện. Chạy check_facts --rebuild để lập lại.")
            raise CommandError(told % {"count": len(odd)})
        self.stdout.write(_("Dữ kiện khớp với sổ sự kiện."))
