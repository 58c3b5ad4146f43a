"""One procedure's board: online share beside its unit's target, on time, how long, where late ones lay, by unit; and the list to it."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.ui import number
from reporting import boards, gap, kept
from reporting.enums import Basis, Light, Part
from reporting.gap import Figure
from reporting.indicators.base import DECIDED, Declaration, counted_of, hit_of
from reporting.indicators.on_time_first import ON_TIME_FIRST
from reporting.indicators.online_share_all import ONLINE_SHARE_ALL
from reporting.lasting import lateness
from reporting.lasting.durations import FINISHED
from reporting.lasting.frame import Frame
from reporting.lasting.grids import FEWEST, Grid, GridCell, GridColumn, counted, share
from reporting.lasting.slices import SLICES, RowKind, Rowset, Slice
from reporting.queries import Scope, TargetRow

LISTED: Final = 50  # on a page
RECEIVED: Final = SLICES.add(
    Slice("nhan", gettext_lazy("hồ sơ tiếp nhận"), RowKind.RECEIVED, counted_of(ONLINE_SHARE_ALL))
)
BY_NET: Final = SLICES.add(
    Slice(
        "nhan-truc-tuyen",
        gettext_lazy("hồ sơ tiếp nhận nộp trực tuyến"),
        RowKind.RECEIVED,
        f"{counted_of(ONLINE_SHARE_ALL)} AND {hit_of(ONLINE_SHARE_ALL, Part.NUMERATOR)}",
    )
)
DUE: Final = SLICES.add(
    Slice("den-han", gettext_lazy("hồ sơ đến hạn phải xong"), RowKind.HANDLED, counted_of(ON_TIME_FIRST))
)
KEPT: Final = SLICES.add(
    Slice(
        "den-han-dung",
        gettext_lazy("hồ sơ đúng hẹn lần đầu"),
        RowKind.HANDLED,
        f"{counted_of(ON_TIME_FIRST)} AND {hit_of(ON_TIME_FIRST, Part.NUMERATOR)}",
    )
)
_RECEIVED: Final = (
    f"count(*) FILTER (WHERE {RECEIVED.condition}) AS received",
    f"count(*) FILTER (WHERE {BY_NET.condition}) AS online",
)
_DONE: Final = f"FILTER (WHERE NOT is_internal AND {DECIDED})"
_HANDLED: Final = (
    f"count(*) FILTER (WHERE {DUE.condition}) AS due",
    f"count(*) FILTER (WHERE {KEPT.condition}) AS kept",
    f"count(*) {_DONE} AS finished",
    f"percentile_disc(0.5) WITHIN GROUP (ORDER BY finished_day - received_day) {_DONE} AS half",
    f"percentile_disc(0.9) WITHIN GROUP (ORDER BY finished_day - received_day) {_DONE} AS most",
)
_COUNTS: Final = ("received", "online", "due", "kept", "finished")
# Both are counted in one statement: rows of the one say nothing of what the other counts.
_SILENT: Final = tuple(f"NULL::bigint AS {name}" for name in ("due", "kept", "finished", "half", "most"))
_KINDS: Final = (
    (RowKind.RECEIVED, (*_RECEIVED, *_SILENT)),
    (RowKind.HANDLED, ("NULL::bigint AS received", "NULL::bigint AS online", *_HANDLED)),
)


def _counted(frame: Frame) -> Rowset:
    """What was received and what was handled, one row for the whole, each part and each procedure."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    sql = " UNION ALL ".join(frame.selection.grouped_sql(kind, columns, frame.by) for kind, columns in _KINDS)
    for row in kept.named_rows(frame.selection.run, sql, frame.selection.parameters):
        key = (row["level"], *(row[column] for column in frame.by))
        told = {name: value for name, value in row.items() if value is not None}
        found.setdefault(key, dict.fromkeys(row) | dict.fromkeys(_COUNTS, 0)).update(told)
    return list(found.values())


def page(frame: Frame, place: int = 1) -> dict[str, Any]:
    """The board of the procedure asked for, or a page of the list of procedures."""
    rows = _counted(frame)
    whole = next(row for row in rows if row["level"] == "")
    told = _board(frame, rows, whole) if frame.procedure else _list(frame, rows, whole, place)
    return {"rules": _rules(), **told}


