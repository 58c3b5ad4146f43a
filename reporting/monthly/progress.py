"""The progress report II.06a of one count of a month: its rows by field and by unit, its identity, the lists behind it. Reads facts.

Of a closed month facts, units, procedures and fields are those it keeps. Whoever calls has checked the scope.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.clock import Month
from portal.db import read
from portal.templatetags.ui import number
from procedures.models import Procedure
from reporting import kept, queries
from reporting.models import ClosedField, Run
from reporting.monthly.progress_rules import (
    CAME,
    COLUMNS,
    STANDS,
    FormColumn,
    came_sql,
    counts_sql,
    differing_sql,
    stands_sql,
)
from reporting.periods import Days, ReportPeriod, period
from reporting.queries import PAGE, TOTAL, Scope, Unit

MOST_DIFFERING = 200  # dossiers that are named
NO_FIELD = ""


@dataclass(slots=True)
class FormRow:
    """One row: a field, a unit, or all of them."""

    key: str
    name: str
    counts: Counter[str] = field(default_factory=Counter)

    def value(self, column: FormColumn) -> int:
        """What stands in a column."""
        return sum(self.counts[part] for part in column.parts)

    @property
    def values(self) -> list[tuple[FormColumn, int]]:
        """All columns with what stands in them."""
        return [(column, self.value(column)) for column in COLUMNS]

    @property
    def came(self) -> int:
        """What came in."""
        return sum(self.counts[part] for part in CAME)

    @property
    def stands(self) -> int:
        """What is resolved or open."""
        return sum(self.counts[part] for part in STANDS)

    @property
    def difference(self) -> int:
        """By how much more stands than came in; nothing when the identity holds."""
        return self.stands - self.came


@dataclass(frozen=True, slots=True)
class Differing:
    """A dossier that does not stand where it came in, and why in words."""

    dossier_id: int
    procedure_id: int
    came_unit: int | None
    stands_unit: int | None
    reason: str


@dataclass(slots=True)
class ProgressReport:
    """The whole form for a scope and a period."""

    run: Run
    period: ReportPeriod
    scope: Scope
    days: Days
    total: FormRow
    fields: list[FormRow]
    units: list[FormRow]
    differing: list[Differing] = field(default_factory=list)
    differing_count: int = 0
    fields_are_todays: bool = False  # a month closed by an older version kept none

    @property
    def holds(self) -> bool:
        """Whether received and carried over are resolved and in progress, dossier by dossier."""
        return not self.differing_count

    @property
    def identity(self) -> str:
        """The identity of the form in words, with its numbers."""
        words = {
            "came": number(self.total.came),
            "resolved": number(self.total.value(COLUMNS["da-giai-quyet"])),
            "open": number(self.total.value(COLUMNS["dang-giai-quyet"])),
            "count": number(self.differing_count),
        }
        sides = (
            _("%(came)s tiếp nhận (kể cả từ kỳ trước), %(resolved)s đã giải quyết, %(open)s đang giải quyết") % words
        )
        if self.holds:
            return _("Khớp, (3) = (7) + (11): %(sides)s.") % {"sides": sides}
        return _("Lệch %(count)s hồ sơ: %(sides)s.") % (words | {"sides": sides})


@dataclass(frozen=True, slots=True)
class FormSelection:
    """Which dossiers are asked for: of a count, a period and a scope, perhaps of one field alone."""

    run: Run
    period: ReportPeriod
    scope: Scope
    field_code: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the SQL asks for; dossiers open when the period began are from before its first day."""
        month = Month.of(self.run.month)
        first, _last = self.period.days(month)
        found = period(month, self.run.counted_until, self.period.basis).parameters()
        return found | {"run": self.run.pk, "began_at": clock.at(first, time.min), "unit_id": self.scope[1]}

    @property
    def as_closed(self) -> bool:
        """Whether the month is closed."""
        return self.run.frozen_at is not None

    def asked(self, sql: Callable[..., str]) -> str:
        """One of the statements of the rules for this period."""
        return sql(self.period.basis, as_closed=self.as_closed)

    # ── the form ─────────────────────────────────────────────────────────────────────────────────

    def report(self, units: Mapping[int, Unit]) -> ProgressReport:
        """Count everything: three statements."""
        rows = kept.rows(self.run, self.asked(counts_sql), self.parameters)
        rows = [row for row in rows if self.scope == TOTAL or row[1] == self.scope[1]]
        fields, are_todays = fields_of(self.run, {row[0] for row in rows})
        differing = self._differing(units)
        nameless = _("chưa xếp lĩnh vực")
        found = ProgressReport(
            run=self.run,
            period=self.period,
            scope=self.scope,
            days=self.period.days(Month.of(self.run.month)),
            total=_added(rows, lambda _row: "").get("", FormRow("", "")),
            fields=_named(
                _added(rows, lambda row: fields.get(row[0], (NO_FIELD, nameless))[0]),
                dict(fields.values()) | {NO_FIELD: nameless},
            ),
            units=_in_order(_added(rows, lambda row: str(row[1])), units),
            differing=differing[:MOST_DIFFERING],
            differing_count=len(differing),
            fields_are_todays=are_todays,
        )
        found.total.name = _("Tổng số")
        return found

    def _differing(self, units: Mapping[int, Unit]) -> list[Differing]:
        """Of the whole only what stands nowhere; of a unit also what came from another, or went there."""
        sql = f"SELECT * FROM ({self.asked(differing_sql)}) d WHERE {self._is_differing()} ORDER BY dossier_id DESC"  # noqa: S608
        return [
            Differing(dossier_id, procedure_id, came, stands, _reason(came, stands, units))
            for dossier_id, procedure_id, came, stands in kept.rows(self.run, sql, self.parameters)
        ]

    def _is_differing(self) -> str:
        if self.scope == TOTAL:
            return "came_unit IS NULL OR stands_unit IS NULL"
        return "came_unit = %(unit_id)s OR stands_unit = %(unit_id)s"

    # ── the lists behind it ──────────────────────────────────────────────────────────────────────

    def listed(self, column: FormColumn) -> tuple[str, dict[str, Any]]:
        """The dossiers of one number as SQL with its parameters: dossier_id, unit_id, procedure_id, amount."""
        rows = self.asked(came_sql if set(column.parts) <= set(CAME) else stands_sql)
        where = ["counted_as = ANY(%(parts)s)"]
        where += [] if self.scope == TOTAL else ["unit_id = %(unit_id)s"]
        parameters = self.parameters | {"parts": list(column.parts)}
        if self.field_code is not None:
            where.append("procedure_id = ANY(%(procedures)s)")
            parameters["procedures"] = procedures_in(self.run, self.field_code)
        conditions = " AND ".join(where)
        return f"SELECT dossier_id, unit_id, procedure_id, 1 AS amount FROM ({rows}) c WHERE {conditions}", parameters  # noqa: S608

    def count(self, column: FormColumn) -> int:
        """How many there are."""
        sql, parameters = self.listed(column)
        return int(kept.rows(self.run, f"SELECT count(*) FROM ({sql}) found", parameters)[0][0])  # noqa: S608

    def dossiers(self, column: FormColumn, before: int | None) -> tuple[list[dict[str, Any]], int | None]:
        """One page of them, newest first, and the id to continue before."""
        sql, parameters = self.listed(column)
        where = "dossier_id < %(before)s" if before is not None else "TRUE"
        page_sql = f"SELECT * FROM ({sql}) found WHERE {where} ORDER BY dossier_id DESC LIMIT {PAGE + 1}"  # noqa: S608
        rows = read(page_sql, parameters | {"before": before})
        page = rows[:PAGE]
        return queries.described(page, self.run), page[-1][0] if len(rows) > PAGE else None


