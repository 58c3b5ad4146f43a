"""Dossiers of a month told by more than an indicator asks: how they are counted, and the list behind each of those numbers.

A slice is a condition on rows; its number and its list ask the same of the same rows, so that they cannot disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from dossiers.enums import State
from portal.clock import Month
from portal.db import read
from portal.registry import Registry
from reporting import kept, queries
from reporting.enums import Basis, ScopeKind
from reporting.indicators import SCOPE_COLUMNS, Pass, cases_sql
from reporting.indicators.base import DECIDED, Text, within
from reporting.indicators.passes import bases_of
from reporting.lasting.late_rows import LATE
from reporting.models import Run
from reporting.periods import period
from reporting.queries import PAGE, TOTAL, Scope

Rowset = list[dict[str, Any]]  # counted rows by the names of their columns


class RowKind(StrEnum):
    """Which dossiers a slice is cut from."""

    RECEIVED = "received"  # as the pass of that name
    HANDLED = "handled"  # as the pass of that name
    FINISHED = "finished"  # granted or refused in the period
    FILED = "filed"  # by the day they were sent or brought, with drafts begun then that were not sent
    LATE = "late"  # later than first promised: finished in the period, or open at its end


@dataclass(frozen=True, slots=True)
class Slice:
    """Dossiers of which a page tells the number. `code` stands in addresses; `label`, then `detail`, is the list's heading."""

    code: str
    label: Text
    rows: RowKind
    condition: str = "TRUE"
    detail: Text = ""

    @property
    def column(self) -> str:
        """What it is counted as."""
        return self.code.replace("-", "_")

    @property
    def counted(self) -> str:
        """SQL that counts it among its rows."""
        return f"count(*) FILTER (WHERE {self.condition}) AS {self.column}"


SLICES: Final[Registry[Slice]] = Registry("slice")

_FINISHED: Final = f"""
    SELECT *, finished_day - received_day AS days FROM ({{cases}}) handled
    WHERE NOT is_internal AND {DECIDED} AND {{condition}}"""  # noqa: S608  our own constants
# Drafts stand in no ledger: a closed month knows of none.
_DRAFTS: Final = f"""
    UNION ALL SELECT drafts.*, TRUE FROM (
        SELECT d.id AS dossier_id, d.counting_unit_id AS unit_id, u.group_id, d.department_id, d.procedure_id,
               NULL::bigint AS officer_id, d.is_internal, d.channel, NULL::timestamptz, '', NULL::timestamptz, NULL::timestamptz,
               {bases_of("d.created_at")}
        FROM dossiers_dossier d JOIN accounts_orgunit u ON u.id = d.counting_unit_id
        WHERE d.state = '{State.DRAFT}' AND d.created_at >= %(since)s AND d.created_at < %(end)s) drafts"""  # noqa: S608
_FILED: Final = """
    SELECT * FROM (
        SELECT filed.*, FALSE AS is_draft FROM ({filed}) filed {drafts}) sent
    WHERE NOT is_internal AND {condition}"""
