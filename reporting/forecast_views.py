"""The page that answers what a target still asks: by when, how many, from whom, of which procedures, and "what if"."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import managers_only
from accounts.calendars import calendars_for
from portal.clock import Month
from portal.templatetags.ui import day, number, percent
from reporting import boards, forecast, forecast_rows, queries
from reporting.enums import Ahead, Basis, ScopeKind
from reporting.forecast import Answer, Asked, History
from reporting.gap import Figure
from reporting.indicators import INDICATORS, Declaration
from reporting.models import Run
from reporting.queries import MonthFigures, Scope, Targets, Unit
from reporting.target_rows import day_of, percent_of, ratio_of

BELOW = {ScopeKind.UNIT: ScopeKind.DEPARTMENT, ScopeKind.GROUP: ScopeKind.UNIT, ScopeKind.TOTAL: ScopeKind.UNIT}
MOST_CASES = 10_000_000


class OutlookForm(forms.Form):
    """What is asked: which target by which day, the officer's own number of what comes, and what if."""

    percent = forms.CharField(
        label=gettext_lazy("Chỉ tiêu (%)"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    until = forms.CharField(
        label=gettext_lazy("Đến hết ngày"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    way = forms.ChoiceField(label=gettext_lazy("Hồ sơ còn đến"), choices=Ahead.choices)
    own = forms.IntegerField(
        label=gettext_lazy("Số tự nhập"),
        min_value=0,
        max_value=MOST_CASES,
        required=False,
        help_text=gettext_lazy("Số hồ sơ dự kiến tiếp nhận thêm đến ngày đó, ví dụ 1200."),
    )
    share = forms.CharField(
        label=gettext_lazy("Nếu tỷ lệ trong số hồ sơ mới là (%)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("Để thử: tỷ lệ chung sẽ đến đâu."),
    )

    def __init__(self, *args: Any, known_until: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known_until = known_until
        for name, size in (("percent", "number"), ("share", "number"), ("until", "day")):
            self.fields[name].size = size  # type: ignore[attr-defined]  as wide as what is typed

    def clean_percent(self) -> Decimal:
        """A percentage as people write it."""
        return _read(ratio_of, self.cleaned_data["percent"])

    def clean_share(self) -> Decimal | None:
        """The same, or nothing."""
        text = self.cleaned_data["share"]
        return _read(ratio_of, text) if text else None

    def clean_until(self) -> date:
        """A day after the figures and in their year: a year begins again at nothing."""
        until: date = _read(day_of, self.cleaned_data["until"])
        if until <= self._known_until or until.year != self._known_until.year:
            raise forms.ValidationError(
                _("Hãy chọn một ngày sau ngày %(known)s và trong năm %(year)s.")
                % {"known": day(self._known_until), "year": str(self._known_until.year)}
            )
        return until

    def clean(self) -> dict[str, Any]:
        """One's own number is needed when it is to be used."""
        cleaned = super().clean() or {}
        if cleaned.get("way") == Ahead.OWN and cleaned.get("own") is None and "own" not in self.errors:
            self.add_error("own", _("Hãy nhập số hồ sơ dự kiến tiếp nhận thêm."))
        return cleaned


def _read(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError as error:
        told = str(error)
        raise forms.ValidationError(told[0].upper() + told[1:]) from error


@managers_only
def outlook(request: HttpRequest, month: str, indicator: str, scope: str) -> HttpResponse:
    """What a target asks of a scope, as the figures of a month stand."""
    page = _Page(request, month, indicator, scope)
    form = OutlookForm(page.asked(request.GET), known_until=page.history.until)
    context = page.frame() | {"form": form}
    if form.is_valid():
        context |= page.told(form.cleaned_data)
    wrong = bool(request.GET) and not form.is_valid()
    return render(request, "reporting/outlook.html", context, status=400 if wrong else 200)


class _Page:
    """One scope's page: what is known, and what is said of it. 404 where nothing can be said, or not to this reader."""

    def __init__(self, request: HttpRequest, month: str, indicator: str, slug: str) -> None:
        self.declared: Declaration = _declared(indicator)
        self.units = queries.board_units()
        self.scope = self._scope(request, slug)
        self.month = _month(month)
        self.months = queries.figures_of_year(self.month, indicator=indicator)
        self.figures = self.months.get(self.month, MonthFigures())
        self.run = self._run()
        self.targets = Targets.of_year(self.month.year, self.units)
        self.figure = self.figures.figure(indicator, Basis.CUMULATIVE, self.scope)
        self.history: History = forecast_rows.history(self.declared, self.run, self.scope, self._is_workday())
        reach = queries.reach(request.scope, self.units)  # type: ignore[attr-defined]
        self.links = boards.Links("", self.month, reach)

    def _scope(self, request: HttpRequest, slug: str) -> Scope:
        scope = boards.scope_of_slug(slug)
        if scope is None or scope[0] not in BELOW | {ScopeKind.DEPARTMENT: ""}:
            raise Http404
        if not queries.reach(request.scope, self.units).covers(scope):  # type: ignore[attr-defined]
            raise Http404
        if scope[1] is not None and scope[1] not in self.units:
            raise Http404
        return scope

    def _run(self) -> Run:
        is_open = self.figures.run is not None and self.figures.run.frozen_at is None
        run = queries.run_of(self.month, queries.LIVE if is_open else "")
        if run is None:
            raise Http404
        return run

    def _is_workday(self) -> Any:
        """Days of the scope's own calendar; of the first unit's where the scope has none."""
        key = self.scope[1] or next(iter(self.units))
        return calendars_for([key])[key].is_workday

    def asked(self, given: Mapping[str, str]) -> dict[str, Any]:
        """What was asked, or the next target with its day."""
        if given:
            return {name: given.get(name, "") for name in OutlookForm.base_fields}
        coming = self.targets.coming(self.declared.code, self.scope, self.month)
        held = coming or self.targets.in_force(self.declared.code, self.scope, self.month)
        until = coming.month_end if coming else date(self.month.year, 12, 31)
        return {
            "percent": percent_of(held.value) if held else "",
            "until": day(until),
            "way": Ahead.EIGHT_WEEKS.value,
        }

    def frame(self) -> dict[str, Any]:
        """What stands whatever is asked."""
        return {
            "declared": self.declared,
            "name": self._name(),
            "month": self.month,
            "stamp": boards.stamp(self.figures.run),
            "figure": self.figure,
            "reading": boards.reading(self.declared, self.figure),
            "known_until": self.history.until,
        }

    def _name(self) -> str:
        return self.units[self.scope[1]].name if self.scope[1] else _("Chung toàn địa bàn")

    def told(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The answers to what was asked."""
        target, until = asked["percent"], asked["until"]
        wanted = Asked(target, until, asked["own"])
        answers = {
            way: forecast.answer(way, self.figure, self.history, wanted)
            for way in Ahead
            if way != Ahead.OWN or asked["own"] is not None
        }
        chosen = answers.get(Ahead(asked["way"]))
        return {
            "target": boards.ratio_text(target),
            "until": until,
            "chosen": chosen,
            "sentence": self._sentence(chosen, target, until),
            "answers": [(way.label, found) for way, found in answers.items()],
            "trials": self._trials(),
            "parts": self._parts(target),
            "levers": self._levers(chosen),
            "if": self._if(chosen, asked["share"], target),
        }

    def _sentence(self, found: Answer | None, target: Decimal, until: date) -> str:
        if found is None:
            return _("Không đủ số liệu các kỳ trước để ước theo cách này; hãy chọn cách khác hoặc tự nhập số.")
        facts = {
            "date": day(until),
            "target": boards.ratio_text(target),
            "needed": number(found.look.needed),
            "expected": number(found.look.expected),
            "what": self.declared.numerator,
            "days": number(found.workdays),
            "best": percent(found.look.best),
            "a_day": number(round(found.per_day, 1)) if found.per_day is not None else "",
            "share": percent(found.look.share),
        }
        if found.look.needed == 0:
            return _("Đến hết %(date)s đã đủ %(target)s dù không có thêm %(what)s nào.") % facts
        if not found.look.possible:
            return (
                _(
                    "Không thể đạt %(target)s đến hết %(date)s: dự kiến chỉ còn %(expected)s hồ sơ trong %(days)s ngày "
                    "làm việc; dù tất cả đều là %(what)s, tỷ lệ chỉ đến %(best)s."
                )
                % facts
            )
        return (
            _(
                "Để đạt %(target)s đến hết %(date)s cần thêm %(needed)s %(what)s trong %(expected)s hồ sơ dự kiến còn đến "
                "(%(share)s); còn %(days)s ngày làm việc, mỗi ngày %(a_day)s %(what)s."
            )
            % facts
        )

    def _trials(self) -> list[dict[str, Any]]:
        ways = [way for way in Ahead if way != Ahead.OWN]
        return [
            {"way": way.label, "month": Month.of(row[0].cut_off).label, "row": row}
            for way in ways
            for row in forecast.trials(way, self.history)
        ]

    def _parts(self, target: Decimal) -> list[dict[str, Any]]:
        below = BELOW.get(ScopeKind(self.scope[0]))
        members = [unit for unit in self.units.values() if below is not None and self._is_below(unit)]
        figures = {
            unit.pk: self.figures.figure(self.declared.code, Basis.CUMULATIVE, (below.value, unit.pk))
            for unit in members
            if below is not None
        }
        found = forecast.parts(figures, target)
        whole = forecast.total_missing(found)
        return [
            {
                "name": self.units[one.key].label,
                "url": self.links.to_unit(one.key) if below == ScopeKind.UNIT else "",
                "figure": one.figure,
                "reading": boards.reading(self.declared, one.figure),
                "missing": Decimal(one.missing.numerator) / one.missing.denominator,
                "share": one.of(whole),
            }
            for one in found
        ]

    def _is_below(self, unit: Unit) -> bool:
        kind, pk = self.scope
        if kind == ScopeKind.UNIT:
            return unit.parent_id == pk
        return kind == ScopeKind.TOTAL or unit.group_id == pk

    def _levers(self, chosen: Answer | None) -> list[dict[str, Any]]:
        if chosen is None:
            return []
        figures = forecast_rows.of_procedures(self.declared, self.run, self.scope)
        found = forecast.levers(figures, self.figure, chosen.look)
        named = forecast_rows.procedures([one.key for one in found])
        return [
            {
                "procedure": named[one.key],
                "reading": boards.reading(self.declared, one.figure),
                "figure": one.figure,
                "gain": round(one.gain),
                "share": one.share,
            }
            for one in found
        ]

    def _if(self, chosen: Answer | None, share: Decimal | None, target: Decimal) -> str:
        if chosen is None or share is None:
            return ""
        reached: Figure = forecast.whatever(self.figure, chosen.look.expected, share)
        facts = {
            "share": boards.ratio_text(share),
            "ratio": boards.reading(self.declared, reached),
            "target": boards.ratio_text(target),
        }
        if reached.ratio is not None and reached.ratio >= target:
            return _("Nếu %(share)s số hồ sơ mới thì đến ngày đó là %(ratio)s, đạt chỉ tiêu %(target)s.") % facts
        return _("Nếu %(share)s số hồ sơ mới thì đến ngày đó là %(ratio)s, chưa đạt chỉ tiêu %(target)s.") % facts


def _declared(code: str) -> Declaration:
    found = INDICATORS.get(code)
    if found is None or not forecast_rows.can_be_forecast(found):
        raise Http404
    return found


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Http404 from error