def _rules() -> list[str]:
    return [
        f"{ONLINE_SHARE_ALL.label}: {ONLINE_SHARE_ALL.formula}",
        f"{ON_TIME_FIRST.label}: {ON_TIME_FIRST.formula}",
        _(
            "Một nửa trong, chín phần mười trong: số ngày ngắn nhất mà 50 %%, 90 %% số hồ sơ xong không vượt quá; ít hơn "
            "%(fewest)s hồ sơ thì chưa tính."
        )
        % {"fewest": FEWEST},
    ]


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def _list(frame: Frame, rows: Rowset, whole: Mapping[str, Any], place: int) -> dict[str, Any]:
    of_procedures = [row for row in rows if row["level"] == "procedure_id" and (row["received"] or row["due"])]
    of_procedures.sort(key=lambda row: (-row["received"], row["procedure_code"] or ""))
    lines = [
        [
            GridCell(row["procedure_name"], frame.to_page("procedures", thu_tuc=row["procedure_id"])),
            *_cells(frame, row, thu_tuc=row["procedure_id"]),
        ]
        for row in of_procedures[(place - 1) * LISTED : place * LISTED]
    ]
    facts = {
        "name": frame.name,
        "count": number(len(of_procedures)),
        "received": number(whole["received"]),
        "period": frame.period,
    }
    if not of_procedures:
        return {"lead": _("%(name)s: không phát sinh hồ sơ của thủ tục nào %(period)s.") % facts, "grids": []}
    lead = _("%(name)s: %(received)s hồ sơ tiếp nhận %(period)s, %(count)s thủ tục có phát sinh.") % facts
    return {
        "lead": lead,
        "grids": [Grid("cac-thu-tuc", _caption(len(of_procedures), place), _heads(_("Thủ tục")), lines)]
        if lines
        else [],
        "prev_url": frame.to_page("procedures", trang=place - 1) if place > 1 else "",
        "next_url": frame.to_page("procedures", trang=place + 1) if place * LISTED < len(of_procedures) else "",
    }


def _caption(count: int, place: int) -> str:
    if count <= LISTED:
        return _("Các thủ tục")
    facts = {
        "first": number((place - 1) * LISTED + 1),
        "last": number(min(place * LISTED, count)),
        "count": number(count),
    }
    return _("Các thủ tục: %(first)s–%(last)s trong %(count)s, nhiều hồ sơ trước") % facts


# ── the board of one ─────────────────────────────────────────────────────────────────────────────


def _board(frame: Frame, rows: Rowset, whole: Mapping[str, Any]) -> dict[str, Any]:
    late = lateness.lateness(frame)
    all_late = next(row for row in late if row["level"] == "")
    by_part = [
        [GridCell(frame.name_of(scope), frame.to_part("procedures", scope)), *_cells(frame, row, scope)]
        for row, scope in frame.parts(rows)
        if row["received"] or row["due"]
    ]
    grids = [_figures(frame, whole), Grid("theo-don-vi", frame.parts_caption, _heads(frame.part_label), by_part)]
    if lateness.late_of(all_late):
        grids += [lateness.places(frame, all_late), lateness.signs(frame, all_late)]
    there = whole["received"] or whole["due"]
    return {
        "lead": _sentence(frame, whole),
        "grids": [grid for grid in grids if grid.rows] if there else [],
        "links": _links(frame),
    }


def _links(frame: Frame) -> list[tuple[str, str]]:
    """The other pages, of this procedure alone."""
    return [
        (_("Giải quyết trong bao lâu"), frame.to_page("durations")),
        (_("Trễ hẹn và dấu hiệu trong sổ"), frame.to_page("lateness")),
        (_("Hồ sơ nộp đã tới đâu"), frame.to_page("funnel")),
        (_("Mọi thủ tục"), f"{frame.path_of('procedures')}{frame.wider}"),
    ]


def _sentence(frame: Frame, whole: Mapping[str, Any]) -> str:
    figure = Figure(whole["online"], whole["received"])
    facts = {"name": frame.name, "period": frame.period, "received": number(figure.denominator)}
    if not whole["received"]:
        return _("%(name)s: không phát sinh hồ sơ tiếp nhận %(period)s.") % facts
    facts |= {"ratio": boards.reading(ONLINE_SHARE_ALL, figure), "verdict": _against(frame, ONLINE_SHARE_ALL, figure)}
    said = _("%(name)s: nộp trực tuyến %(ratio)s trong %(received)s hồ sơ %(period)s%(verdict)s") % facts
    if whole["finished"] >= FEWEST and whole["half"] is not None:
        said += _("; một nửa xong trong %(half)s ngày") % {"half": number(whole["half"])}
    return said + "."