_SQL: Final[Mapping[RowKind, str]] = {
    RowKind.RECEIVED: "SELECT * FROM ({received}) received WHERE {condition}",
    RowKind.HANDLED: "SELECT * FROM ({cases}) handled WHERE {condition}",
    RowKind.FINISHED: _FINISHED,
    RowKind.FILED: _FILED,
    RowKind.LATE: LATE,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose dossiers are spoken of, of which days; perhaps of one procedure, officer or channel alone."""

    run: Run
    basis: Basis
    scope: Scope
    procedure_id: int | None = None
    officer_id: int | None = None
    channel: int | None = None
    is_unassigned: bool = False  # of no department yet

    @property
    def condition(self) -> str:
        """What holds for all of them."""
        kind = ScopeKind(self.scope[0])
        parts = [within(self.basis), "TRUE" if self.scope == TOTAL else f"{SCOPE_COLUMNS[kind]} = %(scope_id)s"]
        given = {name: getattr(self, name) for name in ("procedure_id", "officer_id", "channel")}
        parts += ["department_id IS NULL"] if self.is_unassigned else []
        return " AND ".join([*parts, *(f"{name} = %({name})s" for name, value in given.items() if value is not None)])

    def rows(self, kind: RowKind) -> str:
        """SQL of the dossiers, as a closed month knew them or as they are known now."""
        is_closed = self.run.frozen_at is not None
        return _SQL[kind].format(
            cases=cases_sql(Pass.HANDLED, as_closed=is_closed),
            received=self.received,
            filed=cases_sql(Pass.FILED, as_closed=is_closed),
            drafts="" if is_closed else _DRAFTS,
            condition=self.condition,
        )

    @property
    def received(self) -> str:
        """SQL of received dossiers, whosever they are, since the parameter of that name."""
        return cases_sql(Pass.RECEIVED, as_closed=self.run.frozen_at is not None)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the condition and the rows ask for."""
        days = period(Month.of(self.run.month), self.run.counted_until, self.basis).parameters()
        return days | {
            "run": self.run.pk,
            "scope_id": self.scope[1],
            "procedure_id": self.procedure_id,
            "officer_id": self.officer_id,
            "channel": self.channel,
        }

    def grouped(self, kind: RowKind, columns: Sequence[str], by: Sequence[str]) -> Rowset:
        """Columns for all of them together and for each value of the columns `by`, with what a procedure is called.

        `level` says which of `by` a row is of; '' for all together.
        """
        order = ", ".join(["level", *by])
        return kept.named_rows(self.run, f"{self.grouped_sql(kind, columns, by)} ORDER BY {order}", self.parameters)

    def grouped_sql(self, kind: RowKind, columns: Sequence[str], by: Sequence[str]) -> str:
        """SQL of the same in no order."""
        sets = ", ".join(f"({column})" for column in (*by, ""))
        level = " ".join(f"WHEN GROUPING({column}) = 0 THEN '{column}'" for column in by)
        keys = [
            column if column in by else f"NULL::bigint AS {column}"
            for column in {**dict.fromkeys(by), "procedure_id": None}
        ]
        return f"""
            SELECT counted.*, named.code AS procedure_code, named.name AS procedure_name FROM (
                SELECT CASE WHEN FALSE THEN '' {level} ELSE '' END AS level, {", ".join(keys)}, {", ".join(columns)}
                FROM ({self.rows(kind)}) found GROUP BY GROUPING SETS ({sets})) counted
            LEFT JOIN {_names(self.run)} named ON level = 'procedure_id' AND named.id = procedure_id"""  # noqa: S608  our own constants


def _names(run: Run) -> str:
    """What procedures are called: as when the month was closed, or today."""
    then = "(SELECT procedure_id AS id, code, name FROM reporting_closedprocedure WHERE run_id = %(run)s)"
    return then if run.has_copies else "procedures_procedure"


@dataclass(frozen=True, slots=True)
class SliceList:
    """The dossiers behind one number."""

    selection: Selection
    slice: Slice

    @property
    def title(self) -> str:
        """What the dossiers are."""
        return f"{self.slice.label} {self.slice.detail}".strip()

    def count(self) -> int:
        """How many there are."""
        counted = f"SELECT count(*) FROM {self._found}"  # noqa: S608  our own constants
        return int(kept.rows(self.selection.run, counted, self.selection.parameters)[0][0])

    def dossiers(self, before: int | None) -> tuple[list[dict[str, Any]], int | None]:
        """One page of them, newest first, and the id to continue before."""
        earlier = "TRUE" if before is None else "dossier_id < %(before)s"
        rows = read(
            f"SELECT dossier_id, unit_id, procedure_id, 1 FROM {self._found} AND {earlier} "  # noqa: S608
            f"ORDER BY dossier_id DESC LIMIT {PAGE + 1}",
            self.selection.parameters | {"before": before},
        )
        page = rows[:PAGE]
        return queries.described(page, self.selection.run), page[-1][0] if len(rows) > PAGE else None

    def listed(self) -> str:
        """SQL of all of them, as an export reads them."""
        return f"SELECT dossier_id, unit_id, procedure_id, 1 AS amount FROM {self._found}"  # noqa: S608

    @property
    def _found(self) -> str:
        return f"({self.selection.rows(self.slice.rows)}) found WHERE ({self.slice.condition})"
