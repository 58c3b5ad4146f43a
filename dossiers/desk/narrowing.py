"""How a reader narrows a list of work and which columns they see: read from the address, and written into it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from accounts.models import Membership
from accounts.naming import place_names
from dossiers.desk import inbox, lines
from dossiers.enums import OPEN_STATES
from dossiers.forms.lists import FilterForm
from dossiers.models.work import WorkItem
from portal import clock
from procedures import naming as procedure_names
from procedures.formfields import parse_day

NAMES = ("thu_tuc", "dia_ban", "trang_thai", "den")
COLUMNS, OPEN = "cot", "loc"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What narrows a list; part of the key under which its statement is kept."""

    procedure_id: int | None = None
    place: str = ""
    state: str = ""
    until: date | None = None
    columns: tuple[str, ...] = lines.USUAL

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return self.rule() != Q()

    def rule(self) -> Q:
        """The items that are left."""
        found = Q()
        if self.procedure_id is not None:
            found &= Q(dossier__procedure_id=self.procedure_id)
        if self.place:
            found &= Q(dossier__owner_place_code=self.place)
        if self.state:
            found &= Q(dossier__state=self.state)
        if self.until is not None:
            found &= Q(legal_at__lt=clock.at(self.until + timedelta(days=1), time.min))
        return found

    def query(self) -> list[tuple[str, str]]:
        """As it stands in an address."""
        until = f"{self.until:%d/%m/%Y}" if self.until is not None else ""
        values = (str(self.procedure_id or ""), self.place, self.state, until)
        named = [(name, value) for name, value in zip(NAMES, values, strict=True) if value]
        return named + ([(COLUMNS, code) for code in self.columns] if self.columns != lines.USUAL else [])


def read(query: QueryDict) -> Narrowed:
    """What an address says; what no page of ours wrote narrows nothing (the form tells it)."""
    procedure, state = query.get("thu_tuc", ""), query.get("trang_thai", "")
    place = query.get("dia_ban", "")
    columns = tuple(code for code in lines.COLUMNS if code in query.getlist(COLUMNS))
    return Narrowed(
        int(procedure) if procedure.isascii() and procedure.isdigit() and len(procedure) < 10 else None,
        place if place.isascii() and place.isalnum() and len(place) <= 10 else "",
        state if state in OPEN_STATES else "",
        _day(query.get("den", "")),
        columns or lines.USUAL,
    )


def is_unreadable(query: QueryDict) -> bool:
    """Whether an address names a day that is none: the panel opens and says so."""
    return bool(query.get("den")) and _day(query.get("den", "")) is None


def form(query: QueryDict, narrowed: Narrowed, memberships: Iterable[Membership]) -> FilterForm:
    """The panel, its choices being what lies open in the reader's reach; asked only while the panel is open."""
    work = WorkItem.objects.filter(inbox.reach(memberships), closed_at__isnull=True).order_by()
    known = work.values_list("dossier__procedure_id", flat=True).distinct()
    places = place_names(
        work.exclude(dossier__owner_place_code="").values_list("dossier__owner_place_code", flat=True).distinct()
    )
    data = query.copy()
    data.setlist(COLUMNS, narrowed.columns)
    return FilterForm(
        data,
        procedures=sorted(
            ((pk, row.name) for pk, row in procedure_names.procedures(known).items()), key=lambda one: one[1]
        ),
        places=sorted(places.items(), key=lambda one: one[1]),
        columns=lines.COLUMNS.items(),
    )


def _day(typed: str) -> date | None:
    try:
        return parse_day(typed) if typed else None
    except ValidationError:
        return None
