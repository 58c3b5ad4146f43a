"""Computing a month's snapshot against hand-written SQL over the same ledger. Run as `python -m bench.figures 2022-09`."""

import json
import statistics
import sys
import time
from datetime import time as clock_time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  settings first

from portal.clock import Month, at  # noqa: E402
from reporting.models import Run, Snapshot  # noqa: E402
from reporting.snapshot import compute_month  # noqa: E402

ROUNDS = 7
# What a database administrator would write for this one month: one pass over the receptions of the year, one over what
# was due, one over the offerings; corrections of a reception are not looked for, and the watermark is left out.
HAND = """
CREATE TEMP TABLE hand_received ON COMMIT DROP AS
    SELECT dossier_id, counting_unit_id AS u, unit_group_id AS g, department_id AS d, procedure_id AS p, channel = 2 AS online,
           level_offered IN (3, 4) AS offered, happened_at >= %(month)s AS now
    FROM dossiers_dossierevent
    WHERE code = 'received' AND NOT is_internal AND happened_at >= %(year)s AND happened_at < %(end)s;
CREATE TEMP TABLE hand_shares ON COMMIT DROP AS
    SELECT u, g, d, GROUPING(u, g, d) AS level,
           count(*) FILTER (WHERE now AND online) AS month_hit, count(*) FILTER (WHERE now) AS month_all,
           count(*) FILTER (WHERE online) AS year_hit, count(*) AS year_all,
           count(*) FILTER (WHERE now AND online AND offered) AS month_offered_hit, count(*) FILTER (WHERE now AND offered) AS month_offered_all,
           count(*) FILTER (WHERE online AND offered) AS year_offered_hit, count(*) FILTER (WHERE offered) AS year_offered_all
    FROM hand_received GROUP BY GROUPING SETS ((u), (g), (d), ());
CREATE TEMP TABLE hand_on_time ON COMMIT DROP AS
    WITH ended AS MATERIALIZED (
        SELECT dossier_id, counting_unit_id AS u, unit_group_id AS g, department_id AS d, happened_at, first_due_at, code
        FROM dossiers_dossierevent
        WHERE (code IN ('result_issued', 'refused') OR state_to IN ('withdrawn', 'stopped')) AND NOT is_internal AND happened_at < %(end)s
    ), due AS (
        SELECT u, g, d, happened_at >= %(month)s AS now,
               (happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= (first_due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS hit
        FROM ended WHERE code IN ('result_issued', 'refused') AND first_due_at IS NOT NULL AND happened_at >= %(year)s
        UNION ALL
        SELECT counting_unit_id, unit_group_id, department_id, TRUE, FALSE FROM dossiers_dossierevent r
        WHERE code = 'received' AND NOT is_internal AND first_due_at < %(end)s AND happened_at < %(end)s
          AND NOT EXISTS (SELECT 1 FROM ended WHERE ended.dossier_id = r.dossier_id)
    )
    SELECT u, g, d, GROUPING(u, g, d) AS level, count(*) FILTER (WHERE now AND hit) AS a,
           count(*) FILTER (WHERE now) AS b, count(*) FILTER (WHERE hit) AS c, count(*) AS d4
    FROM due GROUP BY GROUPING SETS ((u), (g), (d), ());
CREATE TEMP TABLE hand_services ON COMMIT DROP AS
    SELECT f.unit_id AS u, o.group_id AS g, f.department_id AS d, GROUPING(f.unit_id, o.group_id, f.department_id) AS level,
           count(DISTINCT f.procedure_id) FILTER (WHERE used.now) AS a,
           count(DISTINCT f.procedure_id) FILTER (WHERE used.p IS NOT NULL) AS b, count(DISTINCT f.procedure_id) AS c
    FROM procedures_onlineoffering f
    JOIN accounts_orgunit o ON o.id = f.unit_id
    JOIN procedures_procedure c ON c.id = f.procedure_id AND NOT c.is_internal
    LEFT JOIN (SELECT u, p, bool_or(now) AS now FROM hand_received WHERE online GROUP BY u, p) used ON used.u = f.unit_id AND used.p = f.procedure_id
    WHERE f.level IN (3, 4) AND f.valid_from < %(end)s AND (f.valid_to IS NULL OR f.valid_to >= %(year)s)
    GROUP BY GROUPING SETS ((f.unit_id), (o.group_id), (f.department_id), ());
"""


def by_hand(month: Month) -> dict[str, tuple[int, int]]:
    """Run the hand-written statements; gives the whole's online share to prove that the same thing was counted."""
    start, end = month.bounds
    year = at(month.first_day.replace(month=1), clock_time.min)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in HAND.split(";")[:-1]:
            cursor.execute(statement, {"month": start, "year": year, "end": end})
        cursor.execute("SELECT month_hit, month_all, year_hit, year_all FROM hand_shares WHERE level = 7")
        row = cursor.fetchone()
    return {"month": row[:2], "cumulative": row[2:]}


def ours(month: Month) -> dict[str, tuple[int, int]]:
    """What the portal wrote for the same."""
    rows = Snapshot.objects.filter(
        run__month=month.first_day, run__frozen_at__isnull=True, scope_kind="total", indicator="online_share_all"
    )
    return {row.basis: (row.numerator, row.denominator) for row in rows}


def timed(work) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Alternate both ways and print medians, ratio and whether the figures agree."""
    month = Month.parse(sys.argv[1])
    portal, hand = [], []
    for _round in range(ROUNDS):
        portal.append(timed(lambda: compute_month(month)))
        hand.append(timed(lambda: by_hand(month)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dossiers_dossierevent")
        events = cursor.fetchone()[0]
    print(
        json.dumps(
            {
                "month": str(month),
                "ledger_rows": events,
                "figures": Snapshot.objects.filter(
                    run=Run.objects.filter(month=month.first_day, frozen_at=None).first()
                ).count(),
                "portal_ms": round(statistics.median(portal), 1),
                "by_hand_ms": round(statistics.median(hand), 1),
                "ratio": round(statistics.median(portal) / statistics.median(hand), 2),
                "bar": 1.5,
                "agree": ours(month) == {basis: tuple(pair) for basis, pair in by_hand(month).items()},
            }
        )
    )


if __name__ == "__main__":
    main()
