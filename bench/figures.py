"""Counting a month against hand-written SQL over the same facts and over the ledger; serving and rebuilding facts.

Run as `python -m bench.figures 2022-09 [rounds]` on a loaded database; nothing it counts is changed, facts are made again.
"""

import json
import statistics
import sys
import time
from datetime import time as clock_time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  settings first

from dossiers.models.dirty import DirtyDossier  # noqa: E402
from dossiers.models.event import DossierEvent  # noqa: E402
from portal.clock import Month, at  # noqa: E402
from reporting import facts  # noqa: E402
from reporting.models import FactDossier, Snapshot  # noqa: E402
from reporting.snapshot import compute_month  # noqa: E402

ROUNDS = 7
CHANGED = 200
# What a database administrator would write for this one month: one pass over the receptions of the year, one over what
# was due, one over the offerings; corrections of a reception are not looked for.
HAND_OVER_LEDGER = """
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


# The same over facts: what the ledger's statements look for is there already.
HAND_OVER_FACTS = """
CREATE TEMP TABLE hand_shares ON COMMIT DROP AS
    SELECT unit_id AS u, group_id AS g, department_id AS d, GROUPING(unit_id, group_id, department_id) AS level,
           count(*) FILTER (WHERE received_at >= %(month)s AND channel = 2) AS month_hit, count(*) FILTER (WHERE received_at >= %(month)s) AS month_all,
           count(*) FILTER (WHERE channel = 2) AS year_hit, count(*) AS year_all,
           count(*) FILTER (WHERE received_at >= %(month)s AND channel = 2 AND level_offered IN (3, 4)) AS month_offered_hit,
           count(*) FILTER (WHERE received_at >= %(month)s AND level_offered IN (3, 4)) AS month_offered_all,
           count(*) FILTER (WHERE channel = 2 AND level_offered IN (3, 4)) AS year_offered_hit, count(*) FILTER (WHERE level_offered IN (3, 4)) AS year_offered_all
    FROM reporting_factdossier WHERE NOT is_internal AND received_at >= %(year)s AND received_at < %(end)s
    GROUP BY GROUPING SETS ((unit_id), (group_id), (department_id), ());
CREATE TEMP TABLE hand_on_time ON COMMIT DROP AS
    WITH due AS (
        SELECT finished_unit_id AS u, finished_group_id AS g, finished_department_id AS d, finished_at >= %(month)s AS now, finished_day <= first_due_day AS hit
        FROM reporting_factdossier
        WHERE NOT is_internal AND finish_kind IN ('granted', 'refused') AND first_due_at IS NOT NULL AND finished_at >= %(year)s AND finished_at < %(end)s
        UNION ALL
        SELECT coalesce(t.unit_id, f.unit_id), CASE WHEN t.unit_id IS NULL THEN f.group_id ELSE t.group_id END,
               CASE WHEN t.unit_id IS NULL THEN f.department_id ELSE t.department_id END, TRUE, FALSE
        FROM reporting_factdossier f
        LEFT JOIN LATERAL (SELECT unit_id, group_id, department_id FROM reporting_transferfact
                           WHERE dossier_id = f.dossier_id AND moved_at < %(end)s ORDER BY seq DESC LIMIT 1) t ON TRUE
        WHERE NOT f.is_internal AND f.received_at < %(end)s AND f.first_due_at < %(end)s AND (f.finished_at IS NULL OR f.finished_at >= %(end)s)
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
    LEFT JOIN (SELECT unit_id AS u, procedure_id AS p, bool_or(received_at >= %(month)s) AS now FROM reporting_factdossier
               WHERE NOT is_internal AND channel = 2 AND received_at >= %(year)s AND received_at < %(end)s
               GROUP BY unit_id, procedure_id) used ON used.u = f.unit_id AND used.p = f.procedure_id
    WHERE f.level IN (3, 4) AND f.valid_from < %(end)s AND (f.valid_to IS NULL OR f.valid_to >= %(year)s)
    GROUP BY GROUPING SETS ((f.unit_id), (o.group_id), (f.department_id), ());
"""


def by_hand(month: Month, statements: str) -> dict[str, tuple[int, ...]]:
    """Run hand-written statements; gives the whole's shares and on-time figures to prove that the same was counted."""
    start, end = month.bounds
    year = at(month.first_day.replace(month=1), clock_time.min)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for statement in statements.split(";")[:-1]:
            cursor.execute(statement, {"month": start, "year": year, "end": end})
        cursor.execute("SELECT month_hit, month_all, year_hit, year_all FROM hand_shares WHERE level = 7")
        shares = cursor.fetchone()
        cursor.execute("SELECT a, b, c, d4 FROM hand_on_time WHERE level = 7")
        on_time = cursor.fetchone()
    return {"online_share_all": shares, "on_time_first": on_time}


def ours(month: Month) -> dict[str, tuple[int, ...]]:
    """What the portal wrote for the same."""
    rows = Snapshot.objects.filter(run__month=month.first_day, run__frozen_at__isnull=True, scope_kind="total")
    cells = {(row.indicator, row.basis): (row.numerator, row.denominator) for row in rows}
    return {name: (*cells[name, "month"], *cells[name, "cumulative"]) for name in ("online_share_all", "on_time_first")}


def timed(work) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def serve_changed() -> float:
    """Milliseconds to serve dossiers that have just been acted on."""
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
        took["facts"].append(timed(lambda: by_hand(month, HAND_OVER_FACTS)))
        took["ledger"].append(timed(lambda: by_hand(month, HAND_OVER_LEDGER)))
    portal, over_facts, over_ledger = (statistics.median(took[way]) for way in ("portal", "facts", "ledger"))
    print(
        json.dumps(
            {
                "month": str(month),
                "ledger_rows": DossierEvent.objects.count(),
                "facts": FactDossier.objects.count(),
                "figures": Snapshot.objects.filter(run__month=month.first_day, run__frozen_at=None).count(),
                "portal_ms": round(portal, 1),
                "portal_again_ms": round(statistics.median(took["again"]), 1),
                "by_hand_over_facts_ms": round(over_facts, 1),
                "by_hand_over_ledger_ms": round(over_ledger, 1),
                "ratio_to_facts": round(portal / over_facts, 2),
                "bar_to_facts": 1.5,
                "ratio_to_ledger": round(portal / over_ledger, 2),
                "bar_to_ledger": 0.3,
                "rebuild_ms": round(rebuilt),
                f"serve_{CHANGED}_changed_ms": round(statistics.median(serve_changed() for _round in range(ROUNDS)), 1),
                "agree": ours(month) == by_hand(month, HAND_OVER_FACTS) == by_hand(month, HAND_OVER_LEDGER),
            }
        )
    )


if __name__ == "__main__":
    main()
