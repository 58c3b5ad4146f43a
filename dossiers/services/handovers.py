"""Hand-over sheets between post offices and desks: given by one side, taken by the other, each by an act of their own.

Custody changes when the receiving side signs: only then is each dossier moved, one act with its event, all in one
transaction with the signature. Sheet first, then dossiers by key: so two signatures never wait for each other. Who may sign
is who holds the role today in the unit, or in the one that goes on with its work. Knows no HTTP.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.hanging import Ending, Hanging, Sample
from accounts.models import Membership, OrgUnit, User
from accounts.queries import with_predecessors
from dossiers import numbering, queries, workflow
from dossiers.enums import Action, Delivery, EventCode, SheetRowState, SheetWay, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.handover import HandoverRow, HandoverSheet
from dossiers.models.work import WorkItem
from dossiers.papers import Book
from dossiers.services import segments
from dossiers.services.core import apply, locked, membership_for, needed, open_for
from dossiers.services.opened import Actor, Deed
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import StepKind

BOOK = Book("handover", "PGN")
LONGEST = 200  # rows of one sheet
DESK_SIDE, POST_SIDE = frozenset({Role.RECEPTIONIST, Role.RETURNER, Role.DESK_HEAD}), frozenset({Role.POSTAL_CLERK})
GIVERS: Mapping[str, frozenset[Role]] = {SheetWay.TO_DESK: POST_SIDE, SheetWay.TO_POST: DESK_SIDE}
TAKERS: Mapping[str, frozenset[Role]] = {SheetWay.TO_DESK: DESK_SIDE, SheetWay.TO_POST: POST_SIDE}
ACTIONS: Mapping[str, Action] = {SheetWay.TO_DESK: Action.HAND_OVER, SheetWay.TO_POST: Action.SEND_BY_POST}

NOTHING = gettext_lazy("Hãy chọn ít nhất một hồ sơ để đưa vào phiếu.")
TOO_MANY = gettext_lazy("Một phiếu có tối đa 200 hồ sơ. Hãy lập nhiều phiếu.")
CHANGED = gettext_lazy(
    "Có hồ sơ vừa được đưa vào phiếu khác hoặc không còn ở đây. Danh sách đã làm mới; hãy xem lại rồi lập phiếu."
)
ENDED = gettext_lazy("Phiếu này đã được ký nhận hoặc đã rút.")
TWO_PEOPLE = gettext_lazy("Người đã ký giao không tự ký nhận. Hãy để người khác của bên nhận ký.")
OWN = gettext_lazy("Hồ sơ %(code)s là của chính bạn; hãy để người khác của bên nhận ký phiếu này.")
SAY_EACH = gettext_lazy("Hãy ghi đã nhận hay chưa cho từng hồ sơ trong phiếu.")
SAY_WHAT = gettext_lazy("Hồ sơ %(code)s: hãy ghi rõ sai lệch.")
NO_TRACKING = gettext_lazy("Hồ sơ %(code)s: hãy ghi mã vận đơn.")
WHY = gettext_lazy("Hãy ghi rõ lý do rút phiếu.")


@dataclass(frozen=True, slots=True)
class SheetGiving:
    """What one side gives: where from, where to, which steps lying there, and the key of the form."""

    way: str
    from_unit_id: int
    to_unit_id: int
    item_ids: Sequence[int]
    key: uuid.UUID


@dataclass(frozen=True, slots=True)
class RowFound:
    """What the receiving side found of one row."""

    state: str
    remark: str = ""
    tracking: str = ""


# ── what there is ────────────────────────────────────────────────────────────────────────────────


def reach(held: Iterable[Membership], roles: Iterable[str]) -> list[int]:
    """Units for which these roles sign, and the closed ones whose work they go on with."""
    wanted = frozenset(roles)
    return with_predecessors({row.unit_id for row in held if row.role in wanted})


def waiting(way: str, unit_ids: Iterable[int]) -> QuerySet[WorkItem]:
    """Steps in these units that can be put on a sheet: nobody has given them yet."""
    listed = HandoverRow.objects.filter(item_id=OuterRef("pk"), state=SheetRowState.OPEN)
    items = WorkItem.objects.filter(~Exists(listed), unit_id__in=list(unit_ids), closed_at__isnull=True)
    if way == SheetWay.TO_DESK:
        items = items.filter(kind=StepKind.POST)
    else:
        back = DossierEvent.objects.filter(dossier_id=OuterRef("dossier_id"), code=EventCode.HANDED_BACK)
        items = items.filter(kind=StepKind.RETURN, dossier__state=State.DONE, dossier__delivery=Delivery.POST)
        items = items.annotate(came_back=Exists(back))
    return items.select_related("unit", "dossier__receiving_unit").order_by("unit_id", "opened_at", "pk")


def sheets_of(held: Sequence[Membership]) -> QuerySet[HandoverSheet]:
    """Sheets that a person's units give or take."""
    units = reach(held, DESK_SIDE | POST_SIDE)
    rows = HandoverSheet.objects.filter(Q(from_unit_id__in=units) | Q(to_unit_id__in=units))
    return rows.select_related("from_unit", "to_unit", "given_by", "taken_by", "withdrawn_by")


