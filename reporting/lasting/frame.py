"""What every page of this package is asked and says: month, days, whose dossiers; stamp; links to lists. 404 for what is not theirs."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.clock import Month
from portal.templatetags.ui import number
from procedures.enums import Channel
from reporting import boards, facts, queries
from reporting.asking import as_organised, month_of, version_of, version_word, whole_number
from reporting.enums import Basis, ScopeKind
from reporting.indicators import SCOPE_COLUMNS
from reporting.lasting.slices import Rowset, Selection
from reporting.models import Run
from reporting.queries import TOTAL, NamedProcedure, Reach, RunFacts, Scope, Targets, Unit

BASES = (Basis.MONTH, Basis.QUARTER, Basis.CUMULATIVE)
MOST_PROCEDURES = 30
MOST_PARTS = 60  # more units are looked at group by group
UNASSIGNED = "phong"  # in addresses: with 0, what no department has yet
CHILDREN = {
    ScopeKind.TOTAL: ScopeKind.UNIT,
    ScopeKind.GROUP: ScopeKind.UNIT,
    ScopeKind.UNIT: ScopeKind.DEPARTMENT,
}


@dataclass
class Frame:
    """A page's question."""

    month: Month
    mistake: str
    basis: Basis
    scope: Scope
    scopes: list[Scope]
    run: Run | None
    units: dict[int, Unit]
    reach: Reach
    procedure: NamedProcedure | None = None  # of one procedure alone
    channel: Channel | None = None  # of one way of filing alone
    own_name: str = ""  # of an officer's own page, what it is called
    version: str = ""  # of a closed month, when one of its versions was asked for

    @property
    def name(self) -> str:
        """Whose dossiers the page speaks of."""
        parts = [
            self.name_of(self.scope),
            self.procedure.name if self.procedure else "",
            self.channel and self.channel.label,
        ]
        return " · ".join(str(part) for part in parts if part)

    @property
    def narrowing(self) -> dict[str, int]:
        """What narrows the page, as addresses say it."""
        found = {"thu-tuc": self.procedure and self.procedure.pk, "kenh": self.channel and int(self.channel)}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def selection(self) -> Selection:
        """Its dossiers; asked only of a month that was counted."""
        if self.run is None:
            raise Http404
        procedure_id = self.procedure.pk if self.procedure else None
        return Selection(self.run, self.basis, self.scope, procedure_id, channel=self.channel)

    @property
    def period(self) -> str:
        """The days in words: `trong tháng 9/2022`, `lũy kế từ đầu năm đến tháng 9/2022`."""
        told = {
            Basis.MONTH: _("trong tháng %(month)s"),
            Basis.QUARTER: _("từ đầu quý đến hết tháng %(month)s"),
            Basis.CUMULATIVE: _("từ đầu năm đến hết tháng %(month)s"),
        }
        return told[self.basis] % {"month": self.month.label}

    @property
    def known_until(self) -> date:
        """The last day the month's figures know of."""
        if self.run is None:
            raise Http404
        return min(clock.local(self.run.counted_until - timedelta(microseconds=1)).date(), self.month.last_day)

    # ── parts of the scope, and procedures ───────────────────────────────────────────────────────

    @property
    def child(self) -> ScopeKind | None:
        """Into which kind of scope the page's scope is divided."""
        if self.scope == TOTAL and sum(unit.group_id is not None for unit in self.units.values()) > MOST_PARTS:
            return ScopeKind.GROUP
        return CHILDREN.get(ScopeKind(self.scope[0]))

    @property
    def by(self) -> list[str]:
        """The columns by which a page counts."""
        part = [SCOPE_COLUMNS[self.child]] if self.child else []
        return [*part, *([] if self.procedure else ["procedure_id"])]

    @property
    def part_label(self) -> str:
        """What a part of the scope is."""
        told = {ScopeKind.GROUP: _("Khối"), ScopeKind.UNIT: _("Đơn vị")}
        return told.get(self.child or ScopeKind.DEPARTMENT, _("Phòng thụ lý"))

    @property
    def parts_caption(self) -> str:
        """What the table of parts is called."""
        told = {ScopeKind.GROUP: _("Theo khối"), ScopeKind.UNIT: _("Theo đơn vị")}
        return told.get(self.child or ScopeKind.DEPARTMENT, _("Theo phòng thụ lý"))

    def parts(self, rows: Rowset) -> list[tuple[dict[str, Any], Scope]]:
        """Counted rows of the scope's parts, in the order of units."""
        if self.child is None:
            return []
        column, places = SCOPE_COLUMNS[self.child], {pk: place for place, pk in enumerate(self.units)}
        found = [(row, (self.child.value, row[column])) for row in rows if row["level"] == column]
        if [scope[1] for _row, scope in found] == [None]:
            return []  # one part that is the whole
        return sorted(found, key=lambda part: places.get(part[1][1] or 0, len(places)))

    def idle(self, rows: Rowset) -> str:
        """Units of the scope that have no row: nothing arose there."""
        if self.child != ScopeKind.UNIT:
            return ""
        there = {scope[1] for _row, scope in self.parts(rows)}
        inside = [scope for scope in self.scopes if scope[0] == ScopeKind.UNIT and scope[1] not in there]
        names = [
            self.units[pk].label
            for _kind, pk in inside
            if pk is not None and self.scope[1] in {None, self.units[pk].group_id}
        ]
        return _("Không phát sinh: %(names)s.") % {"names": ", ".join(names)} if names else ""

    def to_part(self, name: str, scope: Scope) -> str:
        """The same page of a part; nothing where it has none."""
        return self.to_page(name, scope) if scope in self.scopes else ""

    def procedures(self, rows: Rowset, size: str) -> Rowset:
        """Counted rows of the procedures with most of something."""
        found = [row for row in rows if row["level"] == "procedure_id"]
        return sorted(found, key=lambda row: (-row[size], row["procedure_code"] or ""))[:MOST_PROCEDURES]

    def further(self, rows: Rowset) -> str:
        """That there are more procedures than a table shows."""
        left = sum(row["level"] == "procedure_id" for row in rows) - MOST_PROCEDURES
        return _("và %(count)s thủ tục khác, ít hồ sơ hơn") % {"count": number(left)} if left > 0 else ""

    def name_of(self, scope: Scope) -> str:
        """A scope as pages call it."""
        if self.own_name:
            return self.own_name
        if scope == TOTAL:
            return _("Chung toàn địa bàn")
        if scope[1] is None:
            return _("Chưa chuyển phòng")
        unit = self.units.get(scope[1])
        return unit.label if unit else _("đơn vị không còn trong danh mục")

    def to_list(self, code: str, scope: Scope | None = None, **more: int) -> str:
        """The list behind a number."""
        scope = scope or self.scope
        if scope[1] is None and scope != TOTAL:
            scope, more = self.scope, {**more, UNASSIGNED: 0}
        place = [] if self.own_name else [boards.scope_slug(scope)]
        path = "/".join([str(self.month), self.basis.value, *place, code])
        query = urlencode(self._kept | self.narrowing | {name.replace("_", "-"): value for name, value in more.items()})
        return f"{self._lists}{path}/" + (f"?{query}" if query else "")

    @cached_property
    def _lists(self) -> str:
        """Where lists stand: asked once, since a page names a thousand of them."""
        return reverse("reporting:own" if self.own_name else "reporting:board") + ("" if self.own_name else "ho-so/")

    def to_page(self, name: str, scope: Scope | None = None, **more: int) -> str:
        """Another page of the same month and days, or the same one narrowed."""
        narrowing = self.narrowing | {word.replace("_", "-"): value for word, value in more.items()}
        return f"{self.path_of(name)}?{urlencode(self._question(scope or self.scope) | narrowing)}"

    def _question(self, scope: Scope) -> dict[str, Any]:
        """Month, its version, days and scope, as addresses say them."""
        return {"thang": self.month, **self._kept, "ky": self.basis.value, "pham-vi": boards.scope_slug(scope)}

    @property
    def _kept(self) -> dict[str, str]:
        """The version asked for, as addresses say it."""
        return {"ban": self.version} if self.version else {}

    @property
    def wider(self) -> str:
        """The same page of all procedures and ways of filing; nothing when it is."""
        if not self.narrowing:
            return ""
        return "?" + urlencode(self._question(self.scope))

    @staticmethod
    @cache
    def path_of(name: str) -> str:
        """Where another page stands."""
        return reverse(f"reporting:{name}")

    @property
    def links(self) -> boards.Links:
        """Lists behind the figures of the boards."""
        return boards.Links(reverse("reporting:board"), self.month, self.reach, self.version)

    @cached_property
    def targets(self) -> Targets:
        """The targets a closed month was held against, or those in force."""
        if self.run is not None and self.run.has_copies:
            return Targets.of_closed(self.run.pk, self.units)
        return Targets.of_year(self.month.year, self.units)

    def context(self) -> dict[str, Any]:
        """What stands on every page."""
        told = queries.facts_of_run(self.run) if self.run is not None else None
        waiting_since = facts.waiting_since()
        return {
            "month": self.month,
            "mistake": self.mistake,
            "basis": self.basis.value,
            "bases": [(one.value, one.label) for one in BASES],
            "scope": boards.scope_slug(self.scope),
            "narrowing": [(name, str(value)) for name, value in self.narrowing.items()],
            "wider": self.wider,
            "scopes": [(boards.scope_slug(one), self.name_of(one)) for one in self.scopes],
            "name": self.name,
            "is_own": bool(self.own_name),
            "run": told,
            "kept": f"&ban={self.version}" if self.version else "",
            "stamp": boards.stamp(told, waiting_since),
            "alarm": boards.alarm(waiting_since),
        }


