"""Make the first administrator of an installation; asks for their personal number, prints a temporary password once."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.enums import Role
from accounts.models import OrgUnit
from accounts.services import create_staff
from portal import clock
from portal.errors import UserError


class Command(BaseCommand):
    """Create a staff account with the administrator's role."""

    help = "Create the first administrator; the password printed must be changed at first sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name, e-mail, phone, unit code."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--email", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--unit", required=True, help="code of the unit, see import_units")

    def _ask_number(self) -> str:
        """From the terminal without echo, or the first line of the input: never from arguments, which others can read."""
        if sys.stdin.isatty():
            return getpass.getpass("Personal identification number (12 digits, kept sealed): ")
        return sys.stdin.readline()

    def handle(self, *args: Any, name: str, email: str, phone: str, unit: str, **options: Any) -> None:
        """Create the account."""
        home = OrgUnit.objects.filter(code=unit).first()
        if home is None:
            raise CommandError(f"No unit has the code {unit}; run import_units --write first.")
        try:
            user, password = create_staff(
                by=None,
                full_name=name,
                email=email,
                phone=phone,
                unit_id=home.pk,
                role=Role.ADMINISTRATOR,
                valid_from=clock.today(),
                identity=self._ask_number(),
            )
        except UserError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{user.full_name} signs in with {user.email or user.phone} and the temporary password {password}"
        )
