"""How long finished dossiers took: half of them, nine of ten, and how many within which time; for units and procedures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.ui import number
from reporting.indicators.base import Text
from reporting.lasting.frame import Frame
from reporting.lasting.grids import FEWEST, Grid, GridCell, GridColumn, counted, share
from reporting.lasting.slices import SLICES, RowKind, Rowset, Slice
from reporting.queries import Scope

DAY = 480  # working minutes
# Upper ends, included; the last band has none.
_DAYS = (
    (0, gettext_lazy("trong ngày")),
    (3, gettext_lazy("1–3 ngày")),
    (7, gettext_lazy("4–7 ngày")),
    (15, gettext_lazy("8–15 ngày")),
    (30, gettext_lazy("16–30 ngày")),
    (None, gettext_lazy("trên 30 ngày")),
)
_WORK = (
    (1 * DAY, gettext_lazy("đến 1 ngày làm việc")),
    (3 * DAY, gettext_lazy("trên 1 đến 3 ngày làm việc")),
    (5 * DAY, gettext_lazy("trên 3 đến 5 ngày làm việc")),
    (10 * DAY, gettext_lazy("trên 5 đến 10 ngày làm việc")),
    (20 * DAY, gettext_lazy("trên 10 đến 20 ngày làm việc")),
    (None, gettext_lazy("trên 20 ngày làm việc")),
)

FINISHED = SLICES.add(Slice("xong", gettext_lazy("hồ sơ giải quyết xong"), RowKind.FINISHED))
TIMED = SLICES.add(
    Slice(
        "xong-co-gio", gettext_lazy("hồ sơ giải quyết xong có tính giờ"), RowKind.FINISHED, "minutes_used IS NOT NULL"
    )
)


def _bands(code: str, column: str, ends: Sequence[tuple[int | None, Text]]) -> list[Slice]:
    """One slice a band: above the end of the band before it, up to its own end."""
    found, above = [], None
    for place, (end, label) in enumerate(ends):
        parts = [f"{column} > {above}" if above is not None else "", f"{column} <= {end}" if end is not None else ""]
        condition = " AND ".join(filter(None, parts))
        found.append(SLICES.add(Slice(f"{code}-{place}", FINISHED.label, RowKind.FINISHED, condition, label)))
        above = end
    return found


BY_DAYS = _bands("ngay", "days", _DAYS)
BY_WORK = _bands("gio", "minutes_used", _WORK)

_COLUMNS = (
    "count(*) AS finished",
    "count(minutes_used) AS timed",
    "percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days) AS days",
    "percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY minutes_used) AS minutes",
    *(band.counted for band in (*BY_DAYS, *BY_WORK)),
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long some dossiers took. Percentiles are lengths that occurred: the first that so many do not exceed."""

    finished: int
    timed: int
    days: tuple[int, int] | None
    minutes: tuple[int, int] | None
    bands: Mapping[str, int]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Lengths":
        """Read a counted row."""
        bands = {band.code: row[band.column] for band in (*BY_DAYS, *BY_WORK)}
        return cls(row["finished"], row["timed"], _pair(row["days"]), _pair(row["minutes"]), bands)

    @property
    def are_enough(self) -> bool:
        """Whether percentiles say anything."""
        return self.finished >= FEWEST


def _pair(found: Sequence[int] | None) -> tuple[int, int] | None:
    return None if found is None or found[0] is None else (found[0], found[1])


def lengths(frame: Frame) -> Rowset:
    """Lengths of the whole, of each part of the scope and of each procedure: one statement."""
    rows = frame.selection.grouped(RowKind.FINISHED, _COLUMNS, frame.by)
    return [row | {"lengths": Lengths.of(row)} for row in rows]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def page(frame: Frame) -> dict[str, Any]:
    """Sentence, tables and rules."""
    rows = lengths(frame)
    whole = next(row["lengths"] for row in rows if row["level"] == "")
    return {
        "lead": sentence(frame, whole),
        "grids": [*bands(frame, whole), *parts(frame, rows)],
        "rules": [
            _("Số ngày: từ ngày tiếp nhận đến ngày xử lý xong, kể cả ngày nghỉ và thời gian tạm dừng."),
            _(
                "Thời gian làm việc: giờ làm việc mà thời hạn đã chạy, không kể ngày nghỉ và thời gian tạm dừng "
                "(chờ bổ sung, chờ nộp tiền, chờ người nộp kiểm tra); một ngày làm việc là 8 giờ."
            ),
            _(
                "Một nửa trong, chín phần mười trong: độ dài ngắn nhất mà 50 %%, 90 %% số hồ sơ không vượt quá. "
                "Ít hơn %(fewest)s hồ sơ thì chưa tính."
            )
            % {"fewest": FEWEST},
            _("Tính hồ sơ đã ban hành kết quả hoặc từ chối giải quyết trong kỳ; không tính hồ sơ rút, dừng và nội bộ."),
        ],
    }


