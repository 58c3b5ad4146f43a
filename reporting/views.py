"""Boards of managers, and the list behind a number. Everything is read from snapshots."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import managers_only
from accounts.models import User
from portal.clock import Month
from portal.templatetags.ui import number, percent
from reporting import boards, facts, few, queries
from reporting.asking import as_organised, log_list, month_of, version_of, version_word, whole_number
from reporting.enums import Basis, Family, Part, ScopeKind
from reporting.indicators import AWAITED, INDICATORS, counted_ones
from reporting.models import Run
from reporting.numbers import named_procedure, number_in, scope_name
from reporting.queries import TOTAL, Number, Scope, Targets, Unit

MOST = 0.8  # of what officers file for people: more by one account is no help to many
MOST_CHANGED = 500  # dossiers that are named


@managers_only
def board(request: HttpRequest) -> HttpResponse:
    """The city's board: each group, the whole, every unit."""
    month, mistake = month_of(request)
    indicator = queries.known_indicator(request.GET.get("chi-so", ""))
    version = version_of(request, month)
    months, month = _figures(month, indicator, version, chosen="thang" in request.GET and not mistake)
    run = months[month].run if month in months else None
    units, reach = as_organised(request, run)
    view = boards.Board(
        month=month,
        indicator=indicator,
        months=months,
        targets=_targets(month, units, run),
        units=units,
        links=boards.Links(reverse("reporting:board"), month, reach, version_word(version)),
    )
    groups = view.groups()
    tops: list[Scope] = [group.row.scope for group in groups]
    total = view.row(TOTAL)
    context = _shared(view) | {
        "groups": groups,
        "pulls": [group for group in groups if group.levers],
        "total": total,
        "leads": [view.lead(group.row) for group in groups] + [view.lead(total)],
        "tops": [*(group.row.name for group in groups), total.name],
        "overview": view.overview([*tops, TOTAL]),
        "chart": view.chart([*tops[:2], TOTAL], tops[0] if tops and view.declared.additive else TOTAL),
        "corrections": view.corrections(),
        "mistake": mistake,
    }
    return render(request, "reporting/board.html", context, status=400 if mistake else 200)


@managers_only
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The board of one unit: all indicators, and its departments."""
    month, mistake = month_of(request)
    indicator = queries.known_indicator(request.GET.get("chi-so", ""))
    units = queries.board_units()
    reach = queries.reach(request.scope, units)  # type: ignore[attr-defined]
    scope: Scope = (ScopeKind.UNIT.value, unit_id)
    if unit_id not in units or not reach.covers(scope):
        raise Http404
    below = boards.below(unit_id, units)
    version = version_of(request, month)
    months = queries.figures_of_scopes(month, [scope, *below], as_of=version)
    run = months[month].run if month in months else None
    if run is not None and run.has_copies:
        units = queries.closed_units(run.pk)
        now, below = below, boards.below(unit_id, units)
        months = months if below == now else queries.figures_of_scopes(month, [scope, *below], as_of=version)
    view = boards.Board(
        month=month,
        indicator=indicator,
        months=months,
        targets=_targets(month, units, run),
        units=units,
        links=boards.Links(reverse("reporting:board"), month, reach, version_word(version)),
    )
    group_id = units[unit_id].group_id
    group: Scope | None = (ScopeKind.GROUP.value, group_id) if group_id else None
    row = view.row(scope, inherit=group)
    departments = [found for found in (view.row(one) for one in below) if found.cumulative.figure.denominator]
    context = _shared(view) | {
        "unit": units[unit_id],
        "lead": view.lead(row),
        "rows": [
            (one.code, one.label, view.row(scope, indicator=one.code, inherit=group)) for one in boards.by_family()
        ],
        "departments": view.weighed(row, departments),
        "chart": view.chart([scope], scope if view.targets.in_force(indicator, scope, month) or not group else group),
        "mistake": mistake,
    }
    return render(request, "reporting/unit.html", context, status=400 if mistake else 200)


@managers_only
def cases(request: HttpRequest, **address: str) -> HttpResponse:
    """The dossiers (or services) behind one number, from the facts the number was counted from."""
    number_of = number_in(request, address)
    declared = INDICATORS[number_of.indicator]
    units, reach = as_organised(request, queries.facts_of_run(number_of.run))
    if not reach.covers(number_of.scope):
        raise Http404
    context = {
        "declared": declared,
        "lists_services": number_of.lists_services,
        "part": Part(number_of.part),
        "basis": Basis(number_of.basis),
        "scope_name": scope_name(number_of.scope, units, number_of.run),
        "month": Month.of(number_of.run.month),
        "stamp": _stamp(number_of),
        "count": number_of.stated(),
        "amount": number_of.amount() if declared.sums else None,
        "procedure": _procedure(number_of),
        "back": _back(request, number_of),
        "live": request.GET.get("ban") == queries.LIVE,
        "gathered": bool(number_of.unit_ids),
        "watch": _watch(number_of),
    }
    if not number_of.lists_services:
        context |= _dossier_page(request, number_of, units)
    else:
        context["services"] = _service_rows(request, number_of)
    log_list(request, len(context.get("dossiers", context.get("services", ()))))
    return render(request, "reporting/cases.html", context)


@managers_only
def changed(request: HttpRequest, **address: str) -> HttpResponse:
    """The dossiers that came to a closed number, or left it, when it is counted today."""
    closed = number_in(request, address)
    live = queries.run_of(Month.of(closed.run.month), queries.LIVE)
    units, reach = as_organised(request, queries.facts_of_run(closed.run))
    if closed.run.frozen_at is None or live is None or closed.lists_services or not reach.covers(closed.scope):
        raise Http404
    found = replace(closed, run=live).changed_since(closed)
    codes = queries.codes_of(pk for pk, _came in found[:MOST_CHANGED])
    context = {
        "declared": closed.declared,
        "part": Part(closed.part),
        "basis": Basis(closed.basis),
        "scope_name": scope_name(closed.scope, units, closed.run),
        "month": Month.of(closed.run.month),
        "total": len(found),
        "dossiers": [(codes.get(pk) or f"#{pk}", came) for pk, came in found[:MOST_CHANGED]],
        "back": _back(request, closed),
    }
    log_list(request, len(context.get("dossiers", context.get("services", ()))))
    return render(request, "reporting/changed.html", context)


@managers_only
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator with its formula, and what those wait for that nothing is counted of yet."""
    ones = [one for family in Family for one in INDICATORS if one.family == family]
    context = {
        "waiting": [(one, [AWAITED[word] for word in one.waits_for]) for one in ones if not one.has_source],
        "counted": [one for one in ones if one.has_source],
        "guards": list(few.FEW_GUARDS),
    }
    return render(request, "reporting/indicators.html", context)


