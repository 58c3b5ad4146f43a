"""Every (state × action) pair, allowed or refused, against a table written by hand from docs/law.md."""

import pytest

from accounts.enums import Role
from dossiers import workflow
from dossiers.enums import NATIONAL_CODE, PUBLIC_STAGE, Action, Decision, EventCode, State
from portal.errors import NotNowError
from procedures.enums import StepKind
from procedures.route_check import ROLES_FOR

pytestmark = pytest.mark.unit

# action → {state: role that may}; everything not listed is refused.
MAY = {
    Action.SUBMIT: {State.DRAFT: workflow.CITIZEN},
    Action.RECEIVE_AT_COUNTER: {State.DRAFT: Role.RECEPTIONIST},
    Action.RECEIVE: {State.SUBMITTED: Role.RECEPTIONIST},
    Action.REFUSE: {State.SUBMITTED: Role.RECEPTIONIST},
    Action.FORWARD: {State.ACCEPTED: Role.RECEPTIONIST},
    Action.ASSIGN: {State.PROCESSING: Role.UNIT_HEAD},
    Action.PROPOSE: {State.PROCESSING: Role.OFFICER},
    Action.SEND_BACK: {State.PROCESSING: Role.UNIT_HEAD},
    Action.APPROVE: {State.PROCESSING: Role.SIGNER},
    Action.ISSUE: {State.PROCESSING: Role.CLERK},
    Action.RETURN: {State.DONE: Role.RETURNER},
    Action.REQUEST_SUPPLEMENT: {State.SUBMITTED: Role.RECEPTIONIST, State.PROCESSING: Role.OFFICER},
    Action.ANSWER_SUPPLEMENT: {State.INTAKE_FIX: workflow.CITIZEN, State.SUPPLEMENT: workflow.CITIZEN},
    Action.REQUEST_WITHDRAWAL: dict.fromkeys([State.ACCEPTED, State.PROCESSING, State.SUPPLEMENT], workflow.CITIZEN),
    Action.WITHDRAW: {
        State.SUBMITTED: workflow.CITIZEN,
        State.INTAKE_FIX: workflow.CITIZEN,
        State.ACCEPTED: Role.DESK_HEAD,
        State.PROCESSING: Role.DESK_HEAD,
        State.SUPPLEMENT: Role.DESK_HEAD,
    },
}
EVERY_STEP = list(StepKind)


def _check(action, state, role, *, past=(), actor=1, holder=None):
    work = [workflow.Work(kind, role, frozenset({role}), holder) for kind in EVERY_STEP]
    return workflow.check(action, state=state, work=work, roles=frozenset({role}), actor_id=actor, past=past)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_pair_is_allowed_or_refused_as_the_law_says(action, state):
    role = MAY.get(action, {}).get(state)
    if role is None:
        for anybody in [*Role, workflow.CITIZEN]:
            with pytest.raises(NotNowError):
                _check(action, state, anybody)
    else:
        assert _check(action, state, role).row.action == action


@pytest.mark.parametrize("action", Action)
def test_administrator_and_home_affairs_may_do_nothing(action):
    for state in State:
        for role in (Role.ADMINISTRATOR, Role.HOME_AFFAIRS, Role.PROCEDURE_CONTROLLER, Role.CASHIER):
            with pytest.raises(NotNowError):
                _check(action, state, role)


def test_role_without_the_open_step_is_refused():
    with pytest.raises(NotNowError):
        workflow.check(
            Action.ISSUE,
            state=State.PROCESSING,
            work=[workflow.Work(StepKind.SIGN, Role.SIGNER, frozenset({Role.CLERK}))],
            roles=frozenset({Role.CLERK}),
            actor_id=1,
            past=(),
        )


def test_item_held_by_another_is_refused():
    with pytest.raises(NotNowError):
        _check(Action.PROPOSE, State.PROCESSING, Role.OFFICER, actor=1, holder=2)
    assert _check(Action.PROPOSE, State.PROCESSING, Role.OFFICER, actor=1, holder=1)


@pytest.mark.parametrize("event", [EventCode.PROPOSED, EventCode.RECEIVED])
def test_who_proposed_or_received_may_not_approve(event):
    with pytest.raises(NotNowError):
        _check(Action.APPROVE, State.PROCESSING, Role.SIGNER, past=[(event, 1)], actor=1)
    assert _check(Action.APPROVE, State.PROCESSING, Role.SIGNER, past=[(event, 2)], actor=1)


def test_issuing_a_refusal_ends_the_dossier():
    row = _check(Action.ISSUE, State.PROCESSING, Role.CLERK).row
    granted, refused = workflow.outcome(row, Decision.GRANT), workflow.outcome(row, Decision.REFUSE)
    assert granted == (State.DONE, EventCode.RESULT_ISSUED, workflow.Moves.NEXT)
    assert refused == (State.REFUSED, EventCode.REFUSED, workflow.Moves.CLOSE)


def test_allowed_lists_what_check_lets_through():
    for state in State:
        for role in [*Role, workflow.CITIZEN]:
            work = [workflow.Work(kind, role, frozenset({role})) for kind in EVERY_STEP]
            facts = {"state": state, "work": work, "roles": frozenset({role}), "actor_id": 1, "past": ()}
            listed = workflow.allowed(**facts)
            for action in Action:
                if action in listed:
                    workflow.check(action, **facts)
                else:
                    with pytest.raises(NotNowError):
                        workflow.check(action, **facts)


def test_every_state_but_draft_has_a_national_code_and_a_public_word():
    assert set(NATIONAL_CODE) == set(State) - {State.DRAFT}
    assert set(PUBLIC_STAGE) == set(State) - {State.DRAFT}
    assert set(NATIONAL_CODE.values()) == set(range(1, 11))


@pytest.mark.parametrize("kind", set(ROLES_FOR) - {StepKind.CONSULT})
def test_a_published_route_names_roles_that_can_end_the_step(kind):
    ways_on = {workflow.Moves.NEXT, workflow.Moves.RENEW, workflow.Moves.CLOSE}
    rows = [row for row in workflow.rows() if row.step == kind and row.moves in ways_on]
    assert frozenset(role for row in rows for role in row.roles) == ROLES_FOR[kind]
