"""Sealing: every hour, what changed since the last seal is digested, chained, keyed and written out of the database.

Nothing before the first seal that covers it is proven by anything. Called by dossiers.tasks and the seal_ledger command;
the proof that reads it all again is dossiers.services.proof.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction

from accounts.models import PersonalDataRead
from dossiers.enums import Sealed
from dossiers.models.event import DossierEvent
from dossiers.models.seal import Seal, SealExport, SealRow, SealStamp, Unsealed
from dossiers.services import evidence
from portal import clock, timestamps
from portal.db import advisory_lock
from portal.errors import RetryLaterError

log = structlog.get_logger(__name__)

CHUNK = 2000
# No transaction lives that long (the database ends idle ones after a minute), so no smaller id turns up later.
LATE = timedelta(days=1)


class NoSealKeyError(LookupError):
    """SEAL_KEYS is empty."""


def seal_now() -> int | None:
    """Seal what was written since the last seal and export it; gives its number, None when there was nothing new.

    Two at once make one chain: the second waits for the first. Raises NoSealKeyError. A seal file that cannot be
    written costs nothing: the next call writes what it lacks.
    """
    if not settings.SEAL_KEYS:
        raise NoSealKeyError
    with transaction.atomic():
        _patience()
        with advisory_lock("seal"):
            seal = _sealed()
    export()
    if seal is None:
        return None
    log.info("seal.made", number=seal.number, rows=seal.row_count)
    return seal.number


def _patience() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '180s'")
        cursor.execute("SET LOCAL lock_timeout = '120s'")


def _sealed() -> Seal | None:
    """Write the next link. Each statement sees what is committed by then; what comes later has a mark of its own."""
    last = Seal.objects.order_by("-number").first()
    rows = [*_dossier_rows(_taken_marks()), *_read_rows(last)]
    if not rows:
        return None
    rows.sort(key=evidence.row_order)
    key_id, key = next(iter(evidence.keys().items()))
    seal = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=clock.now(),
        key_id=key_id,
        previous_mac=last.mac if last else "",
        row_count=len(rows),
        rows_digest=evidence.digest_of_rows(rows),
    )
    seal.mac = evidence.mac(seal, key)
    seal.save(force_insert=True)
    for row in rows:
        row.seal = seal
    SealRow.objects.bulk_create(rows, batch_size=CHUNK)
    return seal


def _taken_marks() -> list[int]:
    """Take the marks that stand now; those of acts still under way stay for the next seal."""
    table = connection.ops.quote_name(Unsealed._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} RETURNING dossier_id")  # noqa: S608  our own table name
        return sorted({row[0] for row in cursor.fetchall()})


def _dossier_rows(dossier_ids: Sequence[int]) -> Iterator[SealRow]:
    for start in range(0, len(dossier_ids), CHUNK):
        part = dossier_ids[start : start + CHUNK]
        heads = DossierEvent.objects.filter(dossier_id__in=part).order_by("dossier_id", "-seq").distinct("dossier_id")
        found = [
            SealRow(kind=Sealed.LEDGER, version=1, subject=dossier_id, position=seq, digest=digest)
            for dossier_id, seq, digest in heads.values_list("dossier_id", "seq", "hash")
        ]
        for thing in evidence.NEWEST:
            now = thing.digests(**{f"{thing.dossier}__in": part})
            found += [
                SealRow(kind=thing.kind, version=thing.version, subject=key, digest=digest)
                for key, digest in now.items()
            ]
        yield from _not_sealed_yet(found)


def _not_sealed_yet(rows: list[SealRow]) -> Iterator[SealRow]:
    """Leave out what an earlier seal holds: a thing changed since then must not be sealed again as if it were new."""
    known = set(
        SealRow.objects.filter(kind__in={row.kind for row in rows}, subject__in={row.subject for row in rows})
        .values_list("kind", "subject", "position")
        .iterator(chunk_size=CHUNK)
    )
    return (row for row in rows if evidence.row_order(row) not in known)


def _read_rows(last: Seal | None) -> Iterator[SealRow]:
    """One row for all entries of the read log that no seal holds."""
    floor, sealed = _sealed_reads(last)
    new = PersonalDataRead.objects.filter(pk__gt=floor).order_by("pk").values_list("pk", flat=True)
    ids = [pk for pk in new.iterator(chunk_size=CHUNK) if pk not in sealed]
    if ids:
        version = evidence.READS_NOW
        digest = evidence.digest_of_reads(version, evidence.reads_between(version, ids))
        yield SealRow(kind=Sealed.READS, version=version, subject=ids[-1], span=evidence.span_of(ids), digest=digest)


def _sealed_reads(last: Seal | None) -> tuple[int, set[int]]:
    """Entries up to an id are settled; above it, these are sealed. A smaller id may be committed after a larger one."""
    floor = settled_reads(last)
    recent = SealRow.objects.filter(kind=Sealed.READS, subject__gt=floor).values_list("span", flat=True)
    return floor, {pk for span in recent for pk in evidence.ids_of(span) if pk > floor}


def settled_reads(last: Seal | None) -> int:
    """The id up to which the read log is settled: what was sealed a day before the last seal or earlier."""
    if last is None:
        return 0
    rows = SealRow.objects.filter(kind=Sealed.READS, seal__sealed_at__lt=last.sealed_at - LATE)
    return rows.order_by("-subject").values_list("subject", flat=True).first() or 0


# ── the time-stamping authority ──────────────────────────────────────────────────────────────────


def stamp_newest() -> bool:
    """Have the newest seal stamped, which vouches for all before it; False when it is, or the authority is away."""
    seal = Seal.objects.order_by("-number").first()
    if not settings.TSA_URL or seal is None or SealStamp.objects.filter(seal=seal).exists():
        return False
    try:
        answer = timestamps.stamp(stamped_digest(seal), url=settings.TSA_URL)
    except RetryLaterError as error:
        log.warning("seal.not_stamped", number=seal.number, reason=str(error))
        return False
    SealStamp.objects.bulk_create([SealStamp(seal=seal, answer=answer)], ignore_conflicts=True)
    return True


def stamped_digest(seal: Seal) -> bytes:
    """What is stamped: SHA-256 of the mac as it stands in the table and in the file."""
    return hashlib.sha256(seal.mac.encode()).digest()


# ── the seal file ────────────────────────────────────────────────────────────────────────────────


def export() -> int:
    """Append every seal that is not in the file yet; gives how many. A file that cannot be written is logged."""
    waiting = list(Seal.objects.filter(export__isnull=True).order_by("number"))
    if not waiting:
        return 0
    try:
        _append(Path(settings.SEAL_FILE), [line_of(seal) for seal in waiting])
    except OSError as error:
        log.exception("seal.not_exported", first=waiting[0].number, error=type(error).__name__)
        return 0
    SealExport.objects.bulk_create([SealExport(seal=seal) for seal in waiting], ignore_conflicts=True)
    return len(waiting)


def rewrite_file() -> int:
    """Put the seal file aside under the present time and write every seal of the database into a new one."""
    path = Path(settings.SEAL_FILE)
    if path.exists():
        path.rename(path.with_name(f"{path.name}.{clock.now():%Y%m%d-%H%M%S}"))
    seals = list(Seal.objects.order_by("number"))
    _append(path, [line_of(seal) for seal in seals])
    SealExport.objects.bulk_create([SealExport(seal=seal) for seal in seals], ignore_conflicts=True)
    return len(seals)


def line_of(seal: Seal) -> dict[str, Any]:
    """A seal as it stands in the file."""
    return {**evidence.statement(seal), "mac": seal.mac}


def _append(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write whole lines under a lock and wait until they are on the disk; a line torn by a crash is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        torn = size > 0 and file.read(1) != b"\n"
        text = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines)
        file.write(f"\n{text}".encode() if torn else text.encode())
        file.flush()
        os.fsync(file.fileno())
