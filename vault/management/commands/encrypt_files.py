"""Encrypt what was stored before files were encrypted: `manage.py encrypt_files`. May be stopped and run again."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from vault import encryption, keeping, queries, services
from vault.models import StoredFile

BATCH = 200


class Command(BaseCommand):
    """One file after the other, with a line a batch."""

    help = "Encrypt stored files that are not encrypted yet; everybody may work on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much of it."""
        parser.add_argument("--limit", type=int, help="stop after this many files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Encrypt, then remove plain bytes that a killed run had no time to remove."""
        try:
            encryption.newest_key_id()
        except encryption.NoFileKeyError as error:
            raise CommandError("FILE_KEYS is empty: nothing can be encrypted.") from error
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # the last files may be few among many
        done, faults, waiting = 0, 0, queries.unencrypted().count()
        for batch in _batches(options["limit"]):
            answers = [self._one(file) for file in batch]
            done += answers.count(True)
            faults += answers.count(None)
            self.stdout.write(f"{done} of {waiting} encrypted.")
        left = keeping.remove_plain_copies()
        self.stdout.write(f"Files encrypted: {done}. Plain copies of encrypted files removed: {left}.")
        if faults:
            raise CommandError(f"{faults} file(s) were left as they are; see above.", returncode=1)

    def _one(self, file: StoredFile) -> bool | None:
        """Whether a file was encrypted by us; None when it cannot be."""
        try:
            return services.encrypt(file_id=file.pk)
        except encryption.DamagedFileError:
            self.stderr.write(f"stored file {file.pk}: its bytes are changed")
        except FileNotFoundError:
            self.stderr.write(f"stored file {file.pk}: its bytes are missing")
        except OSError as error:
            raise CommandError(f"The storage took no more: {error.strerror}. Mend that and run this again.") from error
        return None


def _batches(limit: int | None) -> Iterator[list[StoredFile]]:
    after, left = None, limit
    while left is None or left > 0:
        waiting = queries.unencrypted()
        batch = list((waiting.filter(pk__gt=after) if after else waiting)[: min(BATCH, left or BATCH)])
        if not batch:
            return
        yield batch
        after = batch[-1].pk
        left = None if left is None else left - len(batch)
