"""Open data: the figures of closed months for programs, with a dictionary of every column and indicator. Written by a task.

A file for each closed month as CSV and JSON, a dictionary, a list of the files. Closed months alone, so that a file changes
only when a month is closed again by a decision; figures of few dossiers are masked (reporting.exports.small_cells).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import UnitKind
from accounts.models import OrgUnit
from portal import clock
from portal.clock import Month
from portal.db import advisory_lock
from portal.sheets import Cell, plain_csv
from reporting.enums import Basis, Measure, ScopeKind
from reporting.exports.small_cells import Key, masked
from reporting.few import TOLD
from reporting.gap import Figure
from reporting.indicators import Declaration, counted_ones
from reporting.indicators.base import Text
from reporting.models import ClosedUnit, OpenFile, Run, Snapshot
from reporting.queries import TOTAL, Scope

RULES = 1  # of these files; another number writes all of them anew
PLACES = Decimal("0.000001")
MIMES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
DICTIONARY, CATALOGUE = "tu-dien", "danh-muc"


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """A column of the files: its name for programs, what it holds, in which unit."""

    name: str
    label: Text
    unit: Text


COLUMNS: Final = (
    OpenColumn("thang", gettext_lazy("tháng tính số liệu"), "yyyy-mm"),
    OpenColumn(
        "lan_chot", gettext_lazy("lần chốt của tháng; số lớn hơn 1 là chốt lại theo văn bản"), gettext_lazy("lần")
    ),
    OpenColumn("loai_pham_vi", gettext_lazy("phạm vi: total toàn địa bàn, group khối đơn vị, unit đơn vị"), ""),
    OpenColumn("ma_pham_vi", gettext_lazy("mã đơn vị hoặc khối trong danh mục; trống khi là toàn địa bàn"), ""),
    OpenColumn("ten_pham_vi", gettext_lazy("tên đơn vị hoặc khối khi chốt tháng"), ""),
    OpenColumn("chi_so", gettext_lazy("mã chỉ số, có trong từ điển"), ""),
    OpenColumn("phien_ban", gettext_lazy("phiên bản công thức của chỉ số"), gettext_lazy("lần")),
    OpenColumn("tu_so", gettext_lazy("tử số trong tháng; trống khi được che"), gettext_lazy("hồ sơ hoặc dịch vụ")),
    OpenColumn("mau_so", gettext_lazy("mẫu số trong tháng; trống khi được che"), gettext_lazy("hồ sơ hoặc dịch vụ")),
    OpenColumn(
        "ty_le", gettext_lazy("tử số chia mẫu số, làm tròn sáu chữ số; trống khi được che"), gettext_lazy("từ 0 đến 1")
    ),
    OpenColumn("duoc_che", gettext_lazy("true khi số liệu được che vì quá ít hồ sơ"), "true/false"),
)


def publish() -> int:
    """Write every file that is not what closed months say; gives how many. May run at any time, any number of times."""
    with transaction.atomic(), advisory_lock("open data"):
        written = sum(_month(run) for run in _closed().values())
        return written + _dictionary() + _catalogue()


def published() -> list[Declaration]:
    """Indicators in the files: what the public page shows, less amounts of time and points."""
    return [one for one in counted_ones() if one.is_public and not one.sums and one.measure == Measure.RATIO]


def masking() -> str:
    """The rule of masking in one sentence."""
    return _(
        "Số liệu có từ 1 đến %(most)s hồ sơ ở tử số, mẫu số hoặc phần còn lại được che, cùng với số ít nhất các số khác mà "
        "từ đó có thể tính ngược lại; số 0 không che. Chỉ số đếm dịch vụ không che."
    ) % {"most": TOLD.fewest - 1}


def source() -> str:
    """Whose figures they are."""
    return _("%(name)s, tính từ sổ sự kiện của hệ thống một cửa") % {"name": settings.AUTHORITY_NAME}


# ── a month ──────────────────────────────────────────────────────────────────────────────────────


def _closed() -> dict[Month, Run]:
    """The newest version of each closed month."""
    return {
        Month.of(run.month): run for run in Run.objects.filter(frozen_at__isnull=False).order_by("month", "version")
    }


def _month(run: Run) -> int:
    """The two files of a month."""
    month = Month.of(run.month)
    made_of = _digest(f"{RULES}|{run.digest}|{run.version}|{_described()}".encode())
    names = {kind: f"{month}.{kind}" for kind in MIMES}
    if OpenFile.objects.filter(name__in=names.values(), made_of=made_of).count() == len(names):
        return 0
    rows = list(rows_of(run))
    heads = [column.name for column in COLUMNS]
    told = {
        **_frame(),
        "thang": str(month),
        "so_lieu": [dict(zip(heads, map(_plain, row), strict=True)) for row in rows],
    }
    return _write(names["csv"], "".join(plain_csv(heads, rows)), made_of) + _write(names["json"], _json(told), made_of)


def rows_of(run: Run) -> Iterator[list[Cell]]:
    """Figures of a closed month, masked, one row for each indicator and scope, in the order of units."""
    units = _units(run)
    cells = _cells(run)
    hidden = _hidden(cells, units)
    scopes: dict[Scope, tuple[str, str]] = {TOTAL: ("", _("Toàn địa bàn"))}
    for unit in units:
        kind = ScopeKind.GROUP if unit["kind"] == UnitKind.GROUP else ScopeKind.UNIT
        scopes[kind.value, unit["unit_id"]] = (unit["code"], unit["name"])
    for declared in published():
        for scope, (code, name) in scopes.items():
            key = (declared.code, scope)
            if key in cells:
                figure = None if key in hidden else cells[key]
                about: list[Cell] = [str(Month.of(run.month)), run.version, scope[0], code, name]
                yield [*about, declared.code, declared.version, *_told(figure)]


def _told(figure: Figure | None) -> list[Cell]:
    if figure is None:
        return [None, None, None, True]
    ratio = figure.ratio
    return [
        figure.numerator,
        figure.denominator,
        None if ratio is None else ratio.quantize(PLACES, ROUND_HALF_UP),
        False,
    ]


def _units(run: Run) -> list[dict[str, Any]]:
    """Units and groups as the month knew them; as today for months that were closed before they kept such rows."""
    names = ("unit_id", "code", "name", "kind", "group_id")
    if run.has_copies:
        return list(ClosedUnit.objects.filter(run=run).order_by("place").values(*names))
    rows = OrgUnit.objects.order_by("sort_order", "code", "pk").values_list("pk", *names[1:])
    return [dict(zip(names, row, strict=True)) for row in rows]


def _cells(run: Run) -> dict[Key, Figure]:
    rows = Snapshot.objects.filter(
        run=run,
        basis=Basis.MONTH,
        indicator__in=[one.code for one in published()],
        scope_kind__in=[ScopeKind.TOTAL, ScopeKind.GROUP, ScopeKind.UNIT],
    ).values_list("indicator", "scope_kind", "scope_id", "numerator", "denominator")
    return {(code, (kind, pk)): Figure(hits, whole) for code, kind, pk, hits, whole in rows}


def _hidden(cells: Mapping[Key, Figure], units: Sequence[Mapping[str, Any]]) -> set[Key]:
    """What is masked of the figures that count dossiers."""
    rows = {one.code: (one.family, one.cases) for one in published() if one.additive}
    tree: dict[Scope, list[Scope]] = {TOTAL: []}
    for unit in units:
        if unit["kind"] == UnitKind.GROUP:
            tree[TOTAL].append((ScopeKind.GROUP.value, unit["unit_id"]))
        elif unit["group_id"] is None:
            tree[TOTAL].append((ScopeKind.UNIT.value, unit["unit_id"]))
        else:
            tree.setdefault((ScopeKind.GROUP.value, unit["group_id"]), []).append(
                (ScopeKind.UNIT.value, unit["unit_id"])
            )
    return masked({key: figure for key, figure in cells.items() if key[0] in rows}, rows, tree)


# ── what the files say of themselves ─────────────────────────────────────────────────────────────


def _frame() -> dict[str, Any]:
    return {"nguon": source(), "giay_phep": settings.OPEN_DATA_LICENCE, "che_so_nho": masking()}


def described() -> list[dict[str, str]]:
    """Columns and indicators of the files, each with unit and formula: the dictionary."""
    columns = [_entry("cot", column.name, column.label, column.unit, "") for column in COLUMNS]
    return columns + [
        _entry("chi_so", one.code, one.label, f"{one.noun}, {Measure(one.measure).label}", one.formula)
        for one in published()
    ]


def _entry(kind: str, name: str, label: Text, unit: Text, formula: Text) -> dict[str, str]:
    told = {"loai": kind, "ten": name, "nghia": str(label), "don_vi_tinh": str(unit), "cong_thuc": str(formula)}
    return {**told, "nguon": source(), "giay_phep": settings.OPEN_DATA_LICENCE}


def _described() -> str:
    return _json({**_frame(), "tu_dien": described()})


def _dictionary() -> int:
    entries = described()
    lines = plain_csv(list(entries[0]), [list(entry.values()) for entry in entries])
    made_of = _digest(_described().encode())
    return _write(f"{DICTIONARY}.csv", "".join(lines), made_of) + _write(f"{DICTIONARY}.json", _described(), made_of)


def _catalogue() -> int:
    """The list of all files, for programs that fetch what is new."""
    files = OpenFile.objects.exclude(name__startswith=CATALOGUE).order_by("name")
    rows = [
        {"ten": name, "dung_luong": size, "sha256": digest, "cap_nhat": clock.local(at).isoformat(timespec="seconds")}
        for name, size, digest, at in files.values_list("name", "size", "digest", "changed_at")
    ]
    told = _json({**_frame(), "tep": rows})
    return _write(f"{CATALOGUE}.json", told, _digest(told.encode()))


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────


def _write(name: str, text: str, made_of: str) -> int:
    """Put a file at its address; 0 when its bytes stand there already."""
    content = text.encode()
    digest = _digest(content)
    found = OpenFile.objects.filter(name=name).defer("content").first()
    if found is not None and found.digest == digest:
        OpenFile.objects.filter(pk=found.pk).exclude(made_of=made_of).update(made_of=made_of)
        return 0
    told = {"mime": MIMES[name.rpartition(".")[2]], "content": content, "size": len(content)}
    OpenFile.objects.update_or_create(
        name=name, defaults={**told, "digest": digest, "made_of": made_of, "changed_at": clock.now()}
    )
    return 1


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False)


def _plain(cell: Cell) -> Any:
    return float(cell) if isinstance(cell, Decimal) else cell


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
