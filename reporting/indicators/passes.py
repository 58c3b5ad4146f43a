"""The rows of each pass, as SQL over facts and offerings. No query runs here; parameters are those of reporting.periods.

Every row says in `bases` to which bases it belongs, one bit each (reporting.indicators.base.BITS): a row is read once,
however many bases count it. Conditions of indicators name columns of these rows and of no table.
"""

from collections.abc import Mapping
from typing import Final

from reporting.closed_rules import FACTS_NOW, FACTS_THEN, SERVICES_NOW, SERVICES_THEN
from reporting.enums import Basis
from reporting.fact_rules import ZONE
from reporting.indicators.base import BITS, LEVELS, ONLINE, Pass
from reporting.models.fact import LASTING


def bases_of(moment: str) -> str:
    """To which bases a moment before the period's end belongs."""
    bits = [
        f"CASE WHEN {moment} >= %({basis.value}_start)s AND {moment} < %({basis.value}_end)s THEN {bit} ELSE 0 END"
        for basis, bit in BITS.items()
    ]
    return f"({' + '.join(bits)}) AS bases"


_RECEIVED: Final = f"""
    SELECT dossier_id, unit_id, group_id, department_id, procedure_id, NULL::bigint AS officer_id, is_internal,
           channel, level_offered, is_assisted, filed_by_id, received_papers, received_digitised, received_day,
           {bases_of("received_at")}
    FROM {{facts}} WHERE received_at >= %(since)s AND received_at < %(end)s"""  # noqa: S608  our own constants

_HANDLED_AS_IT_IS: Final = """procedure_id, officer_id, is_internal, channel, level_offered, last_seq, received_day,
           answer_due_at, answered_at, first_due_at, first_due_day, supplements, minutes_stopped,
           papers_total, papers_digitised, papers_reused, work_digitised, electronic_result, result_signed, fee_due,
           paid_online, rating, reappointed_at, returned_by_post, bodies_contacted, complaint_upheld"""

# Days are compared, not hours.
_ENDED: Final = f"""
    SELECT dossier_id, finished_unit_id AS unit_id, finished_group_id AS group_id, finished_department_id AS department_id,
           {_HANDLED_AS_IT_IS}, FALSE AS is_open, finish_kind, finished_day, coalesce(finished_due_day, first_due_day) AS due_day,
           '' AS stands, NULL::date AS stands_since, minutes_used, minutes_allowed,
           FALSE AS past_first_due, FALSE AS past_due, {bases_of("finished_at")}
    FROM {{facts}} WHERE finished_at >= %(since)s AND finished_at < %(end)s"""  # noqa: S608  our own constants


def _goes_on(end: str) -> str:
    """That what was received before a moment was not over then: an index for each way in which that can be."""
    return f"""finished_at IS NULL
        OR finished_at >= {end} AND received_at >= {end} - interval '{LASTING * 24} hours'
        OR finished_at >= {end} AND finished_day >= received_day + {LASTING}"""


def _open(end: str, late_before: str, bits: int) -> str:
    """What was open at a moment: for the unit that held it then, under the promise that was in force then.

    `stands`: whose turn it was while the legal clock stood still, '' while it ran.
    """
    due = "coalesce(p.due_at, f.first_due_at)"
    return f"""
    SELECT f.dossier_id, CASE WHEN t.seq IS NULL THEN f.unit_id ELSE t.unit_id END AS unit_id,
           CASE WHEN t.seq IS NULL THEN f.group_id ELSE t.group_id END AS group_id,
           CASE WHEN t.seq IS NULL THEN f.department_id ELSE t.department_id END AS department_id,
           {_HANDLED_AS_IT_IS}, TRUE, '', NULL, ({due} AT TIME ZONE '{ZONE}')::date,
           coalesce(p.stands, ''), (p.changed_at AT TIME ZONE '{ZONE}')::date, NULL, NULL,
           coalesce(f.first_due_at < {late_before}, FALSE), coalesce({due} < {late_before}, FALSE), {bits}
    FROM (SELECT * FROM {{facts}} WHERE received_at < {end} AND ({_goes_on(end)})) f
    LEFT JOIN LATERAL (
        SELECT seq, unit_id, group_id, department_id FROM reporting_transferfact
        WHERE dossier_id = f.dossier_id AND moved_at < {end} AND seq <= f.last_seq ORDER BY seq DESC LIMIT 1) t ON TRUE
    LEFT JOIN LATERAL (
        SELECT seq, due_at, stands, changed_at FROM reporting_promisefact
        WHERE dossier_id = f.dossier_id AND changed_at < {end} AND seq <= f.last_seq ORDER BY seq DESC LIMIT 1) p ON TRUE"""  # noqa: S608


_MIDWAY: Final = BITS[Basis.MID_MONTH]
_HANDLED: Final = " UNION ALL ".join(
    (
        _ENDED,
        _open("%(end)s", "%(late_before)s", sum(BITS.values()) - _MIDWAY),
        _open("%(mid_month_end)s", "%(mid_month_late_before)s", _MIDWAY),
    )
)

