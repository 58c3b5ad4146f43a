"""Facts of dossiers: served from dirty rows, made again from the ledger, compared with it. Called by tasks, commands, counts.

Every act leaves a dirty row in its own transaction; `drain` takes such rows, makes those dossiers' facts anew from
their events and marks the months they touch. It may run in any order, any number of times, on any number of workers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy

from dossiers.models.dirty import DirtyDossier
from portal import clock
from portal.clock import Month
from portal.db import read, repeatable_read
from portal.sweeps import SWEEPS, RowSweep
from reporting.fact_rules import (
    ALL,
    COLUMNS,
    PROMISE_COLUMNS,
    RULES,
    SOME,
    TRANSFER_COLUMNS,
    ZONE,
    changes_of,
    facts_of,
    promises_of,
    transfers_of,
)

BATCH = 5000
_NAMES = ", ".join(COLUMNS)
_CHANGES = ", ".join(f"{name} = made.{name}" for name in COLUMNS if name != "dossier_id")
# A dossier nobody knew of yet has no dates and so is counted nowhere.
_DATED = {
    "received_at",
    "received_day",
    "answer_due_at",
    "first_due_at",
    "first_due_day",
    "finished_at",
    "finished_day",
    "finished_due_day",
}
_UNKNOWN = ", ".join(
    "k.seq" if name == "last_seq" else f"CASE WHEN k.seq > 0 THEN {name} END" if name in _DATED else name
    for name in COLUMNS
)
_MOVES = ", ".join(TRANSFER_COLUMNS)
_PROMISES = ", ".join(PROMISE_COLUMNS)


def drain(*, patient: bool = False) -> int:
    """Serve the dirty rows of this moment; returns how many. `patient` waits for rows another worker is serving."""
    newest = DirtyDossier.objects.order_by("-pk").values_list("pk", flat=True).first()
    served = told_of = 0
    while newest is not None and (taken := _served(newest, patient=patient)):
        served += taken
        if served >= max(BATCH, 2 * told_of):  # as often as the mass has doubled
            _analyze()
            told_of = served
    return served


def _served(newest: int, *, patient: bool) -> int:
    """Serve a batch; when something in it cannot become a fact, each row by itself, and the bad ones are set aside."""
    try:
        return _serve(newest, patient=patient)
    except (DataError, IntegrityError, InternalError, ProgrammingError):
        return WAITING.run()


def waiting_since() -> datetime | None:
    """When the oldest act happened that no figure knows of yet; None when all are known."""
    oldest: datetime | None = DirtyDossier.objects.aggregate(oldest=Min("marked_at"))["oldest"]
    return oldest


def hold() -> None:
    """Let no worker serve rows until the transaction ends, so that each of them either was seen or knows of the close.

    Must be the transaction's first statement: a snapshot taken before the lock would miss what was served meanwhile.
    """
    _run("LOCK TABLE reporting_dirtymonth IN SHARE ROW EXCLUSIVE MODE")


def waiting_for(month: Month) -> bool:
    """Whether an event before the month's end waits to become a fact."""
    return bool(
        read(
            "SELECT FROM dossiers_dirtydossier w JOIN dossiers_dossierevent e ON e.dossier_id = w.dossier_id "
            "LEFT JOIN reporting_factdossier f ON f.dossier_id = w.dossier_id "
            "WHERE e.happened_at < %(end)s AND e.seq > coalesce(f.last_seq, 0) LIMIT 1",
            {"end": month.bounds[1]},
        )
    )


def rebuild() -> int:
    """Make every fact again from the ledger, in one transaction; returns how many. Readers see the old ones meanwhile."""
    with transaction.atomic():
        _patience()
        _room()
        _run("LOCK TABLE reporting_factdossier IN EXCLUSIVE MODE")  # workers wait, readers do not
        _run("DELETE FROM reporting_transferfact")
        _run("DELETE FROM reporting_promisefact")
        _run("DELETE FROM reporting_factdossier")
        made = _run(f"INSERT INTO reporting_factdossier ({_NAMES}) {facts_of(ALL)}")
        _run(
            f"WITH changed AS MATERIALIZED ({changes_of(ALL)}), "  # noqa: S608
            f"moved AS (INSERT INTO reporting_transferfact ({_MOVES}) SELECT {_MOVES} FROM changed WHERE is_move) "
            f"INSERT INTO reporting_promisefact ({_PROMISES}) SELECT {_PROMISES} FROM changed WHERE is_promise"
        )
        _run(
            "INSERT INTO reporting_dirtymonth (month) SELECT DISTINCT date_trunc('month', day)::date FROM "
            "(SELECT received_day AS day FROM reporting_factdossier UNION SELECT finished_day FROM reporting_factdossier"
            " UNION SELECT month FROM reporting_run) days WHERE day IS NOT NULL"
        )
    _analyze()
    return made


