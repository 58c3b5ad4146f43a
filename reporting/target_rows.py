"""Rows of targets as people write them, read into points: numbers, days, units and indicators in the ways they are written.

Pure: units are given. Every refusal is a ValueError whose message is a Vietnamese phrase for the row it stands in.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from accounts.models import OrgUnit
from portal.clock import Month
from portal.text import clean, fold
from reporting.enums import Basis, TargetScope
from reporting.indicators import INDICATORS, aimed_at

YES = frozenset({"1", "true", "yes", "x", "co", "v", "on"})
OF_ONE_UNIT = frozenset({TargetScope.UNIT, TargetScope.GROUP, TargetScope.DEPARTMENT})
MOST_MONTHS = 60  # rows a roadmap writes at most
_NUMBER = re.compile(r"([+-]?\d{1,6})(?:[.,](\d{1,6}))?\s*%?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?", re.ASCII)
_VIETNAMESE_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})", re.ASCII)
_CODE_AT_END = re.compile(r"\(([a-z0-9-]+)\)$")
_FORMULA = ("=", "+", "@")
_TOTAL = frozenset({"chung", "toan dia ban", "chung toan dia ban", "total", "tong"})


@dataclass(frozen=True, slots=True)
class Point:
    """One value to reach: what a row says, checked."""

    indicator: str
    basis: str
    scope_kind: str
    scope_id: int | None
    scope_name: str
    month_end: date
    value: Decimal
    is_derived: bool
    decision_number: str
    decided_on: date
    issuer: str
    plan: str
    head: str = ""
    monitor: str = ""
    unit_code: str = ""

    def as_row(self) -> dict[str, str]:
        """The point as a row that reads back to it."""
        return {
            "indicator": self.indicator,
            "basis": self.basis,
            "scope_kind": self.scope_kind,
            "unit_code": self.unit_code,
            "month_end": f"{self.month_end:%d/%m/%Y}",
            "percent": percent_of(self.value),
            "derived": "x" if self.is_derived else "",
            "head": self.head,
        }

    @property
    def indicator_label(self) -> str:
        """The indicator in words."""
        return INDICATORS.label(self.indicator)

    @property
    def basis_label(self) -> str:
        """The basis in words."""
        return str(Basis(self.basis).label)

    @property
    def key(self) -> tuple[object, ...]:
        """What two versions of the same target have in common."""
        return (self.indicator, self.basis, self.scope_kind, self.scope_id, self.month_end)


class Units:
    """Units as rows of targets name them: by code, by name, or as a choice of the page wrote it."""

    def __init__(self, units: Iterable[OrgUnit]) -> None:
        self._by_code: dict[str, OrgUnit] = {}
        self._by_name: dict[str, list[OrgUnit]] = {}
        for unit in units:
            self._by_code[unit.code] = unit
            for name in {fold(unit.name), fold(unit.short_name)} - {""}:
                self._by_name.setdefault(name, []).append(unit)

    @classmethod
    def known(cls) -> "Units":
        """All units there are or were."""
        return cls(OrgUnit.objects.order_by("sort_order", "code", "pk"))

    def choices(self) -> Iterator[str]:
        """What the page offers: the whole, kinds of units, and each unit that figures are counted for."""
        yield _("Chung toàn địa bàn")
        for kind in (TargetScope.WARDS, TargetScope.DEPARTMENTS, TargetScope.UNITS):
            yield str(kind.label)
        for unit in self._by_code.values():
            if kind_of(unit):
                yield self.written(unit)

    def shown(self, kind: str, code: str) -> str:
        """The scope of a kept row as the page writes it."""
        unit = self._by_code.get(code)
        if unit is not None:
            return self.written(unit)
        return code or (str(TargetScope(kind).label) if kind in TargetScope.values else kind)

    @staticmethod
    def written(unit: OrgUnit) -> str:
        """A unit as the page writes it: name and code."""
        return f"{unit.name} ({unit.code})"

    def find(self, text: str) -> OrgUnit:
        """The unit of a code or a name."""
        coded = _CODE_AT_END.search(text)
        found = self._by_code.get(coded[1] if coded else text)
        named = [found] if found else self._by_name.get(fold(text), [])
        if not named:
            raise ValueError(_("không có đơn vị mã hoặc tên “%(code)s”.") % {"code": text})
        if len(named) > 1:
            codes = ", ".join(unit.code for unit in named)
            raise ValueError(
                _("có %(count)s đơn vị tên “%(name)s”; hãy ghi mã: %(codes)s.")
                % {"count": len(named), "name": text, "codes": codes}
            )
        return named[0]


def kind_of(unit: OrgUnit) -> str:
    """As what a unit has figures: as a group, as a unit of one, as a department below; '' when it has none."""
    if unit.kind == UnitKind.GROUP:
        return TargetScope.GROUP.value
    if unit.group_id is not None:
        return TargetScope.UNIT.value
    return TargetScope.DEPARTMENT.value if unit.kind == UnitKind.DEPARTMENT else ""


def point_of(row: Mapping[str, Any], units: Units) -> Point:
    """Read a row (its columns: those of reporting.targets.COLUMNS); ValueError says what is wrong with it."""
    row = {name: clean(str("" if value is None else value)) for name, value in row.items() if name}
    for name, label in (("decision_number", _("số văn bản")), ("issuer", _("cơ quan giao")), ("plan", _("kế hoạch"))):
        if not row.get(name):
            raise ValueError(_("thiếu %(what)s.") % {"what": label})
    kind, unit = _scope(row.get("scope_kind", ""), row.get("unit_code", ""), units)
    indicator = _indicator(row.get("indicator", ""))
    return Point(
        indicator=indicator,
        basis=_basis(row.get("basis", ""), indicator),
        scope_kind=kind,
        scope_id=unit.pk if unit else None,
        scope_name=unit.name if unit else str(TargetScope(kind).label),
        month_end=month_end_of(row.get("month_end", "")),
        value=ratio_of(row.get("percent", "")),
        is_derived=fold(row.get("derived", "")) in YES,
        decision_number=words_of(row["decision_number"], 100),
        decided_on=day_of(row.get("decided_on", "")),
        issuer=words_of(row["issuer"], 200),
        plan=words_of(row["plan"], 60),
        head=words_of(row.get("head", ""), 200),
        monitor=words_of(row.get("monitor", ""), 200),
        unit_code=unit.code if unit else "",
    )


def _scope(kind: str, unit: str, units: Units) -> tuple[str, OrgUnit | None]:
    """Who a row is for; a kind alone, a unit alone, or both."""
    text = unit or kind
    if not text:
        raise ValueError(_("thiếu phạm vi (đơn vị, khối, mỗi phường, xã hoặc chung)."))
    said = _said_kind(kind or unit)
    if kind and unit and not said:
        raise ValueError(_("phạm vi “%(value)s” không có.") % {"value": kind})
    if said and said not in OF_ONE_UNIT:
        return said, None
    if said and not unit:
        raise ValueError(_("thiếu mã đơn vị."))
    found = units.find(text)
    counted = kind_of(found)
    if not counted:
        raise ValueError(_("%(name)s không có số liệu riêng nên không giao chỉ tiêu được.") % {"name": found.name})
    if said and said != counted:
        facts = {"name": found.name, "said": TargetScope(said).label, "is": TargetScope(counted).label}
        raise ValueError(_("%(name)s là %(is)s, không phải %(said)s.") % facts)
    return counted, found


def _said_kind(text: str) -> str:
    """The kind of scope that a word says; '' when it says none."""
    if text in TargetScope.values:
        return text
    named = {fold(str(one.label)): one.value for one in TargetScope}
    return TargetScope.TOTAL.value if fold(text) in _TOTAL else named.get(fold(text), "")


def _indicator(text: str) -> str:
    """An indicator by its code, one of the codes of the rules, or its name; one that is a share, as targets are."""
    able = {one.code: one for one in aimed_at()}
    if text in able:
        return text
    if text in INDICATORS:
        raise ValueError(_("chỉ số “%(value)s” không phải tỷ lệ nên không đặt chỉ tiêu %% được.") % {"value": text})
    found = {one.code for one in able.values() if text in one.codes or fold(str(one.label)) == fold(text)}
    if len(found) == 1:
        return found.pop()
    names = {"value": text, "known": ", ".join(able)}
    raise ValueError(_("chỉ số “%(value)s” không có; hãy dùng một trong: %(known)s.") % names)


def _basis(text: str, indicator: str) -> str:
    bases = INDICATORS[indicator].bases
    for basis in bases:
        if text == basis.value or fold(text) == fold(str(basis.label)):
            return basis.value
    names = {"value": text, "known": ", ".join(f"{basis.value} ({basis.label})" for basis in bases)}
    raise ValueError(_("cách tính “%(value)s” không có; hãy dùng một trong: %(known)s.") % names)


def words_of(text: str, most: int) -> str:
    """A line of words; no formula of a spreadsheet, and no longer than its column."""
    text = clean(text).removeprefix("'")
    if text.startswith(_FORMULA):
        raise ValueError(_("“%(text)s” là công thức, không phải chữ.") % {"text": text[:40]})
    if len(text) > most:
        raise ValueError(_("“%(text)s…” dài quá %(most)s ký tự.") % {"text": text[:40], "most": most})
    return text


def ratio_of(text: str) -> Decimal:
    """A percentage as people write it (`45`, `72,5 %`) as a ratio."""
    text = clean(text)
    found = _NUMBER.fullmatch(text)
    if text.startswith("="):
        raise ValueError(_("ô tỷ lệ là công thức; hãy dán giá trị của nó."))
    if not found:
        raise ValueError(_("tỷ lệ “%(value)s” không phải là số; hãy ghi như 72,5.") % {"value": text[:20]})
    ratio = Decimal(f"{found[1]}.{found[2] or 0}") / 100
    if not 0 <= ratio <= 1 or found[1].startswith("-"):
        raise ValueError(_("tỷ lệ “%(value)s” phải từ 0 đến 100.") % {"value": text})
    if ratio != ratio.quantize(Decimal("0.0001")):
        raise ValueError(_("tỷ lệ “%(value)s” có quá hai chữ số sau dấu phẩy.") % {"value": text})
    return ratio.quantize(Decimal("0.0001"))


def step_of(text: str) -> Decimal:
    """A step in points; down for what should fall."""
    down = text.startswith("-")
    step = ratio_of(text.lstrip("+-"))
    return -step if down else step


def percent_of(ratio: Decimal) -> str:
    """A ratio as people write it: `72,5`."""
    return f"{(ratio * 100).normalize():f}".replace(".", ",")


def day_of(text: str) -> date:
    """A day as `31/12/2026` or `2026-12-31`."""
    if text.startswith("="):
        raise ValueError(_("ô ngày là công thức; hãy dán giá trị của nó."))
    iso, vietnamese = _ISO_DAY.fullmatch(text), _VIETNAMESE_DAY.fullmatch(text)
    parts = iso.groups() if iso else vietnamese.groups()[::-1] if vietnamese else ("0", "0", "0")
    try:
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(_("ngày “%(value)s” không có; hãy ghi như 31/12/2026.") % {"value": text[:20]}) from error


def month_end_of(text: str) -> date:
    """The last day of a month, said as that day or as the month (`9/2022`)."""
    month = _MONTH.fullmatch(text)
    if month and 1 <= int(month[1]) <= 12 and int(month[2]) >= 1:
        return Month(int(month[2]), int(month[1])).last_day
    day = day_of(text)
    if day.day != monthrange(day.year, day.month)[1]:
        raise ValueError(_("ngày %(day)s không phải ngày cuối tháng.") % {"day": text})
    return day


# ── roadmaps ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Roadmap:
    """“30, mỗi tháng +15, cuối 60”: where it begins, by how much a step moves it, where it ends."""

    first: date
    start: Decimal
    step: Decimal
    end: Decimal
    every: int = 1

    def points(self) -> list[tuple[date, Decimal, bool]]:
        """Month ends with their values; what lies between the first and the last is derived. Never past the end."""
        if not self.step or (self.end - self.start) * self.step < 0:
            raise ValueError(_("bước không dẫn từ mức đầu đến mức cuối."))
        steps = ceil((self.end - self.start) / self.step)
        if steps >= MOST_MONTHS:
            raise ValueError(_("lộ trình dài quá %(most)s mốc; hãy xem lại bước.") % {"most": MOST_MONTHS})
        nearer = min if self.step > 0 else max
        values = [nearer(self.start + self.step * place, self.end) for place in range(steps + 1)]
        return [
            (_later(self.first, self.every * place), value, 0 < place < len(values) - 1)
            for place, value in enumerate(values)
        ]


def _later(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return Month(place // 12, place % 12 + 1).last_day
