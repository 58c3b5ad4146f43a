"""The clocks against the ledger and the dossiers: what was promised is what the last event saw, and what the lists show."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from dossiers.enums import State
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import segments
from dossiers.services.proof.findings import Finding, fault

CHUNK = 2000
REPEATED = ("accept_by", "due_at", "first_due_at", "clock_stopped_at", "reappointed_from")


def promises() -> Iterator[Finding]:
    """Every dossier's segments are those its last event names by digest, and its columns repeat them."""
    last = DossierEvent.objects.order_by("dossier_id", "-seq").distinct("dossier_id")
    seen = {key: digest for key, digest in last.values_list("dossier_id", "clock_digest") if digest}
    shown = {row.pop("pk"): row for row in Dossier.objects.exclude(state=State.DRAFT).values("pk", *REPEATED)}
    rows = ClockSegment.objects.order_by("dossier_id", "position").iterator(chunk_size=CHUNK)
    for dossier_id, found in groupby(rows, key=attrgetter("dossier_id")):
        clocks = list(found)
        if seen.pop(dossier_id, "") != segments.digest(clocks):
            yield fault(f"dossier {dossier_id}: its clock is not the one its last event saw")
        yield from _columns(dossier_id, clocks, shown.get(dossier_id, {}))
    for dossier_id in sorted(seen):
        yield fault(f"dossier {dossier_id}: its clock is missing")


def _columns(dossier_id: int, clocks: list[ClockSegment], shown: dict[str, datetime | None]) -> Iterator[Finding]:
    for name, value in segments.columns(clocks).items():
        if shown.get(name) != value:
            yield fault(f"dossier {dossier_id}: {name} is not what its clock says")
