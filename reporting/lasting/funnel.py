"""How far dossiers came that were sent in a period: sent, accepted, decided, returned; by way of filing and by procedure."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.templatetags.ui import day, number, percent
from procedures.enums import Channel
from reporting.enums import FinishKind
from reporting.indicators.base import DECIDED, Text
from reporting.lasting.frame import Frame
from reporting.lasting.grids import FEWEST, Grid, GridCell, GridColumn, counted, share
from reporting.lasting.slices import SLICES, RowKind, Rowset, Slice
from reporting.queries import Scope

_OVER: Final = "finish_kind <> ''"
_LEFT: Final = f"finish_kind IN ('{FinishKind.WITHDRAWN}', '{FinishKind.STOPPED}')"


def _piece(code: str, label: Text, condition: str) -> Slice:
    return SLICES.add(Slice(code, label, RowKind.FILED, f"NOT is_draft AND {condition}"))


SENT = _piece("gui", gettext_lazy("hồ sơ đã nộp"), "TRUE")
ACCEPTED = _piece("gui-nhan", gettext_lazy("hồ sơ đã nộp và được tiếp nhận"), "received_at IS NOT NULL")
SETTLED = _piece("gui-xong", gettext_lazy("hồ sơ đã nộp và giải quyết xong"), DECIDED)
RETURNED = _piece("gui-tra", gettext_lazy("hồ sơ đã nộp và trả kết quả"), "returned_at IS NOT NULL")
# What became of those that did not come to a decision; with the decided ones they are all that were sent.
REJECTED = _piece(
    "gui-khong-nhan", gettext_lazy("hồ sơ đã nộp, không được tiếp nhận"), f"finish_kind = '{FinishKind.NOT_ACCEPTED}'"
)
LEFT = _piece("gui-thoi", gettext_lazy("hồ sơ đã nộp, rút hoặc dừng giải quyết"), _LEFT)
WAITING = _piece("gui-cho", gettext_lazy("hồ sơ đã nộp, chờ tiếp nhận"), f"received_at IS NULL AND NOT {_OVER}")
IN_HAND = _piece("gui-dang", gettext_lazy("hồ sơ đã nộp, đang giải quyết"), f"received_at IS NOT NULL AND NOT {_OVER}")
STAGES: Final = (SENT, ACCEPTED, SETTLED, RETURNED)
ASIDE: Final = (WAITING, IN_HAND, REJECTED, LEFT)

_COLUMNS: Final = (*(one.counted for one in (*STAGES, *ASIDE)), "count(*) FILTER (WHERE is_draft) AS drafts")


def page(frame: Frame) -> dict[str, Any]:
    """Sentence, tables and rules."""
    rows = frame.selection.grouped(RowKind.FILED, _COLUMNS, ["channel", *frame.by])
    whole = next(row for row in rows if row["level"] == "")
    return {
        "lead": sentence(frame, whole),
        "grids": [_steps(frame, whole), *_tables(frame, rows)] if whole[SENT.column] or whole["drafts"] else [],
        "rules": [
            _("Tính hồ sơ theo ngày nộp (gửi trực tuyến hoặc mang tới quầy) trong kỳ; xem đến hết kỳ đã tới đâu."),
            _("Đã nộp = chờ tiếp nhận + đang giải quyết + không được tiếp nhận + rút, dừng + giải quyết xong."),
            _(
                "Số lượt bắt đầu soạn: chưa có nguồn số liệu, vì bản nháp không ghi vào sổ sự kiện và bản nháp bị xóa "
                "không để lại dấu vết. “Còn soạn” là bản nháp bắt đầu trong kỳ, nay vẫn chưa gửi; không có danh sách."
            ),
            _("Không tính hồ sơ nội bộ. Tỷ lệ tính trên số đã nộp; ít hơn %(fewest)s hồ sơ thì chưa tính.")
            % {"fewest": FEWEST},
        ],
    }


def sentence(frame: Frame, whole: Mapping[str, Any]) -> str:
    """How far they came, in one sentence."""
    facts = {
        "name": frame.name,
        "period": frame.period,
        **{one.column: number(whole[one.column]) for one in (*STAGES, *ASIDE)},
    }
    if not whole[SENT.column]:
        return _("%(name)s: không phát sinh hồ sơ nộp %(period)s.") % facts
    facts |= {"until": day(frame.known_until)}
    return (
        _(
            "%(name)s: trong %(gui)s hồ sơ nộp %(period)s, đến %(until)s %(gui_nhan)s được tiếp nhận, %(gui_xong)s giải quyết xong, "
            "%(gui_tra)s đã trả kết quả."
        )
        % facts
    )


def _steps(frame: Frame, row: Mapping[str, Any]) -> Grid:
    """Each stage below the other, with what is left of the stage before."""
    lines = [[GridCell(_("Bắt đầu soạn")), GridCell(_("chưa có nguồn số liệu")), GridCell("–"), GridCell("–")]]
    before = None
    for label, one in zip(_stage_labels(), STAGES, strict=True):
        count = row[one.column]
        lines.append(
            [
                GridCell(label),
                counted(count, frame.to_list(one.code)),
                GridCell(_of(count, row[SENT.column])),
                GridCell("–" if before is None else _of(count, before)),
            ]
        )
        before = count
    labels = (_("Hồ sơ"), _("So với đã nộp"), _("So với bước trước"))
    columns = [GridColumn(_("Bước"), numeric=False), *(GridColumn(label) for label in labels)]
    return Grid("cac-buoc", _("Hồ sơ nộp trong kỳ đã tới đâu"), columns, lines)


def _of(count: int, of: int) -> str:
    return percent(count / of) if of >= FEWEST else "–"


def _stage_labels() -> list[str]:
    return [_("Đã nộp"), _("Được tiếp nhận"), _("Giải quyết xong"), _("Đã trả kết quả")]


def _tables(frame: Frame, rows: Rowset) -> list[Grid]:
    """The same in one line for each way of filing, part of the scope and procedure."""
    of_channels = [row for row in rows if row["level"] == "channel"]
    by_channel = [
        _line(
            frame,
            row,
            GridCell(Channel(row["channel"]).label.capitalize(), frame.to_page("funnel", kenh=row["channel"])),
            kenh=row["channel"],
        )
        for row in of_channels
    ]
    by_part = [
        _line(frame, row, GridCell(frame.name_of(scope), frame.to_part("funnel", scope)), scope=scope)
        for row, scope in frame.parts(rows)
    ]
    by_procedure = [
        _line(
            frame,
            row,
            GridCell(row["procedure_name"], frame.to_page("funnel", thu_tuc=row["procedure_id"])),
            thu_tuc=row["procedure_id"],
        )
        for row in frame.procedures(rows, SENT.column)
    ]
    grids = (
        Grid("theo-hinh-thuc", _("Theo hình thức nộp"), _columns(_("Hình thức nộp")), by_channel),
        Grid("theo-don-vi", frame.parts_caption, _columns(frame.part_label), by_part, frame.idle(rows)),
        Grid("theo-thu-tuc", _("Theo thủ tục"), _columns(_("Thủ tục")), by_procedure, frame.further(rows)),
    )
    return [grid for grid in grids if grid.rows]


def _columns(first: str) -> list[GridColumn]:
    labels = (
        _("Đã nộp"),
        _("Tiếp nhận"),
        _("Xong"),
        _("Đã trả"),
        _("Chờ tiếp nhận"),
        _("Đang giải quyết"),
        _("Không tiếp nhận"),
        _("Rút, dừng"),
        _("Còn soạn"),
    )
    return [GridColumn(first, numeric=False), *(GridColumn(label) for label in labels)]


def _line(
    frame: Frame, row: Mapping[str, Any], head: GridCell, scope: Scope | None = None, **more: int
) -> list[GridCell]:
    sent = row[SENT.column]
    stages = [share(row[one.column], sent, frame.to_list(one.code, scope, **more)) for one in STAGES[1:]]
    aside = [counted(row[one.column], frame.to_list(one.code, scope, **more)) for one in ASIDE]
    return [head, counted(sent, frame.to_list(SENT.code, scope, **more)), *stages, *aside, _drafts(frame, row)]


def _drafts(frame: Frame, row: Mapping[str, Any]) -> GridCell:
    """How many drafts are still there; a closed month kept none."""
    if frame.run is not None and frame.run.frozen_at is not None:
        return GridCell(_("không giữ khi chốt"))
    return GridCell(number(row["drafts"]))
