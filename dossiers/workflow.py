"""The transition table: which act is possible from which state, at which step, by which role. Pure; no database.

The acts T1–T22 of docs/law.md as data. Rows with a step need an open work item of that kind in a unit where the person
holds the role; rows without one are checked by state and by who the person is (citizen acts).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from accounts.enums import Role
from dossiers.enums import Action, Decision, EventCode, State
from portal.errors import NotNowError
from portal.worktime import Limit, LimitUnit
from procedures.enums import StepKind

ACCEPT_WITHIN = Limit(Decimal(8), LimitUnit.HOUR)  # NĐ 45/2020 Art. 11.3: the desk answers an online submission
# Not Roles, since nobody grants them: the account that filed, and acts of the clock and of sweeps, which have no person.
CITIZEN = "citizen"
SYSTEM = "system"


class Moves(StrEnum):
    """How an act leaves the work: what becomes of its item, and what opens."""

    KEEP = "keep"  # the item stays as it is
    FIRST = "first"  # there is no item yet: the first step of the route opens
    RENEW = "renew"  # done, and the same step opens anew
    NEXT = "next"  # done; every step opens that waited for it and for nothing else that is not done
    BACK = "back"  # an earlier step opens anew; what lies between must be done again
    CLOSE = "close"  # done, and nothing follows from it
    HAND = "hand"  # the item stays, and is another's now, or nobody's
    RECALL = "recall"  # what one act opened is closed, and what it closed is open again as it was


class Held(StrEnum):
    """Whose an item must be for an act that is done on one."""

    USUAL = "usual"  # nobody's, one's own or that of whom one covers; a head's people's where the row lets heads act
    FREE = "free"  # nobody's
    OWN = "own"
    SENT = "sent"  # nobody has touched it, and the person is the one who sent it on


ANY = "any"  # of a row's step: whatever the kind of the item


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `target` None: the state stays. `step` None: no work item is needed.

    A row whose target ends the dossier closes whatever is open. `is_over`: whoever answers for the desk or the unit may do
    it to any item lying there, held or not.
    """

    action: str
    sources: frozenset[State]
    target: State | None
    event: str
    roles: frozenset[str]
    step: str | None = None
    moves: Moves = Moves.KEEP
    is_over: bool = False
    held: Held = Held.USUAL


def _row(  # noqa: PLR0917  a table reads in columns
    action: Action,
    sources: Iterable[State],
    target: State | None,
    event: EventCode,
    roles: Iterable[str],
    step: StepKind | None = None,
    moves: Moves = Moves.KEEP,
) -> Transition:
    return Transition(action, frozenset(sources), target, event, frozenset(roles), step, moves)


# Heads may act on what one of their people holds, where the row lets heads act at all.
HEADS = frozenset({Role.UNIT_HEAD, Role.DESK_HEAD})
INTAKE_ROLES = (Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK)
UNDER_WAY = (State.ACCEPTED, State.PROCESSING)
UNDECIDED = (*UNDER_WAY, State.SUPPLEMENT, State.PAYMENT, State.CHECKING)  # received, and the result not issued
SENDING_ROLES = (Role.RECEPTIONIST, Role.DESK_HEAD)  # the desk sends what the house signed (NĐ 61/2018 Art. 5, 8)

