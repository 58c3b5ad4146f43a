"""What an indicator declares, and the rows it may count. No query runs here; the indicators are the modules beside this one.

A pass gives one row per case (a dossier or a service) of the year so far; an indicator says which cases it counts and
which of them are hits. The snapshot counts these rows and the list behind a number shows them: the two cannot disagree.
Parameters of the SQL are those of reporting.periods.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.registry import Registry
from procedures.enums import ONLINE_LEVELS, Channel
from reporting.enums import Basis, FinishKind, Part
from reporting.fact_rules import COLUMNS

Text = str | Promise


class Source(StrEnum):
    """Where a figure comes from."""

    LEDGER = "ledger"
    OFFERINGS = "offerings"


SOURCE_NAMES: Final[dict[Source, Text]] = {
    Source.LEDGER: _("sổ sự kiện hồ sơ"),
    Source.OFFERINGS: _("danh mục dịch vụ công trực tuyến theo ngày hiệu lực"),
}


class Pass(StrEnum):
    """Rows that are read once for all indicators that ask about the same dates."""

    RECEIVED = "received"
    DUE = "due"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One indicator. `additive`: a scope's figure is the sum of its units'; otherwise cases are distinct per scope.

    `counted` and `hit` are conditions on the rows of its pass; `hit` is said for each basis.
    """

    code: str  # stored with every figure, stands in addresses; at most 24 signs, for ever
    codes: tuple[str, ...]  # docs/law.md, figures
    label: Text
    short_name: Text
    formula: Text
    numerator: Text
    denominator: Text
    noun: Text  # what a case is: dossier or service
    bases: tuple[Basis, ...]
    sources: tuple[Source, ...]
    additive: bool
    cases: Pass
    hit: Mapping[Basis, str]
    counted: str = "TRUE"
    version: int = 1


# ── cases ────────────────────────────────────────────────────────────────────────────────────────

ONLINE: Final = f"channel = {int(Channel.ONLINE)}"
LEVELS: Final = ", ".join(str(int(level)) for level in sorted(ONLINE_LEVELS))
_DECIDED: Final = f"'{FinishKind.GRANTED}', '{FinishKind.REFUSED}'"

# Facts of today, or as they were known when the run of parameter `run` was closed.
_FACTS: Final = "reporting_factdossier"
_FACTS_THEN: Final = f"""(
    SELECT {", ".join(COLUMNS)} FROM reporting_factdossier now
    WHERE NOT EXISTS (SELECT FROM reporting_closedfact c WHERE c.run_id = %(run)s AND c.dossier_id = now.dossier_id)
    UNION ALL SELECT {", ".join(COLUMNS)} FROM reporting_closedfact WHERE run_id = %(run)s) facts"""  # noqa: S608

_RECEIVED: Final = """
    SELECT dossier_id, unit_id, group_id, department_id, procedure_id, channel, level_offered,
           received_at >= %(month_start)s AS in_month
    FROM {facts} WHERE NOT is_internal AND received_at >= %(since)s AND received_at < %(end)s"""

# Days are compared, not hours. What is still open counts for the unit that holds it at the period's end.
_DUE: Final = f"""
    SELECT dossier_id, finished_unit_id AS unit_id, finished_group_id AS group_id, finished_department_id AS department_id,
           procedure_id, finished_day <= first_due_day AS on_time, finished_at >= %(month_start)s AS in_month
    FROM {{facts}}
    WHERE NOT is_internal AND finish_kind IN ({_DECIDED}) AND first_due_at IS NOT NULL
      AND finished_at >= %(since)s AND finished_at < %(end)s
    UNION ALL
    SELECT f.dossier_id, CASE WHEN t.seq IS NULL THEN f.unit_id ELSE t.unit_id END,
           CASE WHEN t.seq IS NULL THEN f.group_id ELSE t.group_id END,
           CASE WHEN t.seq IS NULL THEN f.department_id ELSE t.department_id END, f.procedure_id, FALSE, TRUE
    FROM (SELECT * FROM {{facts}}) f
    LEFT JOIN LATERAL (
        SELECT seq, unit_id, group_id, department_id FROM reporting_transferfact
        WHERE dossier_id = f.dossier_id AND moved_at < %(end)s AND seq <= f.last_seq ORDER BY seq DESC LIMIT 1) t ON TRUE
    WHERE NOT f.is_internal AND f.received_at < %(end)s AND f.first_due_at < %(late_before)s
      AND (f.finished_at IS NULL OR f.finished_at >= %(end)s)"""  # noqa: S608  our own constants