def differences() -> list[int]:
    """Dossiers whose facts are not what their events say, waiting ones left out. Empty when all is well."""
    with repeatable_read():
        _patience()
        _room()
        return [
            row[0]
            for row in read(
                f"WITH made AS ({facts_of(ALL)}), kept AS (SELECT {_NAMES} FROM reporting_factdossier), "  # noqa: S608
                f"moved AS ({transfers_of(ALL)}), told AS (SELECT {_MOVES} FROM reporting_transferfact), "
                f"promised AS ({promises_of(ALL)}), noted AS (SELECT {_PROMISES} FROM reporting_promisefact) "
                "SELECT dossier_id FROM ("
                "(SELECT dossier_id FROM (TABLE made EXCEPT TABLE kept) a) UNION "
                "(SELECT dossier_id FROM (TABLE kept EXCEPT TABLE made) b) UNION "
                "(SELECT dossier_id FROM (TABLE moved EXCEPT TABLE told) c) UNION "
                "(SELECT dossier_id FROM (TABLE told EXCEPT TABLE moved) d) UNION "
                "(SELECT dossier_id FROM (TABLE promised EXCEPT TABLE noted) g) UNION "
                "(SELECT dossier_id FROM (TABLE noted EXCEPT TABLE promised) h)) odd "
                "WHERE NOT EXISTS (SELECT FROM dossiers_dirtydossier w WHERE w.dossier_id = odd.dossier_id) ORDER BY 1"
            )
        ]


# ── one batch, in its phases ─────────────────────────────────────────────────────────────────────


@transaction.atomic
def _serve(newest: int, *, patient: bool, only: int = 0) -> int:
    _patience()
    _run("LOCK TABLE reporting_dirtymonth IN ROW EXCLUSIVE MODE")  # see `hold`
    claimed = _claim(newest, patient=patient, only=only)
    ids = sorted(set(claimed))
    if ids:
        added = _admit(ids)
        known = {pk: 0 if pk in added else seq for pk, seq in _lock(ids).items()}
        _keep(known)
        _renew([pk for pk in ids if pk not in added])
        _follow(ids)
        _mark(known)
    return len(claimed)


def _claim(newest: int, *, patient: bool, only: int) -> list[int]:
    """Delete dirty rows that nobody else is serving; the transaction's end makes it true. Gives their dossiers.

    Rows that are set aside or pause stay.
    """
    rows = read(
        "WITH claimed AS MATERIALIZED (SELECT id FROM dossiers_dirtydossier w WHERE id BETWEEN %(only)s AND %(newest)s "  # noqa: S608
        "AND NOT EXISTS (SELECT FROM portal_sweeptry t WHERE t.sweep = 'facts' AND t.key = w.id::text "
        "AND (t.aside_at IS NOT NULL OR t.next_at > %(now)s)) ORDER BY id "
        f"LIMIT {BATCH} FOR UPDATE {'' if patient else 'SKIP LOCKED'}) "
        "DELETE FROM dossiers_dirtydossier d USING claimed WHERE d.id = claimed.id RETURNING d.dossier_id",
        {"newest": newest, "only": only, "now": clock.now()},
    )
    return [row[0] for row in rows]


WAITING = RowSweep(
    code="facts",
    label=gettext_lazy("Đưa hồ sơ vào số liệu"),
    row=gettext_lazy("lần ghi của hồ sơ có mã nội bộ"),
    task="reporting.tasks.serve_dirty_dossiers",
    waiting=DirtyDossier.objects.all,
    serve=lambda pk: bool(_serve(pk, patient=False, only=pk)),
    names=("dossier_id",),
)
SWEEPS.add(WAITING)


def _admit(ids: Sequence[int]) -> set[int]:
    """Make the facts of dossiers that have none; in order, so that two workers wait for each other and never both."""
    rows = read(
        f"INSERT INTO reporting_factdossier ({_NAMES}) {facts_of(SOME)} "
        f"WHERE NOT EXISTS (SELECT FROM reporting_factdossier k WHERE k.dossier_id = m.dossier_id AND k.{SOME}) "
        "ORDER BY m.dossier_id ON CONFLICT (dossier_id) DO NOTHING RETURNING dossier_id",
        {"ids": ids},
    )
    return {row[0] for row in rows}


