"""Load the demo's targets and close its past months: `manage.py seed_reporting`, after the scenario is loaded."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.clock import Month
from reporting import seeds
from reporting.follow_up import seeds as follow_up


class Command(BaseCommand):
    """Idempotent: closed months stay as they are."""

    help = "Load the plans of targets and compute every month that has dossiers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to leave the newest months open while the city is still being loaded."""
        parser.add_argument("--old-only", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and name what was counted."""
        for run in seeds.load(old_only=options["old_only"]):
            self.stdout.write(f"{Month.of(run.month)} {'frozen' if run.frozen_at else 'live'} {run.digest[:12]}")
        if not options["old_only"]:
            seeds.draft_plan()
            follow_up.load()
