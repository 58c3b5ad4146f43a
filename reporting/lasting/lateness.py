"""Dossiers later than first promised: where they lay when the promise passed, what their ledger says happened, where time went."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.ui import number, percent
from reporting.indicators.base import Text
from reporting.indicators.on_time_first import ON_TIME_FIRST
from reporting.lasting.frame import Frame
from reporting.lasting.grids import FEWEST, Grid, GridCell, GridColumn, counted, share
from reporting.lasting.late_rows import PLACES
from reporting.lasting.slices import SLICES, RowKind, Rowset, Slice
from reporting.queries import Scope

# Late finished and late unfinished stand apart everywhere.
FINISHED: Final = "xong"
OPEN: Final = "dang"
_ENDS: Final[Mapping[str, tuple[str, Text]]] = {
    FINISHED: ("NOT is_open", gettext_lazy("hồ sơ đã xong nhưng trễ hẹn lần đầu")),
    OPEN: ("is_open", gettext_lazy("hồ sơ chưa xong và đã trễ hẹn lần đầu")),
}


def _both(code: str, condition: str, detail: Text = "") -> dict[str, Slice]:
    """The finished and the unfinished ones of which something holds."""
    return {
        end: SLICES.add(
            Slice(f"tre-{end}{'-' if code else ''}{code}", label, RowKind.LATE, f"{which} AND ({condition})", detail)
        )
        for end, (which, label) in _ENDS.items()
    }


ALL: Final = _both("", "TRUE")
LAY: Final = {place: _both(place, f"place = '{place}'", label) for place, label in PLACES.items()}
# What the ledger says of a dossier; several may hold for one.
SIGNS: Final[Mapping[str, dict[str, Slice]]] = {
    code: _both(code, condition, label)
    for code, condition, label in (
        ("bo-sung", "supplements > 0", gettext_lazy("có yêu cầu bổ sung")),
        ("tam-dung", "minutes_stopped > 0", gettext_lazy("có thời gian tạm dừng tính thời hạn")),
        (
            "con-han",
            "CASE WHEN is_open THEN NOT past_due ELSE finished_day <= due_day END",
            gettext_lazy("không trễ so với hẹn đang có hiệu lực"),
        ),
        (
            "trong-gio",
            "minutes_used <= minutes_allowed",
            gettext_lazy("thời hạn đã chạy không quá số giờ được phép (chỉ hồ sơ đã xong)"),
        ),
        (
            "nhan-cham",
            "answered_at > answer_due_at",
            gettext_lazy("nộp trực tuyến, được tiếp nhận hoặc trả lời muộn hơn 8 giờ làm việc"),
        ),
        ("tra-lai", "was_sent_back", gettext_lazy("bị trả lại bước trước")),
        ("lay-y-kien", "was_asked", gettext_lazy("có lấy ý kiến đơn vị khác")),
        ("doi-nguoi", "changed_hands", gettext_lazy("đổi người thụ lý")),
        ("doi-don-vi", "changed_unit", gettext_lazy("chuyển sang đơn vị khác")),
    )
}
_OF_ALL: Final = [*ALL.values(), *(one for pair in (*LAY.values(), *SIGNS.values()) for one in pair.values())]
_COLUMNS: Final = (
    *(one.counted for one in _OF_ALL),
    "sum(minutes_stopped) FILTER (WHERE NOT is_open) AS stopped",
    *(f"sum(ran_{place}) FILTER (WHERE NOT is_open) AS ran_{place}" for place in PLACES),
    "count(*) FILTER (WHERE NOT is_open AND minutes_used IS NOT NULL) AS timed",
)


def lateness(frame: Frame) -> Rowset:
    """Late dossiers of the whole, of each part of the scope and of each procedure: one statement."""
    return frame.selection.grouped(RowKind.LATE, _COLUMNS, frame.by)


def page(frame: Frame) -> dict[str, Any]:
    """Sentence, tables and rules."""
    rows = lateness(frame)
    whole = next(row for row in rows if row["level"] == "")
    grids = (
        [places(frame, whole), signs(frame, whole), time_spent(whole), *_parts(frame, rows)] if late_of(whole) else []
    )
    return {"lead": sentence(frame, whole), "grids": [grid for grid in grids if grid.rows], "rules": _rules()}


def _rules() -> list[str]:
    return [
        _(
            "Trễ: xong sau ngày hẹn trả lần đầu, hoặc chưa xong khi ngày ấy đã qua; bằng phần còn lại của chỉ số “%(name)s”."
        )
        % {"name": ON_TIME_FIRST.label},
        _(
            "Ở đâu khi quá hẹn: bước mà sự kiện cuối cùng trước giờ hẹn ghi trong sổ; mỗi hồ sơ tính một lần. "
            "Sổ không ghi bước thì nói là không ghi."
        ),
        _("Dấu hiệu: điều sổ sự kiện ghi là đã xảy ra; một hồ sơ có thể có nhiều dấu hiệu hoặc không có dấu hiệu nào."),
        _(
            "Nguyên nhân do cán bộ ghi khi xin lỗi và hẹn lại đọc ở diễn biến của từng hồ sơ; trang này chưa cộng. "
            "Trang này không suy đoán nguyên nhân."
        ),
    ]


def late_of(row: Mapping[str, Any]) -> int:
    """How many are late, finished or not."""
    return sum(row[one.column] for one in ALL.values())


def sentence(frame: Frame, whole: Mapping[str, Any]) -> str:
    """How many are late, and where most of them lay, in one sentence."""
    total = late_of(whole)
    facts = {"name": frame.name, "period": frame.period, "count": number(total)}
    if not total:
        return _("%(name)s: không phát sinh hồ sơ trễ hẹn lần đầu %(period)s.") % facts
    place, most = top(whole)
    facts |= {
        "finished": number(whole[ALL[FINISHED].column]),
        "open": number(whole[ALL[OPEN].column]),
        "place": PLACES[place],
        "most": number(most),
    }
    return (
        _(
            "%(name)s: %(count)s hồ sơ trễ hẹn lần đầu %(period)s (%(finished)s đã xong, %(open)s chưa xong); "
            "khi quá hẹn nhiều nhất là %(place)s: %(most)s hồ sơ."
        )
        % facts
    )


def top(row: Mapping[str, Any]) -> tuple[str, int]:
    """Where most lay when the promise passed, and how many; the earlier place of two."""
    found = {place: sum(row[one.column] for one in pair.values()) for place, pair in LAY.items()}
    place = max(found, key=lambda one: found[one])
    return place, found[place]


def places(frame: Frame, row: Mapping[str, Any]) -> Grid:
    """Where they lay when the promise passed: each once."""
    rows = [
        [GridCell(capfirst(PLACES[place])), *_pair(frame, row, pair)]
        for place, pair in LAY.items()
        if any(row[one.column] for one in pair.values())
    ]
    rows.append([GridCell(_("Cộng")), *_pair(frame, row, ALL)])
    caption = _("Khi quá hẹn lần đầu, hồ sơ đang ở đâu")
    return Grid("o-dau", caption, _columns(_("Ở đâu")), rows)


def signs(frame: Frame, row: Mapping[str, Any]) -> Grid:
    """What the ledger says happened to them."""
    there = [pair for pair in SIGNS.values() if any(row[one.column] for one in pair.values())]
    rows = [[GridCell(capfirst(pair[OPEN].detail)), *_pair(frame, row, pair)] for pair in there]
    if not there:
        rows = [[GridCell(_("Sổ không ghi dấu hiệu nào trong các dấu hiệu sau")), GridCell("–"), GridCell("–")]]
    absent = [str(pair[OPEN].detail) for pair in SIGNS.values() if pair not in there]
    note = _("Không phát sinh: %(signs)s.") % {"signs": "; ".join(absent)} if absent else ""
    return Grid("dau-hieu", _("Dấu hiệu ghi trong sổ"), _columns(_("Dấu hiệu")), rows, note)


def _columns(first: str) -> list[GridColumn]:
    return [GridColumn(first, numeric=False), GridColumn(_("Trễ, đã xong")), GridColumn(_("Trễ, chưa xong"))]


def _pair(
    frame: Frame, row: Mapping[str, Any], pair: Mapping[str, Slice], scope: Scope | None = None, **more: int
) -> list[GridCell]:
    return [
        share(row[one.column], row[ALL[end].column], frame.to_list(one.code, scope, **more))
        for end, one in pair.items()
    ]


def time_spent(row: Mapping[str, Any]) -> Grid:
    """Where the working time of finished late ones went, as their events' minutes say."""
    found = {place: int(row[f"ran_{place}"] or 0) for place in PLACES}
    total = sum(found.values())
    lines = [
        [
            GridCell(capfirst(PLACES[place])),
            GridCell(_hours(ran)),
            GridCell(_hours(ran / row["timed"])),
            GridCell(_part(ran, total)),
        ]
        for place, ran in found.items()
        if ran and row["timed"]
    ]
    stopped = int(row["stopped"] or 0)
    if lines:
        lines.append(
            [
                GridCell(_("Tạm dừng tính thời hạn")),
                GridCell(_hours(stopped)),
                GridCell(_hours(stopped / row["timed"])),
                GridCell("–"),
            ]
        )
    labels = (_("Giờ làm việc"), _("Bình quân một hồ sơ"), _("Tỷ trọng"))
    columns = [GridColumn(_("Ở đâu"), numeric=False), *(GridColumn(label) for label in labels)]
    note = _("Của %(count)s hồ sơ trễ đã xong có tính giờ; tỷ trọng trong thời gian thời hạn chạy.") % {
        "count": number(row["timed"])
    }
    return Grid("thoi-gian", _("Thời gian của hồ sơ trễ đã xong"), columns, lines, note)


