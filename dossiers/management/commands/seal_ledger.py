"""Seal what is not sealed yet, now instead of at the next full hour: `manage.py seal_ledger`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.services import seals


class Command(BaseCommand):
    """Seal, or write the seal file anew."""

    help = "Seal the ledger now. --rewrite-file puts the seal file aside and writes all seals of the database anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--rewrite-file", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal once."""
        try:
            number = seals.seal_now()
        except seals.NoSealKeyError as error:
            raise CommandError("SEAL_KEYS is empty: nothing can be sealed.") from error
        self.stdout.write(f"Seal {number} made." if number else "Nothing new to seal.")
        if options["rewrite_file"]:
            self.stdout.write(f"{seals.rewrite_file()} seals written to a new seal file.")
