"""The page that puts what measures were expected to bring beside what was counted afterwards."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import managers_only
from portal import clock
from portal.clock import Month
from portal.templatetags.ui import number
from reporting import boards, queries
from reporting.enums import Basis, Part
from reporting.follow_up.effects import Effect, effects, measures_of
from reporting.follow_up.queries import sight
from reporting.gap import Figure
from reporting.indicators import INDICATORS
from reporting.queries import Reach


@managers_only
def measures_and_figures(request: HttpRequest) -> HttpResponse:
    """Each measure at work in a month, beside the figure of its unit and procedure then and before."""
    month, mistake = _month(request)
    units = queries.board_units()
    reach = queries.reach(request.scope, units)  # type: ignore[attr-defined]
    found = measures_of(month, sight(request.scope, units))  # type: ignore[attr-defined]
    rows = effects(month, found, units)
    context = {
        "month": month,
        "mistake": mistake,
        "rows": [_row(one, month, reach) for one in rows],
        "sentence": _sentence(rows, month),
    }
    return render(request, "reporting/effects.html", context, status=400 if mistake else 200)


def _month(request: HttpRequest) -> tuple[Month, str]:
    text = request.GET.get("thang", "").strip()
    this_month = Month.of(clock.today())
    if not text:
        return this_month, ""
    month, slash, year = text.partition("/")
    try:
        return Month.parse(f"{year}-{month.zfill(2)}" if slash else text), ""
    except ValueError:
        return this_month, _("Không đọc được tháng “%(text)s”. Hãy viết như 9/2022.") % {"text": text[:20]}


def _row(one: Effect, month: Month, reach: Reach) -> dict[str, Any]:
    before = Month.of(one.remedy.base_month)
    return {
        "remedy": one.remedy,
        "label": INDICATORS.label(one.remedy.indicator),
        "hits": one.declared.numerator,
        "before_month": before,
        "before": _cell(one, one.before, before, reach),
        "after": _cell(one, one.after, month, reach),
        "change": _signed(one.change),
    }


def _cell(one: Effect, figure: Figure | None, month: Month, reach: Reach) -> dict[str, Any] | None:
    """A figure with the lists behind it; None for a month nobody counted."""
    if figure is None:
        return None
    links = boards.Links(reverse("reporting:board"), month, reach)
    tail = f"?thu-tuc={one.remedy.procedure_id}" if one.remedy.procedure_id else ""
    opens = not one.declared.key  # below a service its list says something else
    urls = [
        links.to_list(one.remedy.indicator, Basis.MONTH, one.scope, part) if opens else ""
        for part in (Part.NUMERATOR, Part.DENOMINATOR)
    ]
    return {
        "hits": figure.numerator,
        "whole": None if one.declared.of_whole else figure.denominator,
        "hits_url": urls[0] and urls[0] + tail,
        "whole_url": urls[1] and urls[1] + tail,
    }


def _signed(change: int | None) -> str:
    if change is None:
        return ""
    return f"+{number(change)}" if change > 0 else number(change)


def _sentence(rows: list[Effect], month: Month) -> str:
    more = sum(1 for one in rows if one.change is not None and one.change > 0)
    facts = {"count": len(rows), "month": month.label, "more": more}
    if not rows:
        return _("Tháng %(month)s không có biện pháp nào gắn với chỉ số.") % facts
    return (
        _("Tháng %(month)s có %(count)s biện pháp; ở %(more)s biện pháp số thực tế tăng so với tháng xuất phát.")
        % facts
    )
