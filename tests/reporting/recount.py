"""An independent recount of the four indicators straight from the ledger, written before there were facts.

Nothing of reporting is used but the names of indicators, bases and scopes; the rules are said a second time.
"""

from datetime import time

from django.db import connection

from portal import clock
from portal.clock import Month
from reporting.enums import Basis, ScopeKind
from reporting.indicators import INDICATORS
from tests.reporting import indicators

DECIDED = "'result_issued', 'refused'"
LEVELS = "3, 4"


def received(since: str) -> str:
    """The first reception of each dossier: a second one would be a correction, not a second dossier."""
    return f"""
    SELECT e.dossier_id, e.counting_unit_id AS unit_id, e.unit_group_id AS group_id, e.department_id, e.procedure_id,
           e.channel, e.level_offered, e.first_due_at
    FROM dossiers_dossierevent e
    WHERE e.code = 'received' AND NOT e.is_internal AND e.happened_at >= {since} AND e.happened_at < %(end)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent b
        WHERE b.dossier_id = e.dossier_id AND b.code = 'received' AND b.seq < e.seq)"""


SHARE = f"SELECT dossier_id, unit_id, group_id, department_id, procedure_id, level_offered, channel = 2 AS hit FROM ({received('%(start)s')}) r"

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
    SELECT r.dossier_id, held.counting_unit_id, held.unit_group_id, held.department_id, r.procedure_id, FALSE
    FROM ({received("'-infinity'::timestamptz")} AND e.first_due_at < %(late_before)s
      AND NOT EXISTS (
        SELECT 1 FROM dossiers_dossierevent d
        WHERE d.dossier_id = e.dossier_id AND d.happened_at < %(end)s
          AND (d.code IN ({DECIDED}) OR d.state_to IN ('withdrawn', 'stopped')))) r
    CROSS JOIN LATERAL (
        SELECT l.counting_unit_id, l.unit_group_id, l.department_id FROM dossiers_dossierevent l
        WHERE l.dossier_id = r.dossier_id AND l.happened_at < %(end)s ORDER BY l.seq DESC LIMIT 1) held"""

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
    LEFT JOIN (
        SELECT unit_id, procedure_id FROM ({received("%(start)s")}) r
        WHERE channel = 2 GROUP BY unit_id, procedure_id) used
      ON used.unit_id = o.unit_id AND used.procedure_id = o.procedure_id"""

SCOPES = {3: (ScopeKind.UNIT, 0), 5: (ScopeKind.GROUP, 1), 6: (ScopeKind.DEPARTMENT, 2), 7: (ScopeKind.TOTAL, None)}


def parameters(month: Month, basis: str, counted_until) -> dict:
    first = month if basis == Basis.MONTH else Month(month.year, 1)
    end = min(month.bounds[1], counted_until)
    return {
        "start": first.bounds[0],
        "end": end,
        "first_day": first.first_day,
        "last_day": min(month.last_day, clock.local(counted_until).date()),
        "late_before": clock.at(clock.local(end).date(), time.min),
    }


def cells(month: Month, counted_until) -> dict:
    """Every figure of a month: {(indicator, basis, scope kind, scope id): (numerator, denominator)}."""
    found = {}
    for indicator, cases in indicators.brought("RECOUNT").items():
        count = "count(*)" if INDICATORS[indicator].additive else "count(DISTINCT procedure_id)"
        for basis in (Basis.MONTH, Basis.CUMULATIVE):
            rows = _rows(
                f"SELECT unit_id, group_id, department_id, GROUPING(unit_id, group_id, department_id), {count} FILTER (WHERE hit), {count} "
                f"FROM ({cases}) cases GROUP BY GROUPING SETS ((unit_id), (group_id), (department_id), ())",
                parameters(month, basis, counted_until),
            )
            for row in rows:
                kind, column = SCOPES[row[3]]
                scope = None if column is None else row[column]
                if column is None or scope is not None:
                    found[indicator, basis.value, kind.value, scope] = row[4:6]
    return found


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
