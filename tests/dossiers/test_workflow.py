"""Every (state × action) pair, allowed or refused, against a table written by hand from docs/law.md."""

import pytest

from accounts.enums import Role
from dossiers import workflow
from dossiers.enums import NATIONAL_CODE, PUBLIC_STAGE, Action, Decision, EventCode, State
from portal.errors import NotNowError
from procedures.enums import StepKind
from procedures.route_check import ROLES_FOR

pytestmark = pytest.mark.unit

# Whoever moves work does so in every state in which there is some.
WITH_WORK = [
    State.SUBMITTED,
    State.INTAKE_FIX,
    State.ACCEPTED,
    State.PROCESSING,
    State.SUPPLEMENT,
    State.PAYMENT,
    State.CHECKING,
    State.DONE,
]

UNDECIDED = [State.ACCEPTED, State.PROCESSING, State.SUPPLEMENT, State.PAYMENT, State.CHECKING]
OWING = [*UNDECIDED, State.DONE, State.RETURNED]
RECEIVED_EVER = [*OWING, State.REFUSED, State.STOPPED, State.WITHDRAWN]
PAID_EVER = [
    *OWING,
    State.REFUSED,
    State.STOPPED,
    State.WITHDRAWN,
    State.SUBMITTED,
    State.INTAKE_FIX,
    State.NOT_ACCEPTED,
]
ON_THE_WAY = [State.SUBMITTED, State.INTAKE_FIX, *UNDECIDED]
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
    Action.REQUEST_SUPPLEMENT: dict.fromkeys([State.SUBMITTED, State.PROCESSING], Role.RECEPTIONIST),
    Action.SUBMIT_DRAFT: dict.fromkeys(ON_THE_WAY, Role.OFFICER),
    Action.DROP_DRAFT: dict.fromkeys(ON_THE_WAY, Role.OFFICER),
    Action.SIGN_DRAFT: dict.fromkeys(ON_THE_WAY, Role.UNIT_HEAD),
    Action.RETURN_DRAFT: dict.fromkeys(ON_THE_WAY, Role.UNIT_HEAD),
    Action.ANSWER_SUPPLEMENT: {State.INTAKE_FIX: workflow.CITIZEN, State.SUPPLEMENT: workflow.CITIZEN},
    Action.REQUEST_WITHDRAWAL: dict.fromkeys(UNDECIDED, workflow.CITIZEN),
    Action.SUPPLEMENT_DONE: dict.fromkeys([State.INTAKE_FIX, State.SUPPLEMENT], Role.RECEPTIONIST),
    Action.NOTE_VISIT: dict.fromkeys([State.INTAKE_FIX, State.SUPPLEMENT], Role.RECEPTIONIST),
    Action.SCAN_PAPER: {State.SUBMITTED: Role.POSTAL_CLERK, **dict.fromkeys(UNDECIDED, Role.RECEPTIONIST)},
    Action.PREPARE_AT_POST: {State.DRAFT: Role.POSTAL_CLERK},
    Action.HAND_OVER: {State.SUBMITTED: Role.POSTAL_CLERK, State.DONE: Role.POSTAL_CLERK},
    Action.TAKE_FROM_POST: {State.SUBMITTED: Role.DESK_HEAD, State.DONE: Role.DESK_HEAD},
    Action.SEND_BY_POST: {State.DONE: Role.RETURNER},
    Action.FAIL_DELIVERY: {State.DONE: Role.POSTAL_CLERK},
    Action.WITHDRAW_ON_BEHALF: dict.fromkeys(ON_THE_WAY, Role.RECEPTIONIST),
    Action.WITHDRAW: {
        State.SUBMITTED: workflow.CITIZEN,
        State.INTAKE_FIX: workflow.CITIZEN,
        **dict.fromkeys(UNDECIDED, Role.RECEPTIONIST),
    },
    Action.DECLINE_WITHDRAWAL: dict.fromkeys(UNDECIDED, Role.RECEPTIONIST),
    Action.SEND_FOR_CHECK: {State.PROCESSING: Role.OFFICER},
    Action.TAKE_BACK_CHECK: {State.CHECKING: Role.OFFICER},
    Action.CONFIRM_CHECK: {State.CHECKING: workflow.CITIZEN},
    Action.CORRECT_CHECK: {State.CHECKING: workflow.CITIZEN},
    Action.CONFIRM_CHECK_ON_BEHALF: {State.CHECKING: Role.RECEPTIONIST},
    Action.CORRECT_CHECK_ON_BEHALF: {State.CHECKING: Role.RECEPTIONIST},
    Action.TAKE: dict.fromkeys(WITH_WORK, Role.OFFICER),
    Action.RELEASE: dict.fromkeys(WITH_WORK, Role.OFFICER),
    Action.REASSIGN: dict.fromkeys(WITH_WORK, Role.UNIT_HEAD),
    Action.RECALL: {State.PROCESSING: Role.RECEPTIONIST},
    Action.CONSULT: {State.PROCESSING: Role.OFFICER},
    Action.ASK_CORRECTION: dict.fromkeys(RECEIVED_EVER, Role.OFFICER),
    Action.AGREE_CORRECTION: dict.fromkeys(RECEIVED_EVER, Role.UNIT_HEAD),
    Action.DECLINE_CORRECTION: dict.fromkeys(RECEIVED_EVER, Role.UNIT_HEAD),
    Action.REAPPOINT: {State.PROCESSING: Role.RECEPTIONIST},
    Action.SET_FEE: dict.fromkeys([state for state in OWING if state != State.PAYMENT], Role.RECEPTIONIST),
    Action.REQUEST_PAYMENT: {State.PROCESSING: Role.OFFICER},
    Action.TAKE_BACK_PAYMENT: {State.PAYMENT: Role.OFFICER},
    Action.PAY: {State.SUBMITTED: Role.POSTAL_CLERK, **dict.fromkeys(OWING, Role.CASHIER)},
    Action.REFUND: dict.fromkeys(PAID_EVER, Role.CASHIER),
    Action.REPLACE_RECEIPT: dict.fromkeys(PAID_EVER, Role.CASHIER),
    Action.ANSWER_CONSULTATION: {State.PROCESSING: Role.CONSULTED},
    Action.END_CONSULTATION: {State.PROCESSING: Role.UNIT_HEAD},
}
EVERY_STEP = list(StepKind)


