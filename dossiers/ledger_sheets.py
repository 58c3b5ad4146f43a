"""Sheets made from the ledger when somebody asks: control slip, register, lists of hand-overs. What stands on them; reads only.

Declared in dossiers.acts.sheets. Called by the services that make their files.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from accounts.queries import with_predecessors
from dossiers import documents, workflow
from dossiers.enums import Delivery, EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.sheet_order import SheetOrder
from dossiers.models.work import WorkItem
from dossiers.papers import SHEETS, Piece
from portal import clock
from procedures.enums import StepKind

_T = TypeVar("_T")
CHUNK = 400  # rows laid out at once: a long register takes the memory of so many
ENDS = frozenset({EventCode.RESULT_ISSUED, EventCode.REFUSED})
EARLY, ON_TIME, LATE = _("Trước hạn"), _("Đúng hạn"), _("Quá hạn")


# ── the control slip ─────────────────────────────────────────────────────────────────────────────


def control_slip(order: SheetOrder) -> Iterator[Piece]:
    """One row for each time the dossier came into other hands: who gave it, who got it, when, and how that step ended."""
    dossier = order.dossier
    if dossier is None:
        raise ValueError(order.kind)
    items = list(_items(dossier.pk))
    events = {event.seq: event for event in DossierEvent.objects.filter(dossier_id=dossier.pk)}
    people = _people(events.values())
    units = OrgUnit.objects.in_bulk({event.actor_unit_id for event in events.values() if event.actor_unit_id})
    asked = [item.unit.name for item in items if item.kind == StepKind.CONSULT]
    yield Piece(
        len(items),
        {
            "owner_name": dossier.owner_name,
            "dossier": dossier,
            "procedure_name": dossier.revision.name,
            "authority": dossier.competent_unit,
            "desk": dossier.receiving_unit,
            "handled_by": dossier.department or dossier.competent_unit,
            "asked": "; ".join(dict.fromkeys(asked)),
            "place_name": dossier.competent_unit.short_name or dossier.competent_unit.name,
            "order": documents.order_of(dossier),
            "lines": [_handed_on(item, events, people, units) for item in items],
            "barcode_text": dossier.code or dossier.reference,
            "qr": documents.code_picture(dossier, str(SHEETS[order.kind].label), order.asked_at),
        },
    )


def _items(dossier_id: int) -> Iterable[WorkItem]:
    found = WorkItem.objects.filter(dossier_id=dossier_id).select_related("unit", "holder")
    return found.order_by("opened_at", "opened_seq", "pk")


def _handed_on(
    item: WorkItem, events: dict[int, DossierEvent], people: dict[int, str], units: dict[int, OrgUnit]
) -> dict[str, Any]:
    given, done = events.get(item.opened_seq or 0), events.get(item.closed_seq or 0)
    by_unit = units.get(given.actor_unit_id or 0) if given else None
    is_system = given is None or given.actor_role == workflow.SYSTEM
    return {
        "giver_unit": by_unit.name if by_unit else str(_("Hệ thống") if is_system else _("Người nộp hồ sơ")),
        "giver": people.get(given.actor_id or 0, "") if given and by_unit else "",
        "receiver_unit": item.unit.name,
        "receiver": item.holder.full_name if item.holder else str(item.get_role_display()),
        "at": clock.local(given.happened_at if given else item.opened_at),
        "step": item.name,
        "outcome": _outcome(done.happened_at, done.step_due_at or item.due_at) if done else "",
        "done_at": clock.local(done.happened_at) if done else None,
    }


def _outcome(done_at: datetime, due_at: datetime) -> str:
    """On the day it was due is on time; the hour decides whether it was late."""
    if done_at > due_at:
        return str(LATE)
    return str(ON_TIME if clock.local(done_at).date() == clock.local(due_at).date() else EARLY)


def _people(events: Iterable[DossierEvent]) -> dict[int, str]:
    wanted = {event.actor_id for event in events if event.actor_id}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "full_name"))


# ── the register ─────────────────────────────────────────────────────────────────────────────────


def register(order: SheetOrder) -> Iterator[Piece]:
    """What a desk received from a day to a day, in the order of reception; withdrawn and re-dated dossiers stay and say so."""
    number = 0
    for keys in _chunks(_received(order)):
        found = _dossiers(keys)
        moves = _moves(keys)
        lines = [_registered(number + index, found[key], moves) for index, key in enumerate(keys, 1)]
        number += len(keys)
        yield Piece(len(keys), {**_of_desk(order), "lines": lines, "is_first": number == len(keys)})
    if number == 0:
        yield Piece(0, {**_of_desk(order), "lines": [], "is_first": True})


def _registered(number: int, dossier: Dossier, moves: dict[tuple[int, str], DossierEvent]) -> dict[str, Any]:
    sent, back = moves.get((dossier.pk, EventCode.FORWARDED)), moves.get((dossier.pk, EventCode.RESULT_ISSUED))
    return {
        "number": number,
        "code": dossier.code,
        "name": dossier.revision.name,
        "owner": dossier.owner_name,
        "address": dossier.owner_address,
        "phone": dossier.owner_phone,
        "received_at": clock.local(dossier.received_at) if dossier.received_at else None,
        "first_due_at": clock.local(dossier.first_due_at) if dossier.first_due_at else None,
        "sent_at": clock.local(sent.happened_at) if sent else None,
        "back_at": clock.local(back.happened_at) if back else None,
        "returned_at": clock.local(dossier.returned_at) if dossier.returned_at else None,
        "delivery": Delivery(dossier.delivery).label,
        "handed_to": dossier.result.handed_to if hasattr(dossier, "result") else "",
        "note": _note(dossier),
    }


def _note(dossier: Dossier) -> str:
    """What explains a line that does not run from reception to return as promised."""
    notes: list[Any] = []
    if dossier.due_at and dossier.first_due_at and dossier.due_at != dossier.first_due_at:
        notes.append(_("hẹn lại %(day)s") % {"day": clock.local(dossier.due_at).strftime("%d/%m/%Y")})
    if dossier.state in _TOLD:
        notes.append(State(dossier.state).label)
    return "; ".join(map(str, notes))


_TOLD = frozenset({State.NOT_ACCEPTED, State.WITHDRAWN, State.STOPPED, State.REFUSED, State.SUPPLEMENT, State.PAYMENT})


# ── hand-overs ───────────────────────────────────────────────────────────────────────────────────


def handed_out(order: SheetOrder) -> Iterator[Piece]:
    """Dossiers that the desk sent on, by who got them; both sides sign under each list."""
    yield from _handed(order, frozenset({EventCode.FORWARDED}))


def handed_back(order: SheetOrder) -> Iterator[Piece]:
    """Results that came to the desk, by who made them."""
    yield from _handed(order, ENDS)


def _handed(order: SheetOrder, codes: frozenset[str]) -> Iterator[Piece]:
    found = _events(order, codes).order_by("department_id", "happened_at", "pk")
    groups: dict[int | None, list[tuple[int, datetime, int]]] = {}
    for dossier_id, at, department_id, papers in found.values_list(
        "dossier_id", "happened_at", "department_id", "papers_total"
    ):
        groups.setdefault(department_id, []).append((dossier_id, at, papers))
    units = OrgUnit.objects.in_bulk([key for key in groups if key is not None])
    for department_id, rows in groups.items():
        other = units.get(department_id or 0)
        name = other.name if other else ""
        for start, part in enumerate(_chunks(iter(rows))):
            dossiers = _dossiers([key for key, _at, _papers in part])
            lines = [
                _line(start * CHUNK + index, dossiers[key], at, papers)
                for index, (key, at, papers) in enumerate(part, 1)
            ]
            is_last = (start + 1) * CHUNK >= len(rows)
            yield Piece(
                len(part),
                {
                    **_of_desk(order),
                    "other": name,
                    "lines": lines,
                    "total": len(rows),
                    "is_last": is_last,
                    "is_first": start == 0,
                },
            )
    if not groups:
        yield Piece(0, {**_of_desk(order), "other": "", "lines": [], "total": 0, "is_last": True, "is_first": True})


def _line(number: int, dossier: Dossier, at: datetime, papers: int) -> dict[str, Any]:
    made = getattr(dossier, "result", None)
    return {
        "number": number,
        "code": dossier.code,
        "name": dossier.revision.name,
        "owner": dossier.owner_name,
        "address": dossier.owner_address,
        "papers": papers,
        "at": clock.local(at),
        "due_at": clock.local(dossier.due_at) if dossier.due_at else None,
        "result": made.number if made else "",
        "owes": bool(dossier.fee_due and dossier.fee_due > dossier.fee_paid),
        "by_post": dossier.delivery == Delivery.POST,
    }


# ── what the lists share ─────────────────────────────────────────────────────────────────────────


def _of_desk(order: SheetOrder) -> dict[str, Any]:
    desk = order.desk
    if desk is None or order.first is None or order.last is None:
        raise ValueError(order.kind)
    place = desk.parent or desk
    return {
        "authority": desk.parent,
        "desk": desk,
        "place_name": place.short_name or place.name,
        "first": order.first,
        "last": order.last,
        "barcode_text": f"{_short(order.first)} – {_short(order.last)}",
    }


def _short(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _events(order: SheetOrder, codes: Iterable[str]) -> Any:
    """Events of some kinds at a desk (and those it goes on for) in the days of an order; the index by kind and time finds them."""
    if order.desk_id is None or order.first is None or order.last is None:
        raise ValueError(order.kind)
    # What happens after the order was written changes no piece of it: a long one is laid out in several tasks.
    since, until = clock.day_bounds(order.first)[0], clock.day_bounds(order.last)[1]
    until = min(until, order.asked_at + timedelta(microseconds=1))
    units = with_predecessors([order.desk_id])
    return DossierEvent.objects.filter(
        code__in=list(codes), happened_at__gte=since, happened_at__lt=until, receiving_unit_id__in=units
    )


def _received(order: SheetOrder) -> Iterator[int]:
    """Dossiers by the order of their first reception."""
    found = _events(order, [EventCode.RECEIVED]).order_by("happened_at", "dossier_id")
    seen: set[int] = set()
    for key in found.values_list("dossier_id", flat=True).iterator(chunk_size=5000):
        if key not in seen:
            seen.add(key)
            yield key


def _chunks(found: Iterator[_T]) -> Iterator[tuple[_T, ...]]:
    while part := tuple(islice(found, CHUNK)):
        yield part


def _dossiers(keys: Iterable[int]) -> dict[int, Dossier]:
    found = Dossier.objects.filter(pk__in=list(keys)).select_related("revision", "result").defer("answers")
    return {row.pk: row for row in found}


def _moves(keys: Iterable[int]) -> dict[tuple[int, str], DossierEvent]:
    """The first time each dossier was sent on, and the last time its answer came; a refusal comes as a result does."""
    codes = Q(code__in=[EventCode.FORWARDED, *ENDS])
    found: dict[tuple[int, str], DossierEvent] = {}
    for event in DossierEvent.objects.filter(codes, dossier_id__in=list(keys)).order_by("dossier_id", "seq"):
        if event.code == EventCode.FORWARDED:
            found.setdefault((event.dossier_id, EventCode.FORWARDED), event)
        else:
            found[event.dossier_id, EventCode.RESULT_ISSUED] = event
    return found
