"""Load a named scenario: `load_scenario vung-tau-2022`. Loading twice does nothing, since the ledger is append-only."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.scenarios import vung_tau_2022
from dossiers.services.bulk_load import Loaded
from portal.errors import UserError

SCENARIOS: Mapping[str, Callable[[], Loaded | None]] = {"vung-tau-2022": vung_tau_2022.load_all}


class Command(BaseCommand):
    """Needs the units of the scenario's year; adds missing procedures and offerings of that year."""

    help = "Load a scenario's dossiers with their ledger, by COPY, in one transaction."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name of the scenario."""
        parser.add_argument("name", choices=sorted(SCENARIOS))

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Load and say how much and how fast."""
        began = time.monotonic()
        try:
            loaded = SCENARIOS[name]()
        except UserError as error:
            raise CommandError(error.message) from error
        if loaded is None:
            self.stdout.write(f"{name}: already loaded, nothing done.")
            return
        self.stdout.write(
            f"{name}: {loaded.dossiers} dossiers of {loaded.parties} invented people, {loaded.events} events, "
            f"{time.monotonic() - began:.1f} s."
        )
