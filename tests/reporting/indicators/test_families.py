"""Every other indicator with a source, counted a second time by SQL that knows no facts. By hand: test_golden_sixty.py."""

from tests.reporting.recount import LEVELS

_PLACES = "dossier_id, unit_id, group_id, department_id, procedure_id"
_OF = "dossier_id, counting_unit_id AS unit_id, unit_group_id AS group_id, department_id, procedure_id"
_DECIDED = "code IN ('result_issued', 'refused')"
_LEGAL = "minutes_used IS NOT NULL AND minutes_allowed IS NOT NULL"
_LATE = "due_at < %(late_before)s"


def _received(hit: str, counted: str = "TRUE") -> str:
    return f"SELECT {_PLACES}, {hit} AS hit FROM received WHERE {counted}"


def _ended(hit: str, counted: str = _DECIDED) -> str:
    return f"SELECT {_PLACES}, {hit} AS hit FROM ended WHERE {counted}"


def _added(numerator: str, denominator: str, counted: str) -> str:
    return f"SELECT {_PLACES}, {numerator} AS n, {denominator} AS d FROM ended WHERE {counted}"


def _open(hit: str, counted: str = "TRUE") -> str:
    return f"SELECT {_PLACES}, {hit} AS hit FROM still_open WHERE {counted}"


def _services(hit: str, counted: str) -> str:
    return f"""
    SELECT procedure_id, unit_id, group_id, department_id, hit FROM (
        SELECT f.procedure_id, f.unit_id, u.group_id, f.department_id, bool_or({hit}) AS hit, bool_or({counted}) AS counted
        FROM procedures_onlineoffering f JOIN accounts_orgunit u ON u.id = f.unit_id JOIN procedures_procedure p ON p.id = f.procedure_id
        WHERE NOT p.is_internal AND GREATEST(f.valid_from, u.valid_from, %(first_day)s)
              <= LEAST(f.valid_to, u.valid_to, p.retired_on - 1, %(last_day)s)
        GROUP BY f.procedure_id, f.unit_id, u.group_id, f.department_id) s WHERE counted"""


_TECHNICAL = "reason IN ('technical_fault', 'other_technical')"
_ANSWERED = f"""
    SELECT a.dossier_id, p.unit_id, p.group_id, p.department_id, p.procedure_id,
           coalesce((SELECT min(x.happened_at) FROM dossiers_dossierevent x WHERE x.dossier_id = a.dossier_id
                     AND x.code IN ('received', 'not_accepted', 'supplement_requested')) <= a.due, FALSE) AS hit
    FROM (SELECT dossier_id, min(step_due_at) AS due FROM dossiers_dossierevent
          WHERE code = 'submitted' AND NOT is_internal GROUP BY dossier_id) a
    JOIN LATERAL (SELECT {_OF} FROM dossiers_dossierevent e WHERE e.dossier_id = a.dossier_id
                  ORDER BY e.code <> 'received', e.seq LIMIT 1) p ON TRUE
    WHERE a.due >= %(start)s AND a.due < %(end)s"""

RECOUNT = {
    "online_share_self": _received("channel = 2 AND NOT is_assisted"),
    "online_share_assisted": _received("channel = 2 AND is_assisted"),
    "online_share_full": _received("channel = 2 AND level_offered = 4"),
    "on_time_now": f"{_ended('day <= due_day', f'{_DECIDED} AND due_day IS NOT NULL')} UNION ALL {_open('FALSE', f'NOT stands AND {_LATE}')}",
    "on_time_766": _ended(
        f"asked <= 1 AND CASE WHEN {_LEGAL} THEN minutes_used <= minutes_allowed ELSE day <= due_day END",
        f"({_DECIDED} OR code <> 'not_accepted' AND state_to = 'stopped') AND (due_day IS NOT NULL OR {_LEGAL})",
    )
    + " UNION ALL "
    + f"SELECT {_PLACES}, FALSE FROM still_open WHERE "
    f"state_to <> 'supplement' AND {_LATE} OR state_to = 'supplement' AND "
    "(since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > (due_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
    "open_overdue": _open(f"NOT stands AND coalesce({_LATE}, FALSE)"),
    "open_dossiers": _open("TRUE"),
    "hours_taken": _added("minutes_used", "1", f"{_DECIDED} AND minutes_used IS NOT NULL"),
    "hours_saved": _added("greatest(minutes_allowed - minutes_used, 0)", "1", f"{_DECIDED} AND {_LEGAL}"),
    "time_cut_online": _added(
        "minutes_allowed - minutes_used", "minutes_allowed", f"{_DECIDED} AND channel = 2 AND {_LEGAL}"
    ),
    "answered_in_8_hours": _ANSWERED,
    "supplement_twice": _ended("asked >= 2"),
    "refused_share": _ended("code IN ('refused', 'not_accepted')", "TRUE"),
    "reappointed_share": _ended(
        "EXISTS (SELECT 1 FROM dossiers_dossierevent a WHERE a.dossier_id = ended.dossier_id "
        "AND a.code IN ('reappointed', 'reappointed_late'))"
    ),
    "digitised_received": _received("papers_digitised >= papers_total", "papers_total > 0"),
    "digitised_settled": _ended("papers_digitised >= papers_total", f"{_DECIDED} AND papers_total > 0"),
    "reuse_share": _ended("papers_reused > 0"),
    "reused_papers": _added("papers_reused", "papers_total", f"{_DECIDED} AND papers_total > 0"),
    "full_services": _services("level = 4", f"level = 4 OR {_TECHNICAL}"),
    "offered_online": _services(f"level IN ({LEVELS})", f"level IN ({LEVELS}) OR {_TECHNICAL}"),
    "internal_online": "SELECT *, channel = 2 AS hit FROM receptions WHERE is_internal AND happened_at >= %(start)s",
    "volume_share": _received("TRUE"),
    "tt01_total_time": _added(
        "CASE WHEN day < due_day THEN 2 WHEN day = due_day THEN 1 ELSE 0 END",
        "1",
        f"{_DECIDED} AND due_day IS NOT NULL",
    ),
    "tt01_contacts": _added("CASE asked WHEN 0 THEN 2 WHEN 1 THEN 1 ELSE 0 END", "1", _DECIDED),
}
_BOTH = "coalesce(sum(n), 0), coalesce(sum(d), 0)"
SUMS = {
    **dict.fromkeys(
        ("hours_taken", "hours_saved", "time_cut_online", "reused_papers", "tt01_total_time", "tt01_contacts"), _BOTH
    ),
    "volume_share": "count(*), max(count(*)) OVER ()",
}
