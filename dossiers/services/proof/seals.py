"""The seals against themselves, their keys and their file; ledger, results, papers and read log against the seals."""

import json
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.models import PersonalDataRead
from dossiers.enums import Sealed, State
from dossiers.models.seal import Seal, SealExport, SealRow, SealStamp, Unsealed
from dossiers.services import evidence
from dossiers.services.proof.findings import Finding, fault, note, unchecked
from dossiers.services.seals import line_of, settled_reads, stamped_digest
from portal import clock, timestamps

CHUNK = 2000
SHOWN = 10  # of a list that may be long
_HEADS = """
SELECT r.seal_id, r.subject, r.position, e.hash IS NULL
FROM dossiers_sealrow r LEFT JOIN dossiers_dossierevent e ON e.dossier_id = r.subject AND e.seq = r.position
WHERE r.kind = 'ledger' AND (e.hash IS NULL OR e.hash <> r.digest)
ORDER BY r.subject, r.position
"""
_OPEN = """
SELECT e.dossier_id, e.last - coalesce(s.position, 0), m.marked_at
FROM (SELECT dossier_id, max(seq) AS last FROM dossiers_dossierevent GROUP BY dossier_id) e
LEFT JOIN (SELECT subject, max(position) AS position FROM dossiers_sealrow WHERE kind = 'ledger' GROUP BY subject) s
  ON s.subject = e.dossier_id
LEFT JOIN (SELECT dossier_id, min(marked_at) AS marked_at FROM dossiers_unsealed GROUP BY dossier_id) m
  ON m.dossier_id = e.dossier_id
WHERE coalesce(s.position, 0) < e.last
ORDER BY e.dossier_id
"""


def chain() -> Iterator[Finding]:
    """Every seal follows from the one before it, bears a mac of a known key, and its rows are those it counted."""
    keys = evidence.keys()
    unknown: dict[str, list[int]] = {}
    previous, expected = "", 1
    digests = _digests_of_rows()
    for seal in Seal.objects.order_by("number").iterator(chunk_size=CHUNK):
        if seal.number != expected or seal.previous_mac != previous:
            yield fault(f"seal {seal.number} does not follow from a seal {expected - 1}: seals were removed or changed")
        if seal.key_id not in keys:
            unknown.setdefault(seal.key_id, []).append(seal.number)
        elif evidence.mac(seal, keys[seal.key_id]) != seal.mac:
            yield fault(f"seal {seal.number} was changed: its mac does not fit")
        if digests.pop(seal.number, ("", 0)) != (seal.rows_digest, seal.row_count):
            yield fault(f"seal {seal.number}: rows under it were changed, added or removed")
        previous, expected = seal.mac, seal.number + 1
    for key_id, numbers in unknown.items():
        yield unchecked(
            f"seals {evidence.span_of(numbers)}: SEAL_KEYS holds no key {key_id}, so their macs prove nothing"
        )


def _digests_of_rows() -> dict[int, tuple[str, int]]:
    rows = SealRow.objects.order_by("seal_id", *evidence.ROW_ORDER).iterator(chunk_size=CHUNK)
    found = {}
    for number, group in groupby(rows, key=attrgetter("seal_id")):
        under = list(group)
        found[number] = evidence.digest_of_rows(under), len(under)
    return found


def file() -> Iterator[Finding]:
    """The seal file holds every seal that was written to it, and none the database does not know."""
    path = Path(settings.SEAL_FILE)
    lines, unreadable = _lines(path)
    exported = set(SealExport.objects.values_list("seal_id", flat=True))
    if exported and not path.exists():
        yield unchecked(f"the seal file {path} is not there: that no seal was taken out of the database is not proven")
        return
    ours = {seal.number: line_of(seal) for seal in Seal.objects.iterator(chunk_size=CHUNK)}
    cut = exported - lines.keys()
    if cut:
        yield fault(f"the seal file lacks seals {evidence.span_of(cut)}, which were written to it")
    foreign = lines.keys() - ours.keys()
    if foreign:
        span = evidence.span_of(foreign)
        yield fault(f"the seal file holds seals {span}, which the database lacks: seals removed, or an older database")
    for number in sorted(lines.keys() & ours.keys()):
        if any(line != ours[number] for line in lines[number]):
            yield fault(f"seal {number} in the seal file differs from the database's")
    if unreadable:
        yield note(f"the seal file has {unreadable} unreadable line(s)")
    waiting = ours.keys() - exported
    if waiting:
        yield note(f"seals {evidence.span_of(waiting)} are not in the seal file yet")