def _offered_since(first_day: str) -> str:
    return (
        f"GREATEST(f.valid_from, u.valid_from, %({first_day})s) "
        "<= LEAST(f.valid_to, u.valid_to, p.retired_on - 1, %(last_day)s)"
    )


_OFFERED: Final = f"""
    SELECT o.procedure_id, o.unit_id, o.group_id, o.department_id, o.in_month,
           coalesce(used.dossiers, 0) AS dossiers, coalesce(used.dossiers_in_month, 0) AS dossiers_in_month
    FROM (
        SELECT f.procedure_id, f.unit_id, u.group_id, f.department_id,
               bool_or({_offered_since("month_first_day")}) AS in_month
        FROM procedures_onlineoffering f
        JOIN accounts_orgunit u ON u.id = f.unit_id
        JOIN procedures_procedure p ON p.id = f.procedure_id
        WHERE f.level IN ({LEVELS}) AND NOT p.is_internal AND {_offered_since("first_day")}
        GROUP BY f.procedure_id, f.unit_id, u.group_id, f.department_id) o
    LEFT JOIN (
        SELECT unit_id, procedure_id, count(*) AS dossiers, count(*) FILTER (WHERE in_month) AS dossiers_in_month
        FROM ({_RECEIVED}) r WHERE {ONLINE} GROUP BY unit_id, procedure_id) used
      ON used.unit_id = o.unit_id AND used.procedure_id = o.procedure_id"""  # noqa: S608  our own constants

_CASES: Final[Mapping[Pass, str]] = {Pass.RECEIVED: _RECEIVED, Pass.DUE: _DUE, Pass.OFFERED: _OFFERED}
# Which column of a service holds its online dossiers.
DOSSIERS_OF_SERVICE: Final[Mapping[Basis, str]] = {Basis.MONTH: "dossiers_in_month", Basis.CUMULATIVE: "dossiers"}
_WITHIN: Final[Mapping[Basis, str]] = {Basis.MONTH: "in_month", Basis.CUMULATIVE: "TRUE"}


def always(condition: str) -> Mapping[Basis, str]:
    """The same condition for every basis."""
    return dict.fromkeys(Basis, condition)


BOTH: Final = (Basis.MONTH, Basis.CUMULATIVE)
INDICATORS: Final[Registry[Declaration]] = Registry("indicator")


def of_pass(rows: Pass) -> list[tuple[Declaration, Basis]]:
    """Indicators and bases counted in one pass, in the order of the columns of `counting_sql`."""
    return [(one, basis) for one in INDICATORS if one.cases == rows for basis in one.bases]


def cases_sql(rows: Pass, *, as_closed: bool = False) -> str:
    """SQL of a pass's rows; `as_closed` as they were known when the run of parameter `run` was closed."""
    return _CASES[rows].format(facts=_FACTS_THEN if as_closed else _FACTS)


def counting_sql(rows: Pass) -> str:
    """SQL that counts a pass by unit, group, department and in all, reading its rows once.

    Columns: unit_id, group_id, department_id, level (3, 5, 6 or 7: which of the three is not the row's scope), then
    numerator and denominator of each entry of `of_pass`.
    """
    counts = ", ".join(_counts(declared, basis) for declared, basis in of_pass(rows))
    return (
        "SELECT unit_id, group_id, department_id, GROUPING(unit_id, group_id, department_id) AS level, "  # noqa: S608
        f"{counts} FROM ({cases_sql(rows)}) cases GROUP BY GROUPING SETS ((unit_id), (group_id), (department_id), ())"
    )


def part_of(declared: Declaration, basis: str, part: str) -> str:
    """The condition on a pass's rows for one part of an indicator's fraction; what is not known is no hit."""
    hit = declared.hit[Basis(basis)]
    wanted = {Part.NUMERATOR: hit, Part.DENOMINATOR: "TRUE", Part.REST: f"({hit}) IS NOT TRUE"}[Part(part)]
    return f"{declared.counted} AND {_WITHIN[Basis(basis)]} AND {wanted}"


def _counts(declared: Declaration, basis: Basis) -> str:
    what = "*" if declared.additive else "DISTINCT procedure_id"
    parts = (part_of(declared, basis, part) for part in (Part.NUMERATOR, Part.DENOMINATOR))
    return ", ".join(f"count({what}) FILTER (WHERE {condition})" for condition in parts)
