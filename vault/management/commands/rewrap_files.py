"""Change the master key of stored files: `manage.py rewrap_files`. May be stopped and run again.

Exit code 3: the keys of some files could not be opened, and those were left as they are.
"""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from vault import encryption, services

BATCH = 500
NOT_OPENED = 3


class Command(BaseCommand):
    """Wrap the key of every file anew under the first of FILE_KEYS; bytes are not touched."""

    help = "Wrap the keys of all stored files under the first of FILE_KEYS; afterwards the older ones may go."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many at once."""
        parser.add_argument("--batch", type=int, default=BATCH, help=f"rows a transaction ({BATCH})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all files whose key another master key wraps."""
        try:
            newest = encryption.newest_key_id()
        except encryption.NoFileKeyError as error:
            raise CommandError("FILE_KEYS is empty: nothing can be wrapped.") from error
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # the last files may be few among many
        changed, refused = 0, Counter[str]()
        batch = services.rewrap(after=None, size=options["batch"])
        while batch.last is not None:
            changed += batch.changed
            refused.update(reason for _file_id, reason in batch.refused)
            batch = services.rewrap(after=batch.last, size=options["batch"])
        self.stdout.write(f"Keys wrapped under {newest}: {changed}.")
        for reason, count in refused.items():
            self.stderr.write(f"cannot open the keys of {count} file(s): {reason}")
        if refused:
            raise CommandError(f"{refused.total()} file(s) keep their older key.", returncode=NOT_OPENED)