def _added(rows: Iterable[tuple[Any, ...]], key: Callable[[tuple[Any, ...]], str]) -> dict[str, FormRow]:
    found: dict[str, FormRow] = {}
    for row in rows:
        one = found.setdefault(key(row), FormRow(key(row), key(row)))
        one.counts[row[2]] += row[3]
    return found


def _named(rows: Mapping[str, FormRow], names: Mapping[str, str]) -> list[FormRow]:
    for row in rows.values():
        row.name = names[row.key]
    return sorted(rows.values(), key=lambda row: (row.key == NO_FIELD, row.name))


def _in_order(rows: Mapping[str, FormRow], units: Mapping[int, Unit]) -> list[FormRow]:
    places = {str(pk): place for place, pk in enumerate(units)}
    for row in rows.values():
        row.name = _label(int(row.key), units)
    return sorted(rows.values(), key=lambda row: places.get(row.key, len(places)))


def _label(pk: int, units: Mapping[int, Unit]) -> str:
    return units[pk].label if pk in units else _("đơn vị không còn trong danh mục")


def _reason(came: int | None, stands: int | None, units: Mapping[int, Unit]) -> str:
    if came is None:
        return _("kết thúc hoặc đang giải quyết trong kỳ nhưng không có lần tiếp nhận trước đó")
    if stands is None:
        return _("kết thúc trước khi được tiếp nhận, hoặc tiếp nhận lại sau khi đã kết thúc")
    facts = {"came": _label(came, units), "stands": _label(stands, units)}
    return _("%(came)s tiếp nhận hoặc giữ lúc đầu kỳ, %(stands)s giải quyết hoặc giữ lúc cuối kỳ") % facts


def period_told(run: Run, asked: ReportPeriod) -> str:
    """A period in words: `tháng 9/2022`, `9 tháng 2022`, `quý III/2022`."""
    month = Month.of(run.month)
    quarter = ("I", "II", "III", "IV")[(month.month - 1) // 3]
    told = {
        "month": _("tháng %(month)s"),
        "mid_month": _("tháng báo cáo %(month)s (từ ngày 15 tháng trước đến ngày 14)"),
        "quarter": _("quý %(quarter)s/%(year)s"),
        "six_months": _("6 tháng năm %(year)s"),
        "nine_months": _("9 tháng năm %(year)s"),
        "year": _("năm %(year)s"),
    }
    return told[asked.code] % {"month": month.label, "quarter": quarter, "year": month.year}


# ── fields of procedures ─────────────────────────────────────────────────────────────────────────


def fields_of(run: Run, ids: Iterable[int]) -> tuple[dict[int, tuple[str, str]], bool]:
    """Code and name of each procedure's field as the month knew it; and whether those of today stand in for them."""
    ids = list(ids)
    if run.frozen_at is not None:
        kept = ClosedField.objects.filter(run=run, procedure_id__in=ids).values_list("procedure_id", "code", "name")
        if found := {pk: (code, name) for pk, code, name in kept}:
            return found, False
    now = Procedure.objects.filter(pk__in=ids).values_list("pk", "field__code", "field__name")
    return {pk: (code, name) for pk, code, name in now}, run.frozen_at is not None and bool(ids)


def procedures_in(run: Run, code: str) -> list[int]:
    """The procedures of a field as the month knew it."""
    if run.frozen_at is not None and ClosedField.objects.filter(run=run).exists():
        return list(ClosedField.objects.filter(run=run, code=code).values_list("procedure_id", flat=True))
    return list(Procedure.objects.filter(field__code=code).values_list("pk", flat=True))
