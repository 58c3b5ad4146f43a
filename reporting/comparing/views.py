"""Pages that put units beside each other. What is not yours has no link, and its list is 404.

They read snapshots; the page of the same mix counts from the facts, since no snapshot holds a unit's procedures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import managers_only
from portal import clock
from portal.clock import Month
from portal.templatetags.ui import day, number
from reporting import boards, facts, few, queries
from reporting.asking import as_organised, version_word, whole_number
from reporting.comparing import columns as reads
from reporting.comparing.asking import BASES, Comparing, asked
from reporting.comparing.columns import Aims, MonthColumn, is_compared
from reporting.comparing.counts import by_unit_and_procedure
from reporting.comparing.heat import Heat, Lists
from reporting.comparing.mixes import Mixes
from reporting.comparing.organised import Organisation, organisation
from reporting.comparing.ranking import rankings
from reporting.enums import Comparison, Measure, Organised, ScopeKind
from reporting.models import Run
from reporting.queries import TOTAL, Reach, RunFacts, Unit

PAGES = (
    ("reporting:compare", gettext_lazy("Theo tháng")),
    ("reporting:ranking", gettext_lazy("Xếp hạng")),
    ("reporting:mix", gettext_lazy("Cùng cơ cấu thủ tục")),
)
TONES = {Comparison.REACHED: "success", Comparison.MISSED: "danger"}


@managers_only
def compare(request: HttpRequest) -> HttpResponse:
    """Units by months: how each stood in each of twelve months."""
    question, found = _columns(request, reads.MONTHS)
    found = _from_first_counted(question.month, found)
    units, reach, house = _units(request, question, found[question.month].run)
    table = _heat(question, found, units, reach, house)
    context = _frame(question, found[question.month].run, house) | {
        "months": [(one.label, question.with_month(one)) for one in found],
        "groups": table.groups,
        "total": table.total,
        "lead": _lead(table, question),
        "legend": _legend(table),
        "uncounted": _("Trước tháng %(month)s chưa tính số liệu.") % {"month": next(iter(found)).label}
        if len(found) < reads.MONTHS and found[question.month].run is not None
        else "",
        "crosses_year": question.basis != BASES[0] and len({month.year for month in found}) > 1,
    }
    return render(request, "reporting/comparing/heat.html", context, status=400 if question.mistake else 200)


@managers_only
def ranking(request: HttpRequest) -> HttpResponse:
    """The units of each group in one month, from the best on."""
    question, found = _columns(request, 1)
    run = found[question.month].run
    units, reach, house = _units(request, question, run)
    table = _heat(question, found, units, reach, house)
    ranked = is_compared(question.declared)
    context = _frame(question, run, house) | {
        "ranked": ranked,
        "rankings": rankings(table) if run is not None and ranked else [],
        "lower_is_better": question.declared.lower_is_better,
    }
    return render(request, "reporting/comparing/ranking.html", context, status=400 if question.mistake else 200)


@managers_only
def mix(request: HttpRequest) -> HttpResponse:
    """What each unit would have at the whole's mix of procedures, beside what it has; for one unit how that comes about."""
    question = asked(request)
    run = _run(question)
    question = question if run is None else replace(question, month=Month.of(run.month))
    known = queries.facts_of_run(run) if run is not None else None
    units, reach, house = _units(request, question, known)
    unit = _unit(whole_number(request, "don-vi"), units, reach)
    can = is_compared(question.declared) and question.declared.additive
    context = _frame(question, known, house) | {"can": can, "unit": unit, "groups": [], "detail": None}
    if run is not None and known is not None and can:
        named = house.before(unit.pk) if house and unit else (unit.pk,) if unit else ()
        figures, names = by_unit_and_procedure(question.declared, run, question.basis, named)
        table = Mixes(
            declared=question.declared,
            run=known,
            figures=figures,
            units=units,
            lists=Lists(reverse("reporting:board"), reach, question.basis, question.version is not None),
            organisation=house,
        )
        context |= {"groups": table.groups()} if unit is None else {"detail": table.detail(unit, names)}
    return render(request, "reporting/comparing/mix.html", context, status=400 if question.mistake else 200)


# ── pieces ───────────────────────────────────────────────────────────────────────────────────────


def _columns(request: HttpRequest, count: int) -> tuple[Comparing, dict[Month, MonthColumn]]:
    """The months asked for; without a chosen month those that end with the newest one that was counted."""
    question = asked(request)
    found = _read(question, count)
    if found[question.month].run is None and not question.chosen:
        newest = max((month for month, one in found.items() if one.run is not None), default=None)
        question = replace(question, month=newest or queries.latest_month() or question.month)
        found = _read(question, count)
    return question, found


def _from_first_counted(month: Month, found: dict[Month, MonthColumn]) -> dict[Month, MonthColumn]:
    """Without the months before the first that was counted: they would say nothing, twelve times a row."""
    first = min((one for one, column in found.items() if column.run is not None), default=month)
    return {one: column for one, column in found.items() if one >= first}


def _read(question: Comparing, count: int) -> dict[Month, MonthColumn]:
    months = reads.months_until(question.month, count)
    return reads.columns(months, question.declared.code, question.basis, question.version)


