"""Import organisation units from a JSON file (the project's own by default). Says what it would do; --write does it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.unit_import import (
    DATA,
    UnitPlan,
    plan_units,
    read_units,
    write_places,
    write_root_calendar,
    write_units,
    write_ward_map,
)
from portal.errors import UserError


class Command(BaseCommand):
    """Compare, report, and write only when asked to."""

    help = "Import organisation units, places and the common calendar; dry run unless --write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """File, --write, --overwrite, --all-wards."""
        parser.add_argument("file", nargs="?", type=Path, default=DATA / "units.json")
        parser.add_argument("--write", action="store_true", help="create what is missing")
        parser.add_argument(
            "--overwrite", action="store_true", help="with --write: also change units that differ from the file"
        )
        parser.add_argument(
            "--all-wards",
            action="store_true",
            help="with --write: also all wards of the former province and their successors",
        )

    def handle(self, *args: Any, file: Path, write: bool, overwrite: bool, all_wards: bool, **options: Any) -> None:
        """Run the import."""
        try:
            rows = read_units(file)
            plan = write_units(rows, overwrite=overwrite) if write else plan_units(rows)
        except UserError as error:
            raise CommandError(error.message) from error
        self._report(plan, write=write, overwrite=overwrite)
        if write:
            places = write_places() + (write_ward_map() if all_wards else 0)
            write_root_calendar()
            self.stdout.write(f"Places added: {places}. Common calendar: present.")

    def _report(self, plan: UnitPlan, *, write: bool, overwrite: bool) -> None:
        for row in plan.create:
            self.stdout.write(f"+ {row['code']}: {row['name']}")
        for code, changes in plan.differ.items():
            for name, (stored, given) in changes.items():
                self.stdout.write(f"~ {code}.{name}: {stored!s} -> {given!s}")
        for fault in plan.faults:
            self.stdout.write(f"! row {fault}")
        created, changed = ("created", "changed") if write else ("to create", "that differ")
        kept = "" if overwrite or not plan.differ else " (local edits kept; --overwrite changes them)"
        self.stdout.write(
            f"Units {created}: {len(plan.create)}, {changed}: {len(plan.differ)}{kept}, same: {plan.same}, faulty rows: {len(plan.faults)}."
        )
        if not write:
            self.stdout.write("Nothing was written; run again with --write.")