def _against(frame: Frame, declared: Declaration, figure: Figure) -> str:
    target = _target(frame, declared)
    if target is None:
        return ""
    light = _light(frame, declared, figure, target)
    told = {"target": boards.ratio_text(target.value), "light": light.label if light else ""}
    return (_(", chỉ tiêu %(target)s: %(light)s") if light else _(", chỉ tiêu %(target)s")) % told


def _light(frame: Frame, declared: Declaration, figure: Figure, target: TargetRow) -> Light | None:
    """Whether the target is reached; nothing where it speaks of other days."""
    if target.basis != frame.basis:
        return None
    return gap.light(figure, target.value, is_limit=declared.lower_is_better, zero=declared.zero)


def _verdict(frame: Frame, declared: Declaration, figure: Figure, target: TargetRow | None) -> GridCell:
    light = _light(frame, declared, figure, target) if target is not None else None
    if light is None:
        return GridCell("–")
    return GridCell(light.label, tone=boards.TONES[light], icon=boards.ICONS[light])


def _target(frame: Frame, declared: Declaration) -> TargetRow | None:
    """What the page's scope is held against, for all its procedures together."""
    return frame.targets.holding(declared.code, frame.scope, frame.month)[0]


def _figures(frame: Frame, whole: Mapping[str, Any]) -> Grid:
    """Both main figures, each beside the target of the scope, and how long it takes."""
    rows = []
    for declared, hits, all_of, figure in (
        (ONLINE_SHARE_ALL, BY_NET, RECEIVED, Figure(whole["online"], whole["received"])),
        (ON_TIME_FIRST, KEPT, DUE, Figure(whole["kept"], whole["due"])),
    ):
        target = _target(frame, declared)
        rows.append(
            [
                GridCell(declared.label),
                GridCell(boards.reading(declared, figure)),
                counted(figure.numerator, frame.to_list(hits.code)),
                counted(figure.denominator, frame.to_list(all_of.code)),
                GridCell(
                    boards.ratio_text(target.value) if target else _("chưa giao"),
                    note=Basis(target.basis).label if target else "",
                ),
                _verdict(frame, declared, figure, target),
            ]
        )
    labels = (_("Kết quả"), _("Tử số"), _("Mẫu số"), _("Chỉ tiêu của đơn vị"))
    columns = [
        GridColumn(_("Chỉ số"), numeric=False),
        *(GridColumn(one) for one in labels),
        GridColumn(_("Đánh giá"), numeric=False),
    ]
    note = _("Chỉ tiêu giao cho đơn vị, tính trên mọi thủ tục; chỉ đánh giá khi cùng kỳ.")
    return Grid("ket-qua", _("Kết quả và chỉ tiêu"), columns, rows, note)


def _heads(first: str) -> list[GridColumn]:
    labels = (
        _("Tiếp nhận"),
        _("Trực tuyến"),
        _("Đến hạn"),
        _("Đúng hẹn lần đầu"),
        _("Hồ sơ xong"),
        _("Một nửa trong (ngày)"),
        _("Chín phần mười trong (ngày)"),
    )
    return [GridColumn(first, numeric=False), *(GridColumn(label) for label in labels)]


def _cells(frame: Frame, row: Mapping[str, Any], scope: Scope | None = None, **more: int) -> list[GridCell]:
    def to(one: Slice) -> str:
        return frame.to_list(one.code, scope, **more)

    few = [GridCell(_("ít hồ sơ") if row["finished"] else "–")] * 2
    return [
        counted(row["received"], to(RECEIVED)),
        share(row["online"], row["received"], to(BY_NET)),
        counted(row["due"], to(DUE)),
        share(row["kept"], row["due"], to(KEPT)),
        counted(row["finished"], to(FINISHED)),
        *([GridCell(number(row["half"])), GridCell(number(row["most"]))] if row["finished"] >= FEWEST else few),
    ]