def _lock(ids: Sequence[int]) -> dict[int, int]:
    """Hold the facts before their events are read; gives how far each one knew the ledger."""
    rows = read(
        "SELECT dossier_id, last_seq FROM reporting_factdossier WHERE dossier_id = ANY(%(ids)s) "
        "ORDER BY dossier_id FOR NO KEY UPDATE",
        {"ids": ids},
    )
    return dict(rows)


def _keep(known: Mapping[int, int]) -> None:
    """Keep a fact as closed months know it, when it now learns of anything.

    That is: of an act from before their close, or, when it is among what they rest on, of any act or newer rules. One that
    nobody knew of then is kept as such.
    """
    _run(
        f"""
        INSERT INTO reporting_closedfact (run_id, {_NAMES})
        SELECT r.id, {_UNKNOWN} FROM unnest(%(ids)s::bigint[], %(seqs)s::int[]) AS k(known_id, seq)
        JOIN reporting_factdossier ON dossier_id = known_id
        JOIN LATERAL (SELECT min(happened_at) AS first_news FROM dossiers_dossierevent e
                      WHERE e.dossier_id = known_id AND e.seq > k.seq) e ON e.first_news IS NOT NULL OR rules < {RULES}
        JOIN reporting_run r ON r.frozen_at IS NOT NULL AND (e.first_news < r.counted_until OR k.seq > 0
            AND filed_at < r.counted_until AND (
                finished_at IS NULL OR GREATEST(finished_at, received_at)
                    >= LEAST(date_trunc('year', r.month::timestamp), r.month - interval '1 month') AT TIME ZONE '{ZONE}'))
        ON CONFLICT (run_id, dossier_id) DO NOTHING
        """,  # noqa: S608
        {"ids": list(known), "seqs": list(known.values())},
    )


def _renew(ids: Sequence[int]) -> None:
    """Make facts anew that lag behind the ledger, or were made by older rules; never an older one over a newer."""
    _run(
        f"UPDATE reporting_factdossier kept SET {_CHANGES} FROM ({facts_of(SOME)}) made "  # noqa: S608
        # Named once more for what is kept, so that the few are looked up however many more the planner expects.
        f"WHERE kept.dossier_id = made.dossier_id AND kept.{SOME} AND (made.last_seq, made.rules) > (kept.last_seq, kept.rules)",
        {"ids": ids},
    )


def _follow(ids: Sequence[int]) -> None:
    _run(
        f"INSERT INTO reporting_transferfact ({_MOVES}) {transfers_of(SOME)} ON CONFLICT (dossier_id, seq) DO NOTHING",
        {"ids": ids},
    )
    _run(
        f"INSERT INTO reporting_promisefact ({_PROMISES}) {promises_of(SOME)} ON CONFLICT (dossier_id, seq) DO NOTHING",
        {"ids": ids},
    )


def _mark(known: Mapping[int, int]) -> None:
    """Mark the months of events that were new, and every month counted after the first of them."""
    _run(
        f"""
        WITH touched AS (
            SELECT DISTINCT date_trunc('month', e.happened_at AT TIME ZONE '{ZONE}')::date AS month
            FROM unnest(%(ids)s::bigint[], %(seqs)s::int[]) AS k(dossier_id, seq)
            JOIN dossiers_dossierevent e ON e.dossier_id = k.dossier_id AND e.seq > k.seq)
        INSERT INTO reporting_dirtymonth (month)
        SELECT month FROM touched UNION SELECT month FROM reporting_run WHERE month > (SELECT min(month) FROM touched)
        """,  # noqa: S608
        {"ids": list(known), "seqs": list(known.values())},
    )


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────


def _patience() -> None:
    _run("SET LOCAL statement_timeout = '600s'")
    _run("SET LOCAL lock_timeout = '120s'")


def _room() -> None:
    """Memory for sorting the whole ledger, without which sorts go to disk, and more than one processor where there is one."""
    _run("SET LOCAL max_parallel_workers_per_gather = 2")
    _run("SET LOCAL work_mem = '128MB'")


def _analyze() -> None:
    """Tell the planner after a mass of rows: until autovacuum comes by, it would plan for an empty table."""
    _run("ANALYZE reporting_factdossier")
    _run("ANALYZE reporting_transferfact")
    _run("ANALYZE reporting_promisefact")


def _run(sql: str, parameters: Mapping[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