TABLE: tuple[Transition, ...] = (
    # T1, T5: the dossier comes into being
    _row(Action.SUBMIT, [State.DRAFT], State.SUBMITTED, EventCode.SUBMITTED, [CITIZEN], None, Moves.FIRST),
    _row(Action.RECEIVE_AT_COUNTER, [State.DRAFT], State.ACCEPTED, EventCode.RECEIVED,
         [Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK], None, Moves.FIRST),
    # T2, T4, T3: answers to an online submission within 8 working hours
    _row(Action.RECEIVE, [State.SUBMITTED], State.ACCEPTED, EventCode.RECEIVED,
         [Role.RECEPTIONIST, Role.DESK_HEAD], StepKind.INTAKE, Moves.RENEW),
    _row(Action.REFUSE, [State.SUBMITTED], State.NOT_ACCEPTED, EventCode.NOT_ACCEPTED,
         SENDING_ROLES, StepKind.DRAFT_SEND, Moves.CLOSE),
    _row(Action.REQUEST_SUPPLEMENT, [State.SUBMITTED], State.INTAKE_FIX, EventCode.SUPPLEMENT_REQUESTED,
         SENDING_ROLES, StepKind.DRAFT_SEND, Moves.CLOSE),
    _row(Action.ANSWER_SUPPLEMENT, [State.INTAKE_FIX], State.SUBMITTED, EventCode.SUPPLEMENT_ANSWERED, [CITIZEN]),
    # T6, T7: along the route
    _row(Action.FORWARD, [State.ACCEPTED], State.PROCESSING, EventCode.FORWARDED, INTAKE_ROLES, StepKind.INTAKE, Moves.NEXT),
    _row(Action.ASSIGN, [State.PROCESSING], None, EventCode.ASSIGNED, [Role.UNIT_HEAD], StepKind.ASSIGN, Moves.NEXT),
    _row(Action.PROPOSE, [State.PROCESSING], None, EventCode.PROPOSED, [Role.OFFICER], StepKind.APPRAISE, Moves.NEXT),
    _row(Action.SEND_BACK, [State.PROCESSING], None, EventCode.SENT_BACK, [Role.UNIT_HEAD], StepKind.REVIEW, Moves.BACK),
    _row(Action.SEND_BACK, [State.PROCESSING], None, EventCode.SENT_BACK, [Role.SIGNER], StepKind.SIGN, Moves.BACK),
    _row(Action.SEND_BACK, [State.PROCESSING], None, EventCode.SENT_BACK, [Role.CLERK], StepKind.STAMP, Moves.BACK),
    _row(Action.APPROVE, [State.PROCESSING], None, EventCode.APPROVED, [Role.UNIT_HEAD], StepKind.REVIEW, Moves.NEXT),
    _row(Action.APPROVE, [State.PROCESSING], None, EventCode.APPROVED, [Role.SIGNER], StepKind.SIGN, Moves.NEXT),
    # T17, T15: the end of processing; a refusal ends the dossier, a grant leaves it ready at the desk
    _row(Action.ISSUE, [State.PROCESSING], State.DONE, EventCode.RESULT_ISSUED, [Role.CLERK], StepKind.STAMP, Moves.NEXT),
    # T18
    _row(Action.RETURN, [State.DONE], State.RETURNED, EventCode.RETURNED,
         [Role.RETURNER, Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK], StepKind.RETURN, Moves.CLOSE),
    # T8, T9: drafted where the dossier lies, signed by a head, sent by the desk; the clock stops until the answer and then
    # starts anew (61/2018 Art. 19.4)
    _row(Action.REQUEST_SUPPLEMENT, [State.PROCESSING], State.SUPPLEMENT, EventCode.SUPPLEMENT_REQUESTED,
         SENDING_ROLES, StepKind.DRAFT_SEND, Moves.CLOSE),
    _row(Action.ANSWER_SUPPLEMENT, [State.SUPPLEMENT], State.PROCESSING, EventCode.SUPPLEMENT_ANSWERED, [CITIZEN]),
    # T13: before acceptance the citizen just takes it back; later a head signs the answer, which the desk sends
    _row(Action.WITHDRAW, [State.SUBMITTED, State.INTAKE_FIX], State.WITHDRAWN, EventCode.WITHDRAWN, [CITIZEN]),
    _row(Action.REQUEST_WITHDRAWAL, UNDECIDED, None, EventCode.WITHDRAWAL_REQUESTED, [CITIZEN]),
    # the answer is drafted on the wish's own work item, or where the dossier lies (dossiers.acts.withdrawal)
    _row(Action.WITHDRAW, UNDECIDED, State.WITHDRAWN, EventCode.WITHDRAWN,
         SENDING_ROLES, StepKind.DRAFT_SEND, Moves.CLOSE),
    _row(Action.DECLINE_WITHDRAWAL, UNDECIDED, None, EventCode.WITHDRAWAL_DECLINED,
         SENDING_ROLES, StepKind.DRAFT_SEND, Moves.CLOSE),
)  # fmt: skip

# Events of the acts that only pass work on within the house.
RECALLABLE = frozenset(
    {EventCode.FORWARDED, EventCode.ASSIGNED, EventCode.PROPOSED, EventCode.APPROVED, EventCode.SENT_BACK}
)

# Four eyes: who did the first act on a dossier may not do the second.
FOUR_EYES: tuple[tuple[EventCode, Action], ...] = (
    (EventCode.PROPOSED, Action.APPROVE),
    (EventCode.RECEIVED, Action.APPROVE),
)


_added: list[Transition] = []


def add(*new: Transition) -> None:
    """Put rows of a module of dossiers.acts behind the table of the acts built in."""
    _added.extend(new)


def remove(*old: Transition) -> None:
    """Take added rows out again."""
    for row in old:
        _added.remove(row)


def rows() -> tuple[Transition, ...]:
    """Every row: the table, then what modules added."""
    return (*TABLE, *_added)


@dataclass(frozen=True, slots=True)
class Work:
    """An open work item as the table sees it.

    `roles_here`: roles the person holds in its unit; `roles_over`: those by which the person answers for the item without
    being of its unit (the head of the desk that received the dossier). `stands_in`: its holder is away and the person
    is the cover. `sent_from`, `roles_sent`: where and as what the person sent it on, while it may be called back.
    """

    kind: str
    role: str
    roles_here: frozenset[str]
    holder_id: int | None = None
    item_id: int = 0
    roles_over: frozenset[str] = frozenset()
    stands_in: bool = False
    sent_from: int | None = None
    roles_sent: frozenset[str] = frozenset()
    state: str = ""  # of the dossier


@dataclass(frozen=True, slots=True)
class Allowed:
    """The row that lets an act through, and the work item it is done on."""

    row: Transition
    work: Work | None = None


def candidates(state: str) -> list[Transition]:
    """Rows whose source includes `state`."""
    return [row for row in rows() if state in row.sources]