def _lines(path: Path) -> tuple[dict[int, list[dict[str, Any]]], int]:
    """Lines of the seal file by number, and how many are no line of ours (one torn by a crash is written again)."""
    found: dict[int, list[dict[str, Any]]] = {}
    unreadable = 0
    if not path.exists():
        return found, unreadable
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
            found.setdefault(int(line["number"]), []).append(line)
        except (ValueError, KeyError, TypeError):
            unreadable += 1
    return found, unreadable


def stamps() -> Iterator[Finding]:
    """Every kept answer of the time-stamping authority is about the seal it stands at."""
    for row in SealStamp.objects.select_related("seal").order_by("seal_id").iterator(chunk_size=CHUNK):
        try:
            is_ours = timestamps.read(bytes(row.answer)).digest == stamped_digest(row.seal)
        except (ValueError, IndexError):
            is_ours = False
        if not is_ours:
            yield fault(f"seal {row.seal_id}: the time stamp kept with it is about something else")


def heads() -> Iterator[Finding]:
    """Every event that closed a dossier's ledger at a seal is still there and the same."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
        for number, dossier_id, seq, is_missing in cursor.fetchall():
            what = "was removed" if is_missing else "was written anew"
            yield fault(f"dossier {dossier_id}: event {seq}, sealed in seal {number}, {what}")


def things() -> Iterator[Finding]:
    """Results, hand-overs, supplement requests, printed forms and files sent are as they were sealed."""
    for thing in evidence.THINGS:
        sealed = SealRow.objects.filter(kind=thing.kind, version=thing.version).order_by("subject")
        part: list[SealRow] = []
        for row in sealed.iterator(chunk_size=CHUNK):
            part.append(row)
            if len(part) == CHUNK:
                yield from _compared(thing, part)
                part = []
        yield from _compared(thing, part)
    for thing in evidence.NEWEST:
        yield from _never_sealed(thing)


def _compared(thing: evidence.Thing, rows: list[SealRow]) -> Iterator[Finding]:
    now = thing.digests(**{f"{thing.key}__in": [row.subject for row in rows]}) if rows else {}
    for row in rows:
        if now.get(row.subject) != row.digest:
            what = "was changed" if row.subject in now else "was removed"
            yield fault(f"{thing.name} {row.subject}, sealed in seal {row.seal_id}, {what}")


def _never_sealed(thing: evidence.Thing) -> Iterator[Finding]:
    """What stands beside sealed things without a seal or a mark came in by no act."""
    seal = SealRow.objects.filter(kind=thing.kind, subject=OuterRef(thing.key))
    mark = Unsealed.objects.filter(dossier_id=OuterRef(thing.dossier))
    rows = thing.rows().exclude(dossier__state=State.DRAFT).exclude(Exists(seal)).exclude(Exists(mark))
    for key in rows.order_by(thing.key).values_list(thing.key, flat=True).iterator(chunk_size=CHUNK):
        yield fault(f"{thing.name} {key} came in by no act: no seal covers it and none will")


def reads() -> Iterator[Finding]:
    """The read log is as it was sealed, and nothing was slipped in among what is settled."""
    last = Seal.objects.order_by("-number").first()
    floor = settled_reads(last)
    sealed = settled = 0
    for row in SealRow.objects.filter(kind=Sealed.READS).order_by("seal_id").iterator(chunk_size=CHUNK):
        ids = list(evidence.ids_of(row.span))
        sealed += len(ids)
        settled += sum(pk <= floor for pk in ids)
        if evidence.digest_of_reads(row.version, evidence.reads_between(row.version, ids)) != row.digest:
            yield fault(f"the read log: entries {row.span}, sealed in seal {row.seal_id}, were changed or removed")
    standing = PersonalDataRead.objects.filter(pk__lte=floor).count()
    if standing > settled:
        yield fault(f"the read log: {standing - settled} entries stand among sealed ones and were never sealed")
    waiting = PersonalDataRead.objects.count() - sealed
    if waiting > 0:
        yield note(f"{waiting} entries of the read log are not sealed yet")


def reach() -> Iterator[Finding]:
    """Say what no seal covers yet; what will not be covered by the next one either is a fault."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        rows = cursor.fetchall()
    lost = [dossier_id for dossier_id, _count, marked_at in rows if marked_at is None]
    if lost:
        shown = ", ".join(str(pk) for pk in lost[:SHOWN])
        more = f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
        yield fault(f"events of dossiers {shown}{more} are in no seal and wait for none: written or unmarked by no act")
    if rows:
        oldest = min((at for _pk, _count, at in rows if at is not None), default=None)
        since = f", the oldest since {clock.local(oldest):%Y-%m-%d %H:%M}" if oldest else ""
        count = sum(count for _pk, count, _at in rows)
        yield note(f"{count} events of {len(rows)} dossiers are not sealed yet{since}: a change to them is not found")
    if not settings.SEAL_KEYS:
        yield unchecked("SEAL_KEYS is empty: nothing is sealed, and no seal can be checked")
