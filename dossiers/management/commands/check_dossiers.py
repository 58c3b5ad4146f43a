"""Check the ledger against itself and against the dossiers: `manage.py check_dossiers`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dossiers.services.verify import findings


class Command(BaseCommand):
    """Print every fault and exit non-zero when there is one."""

    help = "Verify hash chains, sequence numbers, states and open work of all dossiers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk the ledger once."""
        lines = list(findings())
        for line in lines:
            self.stderr.write(line)
        if lines:
            raise CommandError(f"{len(lines)} fault(s) found.")
        self.stdout.write("The ledger is whole.")
