"""Pages of the progress report II.06a: the form of a month, quarter or longer, by field and unit, and the list behind a number."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import managers_only
from portal.clock import Month
from portal.templatetags.ui import number
from reporting import boards, facts, queries
from reporting.asking import as_organised, log_list, month_of, whole_number
from reporting.enums import ScopeKind
from reporting.exports.lists import LISTS, ExportedList, OpenedList
from reporting.monthly.kinds import PERIOD_SLUGS
from reporting.monthly.progress import Differing, FormRow, FormSelection, period_told
from reporting.monthly.progress_rules import COLUMNS, FormColumn
from reporting.periods import REPORT_PERIODS, ReportPeriod
from reporting.queries import TOTAL, Reach, Scope, Unit

LONGEST = 80  # of a field's code


@managers_only
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The form of a scope and a period that ends with a month."""
    month, mistake = month_of(request)
    if "thang" not in request.GET or mistake:
        month = queries.latest_month() or month
    run = queries.run_of(month, request.GET.get("ban", ""))
    if run is None and request.GET.get("ban"):
        raise Http404
    told = queries.facts_of_run(run) if run else None
    units, reach = as_organised(request, told)
    periods = [one for one in REPORT_PERIODS if month.month in one.months]
    asked = _period(request, periods)
    scopes = _scopes(units, reach, month)
    scope = _scope(request, scopes)
    context: dict[str, Any] = {
        "month": month,
        "mistake": mistake,
        "run": told,
        "stamp": boards.stamp(told, facts.waiting_since()),
        "period": asked,
        "period_slug": PERIOD_SLUGS[asked.code],
        "periods": [(PERIOD_SLUGS[one.code], one.label) for one in periods],
        "scopes": [(boards.scope_slug(one), _name(one, units)) for one in scopes],
        "scope": boards.scope_slug(scope) if scope else "",
        "name": _name(scope, units) if scope else "",
        "version": request.GET.get("ban", ""),
    }
    if run is not None and scope is not None:
        context |= _form(FormSelection(run, asked, scope), units, reach, context["version"])
    return render(request, "reporting/monthly/progress.html", context, status=400 if mistake else 200)


def _form(selection: FormSelection, units: Mapping[int, Unit], reach: Reach, version: str) -> dict[str, Any]:
    report = selection.report(units)

    def cells(row: FormRow, scope: Scope, field: str | None) -> list[tuple[int, str]]:
        return [
            (value, _to_list(selection, scope, column, field, version) if value and reach.covers(scope) else "")
            for column, value in row.values
        ]

    own = selection.scope
    codes = queries.codes_of(one.dossier_id for one in report.differing)
    return {
        "report": report,
        "columns": list(COLUMNS),
        "fields": [(row, cells(row, own, row.key)) for row in report.fields],
        "units": [(row, cells(row, (ScopeKind.UNIT.value, int(row.key)), None)) for row in report.units]
        if own == TOTAL
        else [],
        "total": (report.total, cells(report.total, own, None)),
        "differing": [_told(one, codes) for one in report.differing],
        "more": report.differing_count - len(report.differing),
        "identity": report.identity,
    }


def _told(one: Differing, codes: Mapping[int, str | None]) -> tuple[str, str]:
    return codes.get(one.dossier_id) or f"#{one.dossier_id}", one.reason


def _to_list(selection: FormSelection, scope: Scope, column: FormColumn, field: str | None, version: str) -> str:
    address = {
        "month": str(Month.of(selection.run.month)),
        "period": PERIOD_SLUGS[selection.period.code],
        "scope": boards.scope_slug(scope),
        "column": column.code,
    }
    query = {name: value for name, value in (("linh-vuc", field), ("ban", version or None)) if value is not None}
    return reverse("reporting:progress_list", kwargs=address) + (f"?{urlencode(query)}" if query else "")


