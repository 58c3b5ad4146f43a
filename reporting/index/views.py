"""The page of the index: a unit in a quarter, item by item; for home affairs all units beside each other."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import managers_only
from portal import clock
from reporting import boards, facts, queries
from reporting.enums import Part, ScopeKind
from reporting.index.items import IndexVersion, version_on, versions
from reporting.index.quarters import Quarter
from reporting.index.reading import ItemPoints, UnitIndex, indexes, run_in
from reporting.queries import TOTAL, Scope, Unit


@managers_only
def index(request: HttpRequest) -> HttpResponse:
    """Points of every item with its fraction, source and the list behind it."""
    quarter, mistake = _quarter(request)
    units = queries.board_units()
    reach = queries.reach(request.scope, units)  # type: ignore[attr-defined]
    shown = [unit for unit in units.values() if _has_figures(unit, quarter) and reach.covers(_scope(unit))]
    scope = _chosen(request, shown, reach)
    context: dict[str, Any] = {
        "quarter": quarter,
        "mistake": mistake,
        "units": [(str(unit.pk), unit.name) for unit in shown],  # a number would be grouped: 1.234
        "unit_id": str(scope[1] or "") if scope else "",
        "unit_name": _name(scope, units),
        "may_see_all": reach.everything,
        "version": version_on(quarter.first_day),
        "oldest": versions()[0],
    }
    if context["version"] is not None and scope is not None:
        context |= _points(context["version"], quarter, scope, shown, reach)
    return render(request, "reporting/index.html", context, status=400 if mistake else 200)


def _points(
    version: IndexVersion, quarter: Quarter, scope: Scope, shown: list[Unit], reach: queries.Reach
) -> dict[str, Any]:
    """The index of the chosen scope, and below it those of all units for who may see them."""
    run = run_in(quarter)
    scopes = [_scope(unit) for unit in shown]
    found = {one.scope: one for one in indexes(version, quarter, run, {scope, *scopes})}
    links = boards.Links(reverse("reporting:board"), run.month, reach) if run else None
    waiting_since = facts.waiting_since()
    return {
        "run": run,
        "stamp": boards.stamp(run, waiting_since),
        "alarm": boards.alarm(waiting_since),
        "index": found[scope],
        "groups": [(group, [_row(line, links, scope) for line in group.lines]) for group in found[scope].groups],
        "others": [(str(unit.pk), unit.label, found[_scope(unit)]) for unit in shown] if reach.everything else [],
        "missing": _missing(found[scope]),
    }


def _row(line: ItemPoints, links: boards.Links | None, scope: Scope) -> dict[str, Any]:
    """A line with the lists behind its figure; none where another system counted it."""
    urls = {"numerator_url": "", "denominator_url": ""}
    if line.declared is not None and links is not None:
        to = (line.declared.code, line.item.basis.value, scope)
        urls = {
            "numerator_url": links.to_list(*to, Part.NUMERATOR),
            "denominator_url": links.to_list(*to, Part.DENOMINATOR),
        }
    return {"line": line, "item": line.item, "figure": line.figure, **urls}


def _missing(found: UnitIndex) -> int:
    """How many items have no source."""
    return sum(line.points is None for group in found.groups for line in group.lines)


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


def _quarter(request: HttpRequest) -> tuple[Quarter, str]:
    """The quarter asked for; this one and a sentence when it cannot be read."""
    text = request.GET.get("quy", "").strip()
    this_one = Quarter.of(clock.today())
    if not text:
        return this_one, ""
    try:
        return Quarter.parse(text), ""
    except ValueError:
        return this_one, _("Không đọc được quý “%(text)s”. Hãy viết như III/2026.") % {"text": text[:20]}


def _chosen(request: HttpRequest, shown: list[Unit], reach: queries.Reach) -> Scope | None:
    """The unit asked for, or the widest one within reach; 404 for any other."""
    text = request.GET.get("don-vi", "")
    if not text:
        return TOTAL if reach.everything else _scope(shown[0]) if shown else None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    found = next((unit for unit in shown if unit.pk == int(text)), None)
    if found is None:
        raise Http404
    return _scope(found)


def _scope(unit: Unit) -> Scope:
    return (ScopeKind.UNIT.value, unit.pk)


def _has_figures(unit: Unit, quarter: Quarter) -> bool:
    """Whether a unit is counted for itself and existed on some day of the quarter."""
    return unit.group_id is not None and any(unit.exists_in(month) for month in quarter.months)


def _name(scope: Scope | None, units: dict[int, Unit]) -> str:
    return units[scope[1]].name if scope and scope[1] is not None else _("Chung toàn địa bàn")
