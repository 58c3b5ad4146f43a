"""What must hold of the figures: facts are what the ledger says, figures what the facts say, lists what the figures say.

Looked at every night by the task; what does not hold is a row on “Việc bị kẹt” and a line in the log.
"""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.clock import Month
from portal.db import repeatable_read
from portal.sweeps import SWEEPS, OwnSweep
from reporting import closed_months, facts
from reporting.enums import Part
from reporting.indicators import FRESH, INDICATORS, counting_sql
from reporting.models import DirtyMonth, FigureFault, Run, Snapshot
from reporting.periods import period
from reporting.queries import TOTAL, Number

MONTHS = 13
SAMPLE = 40  # lists of each month that are added up; others on other nights
SHOWN = 20

log = structlog.get_logger(__name__)


def check() -> list[str]:
    """Look at everything once; keeps what does not hold, drops what holds again. Gives the names of what does not."""
    found = dict(_faults(clock.today()))
    with transaction.atomic():
        FigureFault.objects.exclude(name__in=found).delete()
        kept = set(FigureFault.objects.values_list("name", flat=True))
        FigureFault.objects.bulk_create(
            FigureFault(name=name, reason=reason) for name, reason in found.items() if name not in kept
        )
    for name, reason in found.items():
        log.error("figures.wrong", name=name, reason=reason)
    return sorted(found)


def _faults(today: date) -> Iterator[tuple[str, str]]:
    odd = [f"#{dossier_id}" for dossier_id in facts.differences()]
    yield from _some(odd, "#…", _("Dữ kiện của hồ sơ khác với sổ sự kiện; lập lại bằng check_facts --rebuild."))
    for run in Run.objects.order_by("-month", "pk")[: 2 * MONTHS]:
        chance = random.Random(f"{today} {run.pk}")  # noqa: S311  a sample, no secret
        wrong, unlisted = _of_run(run, chance)
        rest = _named(run, ("…", None, "…", "…"))
        yield from _some(wrong, rest, _("Số liệu khác với dữ kiện; tính lại tháng bằng compute_kpis."))
        yield from _some(unlisted, f"{rest} /", _("Danh sách hồ sơ không bằng con số."))
        if run.has_copies and not closed_months.is_untouched(run):
            yield f"{Month.of(run.month)}#{run.version}", _("Tháng đã chốt không còn khớp mã kiểm tra của nó.")


def _some(names: list[str], rest: str, reason: str) -> Iterator[tuple[str, str]]:
    """The first of many by name, the others as one."""
    yield from ((name, reason) for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield rest, _("và %(count)s trường hợp khác. %(reason)s") % {"count": len(names) - SHOWN, "reason": reason}


def _of_run(run: Run, chance: random.Random) -> tuple[list[str], list[str]]:
    """Cells of a month that are not what the facts say, and lists that are not their number; waiting months are left out."""
    with repeatable_read():
        _patience()
        if run.frozen_at is None and DirtyMonth.objects.filter(month=run.month).exists():
            return [], []
        cells = _cells(run)
        fresh = cells if run.frozen_at else _counted(run)
        wrong = [key for key in sorted(cells.keys() | fresh.keys(), key=str) if cells.get(key) != fresh.get(key)]
        known = sorted((key for key in cells if key[2] in INDICATORS), key=str)
        sample = chance.sample(known, min(SAMPLE, len(known)))
        unlisted = [key for key in sample if _listed(run, key) != cells[key]]
        return [_named(run, key) for key in wrong], [f"{_named(run, key)} /" for key in unlisted]


def _patience() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '600s'")
        cursor.execute("SET LOCAL jit = off")


def _cells(run: Run) -> dict[tuple[Any, ...], tuple[int, int]]:
    rows = Snapshot.objects.filter(run=run).values_list(*FRESH)
    return {row[:4]: row[5:7] for row in rows}


def _counted(run: Run) -> dict[tuple[Any, ...], tuple[int, int]]:
    parameters = period(Month.of(run.month), run.counted_until).parameters()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(FRESH)} FROM ({counting_sql()}) fresh", parameters)  # noqa: S608
        return {row[:4]: row[5:7] for row in cursor.fetchall()}


def _listed(run: Run, key: tuple[Any, ...]) -> tuple[int, int]:
    kind, scope_id, indicator, basis = key
    scope = TOTAL if scope_id is None else (kind, scope_id)
    numerator, denominator = (
        Number(run=run, indicator=indicator, basis=basis, scope=scope, part=part).amount()
        for part in (Part.NUMERATOR, Part.DENOMINATOR)
    )
    return numerator, denominator


def _named(run: Run, key: tuple[Any, ...]) -> str:
    kind, scope_id, indicator, basis = key
    state = "closed" if run.frozen_at else "open"
    return f"{run.month:%Y-%m} {state} {indicator} {basis} {kind} {scope_id or ''}".strip()


def _all() -> QuerySet[FigureFault]:
    return FigureFault.objects.all()


def _looked_at_again(rows: QuerySet[FigureFault]) -> int:
    """They stay until the task has looked; it is sent by whoever replays."""
    return rows.count()


FAULTS = OwnSweep(
    code="figures_hold",
    label=gettext_lazy("Đối chiếu số liệu"),
    row=gettext_lazy("số liệu, hồ sơ"),
    task="reporting.tasks.check_figures",
    aside=_all,
    late=FigureFault.objects.none,
    back=_looked_at_again,
    since="found_at",
    names=("name",),
)
SWEEPS.add(FAULTS)
