"""An independent recount of the four indicators straight from the ledger, written before there were facts.

Nothing of reporting is used but the names of indicators, bases and scopes; the rules are said a second time.
"""

from datetime import date, time, timedelta

from django.db import connection

from portal import clock
from portal.clock import Month
from reporting.enums import Basis, ScopeKind
from reporting.indicators import INDICATORS
from tests.reporting import indicators

DECIDED = "'result_issued', 'refused'"
LEVELS = "3, 4"


# What several indicators are counted of is looked up once for all of them: each name is a table of the statement in cells().
TABLES = {
    # The first reception of each dossier: a second one would be a correction, not a second dossier.
    "receptions": """
    SELECT e.dossier_id, e.counting_unit_id AS unit_id, e.unit_group_id AS group_id, e.department_id, e.procedure_id,
           e.channel, e.level_offered, e.first_due_at, e.happened_at, e.is_internal, e.is_assisted, e.papers_total,
           e.papers_digitised
    FROM dossiers_dossierevent e
    WHERE e.code = 'received' AND e.happened_at < %(end)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent b
        WHERE b.dossier_id = e.dossier_id AND b.code = 'received' AND b.seq < e.seq)""",
    "received": "SELECT * FROM receptions WHERE NOT is_internal AND happened_at >= %(start)s",
    # How a dossier ended, whatever end it was, and what was known of it then.
    "ended": """
    SELECT e.dossier_id, e.counting_unit_id AS unit_id, e.unit_group_id AS group_id, e.department_id, e.procedure_id, e.channel,
           e.code, e.state_to, (e.happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
           (coalesce(e.due_at, e.first_due_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS due_day,
           e.minutes_used, e.minutes_allowed, e.papers_total, e.papers_digitised, e.papers_reused,
           (SELECT count(*) FROM dossiers_dossierevent s
            WHERE s.dossier_id = e.dossier_id AND s.code = 'supplement_requested') AS asked
    FROM dossiers_dossierevent e
    WHERE (e.code IN ('result_issued', 'refused', 'not_accepted') OR e.state_to IN ('withdrawn', 'stopped'))
      AND NOT e.is_internal AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent b
        WHERE b.dossier_id = e.dossier_id AND b.seq < e.seq
          AND (b.code IN ('result_issued', 'refused', 'not_accepted') OR b.state_to IN ('withdrawn', 'stopped')))""",
    # What was open at the period's end: who held it, what was promised then, and whether the clock stood, since when.
    "still_open": f"""
    SELECT r.dossier_id, held.unit_id, held.group_id, held.department_id, r.procedure_id, r.first_due_at,
           coalesce(held.due_at, r.first_due_at) AS due_at, held.stands, held.state_to,
           (SELECT min(w.happened_at) FROM dossiers_dossierevent w
            WHERE w.dossier_id = r.dossier_id AND w.happened_at < %(end)s AND w.state_to = held.state_to
              AND NOT EXISTS (SELECT 1 FROM dossiers_dossierevent o WHERE o.dossier_id = w.dossier_id AND o.seq > w.seq
                              AND o.happened_at < %(end)s AND o.state_to <> w.state_to)) AS since
    FROM receptions r
    CROSS JOIN LATERAL (
        SELECT l.counting_unit_id AS unit_id, l.unit_group_id AS group_id, l.department_id, l.due_at, l.state_to,
               l.state_to IN ('supplement', 'payment', 'checking', 'intake_fix') AS stands
        FROM dossiers_dossierevent l
        WHERE l.dossier_id = r.dossier_id AND l.happened_at < %(end)s ORDER BY l.seq DESC LIMIT 1) held
    WHERE NOT r.is_internal AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent d
        WHERE d.dossier_id = r.dossier_id AND d.happened_at < %(end)s
          AND (d.code IN ({DECIDED}) OR d.state_to IN ('withdrawn', 'stopped')))""",
}

SHARE = (
    "SELECT dossier_id, unit_id, group_id, department_id, procedure_id, level_offered, channel = 2 AS hit FROM received"
)

ON_TIME = f"""
    SELECT e.dossier_id, e.counting_unit_id AS unit_id, e.unit_group_id AS group_id, e.department_id, e.procedure_id,
           (e.happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= (e.first_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS hit
    FROM dossiers_dossierevent e
    WHERE e.code IN ({DECIDED}) AND NOT e.is_internal AND e.first_due_at IS NOT NULL
      AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent b
        WHERE b.dossier_id = e.dossier_id AND b.code IN ({DECIDED}) AND b.seq < e.seq)
    UNION ALL
    SELECT dossier_id, unit_id, group_id, department_id, procedure_id, FALSE
    FROM still_open WHERE first_due_at < %(late_before)s"""

