"""What the page of a range of days is asked for: days, indicator, whose dossiers, which place. What is not the reader's is 404."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from accounts.naming import ward_choices
from portal import clock
from portal.templatetags.ui import day
from reporting import queries
from reporting.asking import whole_number
from reporting.comparing.spans import Span, SpanError, SpanNumber, span_of, stand_in
from reporting.enums import Basis
from reporting.indicators import INDICATORS, Declaration
from reporting.queries import TOTAL, Reach, Unit


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    """A range of days with its filters; no span when the days could not be read, and then a sentence why."""

    span: Span | None
    declared: Declaration
    known: Mapping[int, Unit]
    units: Mapping[int, Unit]  # that are counted for themselves and within reach
    everything: bool
    unit: Unit | None
    kind: str
    ward: str
    wards: Mapping[str, str]
    typed: Mapping[str, str]
    mistake: str

    def number(self, part: str, procedure_id: int | None = None) -> SpanNumber:
        """The number of all that is asked for; raises LookupError when there is none."""
        if self.span is None or self.mistake:
            raise LookupError
        return SpanNumber(
            run=stand_in(self.span),
            indicator=self.declared.code,
            basis=Basis.MONTH.value,
            scope=TOTAL,
            part=part,
            procedure_id=procedure_id,
            unit_ids=self._unit_ids(),
            span=self.span,
            ward=self.ward,
        )

    def _unit_ids(self) -> tuple[int, ...]:
        """The units asked for; none means all there are, which only who reaches everything may ask."""
        if self.unit is not None:
            return (self.unit.pk,)
        if self.everything and not self.kind:
            return ()
        found = tuple(pk for pk, unit in self.units.items() if not self.kind or unit.kind == self.kind)
        return found or (-1,)  # no unit at all, and not all of them

    def query(self, **more: str) -> str:
        """The question as an address asks it, with its days written out."""
        days = {"tu": day(self.span.first), "den": day(self.span.last)} if self.span else {}
        words = {
            **days,
            "chi-so": self.declared.code,
            "don-vi": str(self.unit.pk) if self.unit else "",
            "loai": self.kind,
            "dia-ban": self.ward,
            **more,
        }
        return urlencode({name: value for name, value in words.items() if value})

    @property
    def whose(self) -> str:
        """Whose dossiers, in words."""
        if self.unit is not None:
            said = self.unit.name
        elif self.kind:
            said = _("các đơn vị loại %(kind)s") % {"kind": UnitKind(self.kind).label}
        else:
            said = _("chung toàn địa bàn") if self.everything else _("các đơn vị của bạn")
        return said + (_(", chủ hồ sơ ở %(ward)s") % {"ward": self.wards[self.ward]} if self.ward else "")


def span_question(request: HttpRequest) -> SpanQuestion:
    """Read a request."""
    typed = {name: request.GET.get(name, "").strip() for name in ("tu", "den", "loai", "dia-ban")}
    declared = INDICATORS[queries.known_indicator(request.GET.get("chi-so", ""))]
    known = queries.board_units()
    reach = queries.reach(request.scope, known)  # type: ignore[attr-defined]
    units = {pk: unit for pk, unit in known.items() if unit.group_id is not None and _reached(reach, pk)}
    span, mistake = _span(typed)
    wards = dict(ward_choices(span.last if span else clock.today()))
    return SpanQuestion(
        span=span,
        declared=declared,
        known=known,
        units=units,
        everything=reach.everything,
        unit=_unit(request, units),
        kind=typed["loai"] if typed["loai"] in UnitKind.values else "",
        ward=typed["dia-ban"] if typed["dia-ban"] in wards else "",
        wards=wards,
        typed=typed,
        mistake=mistake or _mistake(declared, typed, wards),
    )


def _reached(reach: Reach, pk: int) -> bool:
    return reach.everything or pk in reach.unit_ids


def _span(typed: Mapping[str, str]) -> tuple[Span | None, str]:
    try:
        return span_of(typed["tu"], typed["den"]), ""
    except SpanError as error:
        return None, str(error)


def _mistake(declared: Declaration, typed: Mapping[str, str], wards: Mapping[str, str]) -> str:
    if declared.of_whole:
        return _("“%(name)s” là tỷ trọng trong toàn địa bàn, chỉ có theo tháng. Hãy chọn chỉ số khác.") % {
            "name": declared.label
        }
    if typed["loai"] and typed["loai"] not in UnitKind.values:
        return _("Không có loại đơn vị “%(text)s”. Hãy chọn trong danh sách.") % {"text": typed["loai"][:20]}
    if typed["dia-ban"] and typed["dia-ban"] not in wards:
        return _("Vào ngày cuối của khoảng này không có địa bàn “%(text)s”. Hãy chọn trong danh sách.") % {
            "text": typed["dia-ban"][:20]
        }
    if typed["dia-ban"] and declared.key:
        return _("“%(name)s” đếm dịch vụ của đơn vị nên không lọc theo nơi ở của chủ hồ sơ được.") % {
            "name": declared.label
        }
    return ""


def _unit(request: HttpRequest, units: Mapping[int, Unit]) -> Unit | None:
    pk = whole_number(request, "don-vi")
    if pk is None:
        return None
    if pk not in units:
        raise Http404
    return units[pk]
