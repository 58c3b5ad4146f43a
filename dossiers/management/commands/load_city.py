"""Load eight weeks of work into units of the demo city: `load_city p-vung-tau …`, all five without a name. Demo mode only."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import seeds
from dossiers.scenarios.city.load import ORDINARY, load
from portal import clock


class Command(BaseCommand):
    """A unit that has dossiers already is left alone, so a second run changes nothing."""

    help = "Load the demo city's dossiers, through the services, with the clock standing at the moment of each act."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which units, and how much of the ordinary work."""
        parser.add_argument("units", nargs="*", choices=[*ORDINARY, []], help="codes; all five when none is named")
        parser.add_argument("--scale", type=float, default=1, help="of the ordinary work (tests want little)")

    def handle(self, *args: Any, units: list[str], scale: float, **options: Any) -> None:
        """Load and say how much and how fast."""
        cast, began = seeds.accounts_of_cast(), time.monotonic()
        if not cast:
            raise CommandError("The cast is not there; run seed_demo first.")
        loaded = load(cast=cast, units=units or list(ORDINARY), now=clock.now(), scale=scale)
        self.stdout.write(
            f"{loaded.dossiers} dossiers, {loaded.refused} lives that ended early, {time.monotonic() - began:.1f} s."
        )
