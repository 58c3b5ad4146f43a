"""The page that answers what a target still asks: by when, how many, from whom, of which procedures, and "what if"."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import managers_only
from accounts.calendars import calendars_for
from portal.clock import Month
from portal.templatetags.ui import day
from reporting import boards, forecast_rows, queries
from reporting.asking import version_of, version_word
from reporting.enums import Ahead, ScopeKind
from reporting.fields import TypedDayField, TypedPercentField
from reporting.forecast_boards import BELOW, OutlookBoard
from reporting.indicators import INDICATORS, Declaration
from reporting.models import Run
from reporting.queries import MonthFigures, Scope, Targets
from reporting.target_rows import percent_of

MOST_CASES = 10_000_000


class OutlookForm(forms.Form):
    """What is asked: which target by which day, the officer's own number of what comes, and what if."""

    percent = TypedPercentField(label=gettext_lazy("Chỉ tiêu (%)"))
    until = TypedDayField(label=gettext_lazy("Đến hết ngày"))
    way = forms.ChoiceField(label=gettext_lazy("Hồ sơ còn đến"), choices=Ahead.choices)
    own = forms.IntegerField(
        label=gettext_lazy("Số tự nhập"),
        min_value=0,
        max_value=MOST_CASES,
        required=False,
        help_text=gettext_lazy("Số hồ sơ dự kiến tiếp nhận thêm đến ngày đó, ví dụ 1200."),
    )
    share = TypedPercentField(
        label=gettext_lazy("Nếu tỷ lệ trong số hồ sơ mới là (%)"),
        required=False,
        help_text=gettext_lazy("Để thử: tỷ lệ chung sẽ đến đâu."),
    )

    def __init__(self, *args: Any, known_until: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known_until = known_until

    def clean_until(self) -> date:
        """A day after the figures and in their year: a year begins again at nothing."""
        until: date = self.cleaned_data["until"]
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


@managers_only
def outlook(request: HttpRequest, month: str, indicator: str, scope: str) -> HttpResponse:
    """What a target asks of a scope, as the figures of a month stand."""
    page = _Page(request, month, indicator, scope)
    form = OutlookForm(page.asked(request.GET), known_until=page.board.history.until)
    context = page.frame() | {"form": form}
    if form.is_valid():
        context |= page.board.told(form.cleaned_data)
    wrong = page.is_asked(request.GET) and not form.is_valid()
    return render(request, "reporting/outlook.html", context, status=400 if wrong else 200)


class _Page:
    """One scope's page: what is known. 404 where nothing can be said, or not to this reader."""

    def __init__(self, request: HttpRequest, month: str, indicator: str, slug: str) -> None:
        self.declared: Declaration = _declared(indicator)
        self.units = queries.board_units()
        self.reach = queries.reach(request.scope, self.units)  # type: ignore[attr-defined]
        self.scope = self._scope(slug)
        self.month = _month(month)
        self.version = version_of(request, self.month)
        figures = queries.figures_of_year(self.month, indicator=indicator, as_of=self.version)
        self.figures = figures.get(self.month, MonthFigures())
        self.run = self.version or self._run()
        self.targets = Targets.of_year(self.month.year, self.units)
        self.board = self._board()

    def _board(self) -> OutlookBoard:
        return OutlookBoard(
            declared=self.declared,
            scope=self.scope,
            units=self.units,
            figures=self.figures,
            history=forecast_rows.history(self.declared, self.run, self.scope, self._is_workday()),
            links=boards.Links(reverse("reporting:board"), self.month, self.reach, version_word(self.version)),
            of_procedures=lambda: forecast_rows.of_procedures(self.declared, self.run, self.scope),
            named=forecast_rows.procedures,
        )

    def _scope(self, slug: str) -> Scope:
        scope = boards.scope_of_slug(slug)
        if scope is None or scope[0] not in BELOW | {ScopeKind.DEPARTMENT: ""} or not self.reach.covers(scope):
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

    @staticmethod
    def is_asked(given: Mapping[str, str]) -> bool:
        """Whether something was asked, or the page only opened."""
        return bool(given.keys() & OutlookForm.base_fields.keys())

    def asked(self, given: Mapping[str, str]) -> dict[str, Any]:
        """What was asked, or the next target with its day."""
        if self.is_asked(given):
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
            "name": self.board.name,
            "month": self.month,
            "stamp": boards.stamp(self.figures.run),
            "run": self.figures.run,
            "version": version_word(self.version),
            "kept": f"&ban={version_word(self.version)}" if self.version else "",
            "figure": self.board.figure,
            "reading": boards.reading(self.declared, self.board.figure),
            "known_until": self.board.history.until,
        }


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
