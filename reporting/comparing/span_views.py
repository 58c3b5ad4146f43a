"""The pages of any range of days: the figure with its units, and the list behind each number."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import managers_only
from accounts.enums import UnitKind
from portal import clock
from portal.templatetags.ui import day, number
from reporting import boards, facts, few, queries
from reporting.asking import log_list, whole_number
from reporting.comparing.columns import counts_dossiers, is_few
from reporting.comparing.span_asking import SpanQuestion, span_question
from reporting.comparing.spans import BY_DAY, Span, SpanNumber
from reporting.enums import Measure, Part
from reporting.exports.lists import LISTS, ExportedList, OpenedList
from reporting.gap import Figure
from reporting.indicators import Pass


@managers_only
def span(request: HttpRequest) -> HttpResponse:
    """One indicator between two days, for a unit, a kind of unit, or where the dossiers' owners live."""
    asked = span_question(request)
    context: dict[str, Any] = {
        "asked": asked,
        "declared": asked.declared,
        "families": boards.choices(),
        "units": [(str(pk), unit.name) for pk, unit in asked.units.items()],
        "unit_key": str(asked.unit.pk) if asked.unit else "",
        "kinds": _kinds(asked),
        "wards": list(asked.wards.items()),
        "from_day": asked.typed["tu"] or (day(asked.span.first) if asked.span else ""),
        "to_day": asked.typed["den"] or (day(asked.span.last) if asked.span else ""),
        "ward_typed": asked.typed["dia-ban"],
        "kind_typed": asked.typed["loai"],
        "has_fraction": asked.declared.measure != Measure.COUNT,
        "few": few.JUDGED.fewest if counts_dossiers(asked.declared) else None,
        "lead": None,
    }
    if asked.span is not None and not asked.mistake:
        context |= _told(asked, asked.span)
    return render(request, "reporting/comparing/span.html", context, status=400 if asked.mistake else 200)


def _told(asked: SpanQuestion, found: Span) -> dict[str, Any]:
    whole, units = asked.number(Part.DENOMINATOR).by_unit()
    rows = [_row(asked, unit.label, units[pk], str(pk)) for pk, unit in asked.known.items() if pk in units]
    return {
        "lead": _row(asked, asked.whose, whole, "") | {"name": _capital(asked.whose)},
        "days": _days(found),
        "how": _how(asked, found),
        "rows": rows if asked.unit is None else [],
    }


def _row(asked: SpanQuestion, name: str, figure: Figure, key: str) -> dict[str, Any]:
    """A figure with the addresses of its lists; of a unit that is counted for none within reach there are none."""
    own = not key or int(key) in asked.units
    root = reverse("reporting:span")
    words = asked.query(**({"don-vi": key} if key else {}))
    return {
        "name": name,
        "text": boards.reading(asked.declared, figure),
        "hits": number(figure.numerator),
        "cases": number(figure.denominator),
        "hits_url": f"{root}danh-sach/{Part.NUMERATOR.value}/?{words}" if own else "",
        "cases_url": f"{root}danh-sach/{Part.DENOMINATOR.value}/?{words}" if own else "",
        "has_cases": bool(figure.denominator),
        "is_few": is_few(asked.declared, figure),
    }


def _days(found: Span) -> str:
    facts_told = {"first": day(found.first), "last": day(found.last), "count": number(found.days)}
    if found.is_over:
        return _("Từ %(first)s đến hết %(last)s (%(count)s ngày)") % facts_told
    shown = clock.local(found.until)
    return _("Từ %(first)s đến %(time)s ngày %(today)s (chưa hết ngày cuối %(last)s)") % {
        **facts_told,
        "time": f"{shown:%H:%M}",
        "today": day(shown),
    }