SERVICES = f"""
    SELECT o.procedure_id, o.unit_id, o.group_id, o.department_id, used.procedure_id IS NOT NULL AS hit
    FROM (
        SELECT DISTINCT f.procedure_id, f.unit_id, u.group_id, f.department_id
        FROM procedures_onlineoffering f
        JOIN accounts_orgunit u ON u.id = f.unit_id
        JOIN procedures_procedure p ON p.id = f.procedure_id
        WHERE f.level IN ({LEVELS}) AND NOT p.is_internal
          AND GREATEST(f.valid_from, u.valid_from, %(first_day)s)
              <= LEAST(f.valid_to, u.valid_to, p.retired_on - 1, %(last_day)s)) o
    LEFT JOIN (SELECT unit_id, procedure_id FROM received WHERE channel = 2 GROUP BY unit_id, procedure_id) used
      ON used.unit_id = o.unit_id AND used.procedure_id = o.procedure_id"""

SCOPES = {
    7: (ScopeKind.UNIT, 0),
    11: (ScopeKind.GROUP, 1),
    13: (ScopeKind.DEPARTMENT, 2),
    14: (ScopeKind.PROCEDURE, 3),
    15: (ScopeKind.TOTAL, None),
}


def days(month: Month, basis: str) -> tuple[date, date]:
    """First and last day of a basis."""
    if basis == Basis.MID_MONTH:
        return month.previous.first_day.replace(day=15), month.first_day.replace(day=14)
    first = {"month": month.month, "quarter": (month.month - 1) // 3 * 3 + 1, "cumulative": 1}[basis]
    return date(month.year, first, 1), month.last_day


def parameters(month: Month, basis: str, counted_until) -> dict:
    first, last = days(month, basis)
    end = min(clock.at(last + timedelta(days=1), time.min), counted_until)
    return {
        "start": clock.at(first, time.min),
        "end": end,
        "first_day": first,
        "last_day": min(last, clock.local(counted_until).date()),
        "late_before": clock.at(clock.local(end).date(), time.min),
    }


def cells(month: Month, counted_until, *, only=None) -> dict:
    """Every figure of a month, or of some indicators: {(indicator, basis, scope kind, scope id): (numerator, denominator)}."""
    found = {}
    for basis in Basis:
        asked = {
            indicator: cases
            for indicator, cases in indicators.brought("RECOUNT").items()
            if basis in INDICATORS[indicator].bases
            and INDICATORS[indicator].has_source
            and (only is None or indicator in only)
        }
        if not asked:
            continue
        counts = " UNION ALL ".join(_counted(indicator, cases) for indicator, cases in asked.items())
        for row in _rows(with_tables(counts), parameters(month, basis, counted_until)):
            kind, column = SCOPES[row[5]]
            scope = None if column is None else row[1 + column]
            if column is None or scope is not None:
                found[row[0], basis.value, kind.value, scope] = row[6:8]
    return found


def with_tables(counts: str) -> str:
    """A statement that may read the tables above."""
    return "WITH " + ", ".join(f"{name} AS MATERIALIZED ({rows})" for name, rows in TABLES.items()) + f" {counts}"


def _counted(indicator: str, cases: str) -> str:
    """The cells of one indicator, its name in front."""
    count = "count(*)" if INDICATORS[indicator].additive else "count(DISTINCT procedure_id)"
    counts = indicators.brought("SUMS").get(indicator, f"{count} FILTER (WHERE hit), {count}")
    return (
        f"SELECT '{indicator}', unit_id, group_id, department_id, procedure_id, "
        f"GROUPING(unit_id, group_id, department_id, procedure_id), {counts} "
        f"FROM ({cases}) cases GROUP BY GROUPING SETS ((unit_id), (group_id), (department_id), (procedure_id), ())"
    )


def months_of_the_ledger() -> list[Month]:
    """Months from the first event to the last one."""
    first, last = _rows("SELECT min(happened_at), max(happened_at) FROM dossiers_dossierevent", {})[0]
    month, until = Month.of(clock.local(first).date()), Month.of(clock.local(last).date())
    months = []
    while month <= min(until, Month.of(clock.today())):
        months.append(month)
        month = month.next
    return months


def _rows(sql: str, values: dict) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
