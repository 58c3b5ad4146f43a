"""Proof that the ledger is whole: chains unbroken, numbers without gap, states equal to the last event. Read-only."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from dossiers.enums import FINAL_STATES, State
from dossiers.ledger import UnknownVersionError, columns_of, event_hash
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem

CHUNK = 2000


def findings() -> Iterator[str]:
    """Give one line per fault found; nothing when all is well."""
    yield from _chains()
    yield from _states()
    yield from _work()


def _chains() -> Iterator[str]:
    rows = DossierEvent.objects.order_by("dossier_id", "seq").iterator(chunk_size=CHUNK)
    for dossier_id, events in groupby(rows, key=attrgetter("dossier_id")):
        previous, expected = "", 1
        for event in events:
            if event.seq != expected:
                yield f"dossier {dossier_id}: event {expected} is missing"
            try:
                is_whole = event.previous_hash == previous and event.hash == _hash(event)
            except UnknownVersionError as error:
                yield f"dossier {dossier_id}: event {event.seq} cannot be checked: {error} is not known here"
            else:
                if not is_whole:
                    yield f"dossier {dossier_id}: event {event.seq} breaks the chain"
            previous, expected = event.hash, event.seq + 1


def _hash(event: DossierEvent) -> str:
    values = {name: getattr(event, name) for name in columns_of(event.schema_version)}
    return event_hash(values, event.previous_hash)


def _states() -> Iterator[str]:
    last = DossierEvent.objects.order_by("dossier_id", "-seq").distinct("dossier_id")
    known = {event.dossier_id: event for event in last.only("dossier_id", "seq", "state_to").iterator(chunk_size=CHUNK)}
    rows = Dossier.objects.exclude(state=State.DRAFT).order_by("pk").values_list("pk", "state", "event_count")
    for pk, state, count in rows.iterator(chunk_size=CHUNK):
        event = known.get(pk)
        if event is None or event.state_to != state or event.seq != count:
            yield f"dossier {pk}: state {state} does not follow from its last event"


def _work() -> Iterator[str]:
    rows = WorkItem.objects.filter(closed_at__isnull=True, dossier__state__in=FINAL_STATES).order_by("pk")
    for pk, dossier_id in rows.values_list("pk", "dossier_id").iterator(chunk_size=CHUNK):
        yield f"dossier {dossier_id}: work item {pk} is open although the dossier has ended"