def _hours(minutes: float) -> str:
    return number(round(minutes / 60, 1))


def _part(ran: int, total: int) -> str:
    return percent(ran / total) if total else "–"


def _parts(frame: Frame, rows: Sequence[dict[str, Any]]) -> list[Grid]:
    """The same in short for each part of the scope and each procedure."""
    by_part = [
        [GridCell(frame.name_of(scope), frame.to_part("lateness", scope)), *_line(frame, row, scope)]
        for row, scope in frame.parts(list(rows))
    ]
    sized = [row | {"late": late_of(row)} for row in rows]
    by_procedure = [
        [GridCell(row["procedure_name"]), *_line(frame, row, thu_tuc=row["procedure_id"])]
        for row in frame.procedures(sized, "late")
    ]
    return [
        Grid("theo-don-vi", frame.parts_caption, _part_columns(frame.part_label), by_part, frame.idle(list(rows))),
        Grid("theo-thu-tuc", _("Theo thủ tục"), _part_columns(_("Thủ tục")), by_procedure, frame.further(sized)),
    ]


def _part_columns(first: str) -> list[GridColumn]:
    return [*_columns(first), GridColumn(_("Khi quá hẹn nhiều nhất là"), numeric=False)]


def _line(frame: Frame, row: Mapping[str, Any], scope: Scope | None = None, **more: int) -> list[GridCell]:
    cells = [counted(row[one.column], frame.to_list(one.code, scope, **more)) for one in ALL.values()]
    place, most = top(row)
    return [*cells, GridCell(PLACES[place], note=number(most) if late_of(row) >= FEWEST else "")]
