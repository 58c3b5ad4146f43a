"""Units whose dossiers of the month fall far under what earlier weeks let expect: perhaps not all are in the system."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.calendars import calendars_for
from portal import clock
from portal.db import read
from portal.templatetags.ui import day, number, percent
from reporting import few
from reporting.enums import Ahead, Basis, Part, ScopeKind
from reporting.forecast import EIGHT_WEEKS, YEAR_OF_WEEKS, History, expected
from reporting.indicators import SCOPE_COLUMNS
from reporting.indicators.base import counted_of
from reporting.indicators.online_share_all import ONLINE_SHARE_ALL
from reporting.lasting.frame import Frame, scope_of
from reporting.lasting.grids import Grid, GridCell, GridColumn, counted
from reporting.queries import Scope

WAYS: Final = (Ahead.LAST_YEAR, Ahead.EIGHT_WEEKS)
FAR: Final = 0.5  # of what is expected: less is far under it
ENOUGH: Final = few.EXPECTED.fewest
BEFORE: Final = timedelta(days=28)  # a case in these weeks before a way begins shows that the unit was counted then
_RECEIVED: Final = ONLINE_SHARE_ALL  # all that are received are its whole


@dataclass(frozen=True, slots=True)
class Volume:
    """What came to a unit in the month so far, and what each way let expect; None where a way has nothing to go by."""

    scope: Scope
    came: int
    expected: dict[Ahead, int | None]

    @property
    def least(self) -> int | None:
        """The lower of what was expected."""
        known = [count for count in self.expected.values() if count is not None]
        return min(known) if known else None

    @property
    def is_judged(self) -> bool:
        """Whether so much was expected that coming short of it says something."""
        return self.least is not None and self.least >= ENOUGH

    @property
    def is_short(self) -> bool:
        """Whether far less came than any way let expect."""
        return self.is_judged and self.least is not None and self.came < FAR * self.least


def volumes(frame: Frame) -> list[Volume]:
    """Every unit of the page's scope: a statement for each way's weeks, one for calendars."""
    scopes = _scopes(frame)
    first, until = frame.month.first_day, frame.known_until
    last_year = _cases(frame, scopes, (first - YEAR_OF_WEEKS - BEFORE, until - YEAR_OF_WEEKS))
    cases = _cases(frame, scopes, (first - EIGHT_WEEKS - BEFORE, until))
    for key, counts in last_year.items():
        cases.setdefault(key, {}).update(counts)
    calendars = calendars_for([scope[1] for scope in scopes if scope[1] is not None])
    return [
        _volume(scope, cases.get(scope[1] or 0, {}), (first, until), calendars[scope[1] or 0].is_workday)
        for scope in scopes
    ]


def _volume(
    scope: Scope, cases: dict[date, int], days: tuple[date, date], is_workday: Callable[[date], bool]
) -> Volume:
    first, until = days
    before = History({one: count for one, count in cases.items() if one < first}, first - timedelta(days=1), is_workday)
    came = sum(count for one, count in cases.items() if first <= one <= until)
    return Volume(scope, came, {way: expected(way, before, until) for way in WAYS})


def _scopes(frame: Frame) -> list[Scope]:
    """The units of the page's scope that were there in the month; a department by itself."""
    kind, pk = frame.scope
    if kind == ScopeKind.DEPARTMENT:
        return [frame.scope]
    units = [unit for unit in frame.units.values() if unit.group_id is not None and unit.exists_in(frame.month)]
    inside = {ScopeKind.TOTAL: None, ScopeKind.GROUP: "group_id", ScopeKind.UNIT: "pk"}[ScopeKind(kind)]
    found = [scope_of(unit) for unit in units if inside is None or getattr(unit, inside) == pk]
    return [scope for scope in found if scope is not None]


