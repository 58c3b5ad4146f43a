"""The ledger against itself and its texts, and the dossiers against the ledger."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from dossiers.enums import State
from dossiers.ledger import COLUMNS, UnknownVersionError, event_hash
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services.proof.findings import Finding, fault, unchecked

CHUNK = 2000
# Columns of every version; plain values are read several times faster than instances.
HASHED = sorted({"hash", "previous_hash"}.union(*COLUMNS.values()))
_TEXTS = """
SELECT e.dossier_id, e.seq, t.id IS NULL, x.id IS NOT NULL
FROM dossiers_dossierevent e LEFT JOIN dossiers_eventtext t ON t.dossier_id = e.dossier_id AND t.seq = e.seq
LEFT JOIN dossiers_dossierevent x ON x.dossier_id = e.dossier_id AND x.about_seq = e.seq AND x.code = 'text_erased'
WHERE e.text_digest <> ''
  AND ((t.id IS NULL) <> (x.id IS NOT NULL) OR encode(sha256(convert_to(t.text, 'UTF8')), 'hex') <> e.text_digest)
ORDER BY e.dossier_id, e.seq
"""
_STRAY_TEXTS = """
SELECT t.dossier_id, t.seq
FROM dossiers_eventtext t LEFT JOIN dossiers_dossierevent e ON e.dossier_id = t.dossier_id AND e.seq = t.seq
WHERE coalesce(e.text_digest, '') = ''
ORDER BY t.dossier_id, t.seq
"""


def chains() -> Iterator[Finding]:
    """Every event follows from the one before it, without a gap."""
    rows = DossierEvent.objects.order_by("dossier_id", "seq").values(*HASHED).iterator(chunk_size=CHUNK)
    for dossier_id, events in groupby(rows, key=itemgetter("dossier_id")):
        previous, expected = "", 1
        for event in events:
            if event["seq"] != expected:
                yield fault(f"dossier {dossier_id}: event {expected} is missing")
            yield from _link(event, previous)
            previous, expected = event["hash"], event["seq"] + 1


def _link(event: Mapping[str, Any], previous: str) -> Iterator[Finding]:
    where = f"dossier {event['dossier_id']}: event {event['seq']}"
    try:
        is_whole = event["previous_hash"] == previous and event["hash"] == event_hash(event, previous)
    except UnknownVersionError as error:
        yield unchecked(f"{where} was written by a later version of the portal: {error} is not known here")
        return
    if not is_whole:
        yield fault(f"{where} breaks the chain")


def texts() -> Iterator[Finding]:
    """The words of every act are those its event names, or an event says that they were erased."""
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS)
        for dossier_id, seq, is_missing, is_erased in cursor.fetchall():
            yield fault(f"dossier {dossier_id}: the text of event {seq} {_wrong(is_missing, is_erased)}")
        cursor.execute(_STRAY_TEXTS)
        for dossier_id, seq in cursor.fetchall():
            yield fault(f"dossier {dossier_id}: a text stands at event {seq}, which has none")


def _wrong(is_missing: bool, is_erased: bool) -> str:  # noqa: FBT001  two columns of one row
    if is_missing:
        return "is missing and no event says that it was erased"
    return "is there although it was erased" if is_erased else "was changed"


def states() -> Iterator[Finding]:
    """Every dossier is in the state its last event led to, and every event has its dossier."""
    last = DossierEvent.objects.order_by("dossier_id", "-seq").distinct("dossier_id")
    known = {event.dossier_id: event for event in last.only("dossier_id", "seq", "state_to").iterator(chunk_size=CHUNK)}
    rows = Dossier.objects.exclude(state=State.DRAFT).order_by("pk").values_list("pk", "state", "event_count")
    for pk, state, count in rows.iterator(chunk_size=CHUNK):
        event = known.pop(pk, None)
        if event is None or event.state_to != state or event.seq != count:
            yield fault(f"dossier {pk}: state {state} does not follow from its last event")
    for pk in known:
        yield fault(f"dossier {pk}: it has events, but is not there or is a draft")