# What had become of each by the end of what was counted.
_FILED: Final = f"""
    SELECT dossier_id, unit_id, group_id, department_id, procedure_id, NULL::bigint AS officer_id, is_internal, channel,
           CASE WHEN received_at < %(end)s THEN received_at END AS received_at,
           CASE WHEN finished_at < %(end)s THEN finish_kind ELSE '' END AS finish_kind,
           CASE WHEN finished_at < %(end)s THEN finished_at END AS finished_at,
           CASE WHEN returned_at < %(end)s THEN returned_at END AS returned_at, {bases_of("filed_at")}
    FROM {{facts}} WHERE filed_at >= %(since)s AND filed_at < %(end)s"""  # noqa: S608  our own constants

_ANSWERS: Final = f"""
    SELECT dossier_id, unit_id, group_id, department_id, procedure_id, NULL::bigint AS officer_id, is_internal,
           coalesce(answered_at <= answer_due_at, FALSE) AS in_time, {bases_of("answer_due_at")}
    FROM {{facts}} WHERE answer_due_at >= %(since)s AND answer_due_at < %(end)s"""  # noqa: S608  our own constants

_DAYS: Final = ", ".join(
    f"({bit}, %({basis.value}_first_day)s::date, %({basis.value}_last_day)s::date)" for basis, bit in BITS.items()
)
# What a unit offers in each basis; a level held on one day of it counts. Those of several departments are told apart.
_SERVICES: Final = f"""
    SELECT b.bit, f.procedure_id, f.unit_id, f.group_id, f.department_id, f.is_internal,
           bool_or(f.level IN ({LEVELS})) AS is_online, bool_or(f.level = 4) AS is_full,
           bool_or(f.level IN ({LEVELS}) OR f.reason IN ('technical_fault', 'other_technical')) AS may_be_online,
           bool_or(f.level = 4 OR f.reason IN ('technical_fault', 'other_technical')) AS may_be_full,
           row_number() OVER (PARTITION BY b.bit, f.unit_id, f.procedure_id ORDER BY f.department_id NULLS FIRST) AS place
    FROM {{services}}
    JOIN (VALUES {_DAYS}) b (bit, first_day, last_day)
      ON GREATEST(f.valid_from, b.first_day) <= LEAST(f.valid_to, b.last_day)
    GROUP BY b.bit, f.procedure_id, f.unit_id, f.group_id, f.department_id, f.is_internal"""  # noqa: S608

# A dossier is its department's; where that department does not offer the procedure, it is the first one's that does.
_IS_OF: Final = """x.unit_id = o.unit_id AND x.procedure_id = o.procedure_id AND (
        x.department_id IS NOT DISTINCT FROM o.department_id OR o.place = 1 AND NOT EXISTS (
            SELECT FROM services e WHERE e.bit = o.bit AND e.unit_id = x.unit_id AND e.procedure_id = x.procedure_id
              AND e.department_id IS NOT DISTINCT FROM x.department_id))"""

_OFFERED: Final = f"""
    WITH services AS ({_SERVICES}),
    found AS (SELECT unit_id, procedure_id, department_id, bases, count(*) AS dossiers
              FROM ({_RECEIVED}) r WHERE {ONLINE} AND NOT is_internal GROUP BY 1, 2, 3, 4)
    SELECT o.procedure_id, o.unit_id, o.group_id, o.department_id, NULL::bigint AS officer_id, o.is_internal,
           o.is_online, o.is_full, o.may_be_online, o.may_be_full, o.bit AS bases,
           coalesce(sum(x.dossiers), 0)::bigint AS dossiers
    FROM services o LEFT JOIN found x ON x.bases & o.bit <> 0 AND {_IS_OF}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"""  # noqa: S608  our own constants

_USED: Final = f"""
    WITH services AS ({_SERVICES})
    SELECT x.dossier_id, o.unit_id, o.group_id, o.department_id, o.procedure_id, x.officer_id, x.is_internal,
           o.is_online, o.is_full, o.may_be_online, o.may_be_full, o.bit AS bases
    FROM services o JOIN ({_RECEIVED}) x ON x.bases & o.bit <> 0 AND {ONLINE} AND NOT x.is_internal AND {_IS_OF}"""  # noqa: S608

_CASES: Final[Mapping[Pass, str]] = {
    Pass.RECEIVED: _RECEIVED,
    Pass.HANDLED: _HANDLED,
    Pass.FILED: _FILED,
    Pass.ANSWERS: _ANSWERS,
    Pass.OFFERED: _OFFERED,
    Pass.USED: _USED,
}


def stock_sql(moment: str, *, as_closed: bool = False) -> str:
    """SQL of what was open at a moment, a parameter's name: dossier_id, unit_id, procedure_id, is_internal and more."""
    return _open(f"%({moment})s", f"%({moment})s", 0).format(facts=FACTS_THEN if as_closed else FACTS_NOW)


def cases_sql(rows: Pass, *, as_closed: bool = False, as_offered: bool = False) -> str:
    """SQL of a pass's rows; `as_closed` as they were known when the run of parameter `run` was closed.

    `as_offered`: services too; months closed by older versions kept none.
    """
    return _CASES[rows].format(
        facts=FACTS_THEN if as_closed else FACTS_NOW, services=SERVICES_THEN if as_offered else SERVICES_NOW
    )
