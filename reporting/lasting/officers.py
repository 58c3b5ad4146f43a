"""Who finished dossiers: an officer's own page, the people of a head's units, units for everybody else. Never a ranking.

A dossier is the officer's who proposed its result last, in the unit where it was finished, whoever works there today.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from portal import clock
from portal.db import read_named
from portal.templatetags.ui import number
from portal.text import name_sort_key
from reporting import boards, few, queries
from reporting.enums import Measure, ScopeKind
from reporting.gap import Figure
from reporting.indicators import amount_of, of_pass
from reporting.indicators.base import Declaration, Pass, counted_of
from reporting.lasting.durations import FINISHED
from reporting.lasting.frame import Frame, alone
from reporting.lasting.grids import FEWEST, Grid, GridCell, GridColumn, counted, share
from reporting.lasting.slices import SLICES, RowKind, Rowset, Selection, Slice
from reporting.queries import Scope, Unit

LEADERS: Final = frozenset({Role.UNIT_HEAD, Role.SIGNER})  # whose people propose results


def _piece(code: str, label: Any, condition: str) -> Slice:
    return SLICES.add(Slice(code, label, RowKind.FINISHED, condition))


KEPT = _piece("xong-hen-dau", gettext_lazy("hồ sơ xong đúng hẹn lần đầu"), "finished_day <= first_due_day")
EARLY = _piece("xong-som", gettext_lazy("hồ sơ xong sớm hơn ngày hẹn đang có hiệu lực"), "finished_day < due_day")
ON_THE_DAY = _piece(
    "xong-dung-ngay", gettext_lazy("hồ sơ xong đúng ngày hẹn đang có hiệu lực"), "finished_day = due_day"
)
OVERDUE = _piece("xong-muon", gettext_lazy("hồ sơ xong muộn hơn ngày hẹn đang có hiệu lực"), "finished_day > due_day")
ASKED = _piece("xong-bo-sung", gettext_lazy("hồ sơ xong có yêu cầu bổ sung"), "supplements > 0")
PIECES: Final = (KEPT, EARLY, ON_THE_DAY, OVERDUE, ASKED)


def points_of() -> list[Declaration]:
    """The criteria of TT 01/2018 that are counted for officers."""
    return [one for one in of_pass(Pass.HANDLED) if one.of_officers and one.measure == Measure.POINTS]


def _columns() -> list[str]:
    found = [
        "count(*) AS finished",
        "count(DISTINCT officer_id) AS people",
        "percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS half",
        *(one.counted for one in PIECES),
    ]
    for one in points_of():
        only = f"FILTER (WHERE {counted_of(one)})"
        found += [f"sum({amount_of(one, 'tu-so')}) {only} AS {one.code}", f"count(*) {only} AS {one.code}_of"]
    return found


# ── who may see people ───────────────────────────────────────────────────────────────────────────


def leads(request: HttpRequest, units: Mapping[int, Unit], scope: Scope) -> bool:
    """Whether the reader is head of the people of a scope."""
    heads = [row for row in request.scope if row.role in LEADERS]  # type: ignore[attr-defined]
    if not heads or scope[0] not in {ScopeKind.UNIT, ScopeKind.DEPARTMENT}:
        return False
    return queries.reach(heads, units).covers(scope)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def own_frame(request: HttpRequest) -> Frame:
    """An officer's own question: nobody else can be asked for."""
    if request.user.pk is None:
        raise Http404
    return alone(request, (ScopeKind.OFFICER.value, request.user.pk), str(request.user))