def _month(request: HttpRequest) -> tuple[Month, str, Run | None, str]:
    """The month asked for, or the newest one that was counted, and its figures; of a closed month the version asked for."""
    month, mistake = month_of(request)
    if "thang" not in request.GET or mistake:
        month = queries.latest_month() or month
    version = version_of(request, month)
    return month, mistake, version or queries.run_of(month), version_word(version)


def alone(request: HttpRequest, scope: Scope, name: str) -> Frame:
    """The question of a page that is about its reader and nobody else."""
    month, mistake, run, version = _month(request)
    reach = Reach(everything=False, unit_ids=frozenset())
    return Frame(month, mistake, _basis(request), scope, [scope], run, {}, reach, own_name=name, version=version)


def frame_of(request: HttpRequest, basis: Basis = Basis.MONTH) -> Frame:
    """The question of an address; without a month the newest one that was counted."""
    month, mistake, run, version = _month(request)
    units, reach = as_organised(request, _facts(run))
    scopes = _scopes(units, reach, month)
    scope = _scope(request, scopes, reach)
    frame = Frame(month, mistake, _basis(request, basis), scope, scopes, run, units, reach, version=version)
    frame.procedure, frame.channel = _procedure(request, run), channel_of(request)
    return frame


def _procedure(request: HttpRequest, run: Run | None) -> NamedProcedure | None:
    pk = whole_number(request, "thu-tuc")
    return None if pk is None or run is None else procedure_named(run, pk)


