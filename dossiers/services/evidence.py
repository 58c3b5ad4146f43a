"""What a seal covers and how each thing is put into one digest: one declaration for the sealer and for the proof.

A thing that gains or loses a column gets a new version beside the old one: what is sealed is verified by its own
version for ever. Called by dossiers.services.seals and dossiers.services.proof.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import PersonalDataRead
from dossiers.enums import DraftState, Sealed
from dossiers.models.attachment import Attachment
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Result, Supplement
from dossiers.models.seal import Seal, SealRow
from portal import clock

_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


@dataclass(frozen=True, slots=True)
class Thing:
    """Rows of one table that never change once sealed: which, under what key, and the columns that are digested."""

    kind: Sealed
    version: int
    name: str  # in the lines for operators
    rows: Callable[[], QuerySet[Any]]
    key: str
    columns: tuple[str, ...]
    dossier: str = "dossier_id"

    def digests(self, **where: Any) -> dict[int, str]:
        """Digest of each row by its key, as it stands now."""
        rows = self.rows().filter(**where).values_list(self.key, *self.columns)
        return {key: digest(self.kind, self.version, values) for key, *values in rows.iterator(chunk_size=2000)}


def _sent_attachments() -> QuerySet[Attachment]:
    """Files of rounds that are closed: before that the citizen may still take one out."""
    asked = Supplement.objects.filter(dossier=OuterRef("dossier"), round=OuterRef("round"), answered_at__isnull=True)
    return Attachment.objects.filter(file__isnull=False).exclude(Exists(asked))


THINGS = (
    Thing(
        Sealed.RESULT,
        1,
        "result of dossier",
        Result.objects.all,
        "dossier_id",
        ("number", "code", "title", "is_refusal", "content", "signer_id", "issued_at"),
    ),
    Thing(
        Sealed.HANDOVER,
        1,
        "hand-over of dossier",
        lambda: Result.objects.exclude(handed_to=""),
        "dossier_id",
        ("handed_to",),
    ),
    Thing(
        Sealed.SUPPLEMENT,
        1,
        "supplement request",
        Supplement.objects.all,
        "pk",
        ("dossier_id", "round", "items", "reason", "requested_by_id", "requested_at"),
    ),
    Thing(
        Sealed.PAPER,
        1,
        "printed form",
        lambda: PrintedForm.objects.filter(file__isnull=False),
        "pk",
        ("dossier_id", "name", "number", "event_seq", "called_at", "file_id", "file__size", "file__sha256"),
    ),
    Thing(
        Sealed.ATTACHMENT,
        1,
        "attachment",
        _sent_attachments,
        "pk",
        ("dossier_id", "paper_code", "round", "file_id", "file__size", "file__sha256"),
    ),
    Thing(
        Sealed.DRAFT,
        1,
        "numbered draft",
        lambda: PaperDraft.objects.filter(numbered_at__isnull=False),
        "pk",
        (
            *("dossier_id", "kind", "template", "template_version", "version"),
            *("book", "book_year", "book_number", "number", "numbered_at", "signer_id"),
        ),
    ),
    Thing(
        Sealed.DROPPED,
        1,
        "cancelled number of draft",
        lambda: PaperDraft.objects.filter(numbered_at__isnull=False, state=DraftState.DROPPED),
        "pk",
        ("dossier_id", "number", "dropped_reason"),
    ),
)
BY_VERSION: Mapping[tuple[str, int], Thing] = {(str(thing.kind), thing.version): thing for thing in THINGS}
NEWEST: Sequence[Thing] = [
    max(group, key=lambda thing: thing.version)
    for _kind, group in groupby(
        sorted(THINGS, key=lambda thing: (thing.kind, thing.version)), key=lambda thing: thing.kind
    )
]
# Columns of the read log by version, as for things.
READS: Mapping[int, tuple[str, ...]] = {
    1: ("pk", "reader_id", "party_id", "what", "subject", "unit_id", "request_id", "at")
}
READS_NOW = max(READS)


# ── digests ──────────────────────────────────────────────────────────────────────────────────────


def digest(kind: Sealed, version: int, values: Iterable[Any]) -> str:
    """SHA-256 over one thing in canonical JSON, times in UTC."""
    frozen = [value.astimezone(clock.UTC).isoformat() if isinstance(value, datetime) else value for value in values]
    return hashlib.sha256(_canonical([str(kind), version, frozen]).encode()).hexdigest()


def digest_of_reads(version: int, rows: Iterable[Sequence[Any]]) -> str:
    """SHA-256 over entries of the read log in the order of their ids."""
    found = hashlib.sha256()
    for values in rows:
        found.update(digest(Sealed.READS, version, values).encode())
    return found.hexdigest()


def reads_between(version: int, ids: Iterable[int]) -> Iterator[Sequence[Any]]:
    """The entries with these ids that still stand."""
    wanted = set(ids)
    found = PersonalDataRead.objects.filter(pk__gte=min(wanted), pk__lte=max(wanted)).order_by("pk")
    for values in found.values_list(*READS[version]).iterator(chunk_size=2000):
        if values[0] in wanted:
            yield values


def digest_of_rows(rows: Iterable[SealRow]) -> str:
    """SHA-256 over all rows of a seal; they come in the order of `row_order`."""
    found = hashlib.sha256()
    for row in rows:
        line = [str(row.kind), row.version, row.subject, row.position, row.span, row.digest]
        found.update(f"{_canonical(line)}\n".encode())
    return found.hexdigest()


def row_order(row: SealRow) -> tuple[str, int, int]:
    """One order of the rows of a seal, the same in Python and in the table (`ROW_ORDER`)."""
    return str(row.kind), row.subject, row.position


ROW_ORDER = ("kind", "subject", "position")


# ── keys and chain ───────────────────────────────────────────────────────────────────────────────


def keys() -> dict[str, str]:
    """SEAL_KEYS by the id that a seal names them with; the first one seals."""
    return {hashlib.sha256(f"seal key id\n{key}".encode()).hexdigest()[:16]: key for key in settings.SEAL_KEYS}


def statement(seal: Seal) -> dict[str, Any]:
    """What a seal says, without its mac: the text that is signed and the line of the seal file."""
    return {
        "number": seal.number,
        "sealed_at": seal.sealed_at.astimezone(clock.UTC).isoformat(),
        "key": seal.key_id,
        "previous": seal.previous_mac,
        "rows": seal.row_count,
        "digest": seal.rows_digest,
    }


def mac(seal: Seal, key: str) -> str:
    """HMAC-SHA256 of what a seal says."""
    return hmac.new(key.encode(), _canonical(statement(seal)).encode(), hashlib.sha256).hexdigest()


# ── ids as text ──────────────────────────────────────────────────────────────────────────────────


def span_of(ids: Iterable[int]) -> str:
    """Write ids as ranges: `1-9,11`."""
    ranges: list[list[int]] = []
    for number in sorted(ids):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in ranges)


def ids_of(span: str) -> Iterator[int]:
    """Read the ids of a span."""
    for part in span.split(","):
        first, _dash, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
