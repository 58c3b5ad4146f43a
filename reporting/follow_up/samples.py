"""The monthly sample: which dossiers were on time only because their promise moved, and which of them are drawn.

In the sample's reach is a dossier that ended in the month not later than the promise then in force, but later than its first
one: a request for more, a stop of the clock, an apology with a new date or a corrected calendar made it punctual. The draw
orders them by a digest of the closed month's digest and the dossier, so that it is nobody's choice and anybody repeats it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch

from portal.clock import Month
from portal.db import read
from reporting.enums import Basis, Soundness
from reporting.follow_up.queries import Sight
from reporting.indicators import Pass, cases_sql
from reporting.indicators.base import DECIDED, within
from reporting.models import IntegrityCase, IntegrityMark, IntegritySample, Run
from reporting.periods import period

SIZE = 5  # dossiers of a unit
MOVED = f"NOT is_internal AND {DECIDED} AND finished_day <= due_day AND finished_day > first_due_day"


def reach_of(run: Run, unit_id: int | None = None) -> list[tuple[int, int]]:
    """Unit and dossier of everything in the sample's reach, as the closed month knows it; of one unit if it is named."""
    cases = cases_sql(Pass.HANDLED, as_closed=run.frozen_at is not None, as_offered=run.has_copies)
    parameters = period(Month.of(run.month), run.counted_until, Basis.MONTH).parameters()
    return read(
        f"SELECT unit_id, dossier_id FROM ({cases}) c WHERE {within(Basis.MONTH)} AND {MOVED} "  # noqa: S608
        "AND unit_id = coalesce(%(unit)s, unit_id) ORDER BY 1, 2",
        parameters | {"run": run.pk, "unit": unit_id},
    )


def drawn(seed: str, dossiers: Iterable[int]) -> list[int]:
    """The dossiers that are drawn, in their order."""
    return sorted(dossiers, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())[:SIZE]


def moves_of(dossiers: Iterable[int]) -> dict[int, list[str]]:
    """Codes of the events that moved a promise or stopped a clock, by dossier, each once, in their order."""
    rows = read(
        "SELECT p.dossier_id, e.code FROM reporting_promisefact p "
        "JOIN dossiers_dossierevent e ON e.dossier_id = p.dossier_id AND e.seq = p.seq "
        "WHERE p.dossier_id = ANY(%(ids)s) ORDER BY 1, p.seq",
        {"ids": list(dossiers)},
    )
    found: dict[int, list[str]] = {}
    for dossier_id, code in rows:
        codes = found.setdefault(dossier_id, [])
        codes += [code] if code not in codes else []
    return found


@dataclass(frozen=True, slots=True)
class Checked:
    """A drawn dossier with what was said of it last."""

    case: IntegrityCase
    mark: IntegrityMark | None


@dataclass(frozen=True, slots=True)
class UnitResult:
    """How the sample of one unit came out."""

    sample: IntegritySample
    cases: list[Checked]

    def count(self, verdict: str) -> int:
        """How many were found so."""
        return sum(1 for one in self.cases if one.mark is not None and one.mark.verdict == verdict)

    @property
    def valid(self) -> int:
        """Moved rightly."""
        return self.count(Soundness.VALID)

    @property
    def invalid(self) -> int:
        """Moved without right."""
        return self.count(Soundness.INVALID)

    @property
    def waiting(self) -> int:
        """Nobody looked at them yet."""
        return len(self.cases) - self.valid - self.invalid


def newest_sample(seen: Sight) -> Run | None:
    """The newest month of which something was drawn."""
    row = IntegritySample.objects.filter(seen.within()).select_related("run").order_by("-run__month", "pk").first()
    return row.run if row is not None else None


def results(month: Month, seen: Sight) -> list[UnitResult]:
    """Samples of a month with their dossiers and marks; three statements."""
    marks = Prefetch("marks", IntegrityMark.objects.order_by("-pk"), to_attr="said")
    cases = Prefetch("cases", IntegrityCase.objects.order_by("place").prefetch_related(marks), to_attr="drawn")
    found = IntegritySample.objects.filter(seen.within(), run__month=month.first_day).select_related("unit", "run")
    return [
        UnitResult(one, [Checked(case, next(iter(case.said), None)) for case in one.drawn])
        for one in found.prefetch_related(cases).order_by("unit__sort_order", "pk")
    ]


def totals(found: Iterable[UnitResult]) -> Mapping[str, int]:
    """Sums over units."""
    rows = list(found)
    return {
        "units": len(rows),
        "drawn": sum(len(one.cases) for one in rows),
        "valid": sum(one.valid for one in rows),
        "invalid": sum(one.invalid for one in rows),
        "waiting": sum(one.waiting for one in rows),
    }