def _work(action, role, holder=None):
    """An item of every kind; one that is the actor's, or that the actor sent on, where the act needs that."""
    if action == Action.RELEASE:
        holder = 1
    sent = frozenset({role}) if action == Action.RECALL else frozenset()
    return [workflow.Work(kind, role, frozenset({role}), holder, roles_sent=sent) for kind in EVERY_STEP]


def _check(action, state, role, *, past=(), actor=1, holder=None):
    work = _work(action, role, holder)
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
def test_administrator_and_home_affairs_may_do_nothing_and_the_cashier_nothing_but_money(action):
    money = {Action.SET_FEE, Action.PAY, Action.REFUND, Action.REPLACE_RECEIPT}
    for state in State:
        nobody = [Role.ADMINISTRATOR, Role.HOME_AFFAIRS, Role.PROCEDURE_CONTROLLER]
        for role in nobody if action in money else [*nobody, Role.CASHIER]:
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


@pytest.mark.parametrize("role", Role)
def test_an_item_is_taken_by_the_roles_that_can_finish_it(role):
    def takes(kind, its_role, holder=None):
        work = [workflow.Work(kind, its_role, frozenset({role}), holder)]
        return Action.TAKE in workflow.allowed(
            state=State.PROCESSING, work=work, roles=frozenset({role}), actor_id=1, past=()
        )

    assert takes(StepKind.INTAKE, Role.RECEPTIONIST) == (role in {Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK})
    assert takes(StepKind.APPRAISE, Role.OFFICER) == (role == Role.OFFICER)
    assert takes(StepKind.REVIEW, Role.UNIT_HEAD) == (role == Role.UNIT_HEAD)
    assert takes(StepKind.SIGN, Role.SIGNER) == (role == Role.SIGNER)
    assert takes(StepKind.STAMP, Role.CLERK) == (role == Role.CLERK)
    assert takes(StepKind.CONSULT, Role.CONSULTED) == (role in {Role.CONSULTED, Role.OFFICER, Role.UNIT_HEAD})
    assert not takes(StepKind.APPRAISE, Role.OFFICER, holder=2)
    assert not takes(StepKind.APPRAISE, Role.OFFICER, holder=1)


@pytest.mark.parametrize("role", Role)
def test_heads_move_what_lies_in_their_unit_and_the_head_of_desk_what_the_desk_received(role):
    def moves(here, over):
        work = [workflow.Work(StepKind.APPRAISE, Role.OFFICER, here, 2, roles_over=over)]
        return Action.REASSIGN in workflow.allowed(
            state=State.PROCESSING, work=work, roles=frozenset(), actor_id=1, past=()
        )

    assert moves(frozenset({role}), frozenset()) == (role in {Role.UNIT_HEAD, Role.DESK_HEAD, Role.SIGNER})
    assert moves(frozenset(), frozenset({role})) == (role in {Role.UNIT_HEAD, Role.DESK_HEAD, Role.SIGNER})


def test_only_the_holder_releases_and_only_the_sender_calls_back():
    mine = workflow.Work(StepKind.APPRAISE, Role.OFFICER, frozenset({Role.OFFICER}), 1)
    others = workflow.Work(StepKind.APPRAISE, Role.OFFICER, frozenset({Role.OFFICER}), 2, stands_in=True)
    sent = workflow.Work(StepKind.REVIEW, Role.UNIT_HEAD, frozenset(), roles_sent=frozenset({Role.OFFICER}))

    def may(item):
        return {
            action
            for action in workflow.allowed(state=State.PROCESSING, work=[item], roles=frozenset(), actor_id=1, past=())
            if action in {Action.RELEASE, Action.RECALL}
        }

    assert (may(mine), may(others), may(sent)) == ({Action.RELEASE}, set(), {Action.RECALL})


def test_what_opened_the_clerks_step_is_a_decision_and_stands():
    assert workflow.may_be_recalled(EventCode.APPROVED, StepKind.SIGN)
    assert not workflow.may_be_recalled(EventCode.APPROVED, StepKind.STAMP)
    assert not workflow.may_be_recalled(EventCode.RECEIVED, StepKind.INTAKE)


def test_four_eyes_bar_a_person_from_finishing_a_step():
    past = [(EventCode.PROPOSED, 1)]
    assert workflow.is_barred(StepKind.REVIEW, 1, past)
    assert not workflow.is_barred(StepKind.REVIEW, 2, past)
    assert not workflow.is_barred(StepKind.APPRAISE, 1, past)
    assert not workflow.is_barred(StepKind.RETURN, 1, past)


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


@pytest.mark.parametrize("kind", sorted(ROLES_FOR))
def test_a_published_route_names_roles_that_can_end_the_step(kind):
    ways_on = {workflow.Moves.NEXT, workflow.Moves.RENEW, workflow.Moves.CLOSE}
    rows = [row for row in workflow.rows() if row.step == kind and row.moves in ways_on]
    assert frozenset(role for row in rows for role in row.roles) == ROLES_FOR[kind]