def may_take(sheet: HandoverSheet, held: Iterable[Membership]) -> bool:
    """Whether these roles sign for the receiving side."""
    return sheet.is_open and sheet.to_unit_id in reach(held, TAKERS[sheet.way])


def may_withdraw(sheet: HandoverSheet, held: Iterable[Membership]) -> bool:
    """Whether these roles speak for the giving side."""
    return sheet.is_open and sheet.from_unit_id in reach(held, GIVERS[sheet.way])


# ── what is left when somebody leaves ────────────────────────────────────────────────────────────


def _left_open(ending: Ending) -> QuerySet[HandoverSheet]:
    rows = HandoverSheet.objects.filter(given_by_id=ending.user_id, from_unit_id=ending.unit_id)
    return rows.filter(taken_at=None, withdrawn_at=None).order_by("given_at", "pk")


SIGNED_BY_ONE = Hanging(
    code="handover_sheets",
    label=gettext_lazy("Phiếu giao nhận bên kia chưa ký"),
    goes=gettext_lazy("Bên nhận vẫn ký được; người khác của bên giao rút được và lập lại."),
    count=lambda ending: _left_open(ending).count(),
    samples=lambda ending: [Sample(row.number) for row in _left_open(ending)[:5]],
)


# ── giving ───────────────────────────────────────────────────────────────────────────────────────


def give(*, by: User, giving: SheetGiving) -> HandoverSheet:
    """Make a sheet and sign it as the giving side. The same form sent again gives the same sheet.

    Raises UserError when nothing is chosen, StaleError when something of it is no longer there or stands on another sheet.
    """
    known = HandoverSheet.objects.filter(idempotency_key=giving.key, given_by=by).first()
    if known is not None:
        return _the_same(known, giving)
    try:
        return _give(by, giving)
    except IntegrityError as error:
        known = HandoverSheet.objects.filter(idempotency_key=giving.key, given_by=by).first()
        if known is None:
            raise StaleError(CHANGED) from error
        return _the_same(known, giving)


def _the_same(known: HandoverSheet, giving: SheetGiving) -> HandoverSheet:
    """The sheet that a form made, asked for again; a used form (page back, another bag) with something else makes none."""
    sides = (known.way, known.from_unit_id, known.to_unit_id)
    listed = set(known.rows.values_list("item_id", flat=True))
    if sides != (giving.way, giving.from_unit_id, giving.to_unit_id) or listed != set(giving.item_ids):
        raise StaleError(CHANGED)
    return known


@transaction.atomic
def _give(by: User, giving: SheetGiving) -> HandoverSheet:
    held = queries.memberships(by)
    if giving.from_unit_id not in reach(held, GIVERS[giving.way]):
        raise NotNowError
    wanted = set(giving.item_ids)
    if not wanted:
        raise UserError(NOTHING, field="item")
    if len(wanted) > LONGEST:
        raise UserError(TOO_MANY, field="item")
    items = list(waiting(giving.way, [giving.from_unit_id]).filter(pk__in=wanted))
    goes_elsewhere = giving.way == SheetWay.TO_DESK and any(
        item.dossier.receiving_unit_id != giving.to_unit_id for item in items
    )
    if len(items) != len(wanted) or goes_elsewhere:
        raise StaleError(CHANGED)
    now, office = clock.now(), OrgUnit.objects.get(pk=giving.from_unit_id)
    sheet = HandoverSheet.objects.create(
        way=giving.way,
        from_unit=office,
        to_unit_id=giving.to_unit_id,
        given_by=by,
        given_at=now,
        idempotency_key=giving.key,
        **numbering.taken(BOOK, numbering.scope_of(office), clock.local(now).year),
    )
    counts = _papers(items) if giving.way == SheetWay.TO_DESK else {}
    HandoverRow.objects.bulk_create(
        HandoverRow(sheet=sheet, dossier_id=item.dossier_id, item=item, papers=counts.get(item.dossier_id, 1))
        for item in items
    )
    return sheet


def _papers(items: Iterable[WorkItem]) -> dict[int, int]:
    """How many sheets of paper came with each dossier; a result that comes back is one."""
    there = Attachment.objects.filter(dossier_id__in=[item.dossier_id for item in items], removed_at__isnull=True)
    counted = dict(there.order_by().values_list("dossier_id").annotate(total=Sum("count")))
    return {
        item.dossier_id: counted.get(item.dossier_id, 0) if item.dossier.state == State.SUBMITTED else 1
        for item in items
    }