def _how(asked: SpanQuestion, found: Span) -> str:
    """How it was counted, and how far today's facts have come."""
    said = _(
        "Đếm từ dữ kiện hồ sơ hiện nay: %(by)s; đơn vị là đơn vị khi đó. Không có chỉ tiêu cho khoảng ngày tự chọn; tháng "
        "đã chốt vẫn giữ số đã chốt nên có thể khác."
    ) % {"by": BY_DAY[asked.declared.cases or Pass.RECEIVED]}
    waiting_since = facts.waiting_since()
    if waiting_since is not None and waiting_since < found.until:
        shown = clock.local(waiting_since)
        said += " " + _("Hồ sơ thay đổi từ %(time)s ngày %(day)s đang chờ được tính.") % {
            "time": f"{shown:%H:%M}",
            "day": day(shown),
        }
    return said


def _kinds(asked: SpanQuestion) -> list[tuple[str, str]]:
    there = {unit.kind for unit in asked.units.values()}
    return [(kind.value, str(kind.label)) for kind in UnitKind if kind.value in there]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ── the list behind a number ─────────────────────────────────────────────────────────────────────


@managers_only
def span_cases(request: HttpRequest, part: str) -> HttpResponse:
    """The dossiers (or services) of a range of days."""
    asked, found = _listed(request, part)
    context: dict[str, Any] = {
        "declared": asked.declared,
        "lists_services": found.lists_services,
        "part": Part(part),
        "scope_name": _capital(asked.whose),
        "days": _days(asked.span) if asked.span else "",
        "stamp": _("Đếm từ dữ kiện hồ sơ hiện nay"),
        "count": found.count(),
        "amount": found.amount() if asked.declared.sums else None,
        "procedure": _procedure(found),
        "back": f"{reverse('reporting:span')}?{asked.query()}",
        "live": False,
        "gathered": False,
        "watch": "",
    }
    context |= _services(request, found) if found.lists_services else _dossiers(request, asked, found)
    log_list(request, len(context.get("dossiers", context.get("services", ()))))
    return render(request, "reporting/comparing/span_cases.html", context)


def _listed(request: HttpRequest, part: str) -> tuple[SpanQuestion, SpanNumber]:
    """The list an address names; 404 when a word of it is none."""
    asked = span_question(request)
    if part not in Part.values or asked.mistake:
        raise Http404
    return asked, asked.number(part, whole_number(request, "thu-tuc"))


def _procedure(found: SpanNumber) -> queries.NamedProcedure | None:
    if found.procedure_id is None:
        return None
    named = queries.procedures_of(found.run, [found.procedure_id]).get(found.procedure_id)
    if named is None:
        raise Http404
    return named


def _dossiers(request: HttpRequest, asked: SpanQuestion, found: SpanNumber) -> dict[str, Any]:
    rows, following = found.dossiers(whole_number(request, "sau"))
    for row in rows:
        row["unit"] = asked.known.get(row["unit_id"])
    query = request.GET.copy()
    query.pop("sau", None)
    kept = query.urlencode()
    return {
        "dossiers": rows,
        "next_url": f"{request.path}?sau={following}&{kept}" if following else "",
        "first_url": f"{request.path}?{kept}" if request.GET.get("sau") else "",
    }


def _services(request: HttpRequest, found: SpanNumber) -> dict[str, Any]:
    rows = found.services()
    for row in rows:
        row["url"] = f"{request.get_full_path()}&thu-tuc={row['procedure'].pk}" if row["dossiers"] else ""
        row["shown"] = number(row["dossiers"])
    return {"services": rows}


def _whole_list(request: HttpRequest, words: Mapping[str, Any]) -> OpenedList:
    """The same list as a file."""
    asked, found = _listed(request, words["part"])
    if found.lists_services:
        raise Http404
    sql, parameters = found.listed()
    title = _("%(name)s: %(indicator)s, %(days)s") % {
        "name": _capital(asked.whose),
        "indicator": asked.declared.label,
        "days": _days(asked.span) if asked.span else "",
    }
    amount = str(asked.declared.numerator) if asked.declared.sums else ""
    return OpenedList(title, _("Đếm từ dữ kiện hồ sơ hiện nay"), found.run, asked.known, sql, parameters, amount)


LISTS.add(ExportedList("reporting:span_cases", gettext_lazy("hồ sơ trong khoảng ngày"), _whole_list))
