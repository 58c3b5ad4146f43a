"""Prove that nothing was changed behind the portal's back: `manage.py check_dossiers`.

Exit code 0: whole, as far as the notes say. 1: faults. 3: no fault, but something could not be checked.
"""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine

FAULTS, UNCHECKED = 1, 3


class Command(BaseCommand):
    """Print every line and exit by the gravest."""

    help = (
        "Verify ledger, texts, seals, results, papers, drafts, read log, numbers, states and open work of all dossiers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument(
            "--all-bytes", action="store_true", help="compare the bytes of all files, not the next part"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything once."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        count: Counter[Weight] = Counter()
        for finding in examine(all_bytes=options["all_bytes"]):
            count[finding.weight] += 1
            (self.stdout if finding.weight is Weight.NOTE else self.stderr).write(str(finding))
        if count[Weight.FAULT]:
            raise CommandError(f"{count[Weight.FAULT]} fault(s) found.", returncode=FAULTS)
        if count[Weight.UNCHECKED]:
            raise CommandError(f"{count[Weight.UNCHECKED]} matter(s) cannot be checked.", returncode=UNCHECKED)
        self.stdout.write("The ledger is whole.")