@transaction.atomic
def withdraw(*, by: User, sheet_id: int, reason: str) -> HandoverSheet:
    """Take a sheet back that the other side has not signed; what stood on it can be given again."""
    sheet = _locked(sheet_id)
    if sheet.from_unit_id not in reach(queries.memberships(by), GIVERS[sheet.way]):
        raise NotNowError
    sheet.withdrawn_by, sheet.withdrawn_at, sheet.withdrawn_why = by, clock.now(), needed(reason, WHY)
    sheet.rows.filter(state=SheetRowState.OPEN).update(state=SheetRowState.WITHDRAWN)
    sheet.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    return sheet


# ── taking ───────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def take(*, by: User, sheet_id: int, found: Mapping[int, RowFound], remark: str = "") -> HandoverSheet:
    """Sign for what came: each row as it was found, each dossier that came moved, all or nothing.

    What is missing stays with the giving side and can be given again. Raises UserError naming the row that lacks its
    words, StaleError when the sheet has ended meanwhile.
    """
    sheet = _locked(sheet_id)
    actor = _actor(by, sheet)
    if sheet.given_by_id == by.pk:
        raise UserError(TWO_PEOPLE)
    listed = list(sheet.rows.select_related("dossier").order_by("dossier_id"))
    for row in listed:
        _refuse_half(sheet, row, found.get(row.pk))
    for row in listed:
        _settle(sheet, row, found[row.pk], actor, by)
    sheet.taken_by, sheet.taken_at, sheet.remark = by, clock.now(), remark.strip()
    sheet.save(update_fields=["taken_by", "taken_at", "remark"])
    return sheet


def _locked(sheet_id: int) -> HandoverSheet:
    rows = HandoverSheet.objects.select_for_update(of=("self",)).select_related("from_unit", "to_unit")
    sheet = rows.filter(pk=sheet_id).first()
    if sheet is None:
        raise NotNowError
    if not sheet.is_open:
        raise StaleError(ENDED)
    return sheet


def _actor(by: User, sheet: HandoverSheet) -> Actor:
    """By which membership a person signs for the receiving side."""
    held, roles = queries.memberships(by), TAKERS[sheet.way]
    units = {row.unit_id for row in held if row.role in roles}
    own = [sheet.to_unit_id] if sheet.to_unit_id in units else sorted(units)
    for unit_id in own:
        row = membership_for(held, unit_id, roles)
        if row is not None and sheet.to_unit_id in with_predecessors([unit_id]):
            return Actor(by.pk, str(row.role), unit_id, row.pk)
    raise NotNowError


def _refuse_half(sheet: HandoverSheet, row: HandoverRow, said: RowFound | None) -> None:
    code = {"code": row.dossier.code or row.dossier.reference}
    if said is None or said.state not in {SheetRowState.TAKEN, SheetRowState.DIFFERS, SheetRowState.MISSING}:
        raise UserError(SAY_EACH)
    if said.state != SheetRowState.TAKEN and not said.remark.strip():
        raise UserError(SAY_WHAT % code, field=f"remark_{row.pk}")
    if sheet.way == SheetWay.TO_POST and said.state != SheetRowState.MISSING and not said.tracking.strip():
        raise UserError(NO_TRACKING % code, field=f"tracking_{row.pk}")


def _settle(sheet: HandoverSheet, row: HandoverRow, said: RowFound, actor: Actor, by: User) -> None:
    """Write what was found; move the dossier when it came and still lay with the giving side."""
    row.state, row.remark = said.state, said.remark.strip()[:500]
    row.tracking = said.tracking.strip()[:40] if sheet.way == SheetWay.TO_POST else ""
    dossier = locked(row.dossier_id)
    lies = WorkItem.objects.filter(pk=row.item_id, closed_at__isnull=True).exists()
    if not lies:
        row.state = SheetRowState.GONE
    elif said.state != SheetRowState.MISSING:
        row.event_seq = _move(sheet, row, dossier, actor, by).event_count
    row.save(update_fields=["state", "remark", "tracking", "event_seq"])


def _move(sheet: HandoverSheet, row: HandoverRow, dossier: Dossier, actor: Actor, by: User) -> Dossier:
    transition = next(one for one in workflow.candidates(dossier.state) if one.action == ACTIONS[sheet.way])
    opened = open_for(dossier, transition, actor, item_id=row.item_id)
    if queries.is_own(opened.dossier, by):
        raise UserError(OWN % {"code": dossier.code or dossier.reference})
    if sheet.way == SheetWay.TO_POST:
        return apply(
            opened, Deed(text=_("Mã vận đơn: %(tracking)s.") % {"tracking": row.tracking}, lies_in=_unit(actor))
        )
    if dossier.state == State.SUBMITTED:
        segments.start_accept(opened.turn(), clock.now())
    words = _("Phiếu giao nhận số %(number)s.") % {"number": sheet.number}
    if row.remark:
        words += " " + _("Bên nhận ghi: %(remark)s") % {"remark": row.remark}
    return apply(opened, Deed(text=words))


def _unit(actor: Actor) -> OrgUnit:
    return OrgUnit.objects.get(pk=actor.unit_id or 0)