def _cases(frame: Frame, scopes: Iterable[Scope], days: tuple[date, date]) -> dict[int, dict[date, int]]:
    """Dossiers received on each day, by unit."""
    column = SCOPE_COLUMNS[ScopeKind.DEPARTMENT if frame.scope[0] == ScopeKind.DEPARTMENT else ScopeKind.UNIT]
    keys = [scope[1] for scope in scopes]
    selection = frame.selection
    asked = selection.parameters
    rows = read(
        f"SELECT {column}, received_day, count(*) FROM ({selection.received}) c "  # noqa: S608  our own constants
        f"WHERE {counted_of(_RECEIVED)} AND {column} = ANY(%(keys)s) GROUP BY 1, 2",
        asked
        | {"since": clock.at(days[0], time.min), "end": min(asked["end"], clock.day_bounds(days[1])[1]), "keys": keys},
    )
    found: dict[int, dict[date, int]] = {}
    for key, one, count in rows:
        found.setdefault(key, {})[one] = count
    return found


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def page(frame: Frame) -> dict[str, Any]:
    """Sentence, table and rules."""
    found = sorted(volumes(frame), key=lambda one: not one.is_short)
    return {
        "lead": _sentence(frame, found),
        "grids": [_grid(frame, found)] if found else [],
        "rules": _rules(),
        "bases": [],
    }


def _sentence(frame: Frame, found: list[Volume]) -> str:
    short = [one for one in found if one.is_short]
    facts = {
        "count": number(len(short)),
        "month": frame.month.label,
        "until": day(frame.known_until),
        "names": ", ".join(
            _("%(name)s (%(came)s, dự kiến ít nhất %(least)s)")
            % {"name": frame.name_of(one.scope), "came": number(one.came), "least": number(one.least)}
            for one in short
        ),
    }
    if short:
        return _("Đến %(until)s, %(count)s đơn vị có thể thiếu hồ sơ trên hệ thống: %(names)s.") % facts
    if not any(one.is_judged for one in found):
        return _("Tháng %(month)s: chưa đủ số liệu các kỳ trước để biết đơn vị nào thiếu hồ sơ.") % facts
    return _("Đến %(until)s, không đơn vị nào ít hồ sơ khác thường.") % facts


def _grid(frame: Frame, found: list[Volume]) -> Grid:
    lines = [
        [
            GridCell(frame.name_of(one.scope)),
            _verdict(one),
            counted(one.came, frame.links.to_list(_RECEIVED.code, Basis.MONTH, one.scope, Part.DENOMINATOR)),
            *(GridCell(_("chưa đủ số liệu") if count is None else number(count)) for count in one.expected.values()),
            GridCell(percent(one.came / one.least) if one.is_judged and one.least else "–"),
        ]
        for one in found
    ]
    labels = (
        _("Đã tiếp nhận"),
        _("Như các tuần này năm trước"),
        _("Như tám tuần trước tháng"),
        _("So với mức dự kiến thấp hơn"),
    )
    columns = [
        GridColumn(_("Đơn vị"), numeric=False),
        GridColumn(_("Đánh giá"), numeric=False),
        *(GridColumn(label) for label in labels),
    ]
    return Grid("du-ho-so", _("Số hồ sơ so với mức dự kiến"), columns, lines)


def _verdict(one: Volume) -> GridCell:
    if one.is_short:
        return GridCell(_("có thể thiếu hồ sơ trên hệ thống"), tone="warning", icon="alert")
    if one.least is None:
        return GridCell(_("chưa đủ số liệu các kỳ trước"))
    return GridCell(_("như thường lệ") if one.is_judged else _("ít hồ sơ, chưa đánh giá"))


def _rules() -> list[str]:
    return [
        _(
            "Mức dự kiến cho các ngày từ đầu tháng đến ngày có số liệu: số hồ sơ của chính các tuần ấy năm trước (lùi 364 ngày), "
            "và bình quân một ngày làm việc của tám tuần trước tháng nhân số ngày làm việc."
        ),
        _("Có thể thiếu: dưới một nửa mức dự kiến thấp hơn trong hai mức, khi mức ấy từ %(enough)s hồ sơ.")
        % {"enough": ENOUGH},
        _(
            "Chỉ là dấu hiệu để hỏi lại đơn vị: hồ sơ giấy chưa nhập, hệ thống riêng chưa đồng bộ, hoặc người dân nộp ít đi thật."
        ),
    ]