def check(
    action: str,
    *,
    state: str,
    work: Iterable[Work],
    roles: frozenset[str],
    actor_id: int | None,
    past: Iterable[tuple[str, int | None]],
    item_id: int | None = None,
) -> Allowed:
    """Give the row that allows `action` now with the item it is done on, or raise NotNowError.

    `work`: open items; `roles`: every role that counts without a step (CITIZEN, or roles in the dossier's units);
    `past`: (event code, actor id) pairs for four eyes; `item_id`: the item meant, when several could be. A held item
    may be acted on by its holder, by the holder's cover, or by a head where the row names heads.
    """
    items = _own_first((item for item in work if item_id in {None, item.item_id}), actor_id)
    for row in candidates(state):
        if row.action != action or _second_pair_needed(row, actor_id, past):
            continue
        if row.step is None:
            if row.roles & roles:
                return Allowed(row)
            continue
        fitting = next((item for item in items if _may_act(item, row, actor_id)), None)
        if fitting is not None:
            return Allowed(row, fitting)
    raise NotNowError


def allowed(
    *,
    state: str,
    work: Iterable[Work],
    roles: frozenset[str],
    actor_id: int | None,
    past: Iterable[tuple[str, int | None]],
) -> list[str]:
    """Acts possible now for this person, in the order of the table."""
    items, history = list(work), list(past)
    found = [
        row.action
        for row in candidates(state)
        if (row.roles & roles if row.step is None else any(_may_act(item, row, actor_id) for item in items))
        and not _second_pair_needed(row, actor_id, history)
    ]
    return list(dict.fromkeys(found))


def items_for(action: str, *, state: str, work: Iterable[Work], actor_id: int | None) -> list[int]:
    """Ids of the open items on which the person may do `action` now, own ones first."""
    rows_of_it = [row for row in candidates(state) if row.action == action and row.step is not None]
    items = _own_first(work, actor_id)
    return [item.item_id for item in items if any(_may_act(item, row, actor_id) for row in rows_of_it)]


def states_for(action: str) -> frozenset[State]:
    """States of a dossier in which an act is possible for somebody."""
    return frozenset(state for row in rows() if row.action == action for state in row.sources)


def outcome(row: Transition, proposal: str) -> tuple[State | None, str, Moves]:
    """Target, event and way of the work; issuing a refusal ends the dossier as REFUSED."""
    if row.action == Action.ISSUE and proposal == Decision.REFUSE:
        return State.REFUSED, EventCode.REFUSED, Moves.CLOSE
    return row.target, row.event, row.moves


def doers(kind: str, state: str = "") -> frozenset[str]:
    """Roles that can finish a step of this kind; of a dossier in `state`, where something can be finished in it."""
    onward = [row for row in rows() if row.step == kind and row.moves != Moves.KEEP]
    now = [row for row in onward if state in row.sources]
    return frozenset(role for row in now or onward for role in row.roles)


def barring(action: str) -> frozenset[EventCode]:
    """Events that bar whoever did one of them from doing an act on the same dossier (four eyes)."""
    return frozenset(first for first, second in FOUR_EYES if second == action)


def is_barred(kind: str, user_id: int, past: Iterable[tuple[str, int | None]]) -> bool:
    """Tell whether what a person did on the dossier before keeps them from finishing a step of this kind (four eyes)."""
    onward = [row for row in rows() if row.step == kind and row.moves == Moves.NEXT]
    history = list(past)
    return bool(onward) and all(_second_pair_needed(row, user_id, history) for row in onward)


def may_be_recalled(event: str, opened_kind: str) -> bool:
    """Tell whether an act may be called back that opened a step of this kind.

    What opened the clerk's step was the decision: it stands, and the clerk sends back.
    """
    return event in RECALLABLE and opened_kind != StepKind.STAMP


def acting_roles(item: Work, row: Transition, actor_id: int | None) -> frozenset[str]:
    """Roles by which the person may do what a row allows on an item; none: may not."""
    if row.held == Held.SENT:
        return item.roles_sent & row.roles
    if row.is_over:
        return (item.roles_here | item.roles_over) & row.roles
    fitting = item.roles_here & row.roles
    if row.held == Held.FREE:
        return fitting & (doers(item.kind, item.state) | {item.role}) if item.holder_id is None else frozenset()
    if row.held == Held.OWN:
        return fitting if item.holder_id == actor_id else frozenset()
    if item.holder_id in {None, actor_id} or item.stands_in:
        return fitting
    return fitting & HEADS


def _own_first(work: Iterable[Work], actor_id: int | None) -> list[Work]:
    return sorted(work, key=lambda item: (item.holder_id != actor_id, item.holder_id is not None, item.item_id))


def _may_act(item: Work, row: Transition, actor_id: int | None) -> bool:
    return row.step in {item.kind, ANY} and bool(acting_roles(item, row, actor_id))


def _second_pair_needed(row: Transition, actor_id: int | None, past: Iterable[tuple[str, int | None]]) -> bool:
    if actor_id is None:
        return False
    firsts = barring(row.action)
    return any(code in firsts and who == actor_id for code, who in past)
