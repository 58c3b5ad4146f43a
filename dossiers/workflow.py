"""The transition table: which act is possible from which state, at which step, by which role. Pure; no database.

The acts T1–T22 of docs/law.md as data. Rows with a step need an open work item of that kind in a unit where the person
holds the role; rows without one are checked by state and by who the person is (citizen acts).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.enums import Role
from dossiers.enums import Action, Decision, EventCode, State
from portal.errors import NotNowError
from portal.worktime import Limit, LimitUnit
from procedures.enums import StepKind

ACCEPT_WITHIN = Limit(Decimal(8), LimitUnit.HOUR)  # NĐ 45/2020 Art. 11.3: the desk answers an online submission
# Not Roles, since nobody grants them: the account that filed, and acts of the clock and of sweeps, which have no person.
CITIZEN = "citizen"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `target` None: the state stays. `step` None: no work item is needed."""

    action: str
    sources: frozenset[State]
    target: State | None
    event: str
    roles: frozenset[str]
    step: StepKind | None = None
    next_step: StepKind | None = None  # the step opened afterwards; None keeps or ends the work


def _row(  # noqa: PLR0917  a table reads in columns
    action: Action,
    sources: Iterable[State],
    target: State | None,
    event: EventCode,
    roles: Iterable[str],
    step: StepKind | None = None,
    next_step: StepKind | None = None,
) -> Transition:
    return Transition(action, frozenset(sources), target, event, frozenset(roles), step, next_step)


# Heads may act on what one of their people holds, where the row lets heads act at all.
HEADS = frozenset({Role.UNIT_HEAD, Role.DESK_HEAD})
INTAKE_ROLES = (Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK)
UNDER_WAY = (State.ACCEPTED, State.PROCESSING)

