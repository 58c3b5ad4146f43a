"""Many dossiers for measuring: the loaded scenario copied by SQL over 36 months and 170 units, seeded, on both cores.

Each copy is one transaction and leaves a row behind, so that what was killed goes on where it stopped. Indexes that only
serve reading are taken away first and made again at the end. The chain of hashes is a stand-in: `check_dossiers` refuses it.
"""

import random
import sys
import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import psycopg
from psycopg import sql

from bench.data import columns

UNITS = 170
MONTHS = 36
SEED = 20260101
MORE_ACTS = 4  # put into the way of each dossier between two acts: real ways are longer than the scenario tells
FIRST_ID = 10_000_000  # far above what was there
STEP = 28  # days: a copy begins on the same day of the week
TOLD = 9  # steps the scenario itself lasts
PLACES_IN_TIME = (
    MONTHS * 365 // 12 // STEP - TOLD
)  # half of them earlier, half later than the scenario: its months are full ones
EVENTS, DOSSIERS = "dossiers_dossierevent", "dossiers_dossier"
TIMES = {
    EVENTS: ("happened_at", "recorded_at", "first_received_at", "first_due_at", "due_at", "step_due_at"),
    DOSSIERS: (
        *("created_at", "updated_at", "submitted_at", "accept_by", "received_at"),
        *("first_due_at", "due_at", "clock_stopped_at", "finished_at", "returned_at"),
    ),
}
PREPARED = f"""
CREATE TABLE bench_copied (copy integer PRIMARY KEY, days integer NOT NULL, turn integer NOT NULL, dossiers bigint, events bigint);
CREATE TABLE bench_index (definition text NOT NULL);
CREATE TABLE bench_dossier AS
  SELECT id, row_number() OVER (ORDER BY id) AS place FROM {DOSSIERS} WHERE reference LIKE 'VT22-%%';
CREATE UNIQUE INDEX ON bench_dossier (id);
CREATE TABLE bench_event AS
  SELECT e.id AS event_id, d.place, n AS further,
         row_number() OVER (PARTITION BY e.dossier_id ORDER BY e.seq, n) AS seq,
         e.happened_at + n * (lead(e.happened_at, 1, e.happened_at) OVER (PARTITION BY e.dossier_id ORDER BY e.seq, n)
                              - e.happened_at) / {MORE_ACTS + 1} AS at
  FROM {EVENTS} e JOIN bench_dossier d ON d.id = e.dossier_id
  CROSS JOIN LATERAL generate_series(0, CASE WHEN e.code = 'forwarded' THEN {MORE_ACTS} ELSE 0 END) n;
CREATE TABLE bench_unit AS
  SELECT u.id, u.group_id, row_number() OVER (ORDER BY u.id) - 1 AS place
  FROM accounts_orgunit u WHERE u.id IN (SELECT counting_unit_id FROM {EVENTS} e JOIN bench_dossier d ON d.id = e.dossier_id);
"""


def say(text: str) -> None:
    """Progress goes to the error channel."""
    print(f"scale: {text}", file=sys.stderr, flush=True)


def prepare(link: psycopg.Connection) -> None:
    """What is copied, the units it is spread over, and which indexes there are. Does nothing when that was done."""
    if link.execute("SELECT to_regclass('bench_copied')").fetchone() != (None,):
        return
    with link.transaction():
        link.execute(PREPARED.replace("%%", "%"))
        _more_units(link)
        for table in ("bench_dossier", "bench_event", "bench_unit"):
            link.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        link.execute(
            f"INSERT INTO bench_index SELECT indexdef FROM pg_indexes WHERE tablename IN ('{EVENTS}', '{DOSSIERS}') AND indexname NOT IN ("
            f"SELECT conname FROM pg_constraint WHERE conrelid IN ('{EVENTS}'::regclass, '{DOSSIERS}'::regclass))"
        )


