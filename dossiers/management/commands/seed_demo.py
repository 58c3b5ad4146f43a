"""Load the demo city without its dossiers: units, calendar, cast, catalogue. Its work: `load_city`."""

from typing import Any

from django.core.management.base import BaseCommand

import accounts.seeds
import procedures.seeds


class Command(BaseCommand):
    """Idempotent: a second run changes nothing."""

    help = "Load units, people and procedures of the demo city (demo mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each part and say so."""
        self.stdout.write("Units, calendar and cast …")
        accounts.seeds.load()
        self.stdout.write("Catalogue …")
        procedures.seeds.load()