TABLE: tuple[Transition, ...] = (
    # T1, T5: the dossier comes into being
    _row(Action.SUBMIT, [State.DRAFT], State.SUBMITTED, EventCode.SUBMITTED, [CITIZEN], None, StepKind.INTAKE),
    _row(Action.RECEIVE_AT_COUNTER, [State.DRAFT], State.ACCEPTED, EventCode.RECEIVED,
         [Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK], None, StepKind.INTAKE),
    # T2, T4, T3: answers to an online submission within 8 working hours
    _row(Action.RECEIVE, [State.SUBMITTED], State.ACCEPTED, EventCode.RECEIVED,
         [Role.RECEPTIONIST, Role.DESK_HEAD], StepKind.INTAKE, StepKind.INTAKE),
    _row(Action.REFUSE, [State.SUBMITTED], State.NOT_ACCEPTED, EventCode.NOT_ACCEPTED,
         [Role.RECEPTIONIST, Role.DESK_HEAD], StepKind.INTAKE),
    _row(Action.REQUEST_SUPPLEMENT, [State.SUBMITTED], State.INTAKE_FIX, EventCode.SUPPLEMENT_REQUESTED,
         [Role.RECEPTIONIST, Role.DESK_HEAD], StepKind.INTAKE),
    _row(Action.ANSWER_SUPPLEMENT, [State.INTAKE_FIX], State.SUBMITTED, EventCode.SUPPLEMENT_ANSWERED, [CITIZEN]),
    # T6, T7: along the route
    _row(Action.FORWARD, [State.ACCEPTED], State.PROCESSING, EventCode.FORWARDED, INTAKE_ROLES, StepKind.INTAKE, StepKind.ASSIGN),
    _row(Action.ASSIGN, [State.PROCESSING], None, EventCode.ASSIGNED, [Role.UNIT_HEAD], StepKind.ASSIGN, StepKind.APPRAISE),
    _row(Action.PROPOSE, [State.PROCESSING], None, EventCode.PROPOSED, [Role.OFFICER], StepKind.APPRAISE, StepKind.REVIEW),
    _row(Action.SEND_BACK, [State.PROCESSING], None, EventCode.SENT_BACK, [Role.UNIT_HEAD], StepKind.REVIEW, StepKind.APPRAISE),
    _row(Action.SEND_BACK, [State.PROCESSING], None, EventCode.SENT_BACK, [Role.SIGNER], StepKind.SIGN, StepKind.APPRAISE),
    _row(Action.APPROVE, [State.PROCESSING], None, EventCode.APPROVED, [Role.UNIT_HEAD], StepKind.REVIEW, StepKind.SIGN),
    _row(Action.APPROVE, [State.PROCESSING], None, EventCode.APPROVED, [Role.SIGNER], StepKind.SIGN, StepKind.STAMP),
    # T17, T15: the end of processing; a refusal ends the dossier, a grant leaves it ready at the desk
    _row(Action.ISSUE, [State.PROCESSING], State.DONE, EventCode.RESULT_ISSUED, [Role.CLERK], StepKind.STAMP, StepKind.RETURN),
    # T18
    _row(Action.RETURN, [State.DONE], State.RETURNED, EventCode.RETURNED,
         [Role.RETURNER, Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK], StepKind.RETURN),
    # T8, T9: the clock stops until the answer, then starts anew (61/2018 Art. 19.4)
    _row(Action.REQUEST_SUPPLEMENT, [State.PROCESSING], State.SUPPLEMENT, EventCode.SUPPLEMENT_REQUESTED,
         [Role.OFFICER, Role.UNIT_HEAD], StepKind.APPRAISE),
    _row(Action.ANSWER_SUPPLEMENT, [State.SUPPLEMENT], State.PROCESSING, EventCode.SUPPLEMENT_ANSWERED, [CITIZEN]),
    # T13: before acceptance the citizen just takes it back; later the wish is looked at by the desk's or unit's head
    _row(Action.WITHDRAW, [State.SUBMITTED, State.INTAKE_FIX], State.WITHDRAWN, EventCode.WITHDRAWN, [CITIZEN]),
    _row(Action.REQUEST_WITHDRAWAL, [*UNDER_WAY, State.SUPPLEMENT], None, EventCode.WITHDRAWAL_REQUESTED, [CITIZEN]),
    _row(Action.WITHDRAW, [*UNDER_WAY, State.SUPPLEMENT], State.WITHDRAWN, EventCode.WITHDRAWN,
         [Role.DESK_HEAD, Role.UNIT_HEAD, Role.SIGNER]),
)  # fmt: skip

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
    """An open work item as the table sees it, with the roles the person holds in its unit."""

    kind: str
    role: str
    roles_here: frozenset[str]
    holder_id: int | None = None


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
) -> Transition:
    """Give the row that allows `action` now, or raise NotNowError.

    `work`: open items; `roles`: every role that counts without a step (CITIZEN, or roles in the dossier's units);
    `past`: (event code, actor id) pairs for four eyes. A held item may be acted on by its holder, or by a
    head where the row names heads.
    """
    for row in candidates(state):
        if (
            row.action == action
            and _role_fits(row, work, roles, actor_id)
            and not _second_pair_needed(row, actor_id, past)
        ):
            return row
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
        if _role_fits(row, items, roles, actor_id) and not _second_pair_needed(row, actor_id, history)
    ]
    return list(dict.fromkeys(found))


def outcome(row: Transition, proposal: str) -> tuple[State | None, str, StepKind | None]:
    """Target, event and next step of a row; issuing a refusal ends the dossier as REFUSED but is still handed over."""
    if row.action == Action.ISSUE and proposal == Decision.REFUSE:
        return State.REFUSED, EventCode.REFUSED, None
    return row.target, row.event, row.next_step


def _role_fits(row: Transition, work: Iterable[Work], roles: frozenset[str], actor_id: int | None) -> bool:
    if row.step is None:
        return bool(row.roles & roles)
    return any(item.kind == row.step and _may_take(item, row, actor_id) for item in work)


def _may_take(item: Work, row: Transition, actor_id: int | None) -> bool:
    fitting = item.roles_here & row.roles
    return bool(fitting) and (item.holder_id in {None, actor_id} or bool(fitting & HEADS))


def _second_pair_needed(row: Transition, actor_id: int | None, past: Iterable[tuple[str, int | None]]) -> bool:
    if actor_id is None:
        return False
    barred = {first for first, second in FOUR_EYES if second == row.action}
    return any(code in barred and who == actor_id for code, who in past)