def own_page(request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """An officer's own figures, and beside them those of all who do the same in the unit when they are enough."""
    rows = frame.selection.grouped(RowKind.FINISHED, _columns(), ["procedure_id"])
    whole = next(row for row in rows if row["level"] == "")
    own = [[GridCell(_("Của tôi")), *_line(frame, whole)]]
    by_procedure = [
        [GridCell(row["procedure_name"]), *_line(frame, row, thu_tuc=row["procedure_id"])]
        for row in frame.procedures(rows, "finished")
    ]
    grids = [
        Grid("cua-toi", _("Hồ sơ tôi đã trình kết quả"), _heads(_("Của ai")), own + _all_of_units(request, frame)),
        Grid("theo-thu-tuc", _("Theo thủ tục"), _heads(_("Thủ tục")), by_procedure, frame.further(rows)),
    ]
    return {"lead": _sentence(frame, whole), "grids": grids if whole["finished"] else [], "rules": _rules()}


def _all_of_units(request: HttpRequest, frame: Frame) -> list[list[GridCell]]:
    """All officers of the reader's unit together; words when they are too few."""
    unit = next((row.unit for row in request.scope if row.role == Role.OFFICER), None)  # type: ignore[attr-defined]
    if unit is None or frame.run is None:
        return []
    scope = boards_scope(unit)
    found = Selection(frame.run, frame.basis, scope).grouped(RowKind.FINISHED, _columns(), [])[0]
    head = GridCell(_("Cả đơn vị: %(name)s") % {"name": unit.short_name or unit.name})
    if found["people"] < few.PEOPLE.fewest:
        too_few = GridCell(_("ít hơn %(fewest)s người") % {"fewest": few.PEOPLE.fewest})
        return [[head, *[too_few] * (len(_heads("")) - 1)]]
    return [[head, *(GridCell(cell.text, note=cell.note) for cell in _line(frame, found))]]


def boards_scope(unit: Any) -> Scope:
    """The scope in which a unit's dossiers are counted."""
    kind = ScopeKind.UNIT if unit.group_id is not None else ScopeKind.DEPARTMENT
    return (kind.value, unit.pk)


def page(request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """The people of a head's unit by name, in the order of names; for others the parts of the scope."""
    names = leads(request, _today(frame), frame.scope)
    by = [*frame.by[:-1], *(["officer_id"] if names else [])]
    rows = with_people(frame, by) if names else frame.selection.grouped(RowKind.FINISHED, _columns(), by)
    whole = next(row for row in rows if row["level"] == "")
    by_part = [
        [
            GridCell(frame.name_of(scope), frame.to_part("officers", scope)),
            GridCell(number(row["people"])),
            *_line(frame, row, scope),
        ]
        for row, scope in frame.parts(rows)
    ]
    people = [
        [
            _person(row),
            *_line(
                frame,
                row,
                **({"can_bo": row["officer_id"]} if row["officer_id"] else {}),
                is_linked=bool(row["officer_id"]),
            ),
        ]
        for row in rows
        if row["level"] == "officer_id"
    ]
    part_heads = _heads(frame.part_label)
    part_heads.insert(1, GridColumn(_("Số cán bộ")))
    grids = [
        Grid("tung-nguoi", _("Từng cán bộ, theo tên"), _heads(_("Cán bộ")), people),
        Grid("theo-don-vi", frame.parts_caption, part_heads, by_part, frame.idle(rows)),
    ]
    return {
        "lead": _sentence(frame, whole),
        "grids": [grid for grid in grids if grid.rows] if whole["finished"] else [],
        "rules": [
            *_rules(),
            _("Tên từng cán bộ chỉ người đứng đầu của họ xem được; không xếp hạng."),
        ],
    }


def _today(frame: Frame) -> Mapping[int, Unit]:
    """Units as they are today: who leads whom is not a matter of a closed month."""
    return queries.board_units() if frame.run is not None and frame.run.has_copies else frame.units


def with_people(frame: Frame, by: Sequence[str]) -> Rowset:
    """Counted rows with the names of officers, in the order of names, and whether they are still officers there."""
    sql = frame.selection.grouped_sql(RowKind.FINISHED, _columns(), by)
    there = {frame.scope[1], *(unit.pk for unit in frame.units.values() if unit.parent_id == frame.scope[1])}
    rows = read_named(
        f"""
        SELECT told.*, u.full_name, EXISTS (
            SELECT FROM accounts_membership m WHERE m.user_id = u.id AND m.unit_id = ANY(%(there)s)
            AND m.role = '{Role.OFFICER}' AND m.valid_from <= %(today)s AND coalesce(m.valid_to, %(today)s) >= %(today)s) AS is_there
        FROM ({sql}) told LEFT JOIN accounts_user u ON u.id = told.officer_id""",  # noqa: S608  our own constants
        frame.selection.parameters | {"there": list(there), "today": clock.today()},
    )
    return sorted(
        rows, key=lambda row: (row["full_name"] is None, name_sort_key(row["full_name"] or ""), row["officer_id"] or 0)
    )


def _person(row: Mapping[str, Any]) -> GridCell:
    if row["officer_id"] is None:
        return GridCell(_("Sổ không ghi người trình"))
    name = row["full_name"] or _("tài khoản không còn")
    return GridCell(name if row["is_there"] else _("%(name)s (nay không còn thụ lý ở đây)") % {"name": name})


def _sentence(frame: Frame, whole: Mapping[str, Any]) -> str:
    facts = {
        "name": frame.name,
        "period": frame.period,
        "count": number(whole["finished"]),
        "kept": number(whole[KEPT.column]),
    }
    if not whole["finished"]:
        return _("%(name)s: không phát sinh hồ sơ giải quyết xong %(period)s.") % facts
    return _("%(name)s: %(count)s hồ sơ giải quyết xong %(period)s, trong đó %(kept)s đúng hẹn lần đầu.") % facts


def _heads(first: str) -> list[GridColumn]:
    labels = (
        _("Hồ sơ xong"),
        _("Đúng hẹn lần đầu"),
        _("Sớm"),
        _("Đúng ngày"),
        _("Muộn"),
        _("Có bổ sung"),
        *(str(one.short_name).capitalize() for one in points_of()),
        _("Một nửa trong (ngày)"),
    )
    return [GridColumn(first, numeric=False), *(GridColumn(label) for label in labels)]


def _line(
    frame: Frame, row: Mapping[str, Any], scope: Scope | None = None, *, is_linked: bool = True, **more: int
) -> list[GridCell]:
    def to(one: Slice) -> str:
        return frame.to_list(one.code, scope, **more) if is_linked else ""

    n = row["finished"]
    too_few = GridCell(_("ít hồ sơ"))
    points = [
        GridCell(boards.reading(one, Figure(row[one.code] or 0, row[f"{one.code}_of"]))) if n >= FEWEST else too_few
        for one in points_of()
    ]
    half = GridCell(number(row["half"])) if n >= FEWEST else too_few
    return [counted(n, to(FINISHED)), *(share(row[one.column], n, to(one)) for one in PIECES), *points, half]


def _rules() -> list[str]:
    return [
        _("Hồ sơ của cán bộ: người trình kết quả sau cùng, ở đơn vị lúc hồ sơ xong, dù nay đã chuyển đi."),
        _("Sớm, đúng ngày, muộn: so với ngày hẹn có hiệu lực lúc xong; đúng hẹn lần đầu: so với ngày hẹn đầu tiên."),
        *(f"{one.label}: {one.formula}" for one in points_of()),
        _(
            "Ít hơn %(fewest)s hồ sơ thì không nêu tỷ lệ, điểm và thời gian. Các tiêu chí khác của TT 01/2018: chưa có nguồn số liệu."
        )
        % {"fewest": FEWEST},
    ]