# ── pieces ───────────────────────────────────────────────────────────────────────────────────────


def _back(request: HttpRequest, number_of: Number) -> str:
    """The board a list belongs to."""
    asked = request.GET.get("ban", "")
    version = f"&ban={asked}" if asked not in {"", queries.LIVE} else ""
    month = Month.of(number_of.run.month)
    return f"{reverse('reporting:board')}?thang={month}&chi-so={number_of.indicator}{version}"


def _figures(
    month: Month, indicator: str, version: Run | None, *, chosen: bool
) -> tuple[dict[Month, queries.MonthFigures], Month]:
    """Figures of the year; without a chosen month the newest one that was counted."""
    months = queries.figures_of_year(month, indicator=indicator, as_of=version)
    if month not in months and not chosen:
        month = queries.latest_month() or month
        months = queries.figures_of_year(month, indicator=indicator)
    return months, month


def _targets(month: Month, units: Mapping[int, Unit], run: queries.RunFacts | None) -> Targets:
    """The targets a closed month was held against, or those in force."""
    if run is None or not run.has_copies:
        return Targets.of_year(month.year, units)
    return Targets.of_closed(run.pk, units)


def _shared(view: boards.Board) -> dict[str, object]:
    run = view.figures.run
    waiting_since = facts.waiting_since()
    return {
        "month": view.month,
        "run": run,
        "stamp": boards.stamp(run, waiting_since),
        "alarm": boards.alarm(waiting_since),
        "declared": view.declared,
        "sources": view.sources(),
        "plans": view.targets.plans(view.indicator),
        "indicators": [(one.code, one.label) for one in counted_ones() if one.is_main or one == view.declared],
        "families": boards.choices(),
        "current": view.indicator,
        "sealed": queries.closed_run(run.pk) if run is not None and run.frozen_at is not None else None,
        "kept": f"&ban={view.links.version}" if view.links.version else "",
    }


def _procedure(number_of: Number) -> queries.NamedProcedure | None:
    if number_of.procedure_id is None:
        return None
    return named_procedure(number_of.run, number_of.procedure_id)


def _watch(number_of: Number) -> str:
    """A sentence when one account filed most of what is listed: then others hardly file at all."""
    if not number_of.declared.watched or number_of.part != Part.NUMERATOR:
        return ""
    (account, most), total = number_of.most_of_one(), number_of.stated()
    if total < few.WATCHED.fewest or most <= MOST * total:
        return ""
    found = User.objects.filter(pk=account).first()
    told = _("Cảnh báo: một tài khoản (%(name)s) nộp %(most)s trong %(total)s hồ sơ (%(share)s).")
    return told % {
        "name": found.full_name if found else account,
        "most": number(most),
        "total": number(total),
        "share": percent(most / total),
    }


def _stamp(number_of: Number) -> str:
    return boards.stamp(queries.facts_of_run(number_of.run), facts.waiting_since())


def _dossier_page(request: HttpRequest, number_of: Number, units: dict[int, Unit]) -> dict[str, object]:
    rows, following = number_of.dossiers(whole_number(request, "sau"))
    for row in rows:
        row["unit"] = units.get(row["unit_id"])
    query = request.GET.copy()
    query.pop("sau", None)
    kept = f"&{query.urlencode()}" if query else ""
    return {
        "dossiers": rows,
        "next_url": f"{request.path}?sau={following}{kept}" if following else "",
        "first_url": f"{request.path}?{query.urlencode()}" if request.GET.get("sau") else "",
    }


def _service_rows(request: HttpRequest, number_of: Number) -> list[dict[str, object]]:
    """Services with a link to their online dossiers in the same month, basis and scope."""
    version = "&" + urlencode({"ban": request.GET["ban"]}) if "ban" in request.GET else ""
    rows = number_of.services()
    for row in rows:
        row["url"] = f"{request.path}?thu-tuc={row['procedure'].pk}{version}" if row["dossiers"] else ""
        row["shown"] = number(row["dossiers"])
    return rows