def _more_units(link: psycopg.Connection) -> None:
    """As many wards as are missing, in the group of the wards that are there."""
    (have,) = link.execute("SELECT count(*) FROM bench_unit").fetchone()
    (like,) = link.execute(
        "SELECT u.id FROM accounts_orgunit u JOIN bench_unit b ON b.id = u.id ORDER BY u.code DESC LIMIT 1"
    ).fetchone()
    kept = columns(link, "accounts_orgunit", {"code", "name", "short_name", "authority_code"})
    names = sql.SQL(", ").join(map(sql.Identifier, kept))
    link.execute(
        sql.SQL(
            "WITH made AS (INSERT INTO accounts_orgunit ({names}, code, name, short_name, authority_code)"
            " SELECT {names}, 'do-' || n, 'UBND phường Đo ' || n, 'Phường Đo ' || n, 'H99.' || n"
            " FROM accounts_orgunit, generate_series(%(first)s::integer, %(last)s::integer) n WHERE id = %(like)s RETURNING id, group_id)"
            " INSERT INTO bench_unit SELECT id, group_id, %(first)s - 1 + row_number() OVER (ORDER BY id) FROM made"
        ).format(names=names),
        {"first": have, "last": UNITS - 1, "like": like},
    )


def grow(url: str, dossiers: int, workers: int = 2) -> None:
    """Copy until there are at least so many dossiers; then indexes and statistics. Goes on where it was stopped."""
    with psycopg.connect(url, autocommit=True) as link:
        prepare(link)
        (each,) = link.execute("SELECT count(*) FROM bench_dossier").fetchone()
        (there,) = link.execute(f"SELECT count(*) FROM {DOSSIERS}").fetchone()
        done = {row[0] for row in link.execute("SELECT copy FROM bench_copied")}
        wanted = [copy for copy in range(1, len(done) + 1 + -(-max(0, dossiers - there) // each)) if copy not in done]
        if wanted:
            _drop_indexes(link)
    waiting: SimpleQueue[int] = SimpleQueue()
    for copy in wanted:
        waiting.put(copy)
    began, faults = time.monotonic(), []

    def work() -> None:
        try:
            with psycopg.connect(url, autocommit=True) as link:
                for copy in _taken(waiting):
                    _copy(link, copy, each)
                    say(_progress(copy, wanted, time.monotonic() - began))
        except psycopg.Error as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    with psycopg.connect(url, autocommit=True) as link:
        _index(link)


def _progress(copy: int, wanted: list[int], seconds: float) -> str:
    """How far it is, and how long the copies that are left will take at this pace."""
    done = wanted.index(copy) + 1
    left = seconds / done * (len(wanted) - done)
    return f"copy {copy} of {wanted[-1]} after {seconds:.0f} s, {left:.0f} s to go"


def _drop_indexes(link: psycopg.Connection) -> None:
    for (definition,) in link.execute("SELECT definition FROM bench_index").fetchall():
        name = definition.split(" INDEX ")[1].split(" ON ")[0]
        link.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name)))