def procedure_named(run: Run, pk: int) -> NamedProcedure:
    """A procedure as the month calls it; 404 for none."""
    found = queries.procedures_of(run, [pk]).get(pk)
    if found is None:
        raise Http404
    return found


def channel_of(request: HttpRequest) -> Channel | None:
    """The way of filing asked for."""
    found = whole_number(request, "kenh")
    if found is None:
        return None
    if found not in Channel:
        raise Http404
    return Channel(found)


def _facts(run: Run | None) -> RunFacts | None:
    return None if run is None else queries.facts_of_run(run)


def _basis(request: HttpRequest, usual: Basis = Basis.MONTH) -> Basis:
    try:
        found = Basis(request.GET.get("ky") or usual)
    except ValueError as error:
        raise Http404 from error
    if found not in BASES:
        raise Http404
    return found


def _scopes(units: dict[int, Unit], reach: Reach, month: Month) -> list[Scope]:
    """What the reader may choose: the whole and its groups, units that count for themselves, departments below them."""
    there = [unit for unit in units.values() if unit.exists_in(month)]
    found = [scope for unit in there if (scope := scope_of(unit)) is not None and reach.covers(scope)]
    if not reach.everything:
        return found
    groups = {unit.group_id for unit in there}
    return [TOTAL, *((ScopeKind.GROUP.value, pk) for pk in units if pk in groups), *found]


def scope_of(unit: Unit) -> Scope | None:
    """The scope of a unit: its own where it is counted for itself, or as a department of one that is."""
    if unit.group_id is not None:
        return (ScopeKind.UNIT.value, unit.pk)
    return (ScopeKind.DEPARTMENT.value, unit.pk) if unit.kind == "department" else None


def _scope(request: HttpRequest, scopes: list[Scope], reach: Reach) -> Scope:
    """The scope asked for, or the widest one within reach; 404 for any other."""
    text = request.GET.get("pham-vi", "")
    found = boards.scope_of_slug(text) if text else next(iter(scopes), None)
    if found is None or found not in scopes or not reach.covers(found):
        raise Http404
    return found
