"""How a month is counted: one statement over all passes that writes a run's snapshots where they differ. No query runs here.

Rows are first added up by unit, group, department, procedure, officer and the bases they belong to, each indicator once;
the few rows that are left are then summed for each scope and each basis.
"""

from collections.abc import Sequence
from typing import Final

from reporting.enums import Basis, Part, ScopeKind
from reporting.indicators.base import Declaration, Pass, amount_of, counted_of, hit_of, of_pass, within
from reporting.indicators.passes import cases_sql

SCOPE_COLUMNS: Final = {
    ScopeKind.UNIT: "unit_id",
    ScopeKind.GROUP: "group_id",
    ScopeKind.DEPARTMENT: "department_id",
    ScopeKind.PROCEDURE: "procedure_id",
    ScopeKind.OFFICER: "officer_id",
}
_COLUMNS: Final = ", ".join(SCOPE_COLUMNS.values())
_SETS: Final = ", ".join(f"({column})" for column in (*SCOPE_COLUMNS.values(), ""))
_EVERYTHING: Final = (1 << len(SCOPE_COLUMNS)) - 1
# GROUPING() has a bit for each column a row does not group by, the first column the highest.
_KIND: Final = " ".join(
    f"WHEN {_EVERYTHING & ~(1 << (len(SCOPE_COLUMNS) - 1 - place))} THEN '{kind.value}'"
    for place, kind in enumerate(SCOPE_COLUMNS)
)
_PARTS: Final = (Part.NUMERATOR, Part.DENOMINATOR)
FRESH: Final = ("scope_kind", "scope_id", "indicator", "basis", "formula_version", "numerator", "denominator")


def counting_sql(passes: Sequence[Pass] = tuple(Pass)) -> str:
    """SQL of all figures of a month, one row of FRESH for each scope, indicator and basis; the total always has one."""
    counted = [rows for rows in passes if of_pass(rows)]
    parts = [f"{rows.value} AS MATERIALIZED ({_scopes_sql(rows)})" for rows in counted]
    return f"WITH {', '.join(parts)} " + " UNION ALL ".join(_figures_sql(rows) for rows in counted)


def writing_sql() -> str:
    """SQL that makes the snapshots of the run of parameter `run` what the facts say, touching only what differs."""
    names = ", ".join(FRESH)
    key = "scope_kind, coalesce(scope_id, 0)"
    value = f"{key}, indicator, basis, formula_version, numerator, denominator"
    values = (
        "formula_version = excluded.formula_version, numerator = excluded.numerator, denominator = excluded.denominator"
    )
    # However many figures the planner expects, old and new ones are laid together and sorted once, never looked up one among all.
    return f"""
    WITH fresh AS MATERIALIZED ({counting_sql()}),
    gone AS (DELETE FROM reporting_snapshot WHERE id = ANY(ARRAY(
        SELECT max(id) FROM (SELECT {key} AS place, indicator, basis, id FROM reporting_snapshot WHERE run_id = %(run)s
                             UNION ALL SELECT {key}, indicator, basis, NULL FROM fresh) told
        GROUP BY scope_kind, place, indicator, basis HAVING count(*) = count(id))))
    INSERT INTO reporting_snapshot (run_id, {names}) SELECT %(run)s, {names} FROM fresh
    -- Looked up by hash: of a run that has just been made the planner expects few rows.
    WHERE ({value}) NOT IN (SELECT {value} FROM reporting_snapshot WHERE run_id = %(run)s)
    ON CONFLICT (run_id, scope_kind, scope_id, indicator, basis) DO UPDATE SET {values}"""  # noqa: S608  our own constants