def _taken(waiting: SimpleQueue[int]) -> Iterator[int]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def _copy(link: psycopg.Connection, copy: int, each: int) -> None:
    """One copy of all dossiers with their events: other times, other units, other numbers."""
    luck = random.Random(SEED + copy)
    values = {
        "copy": copy,
        "each": each,
        "days": STEP * (luck.randrange(PLACES_IN_TIME) - PLACES_IN_TIME // 2),
        "turn": luck.randrange(UNITS),
    }
    with link.transaction():
        # Neither triggers nor foreign keys: each row is like one that passed them.
        link.execute("SET LOCAL session_replication_role = replica")
        link.execute("SET LOCAL synchronous_commit = off")
        link.execute("SET LOCAL work_mem = '256MB'")  # one copy is sorted in memory
        values["base"] = FIRST_ID + copy * each
        dossiers = link.execute(_dossiers_sql(link), values).rowcount
        events = link.execute(_events_sql(link), values).rowcount
        link.execute(
            "INSERT INTO bench_copied VALUES (%(copy)s, %(days)s, %(turn)s, %(dossiers)s, %(events)s)",
            {**values, "dossiers": dossiers, "events": events},
        )


def _moved(table: str, column: str) -> sql.Composable:
    name = sql.Identifier(column)
    if column in TIMES[table]:
        return sql.SQL("t.{} + %(days)s * interval '1 day'").format(name)
    return sql.SQL("t.{}").format(name)


def _insert(link: psycopg.Connection, table: str, given: dict[str, str], source: str) -> sql.Composable:
    kept = [name for name in columns(link, table, set(given)) if name not in _generated(link, table)]
    return sql.SQL("INSERT INTO {} ({}) SELECT {} {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name in [*kept, *given]),
        sql.SQL(", ").join([*(_moved(table, name) for name in kept), *(sql.SQL(text) for text in given.values())]),
        sql.SQL(source),
    )


def _generated(link: psycopg.Connection, table: str) -> set[str]:
    rows = link.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'ALWAYS'", [table]
    )
    return {row[0] for row in rows}


PLACES = f"""
    JOIN bench_unit old ON old.id = t.counting_unit_id
    JOIN bench_unit unit ON unit.place = (old.place + %(turn)s) %% {UNITS}"""


def _dossiers_sql(link: psycopg.Connection) -> sql.Composable:
    given = {
        "id": "%(base)s + d.place",
        "reference": "'S' || %(copy)s || '-' || d.place",
        "code": "CASE WHEN t.code IS NOT NULL THEN 'H99.' || unit.place || '-' || %(copy)s || '-' || d.place END",
        "idempotency_key": "md5(%(copy)s || '-' || d.place)::uuid",
        "counting_unit_id": "unit.id",
        "competent_unit_id": "unit.id",
        "department_id": "NULL",
    }
    source = f"FROM {DOSSIERS} t JOIN bench_dossier d ON d.id = t.id {PLACES}"
    return _insert(link, DOSSIERS, given, source)


def _events_sql(link: psycopg.Connection) -> sql.Composable:
    own = "%(base)s + s.place"
    given = {
        "dossier_id": own,
        "seq": "s.seq",
        "hash": f"encode(sha256((({own})::text || ':' || s.seq)::bytea), 'hex')",
        "previous_hash": f"CASE WHEN s.seq > 1 THEN encode(sha256((({own})::text || ':' || s.seq - 1)::bytea), 'hex') ELSE '' END",
        "code": "CASE WHEN s.further > 0 THEN 'assigned' ELSE t.code END",
        "happened_at": "s.at + %(days)s * interval '1 day'",
        "recorded_at": "s.at + %(days)s * interval '1 day'",
        "counting_unit_id": "unit.id",
        "competent_unit_id": "unit.id",
        "unit_group_id": "unit.group_id",
        "department_id": "NULL",
    }
    source = f"FROM bench_event s JOIN {EVENTS} t ON t.id = s.event_id {PLACES}"
    return _insert(link, EVENTS, given, source)


def _index(link: psycopg.Connection) -> None:
    """Make the indexes that are missing, the statistics, and the counters that follow the rows."""
    for (definition,) in link.execute("SELECT definition FROM bench_index").fetchall():
        link.execute("SET maintenance_work_mem = '512MB'")
        began = time.monotonic()
        link.execute(definition.replace(" INDEX ", " INDEX IF NOT EXISTS ", 1))
        say(f"{definition.split(' ON ')[0]}: {time.monotonic() - began:.0f} s")
    for table in (DOSSIERS, EVENTS):
        link.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({name}, 'id'), (SELECT max(id) FROM {table}))").format(
                name=sql.Literal(table), table=sql.Identifier(table)
            )
        )
        link.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