def sentence(frame: Frame, whole: Lengths) -> str:
    """How long it takes, in one sentence."""
    facts = {"name": frame.name, "period": frame.period, "count": number(whole.finished), "fewest": FEWEST}
    if not whole.finished:
        return _("%(name)s: không phát sinh hồ sơ giải quyết xong %(period)s.") % facts
    if not whole.are_enough or whole.days is None:
        return (
            _(
                "%(name)s: %(count)s hồ sơ giải quyết xong %(period)s, ít hơn %(fewest)s nên chưa tính một nửa, chín phần mười."
            )
            % facts
        )
    facts |= {"half": _in_days(whole.days[0]), "most": _in_days(whole.days[1])}
    return (
        _("%(name)s: một nửa số hồ sơ xong %(half)s, chín phần mười xong %(most)s (%(count)s hồ sơ xong %(period)s).")
        % facts
    )


def _in_days(days: int) -> str:
    return _("trong %(days)s ngày") % {"days": number(days)} if days else _("trong ngày")


def bands(frame: Frame, whole: Lengths) -> list[Grid]:
    """How many took how long, by both ways of measuring."""
    if not whole.finished:
        return []
    columns = [GridColumn(_("Trong bao lâu"), numeric=False), GridColumn(_("Hồ sơ")), GridColumn(_("Cộng dồn"))]
    return [
        Grid(anchor, caption, columns, _band_rows(frame, whole, ones, total), note)
        for anchor, caption, ones, total, note in (
            ("theo-ngay", _("Theo số ngày"), BY_DAYS, whole.finished, ""),
            ("theo-gio", _("Theo thời gian làm việc"), BY_WORK, whole.timed, _untimed(whole)),
        )
    ]


def _band_rows(frame: Frame, whole: Lengths, ones: Sequence[Slice], total: int) -> list[list[GridCell]]:
    rows, so_far = [], 0
    for band in ones:
        count = whole.bands[band.code]
        so_far += count
        url = frame.to_list(band.code)
        rows.append([GridCell(capfirst(band.detail)), share(count, total, url), share(so_far, total, "")])
    return rows


def _untimed(whole: Lengths) -> str:
    missing = whole.finished - whole.timed
    return (
        _("%(count)s hồ sơ không có giờ làm việc trong sổ nên không có ở bảng này.") % {"count": number(missing)}
        if missing
        else ""
    )


def parts(frame: Frame, rows: Rowset) -> list[Grid]:
    """The same for each part of the scope and each procedure."""
    by_part = [
        _line(frame, row["lengths"], GridCell(frame.name_of(scope), frame.to_part("durations", scope)), scope=scope)
        for row, scope in frame.parts(rows)
    ]
    by_procedure = [
        _line(frame, row["lengths"], GridCell(row["procedure_name"]), thu_tuc=row["procedure_id"])
        for row in frame.procedures(rows, "finished")
    ]
    grids = (
        Grid("theo-don-vi", frame.parts_caption, _columns(frame.part_label), by_part, frame.idle(rows)),
        Grid("theo-thu-tuc", _("Theo thủ tục"), _columns(_("Thủ tục")), by_procedure, frame.further(rows)),
    )
    return [grid for grid in grids if grid.rows]


def _columns(first: str) -> list[GridColumn]:
    labels = (
        _("Hồ sơ xong"),
        _("Một nửa trong (ngày)"),
        _("Chín phần mười trong (ngày)"),
        _("Hồ sơ có tính giờ"),
        _("Một nửa trong (giờ làm việc)"),
        _("Chín phần mười trong (giờ làm việc)"),
    )
    return [GridColumn(first, numeric=False), *(GridColumn(label) for label in labels)]


def _line(frame: Frame, found: Lengths, head: GridCell, scope: Scope | None = None, **more: int) -> list[GridCell]:
    return [
        head,
        counted(found.finished, frame.to_list(FINISHED.code, scope, **more)),
        *length_cells(found, frame.to_list(TIMED.code, scope, **more)),
    ]


def length_cells(found: Lengths, timed_url: str) -> list[GridCell]:
    """Both percentiles by both ways of measuring; words where they are not given."""
    few = GridCell(_("ít hồ sơ"))
    days = [GridCell(number(one)) for one in found.days] if found.are_enough and found.days else [few, few]
    if not found.timed and found.finished:
        return [*days, *([GridCell(_("chưa có nguồn số liệu"))] * 3)]
    work = (
        [GridCell(number(round(one / 60, 1))) for one in found.minutes or ()] if found.timed >= FEWEST else [few, few]
    )
    return [*days, counted(found.timed, timed_url), *work]