@managers_only
@require_safe
def progress_list(request: HttpRequest, **address: str) -> HttpResponse:
    """The dossiers behind one number of the form."""
    selection, column, units = _asked(request, address)
    rows, following = selection.dossiers(column, whole_number(request, "sau"))
    for row in rows:
        row["unit"] = units.get(row["unit_id"])
    query = request.GET.copy()
    query.pop("sau", None)
    kept = query.urlencode()
    context = {
        "column": column,
        "title": _title(selection, column, units),
        "count": number(selection.count(column)),
        "stamp": boards.stamp(queries.facts_of_run(selection.run), facts.waiting_since()),
        "dossiers": rows,
        "next_url": f"{request.path}?sau={following}{'&' if kept else ''}{kept}" if following else "",
        "first_url": f"{request.path}?{kept}" if request.GET.get("sau") else "",
        "back": f"{reverse('reporting:progress')}?{urlencode(_back(selection, request))}",
    }
    log_list(request, len(rows))
    return render(request, "reporting/monthly/progress_list.html", context)


def _back(selection: FormSelection, request: HttpRequest) -> dict[str, str]:
    found = {
        "thang": str(Month.of(selection.run.month)),
        "ky": PERIOD_SLUGS[selection.period.code],
        "pham-vi": boards.scope_slug(selection.scope),
    }
    return found | ({"ban": request.GET["ban"]} if request.GET.get("ban") else {})


def _asked(request: HttpRequest, address: Mapping[str, str]) -> tuple[FormSelection, FormColumn, dict[int, Unit]]:
    """What an address names; 404 when a word of it is unknown, the month not counted, or it is not the reader's."""
    column, scope = COLUMNS.get(address["column"]), boards.scope_of_slug(address["scope"])
    try:
        month = Month.parse(address["month"])
    except ValueError as error:
        raise Http404 from error
    periods = {PERIOD_SLUGS[one.code]: one for one in REPORT_PERIODS if month.month in one.months}
    run = queries.run_of(month, request.GET.get("ban", ""))
    field = request.GET.get("linh-vuc")
    if column is None or scope is None or run is None or address["period"] not in periods or len(field or "") > LONGEST:
        raise Http404
    units, reach = as_organised(request, queries.facts_of_run(run))
    if not reach.covers(scope) or scope not in {TOTAL, (ScopeKind.UNIT.value, scope[1])} or _is_gone(scope, units):
        raise Http404
    return FormSelection(run, periods[address["period"]], scope, field), column, units


def _is_gone(scope: Scope, units: Mapping[int, Unit]) -> bool:
    return scope != TOTAL and scope[1] not in units


def _whole_list(request: HttpRequest, address: Mapping[str, Any]) -> OpenedList:
    """The same list whole, for a file."""
    selection, column, units = _asked(request, dict(address))
    stamp = boards.stamp(queries.facts_of_run(selection.run), facts.waiting_since())
    sql, parameters = selection.listed(column)
    return OpenedList(_title(selection, column, units), stamp, selection.run, units, sql, parameters)


LISTS.add(ExportedList("reporting:progress_list", gettext_lazy("hồ sơ của biểu II.06a"), _whole_list))


def _title(selection: FormSelection, column: FormColumn, units: Mapping[int, Unit]) -> str:
    parts = [str(column.label), _name(selection.scope, units), period_told(selection.run, selection.period)]
    return " · ".join(parts)


# ── what is asked for ────────────────────────────────────────────────────────────────────────────


def _period(request: HttpRequest, periods: list[ReportPeriod]) -> ReportPeriod:
    asked = request.GET.get("ky", "")
    return next((one for one in periods if PERIOD_SLUGS[one.code] == asked), periods[0])


def _scopes(units: Mapping[int, Unit], reach: Reach, month: Month) -> list[Scope]:
    """The whole for who may see it, and the units that are counted for themselves."""
    counted = [unit for unit in units.values() if unit.group_id is not None and unit.exists_in(month)]
    own: list[Scope] = [(ScopeKind.UNIT.value, unit.pk) for unit in counted]
    return [*([TOTAL] if reach.everything else []), *(scope for scope in own if reach.covers(scope))]


def _scope(request: HttpRequest, scopes: list[Scope]) -> Scope | None:
    """The scope asked for, or the widest; 404 for one that is not the reader's."""
    asked = request.GET.get("pham-vi", "")
    if not asked:
        return scopes[0] if scopes else None
    found = boards.scope_of_slug(asked)
    if found is None or found not in scopes:
        raise Http404
    return found


def _name(scope: Scope, units: Mapping[int, Unit]) -> str:
    return units[scope[1]].name if scope[1] is not None and scope[1] in units else _("Chung toàn địa bàn")
