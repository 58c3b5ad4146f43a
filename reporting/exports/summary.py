"""What the page for everybody says of a month: put together once, kept until the next count, small numbers left out.

Kept is plain text and numbers, under a key that names every count of the year and the newest target, so that nothing has to
be told when a month is counted again: the next reader asks under another key.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.clock import Month
from reporting import boards, queries
from reporting.enums import Basis
from reporting.exports.small_cells import is_few, speaks_of_few
from reporting.indicators import Declaration
from reporting.models import Run, Target
from reporting.queries import TOTAL, MonthFigures, RunFacts, Targets

KEPT_SECONDS = 24 * 3600  # what nobody asks for any more goes by itself


def summary(month: Month) -> dict[str, Any]:
    """Run, sentence, figures and chart of a month."""
    key = f"public:{month}:{get_language()}:{_state(month)}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _made(month)
        cache.set(key, found, KEPT_SECONDS)
    return found


def newest_month(month: Month) -> Month:
    """The month, or the newest counted one when it was not counted."""
    if Run.objects.filter(month=month.first_day).exists():
        return month
    return queries.latest_month() or month


def _state(month: Month) -> str:
    """What the page rests on: counts of the year, targets, declared indicators."""
    year = Run.objects.filter(month__gte=Month(month.year, 1).first_day, month__lte=month.last_day)
    counted = year.aggregate(newest=Max("pk"), counted=Max("computed_at"), closed=Max("frozen_at"))
    target = Target.objects.order_by("-pk").values_list("pk", flat=True).first()
    moments = [f"{at.timestamp():.6f}" if at else "" for at in (counted["counted"], counted["closed"])]
    declared = zlib.crc32(repr([(one.code, one.version) for one in boards.by_family()]).encode())
    return "-".join(map(str, [counted["newest"], *moments, target, declared]))


def _made(month: Month) -> dict[str, Any]:
    months = queries.figures_of_scopes(month, [TOTAL])
    run = months[month].run if month in months else None
    targets = _targets(month, run)
    view = _board(month, months, targets)
    figures = [_figure(view, months, one) for one in boards.by_family() if one.is_public]
    return {
        "run": run,
        "figures": figures,
        "sentence": _sentence(month, figures),
        "chart": _board(month, _with_enough(months), targets).chart([TOTAL], TOTAL),
        "formulas": [(str(one.label), str(one.formula)) for one in boards.by_family() if one.is_public],
    }


def _board(month: Month, months: Mapping[Month, MonthFigures], targets: Targets) -> boards.Board:
    return boards.Board(
        month=month,
        indicator=queries.first_indicator(),
        months=months,
        targets=targets,
        units={},
        links=boards.Links("", month, queries.Reach(everything=False, unit_ids=frozenset())),
    )


def _targets(month: Month, run: RunFacts | None) -> Targets:
    if run is None or not run.has_copies:
        return Targets.of_year(month.year, {})
    return Targets.of_closed(run.pk, {})


def _figure(view: boards.Board, months: Mapping[Month, MonthFigures], declared: Declaration) -> dict[str, Any]:
    """One indicator: its share of the year and of the month, with counts where no month of the year has too few.

    A month that is not told could be had from the counts of the year before and after it: then the year's are not told either.
    """
    row = view.row(TOTAL, indicator=declared.code)
    by_services, in_month = bool(declared.key), row.month.figure
    tells_counts = by_services or not any(
        speaks_of_few(found.figure(declared.code, Basis.MONTH, TOTAL)) for found in months.values()
    )
    return {
        "name": str(declared.label),
        "short": str(declared.short_name),
        "noun": str(declared.noun),
        "tone": row.tone,
        "icon": row.icon,
        "verdict": str(row.light.label),
        "target": row.target_text if row.target else "",
        "has_cases": bool(row.cumulative.figure.denominator),
        "year": _text(row.cumulative, by_services=by_services),
        "month": _text(row.month, by_services=by_services),
        "of_year": _counts(row.cumulative) if tells_counts else None,
        "of_month": _counts(row.month) if by_services or not speaks_of_few(in_month) else None,
        "few": not tells_counts,
    }


def _text(cell: boards.FigureCell, *, by_services: bool) -> str:
    if not by_services and is_few(cell.figure.denominator):
        return _("quá ít hồ sơ để công bố")
    return cell.text


def _counts(cell: boards.FigureCell) -> tuple[int, int] | None:
    if cell.declared.sums or not cell.figure.denominator:
        return None
    return cell.figure.numerator, cell.figure.denominator


def _with_enough(months: Mapping[Month, MonthFigures]) -> dict[Month, MonthFigures]:
    """The same months without shares of a handful of dossiers, for the chart."""
    return {
        month: MonthFigures(
            found.run,
            found.live,
            {key: figure for key, figure in found.shown.items() if not is_few(figure.denominator)},
        )
        for month, found in months.items()
    }


def _sentence(month: Month, figures: list[dict[str, Any]]) -> str:
    """What stands first: the main share of the year so far, its target and whether it is reached."""
    if not figures:
        return ""
    first = figures[0]
    facts = {"month": month.label, "what": first["short"], "value": first["year"], "target": first["target"]}
    if not first["has_cases"]:
        return _("Từ đầu năm đến hết tháng %(month)s: %(what)s không phát sinh.") % facts
    if not first["target"]:
        return _("Từ đầu năm đến hết tháng %(month)s: %(what)s %(value)s.") % facts
    said = _("Từ đầu năm đến hết tháng %(month)s: %(what)s %(value)s, chỉ tiêu %(target)s – %(verdict)s.")
    return said % {**facts, "verdict": first["verdict"]}