def _scopes_sql(rows: Pass) -> str:
    """Numerator and denominator of every indicator and basis of a pass, one row for each scope.

    Amounts are added up by scope and bases first: few rows are then left to be told apart by basis. What counts once in a
    scope cannot be added and is counted from the cells.
    """
    distinct = any(declared.key for declared in of_pass(rows))
    cells = _cells_sql(rows) if distinct else _rolled_sql(rows)
    scope = (
        f"CASE GROUPING({_COLUMNS}) {_KIND} ELSE '{ScopeKind.TOTAL.value}' END AS scope_kind, coalesce({_COLUMNS}) AS scope_id"
        if distinct
        else "scope_kind, scope_id"
    )
    columns = ", ".join(
        f"{_of_basis(declared, place, part, basis)} AS {_name(place, part, basis)}"
        for place, declared in enumerate(of_pass(rows))
        for basis in declared.bases
        for part in _PARTS
    )
    groups = f"GROUPING SETS ({_SETS})" if distinct else "scope_kind, scope_id"
    return f"SELECT {scope}, {columns} FROM ({cells}) cells GROUP BY {groups}"  # noqa: S608  our own constants


def _rolled_sql(rows: Pass) -> str:
    """The cells added up by scope and bases; the total always has a row, of no basis when there is no cell."""
    names = [_name(place, part) for place, _declared in enumerate(of_pass(rows)) for part in _PARTS]
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    sets = ", ".join(f"({column}, bases)" for column in SCOPE_COLUMNS.values())
    nothing = ", ".join("0" for _name_of in names)
    return f"""SELECT CASE GROUPING({_COLUMNS}) {_KIND} ELSE '{ScopeKind.TOTAL.value}' END AS scope_kind,
        coalesce({_COLUMNS}) AS scope_id, bases, {sums}
        FROM ({_cells_sql(rows)}) cells GROUP BY GROUPING SETS ({sets}, (bases))
        UNION ALL SELECT '{ScopeKind.TOTAL.value}', NULL, 0, {nothing}"""  # noqa: S608  our own constants


def _cells_sql(rows: Pass) -> str:
    columns = ", ".join(
        f"{_added(declared, part)} AS {_name(place, part)}"
        for place, declared in enumerate(of_pass(rows))
        for part in _PARTS
    )
    return f"SELECT {_COLUMNS}, bases, {columns} FROM ({cases_sql(rows)}) cases GROUP BY {_COLUMNS}, bases"  # noqa: S608


def _added(declared: Declaration, part: Part) -> str:
    amount = amount_of(declared, part)
    what = "count(*)" if amount == "1" else f"sum({amount})"
    return f"{what} FILTER (WHERE {counted_of(declared)} AND {hit_of(declared, part)})"


def _of_basis(declared: Declaration, place: int, part: Part, basis: Basis) -> str:
    cell = _name(place, part)
    if declared.key:
        return f"count(DISTINCT {declared.key}) FILTER (WHERE {cell} > 0 AND {within(basis)})"
    return f"coalesce(sum({cell}) FILTER (WHERE {within(basis)}), 0)::bigint"


def _figures_sql(rows: Pass) -> str:
    """The figures of a pass below each other; a scope without a case has none, but the total."""
    values = ", ".join(
        f"('{declared.code}', '{basis.value}', {declared.version}, {_name(place, Part.NUMERATOR, basis, 'c.')}, "
        f"{_name(place, Part.DENOMINATOR, basis, 'w.' if declared.of_whole else 'c.')}, {declared.of_officers}, "
        f"{_name(place, Part.DENOMINATOR, basis, 'c.')})"
        for place, declared in enumerate(of_pass(rows))
        for basis in declared.bases
    )
    return f"""
    SELECT c.scope_kind, c.scope_id, v.indicator, v.basis, v.version AS formula_version, v.numerator, v.denominator
    FROM {rows.value} c JOIN {rows.value} w ON w.scope_kind = '{ScopeKind.TOTAL.value}'
    CROSS JOIN LATERAL (VALUES {values}) v (indicator, basis, version, numerator, denominator, of_officers, cases)
    WHERE c.scope_kind = '{ScopeKind.TOTAL.value}'
       OR c.scope_id IS NOT NULL AND v.cases <> 0 AND (v.of_officers OR c.scope_kind <> '{ScopeKind.OFFICER.value}')"""  # noqa: S608


def _name(place: int, part: Part, basis: Basis | None = None, of: str = "") -> str:
    """The column of an indicator's numerator or denominator, in all or of a basis."""
    kind = "n" if part == Part.NUMERATOR else "d"
    return f"{of}{kind}{place}" + (f"_{basis.value}" if basis else "")
