"""Erase the words of one act: `manage.py erase_text CODE SEQ --reason "…"`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.models.dossier import Dossier
from dossiers.services.erasure import erase_text
from portal.errors import UserError


class Command(BaseCommand):
    """An act of the system, ordered by whoever runs the command; the ledger keeps it with its reason."""

    help = "Erase the words of event SEQ of the dossier with official code CODE. Their digest stays in the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which words, and why."""
        parser.add_argument("code")
        parser.add_argument("seq", type=int)
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase once."""
        dossier = Dossier.objects.filter(code=options["code"]).first()
        if dossier is None:
            raise CommandError(f"There is no dossier {options['code']}.")
        try:
            erase_text(dossier_id=dossier.pk, seq=options["seq"], by=None, reason=options["reason"])
        except UserError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Erased the words of event {options['seq']} of {options['code']}.")
