"""Counting a month against hand-written SQL over the same facts and over the ledger; serving and rebuilding facts.

Run as `python -m bench.figures 2022-09 [rounds]` on a loaded database; nothing it counts is changed, facts are made again.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import time as clock_time
from typing import NamedTuple

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  settings first

from bench.by_hand import BASES, OVER_FACTS, OVER_LEDGER  # noqa: E402
from bench.load import cpu_seconds, server_of  # noqa: E402
from dossiers.models.dirty import DirtyDossier  # noqa: E402
from dossiers.models.event import DossierEvent  # noqa: E402
from portal.clock import Month, at  # noqa: E402
from reporting import facts  # noqa: E402
from reporting.models import FactDossier, Snapshot  # noqa: E402
from reporting.snapshot import compute_month  # noqa: E402

ROUNDS = 7
CHANGED = 200


def by_hand(month: Month, statements: str) -> dict[str, tuple[int, ...]]:
    """Run hand-written statements; gives figures of the whole, to prove that the same was counted."""
    start, end = month.bounds
    days = {
        "month": start,
        "quarter": at(month.first_day.replace(month=(month.month - 1) // 3 * 3 + 1), clock_time.min),
        "mid": at(month.previous.first_day.replace(day=15), clock_time.min),
        "year": at(month.first_day.replace(month=1), clock_time.min),
    }
    ends = {f"{basis}_end": end for basis in days} | {"mid_end": at(month.first_day.replace(day=15), clock_time.min)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 2")  # as the server has it: by hand all is allowed
        for statement in statements.split(";")[:-1]:
            cursor.execute(statement, days | ends)
        found = {}
        for name, table, level in (
            ("online_share_all", "received", 15),
            ("on_time_first", "handled", 31),
            ("reuse_share", "handled", 31),
        ):
            columns = ", ".join(f"{name}_{basis}_{part}" for basis in BASES for part in "nd")
            cursor.execute(f"SELECT {columns} FROM hand_{table} WHERE level = {level}")
            found[name] = cursor.fetchone()
    return found


def ours(month: Month) -> dict[str, tuple[int, ...]]:
    """What the portal wrote for the same."""
    rows = Snapshot.objects.filter(run__month=month.first_day, run__frozen_at__isnull=True, scope_kind="total")
    cells = {(row.indicator, row.basis): (row.numerator, row.denominator) for row in rows}
    bases = ("month", "quarter", "mid_month", "cumulative")
    return {
        name: tuple(number for basis in bases for number in cells[name, basis])
        for name in ("online_share_all", "on_time_first", "reuse_share")
    }


class Taken(NamedTuple):
    """What one call took, in milliseconds, and how much of it the processors worked: that of the database and this process."""

    ms: float
    cpu_ms: float


def timed(work: Callable[[], object]) -> Taken:
    """Measure one call."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        servers = server_of(cursor.fetchone()[0])
    began, own, theirs = time.perf_counter(), time.process_time(), cpu_seconds(servers)
    work()
    ended = time.perf_counter()
    return Taken(1000 * (ended - began), 1000 * (time.process_time() - own + cpu_seconds(servers) - theirs))


def middle(taken: list[Taken]) -> Taken:
    """The medians of both."""
    return Taken(*(statistics.median(column) for column in zip(*taken, strict=True)))


def serve_changed() -> Taken:
    """Serve dossiers that have just been acted on."""
    ids = list(FactDossier.objects.order_by("-pk").values_list("pk", flat=True)[:CHANGED])
    DirtyDossier.objects.bulk_create(DirtyDossier(dossier_id=pk) for pk in ids)
    FactDossier.objects.filter(pk__in=ids).update(last_seq=0)  # as if their last acts were not known yet
    return timed(facts.drain)


def main() -> None:
    """Alternate the three ways and print medians, ratios and whether the figures agree."""
    month = Month.parse(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    rebuilt = timed(facts.rebuild)
    took = {"portal": [], "again": [], "facts": [], "ledger": []}
    for _round in range(rounds):
        Snapshot.objects.filter(run__month=month.first_day, run__frozen_at=None).delete()  # so that all are written
        took["portal"].append(timed(lambda: compute_month(month)))
        took["again"].append(timed(lambda: compute_month(month)))
        took["facts"].append(timed(lambda: by_hand(month, OVER_FACTS)))
        took["ledger"].append(timed(lambda: by_hand(month, OVER_LEDGER)))
    portal, again, over_facts, over_ledger = (middle(took[way]) for way in ("portal", "again", "facts", "ledger"))
    changed = middle([serve_changed() for _round in range(ROUNDS)])
    print(
        json.dumps(
            {
                "month": str(month),
                "ledger_rows": DossierEvent.objects.count(),
                "facts": FactDossier.objects.count(),
                "figures": Snapshot.objects.filter(run__month=month.first_day, run__frozen_at=None).count(),
                **_told("portal", portal),
                **_told("portal_again", again),
                **_told("by_hand_over_facts", over_facts),
                **_told("by_hand_over_ledger", over_ledger),
                "ratio_to_facts": round(portal.ms / over_facts.ms, 2),
                "cpu_ratio_to_facts": round(portal.cpu_ms / over_facts.cpu_ms, 2),
                "bar_to_facts": 1.5,
                "ratio_to_ledger": round(portal.ms / over_ledger.ms, 2),
                "cpu_ratio_to_ledger": round(portal.cpu_ms / over_ledger.cpu_ms, 2),
                "bar_to_ledger": 0.3,
                **_told("rebuild", rebuilt),
                **_told(f"serve_{CHANGED}_changed", changed),
                "agree": ours(month) == by_hand(month, OVER_FACTS) == by_hand(month, OVER_LEDGER),
            }
        )
    )


def _told(name: str, taken: Taken) -> dict[str, float]:
    return {f"{name}_ms": round(taken.ms, 1), f"{name}_cpu_ms": round(taken.cpu_ms)}


if __name__ == "__main__":
    main()