def _run(question: Comparing) -> Run | None:
    """The run of the month asked for; without a chosen month of the newest that was counted."""
    found = question.version or queries.run_of(question.month)
    if found is None and not question.chosen:
        newest = queries.latest_month()
        found = queries.run_of(newest) if newest else None
    return found


def _unit(pk: int | None, units: Mapping[int, Unit], reach: Reach) -> Unit | None:
    """The unit asked for; 404 when it is none, or not the reader's."""
    if pk is None:
        return None
    if pk not in units or not reach.covers((ScopeKind.UNIT.value, pk)):
        raise Http404
    return units[pk]


def _units(
    request: HttpRequest, question: Comparing, run: RunFacts | None
) -> tuple[Mapping[int, Unit], Reach, Organisation | None]:
    """Units as the month knew them, or today's with whose work they go on with; and what the reader reaches."""
    if not question.as_now:
        units, reach = as_organised(request, run)
        return units, reach, None
    house = organisation(clock.today())
    return house.units, queries.reach(request.scope, house.units), house  # type: ignore[attr-defined]


def _heat(
    question: Comparing,
    found: Mapping[Month, MonthColumn],
    units: Mapping[int, Unit],
    reach: Reach,
    house: Organisation | None,
) -> Heat:
    return Heat(
        declared=question.declared,
        columns=found,
        units=units,
        aims=Aims(question.declared, question.basis, found.values(), units),
        lists=Lists(reverse("reporting:board"), reach, question.basis, question.version is not None),
        organisation=house,
    )


def _frame(question: Comparing, run: RunFacts | None, house: Organisation | None) -> dict[str, Any]:
    """What stands on every comparing page."""
    waiting_since = facts.waiting_since() if run is not None and run.frozen_at is None else None
    return {
        "asked": question,
        "pages": PAGES,
        "has_fraction": question.declared.measure != Measure.COUNT,
        "declared": question.declared,
        "month": question.month,
        "run": run,
        "kept": f"&ban={version_word(question.version)}" if question.version else "",
        "stamp": boards.stamp(run, waiting_since),
        "alarm": boards.alarm(waiting_since),
        "mistake": question.mistake,
        "families": boards.choices(),
        "bases": [(one.value, one.label) for one in BASES],
        "organised": Organised.choices,
        "few": few.JUDGED.fewest if reads.counts_dossiers(question.declared) else None,
        "ends": _ends(house),
        "cannot_add": question.organised == Organised.NOW and not question.as_now,
    }


@dataclass(frozen=True, slots=True)
class HeatLead:
    """The first sentence: the whole's figure, its target, how it stands, and how many units do."""

    name: str
    text: str
    target: str
    stands: Comparison
    tone: str
    icon: str
    units: str


def _lead(table: Heat, question: Comparing) -> HeatLead | None:
    """Nothing when the month was not counted."""
    place = len(table.columns) - 1
    cell = table.cell(place, TOTAL)
    if cell.stands == Comparison.UNCOUNTED:
        return None
    aim = table.aim(place, TOTAL)
    return HeatLead(
        name=f"{question.declared.short_name} {question.basis.label}",
        text=cell.text or _("không phát sinh"),
        target=boards.ratio_text(aim) if aim is not None else "",
        stands=cell.stands,
        tone=TONES.get(cell.stands, "neutral"),
        icon=cell.icon,
        units=_counted(table, place),
    )


def _counted(table: Heat, place: int) -> str:
    """How many units stand how in a month: `5 trong 17 đơn vị đạt, 2 đơn vị ít hồ sơ`."""
    stands = [row.cells[place].stands for group in table.groups for row in group.units]
    known = [one for one in stands if one not in {Comparison.UNCOUNTED, Comparison.NO_DATA, Comparison.NO_UNIT}]
    said = [
        _("%(count)s trong %(all)s đơn vị %(word)s")
        % {"count": number(known.count(word)), "all": number(len(known)), "word": word.label}
        for word in (Comparison.REACHED, Comparison.BETTER)
        if word in known or (word == Comparison.REACHED and Comparison.MISSED in known)
    ]
    too_few = known.count(Comparison.FEW)
    said += [_("%(count)s đơn vị ít hồ sơ") % {"count": number(too_few)}] if too_few else []
    return ", ".join(said)


def _legend(table: Heat) -> list[tuple[Comparison, str]]:
    """The words that stand in the table, with their marks."""
    rows = [table.total, *(row for group in table.groups for row in (group.row, *group.units) if row)]
    used = {cell.stands: cell.icon for row in rows for cell in row.cells if cell.icon}
    return [(word, used[word]) for word in Comparison if word in used]


def _ends(house: Organisation | None) -> dict[str, list[str]]:
    """Mergers and splits in words."""
    if house is None:
        return {}
    merged = [
        _("%(old)s nhập vào %(new)s từ sau ngày %(day)s")
        % {"old": one.unit.label, "new": one.into[0].label, "day": day(one.last_day)}
        for one in house.merged()
    ]
    split = [
        _("%(old)s chia thành %(new)s sau ngày %(day)s; hồ sơ trước đó không tách được nên vẫn đứng tên đơn vị cũ")
        % {
            "old": one.unit.label,
            "new": ", ".join(unit.label for unit in one.into),
            "day": day(one.last_day),
        }
        for one in house.split()
    ]
    return {"merged": merged, "split": split}
