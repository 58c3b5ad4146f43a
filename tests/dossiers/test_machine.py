"""Whatever is done in whatever order: every unfinished dossier can be moved on by somebody, and all records agree.

Two wards, people who come and go, leave with cover, routes with branches. Hypothesis chooses who does what; what is
possible is asked of the portal itself, as its pages do.
"""

from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.enums import WORK_ROLES, Role
from accounts.models import Membership, User
from accounts.services import covers, ends
from dossiers import loading, queries, workflow
from dossiers.desk.acts import ACTS
from dossiers.enums import FINAL_STATES, WAITING_STATES, Action, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem
from dossiers.services import desk, expiry, stuck, submission
from dossiers.services import ends as work_ends
from dossiers.services.proof import clocks as clock_proof
from dossiers.services.proof import ledger as ledger_proof
from dossiers.services.proof import numbers as number_proof
from dossiers.services.proof.findings import Weight
from portal import clock
from portal.errors import UserError
from tests import houses
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Moving work about is no way on by itself: what counts is an act that brings the dossier nearer to its end.
NO_WAY_ON = {
    Action.TAKE,
    Action.RELEASE,
    Action.REASSIGN,
    Action.RECALL,
    Action.REQUEST_WITHDRAWAL,
    Action.WITHDRAW_ON_BEHALF,
    Action.NOTE_VISIT,
}
STEPS, EXAMPLES = 40, 8


class Offices(RuleBasedStateMachine):
    """Two wards at work."""

    done: ClassVar[Counter[str]] = Counter()  # what was done, over all runs

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.time = time_machine.travel(houses.WEDNESDAY_MORNING, tick=False)
        self.now = self.time.start()
        self.houses = [houses.make_house(houses.BRANCHES)]
        self.houses.append(houses.make_house(beside=self.houses[0]))
        for house in self.houses:
            for role, unit in ((Role.OFFICER, house.office), (Role.RECEPTIONIST, house.center)):
                MembershipFactory(role=role, unit=unit, user__full_name=f"Cán bộ {role} thứ hai")

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.time.stop()

    # ── who and what ─────────────────────────────────────────────────────────────────────────────

    def people(self):
        today = clock.today()
        rows = Membership.objects.filter(role__in=WORK_ROLES, valid_from__lte=today).exclude(valid_to__lt=today)
        found = {
            row.user_id: row.user for row in rows.filter(user__is_active=True).select_related("user").order_by("pk")
        }
        return list(found.values())

    def unfinished(self):
        return list(Dossier.objects.exclude(state__in=[*FINAL_STATES, State.DRAFT]).order_by("pk"))

    def possible(self, dossier):
        """What each person may do to a dossier now, as the page would offer it."""
        work = list(queries.open_work(dossier.pk))
        past = queries.past_events(dossier.pk)
        found = []
        for person in self.people():
            held = queries.memberships(person)
            actions = queries.allowed_actions(dossier, person, work=work, roles=held, past=past)
            found.extend((person, action) for action in actions if action in {act.code for act in ACTS})
        return found

    def tried(self, what, job):
        """Do something that may be refused; a refusal changes nothing."""
        try:
            with transaction.atomic():
                job()
        except UserError:
            what = f"{what} refused"
        self.done[str(what)] += 1

    def arguments(self, action, dossier, person, data):
        """What the form of an act would give."""
        reason = {"reason": "Lý do của phép thử."}
        if action == Action.ASSIGN:
            officers = Membership.objects.filter(role=Role.OFFICER, unit_id=dossier.department_id).order_by("pk")
            return {"officer_id": data.draw(st.sampled_from([row.user_id for row in officers]))}
        if action == Action.REASSIGN:
            return {"officer_id": data.draw(st.sampled_from([None, *(one.pk for one in self.people())])), **reason}
        return {
            Action.PROPOSE: {"decision": data.draw(st.sampled_from(["grant", "refuse"])), "content": "Nội dung thử."},
            Action.REFUSE: {"reason_code": "other", **reason},
            Action.SEND_BACK: reason,
            Action.RELEASE: reason,
            Action.RECALL: reason,
            Action.WITHDRAW: reason,
            Action.RETURN: {"handed_to": "Người nhận"},
            Action.REQUEST_SUPPLEMENT: {
                "items": [{"paper_code": "TP1", "name": "Giấy tờ", "note": "Mờ"}],
                "answer_by": clock.today() + timedelta(days=5),
                **reason,
            },
        }.get(action, {})

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    @rule(place=st.integers(0, 1), online=st.booleans())
    def file(self, place, online):
        house = self.houses[place]
        if online:
            self.tried("submit", lambda: houses.submitted(house))
        else:
            clerk = house.people[Role.RECEPTIONIST]
            self.tried(
                "receive_at_counter", lambda: desk.receive_at_counter(by=clerk, filing=houses.counter_filing(house))
            )

    @precondition(lambda self: self.unfinished())
    @rule(data=st.data())
    def act(self, data):
        dossier = data.draw(st.sampled_from(self.unfinished()))
        options = self.possible(dossier)
        if not options:
            return
        # First the act, so that rare ones are not drowned by what everybody may do.
        action = data.draw(st.sampled_from(sorted({action for _person, action in options})))
        person = data.draw(st.sampled_from([one for one, may in options if may == action]))
        given = self.arguments(action, dossier, person, data)
        self.tried(action, lambda: ACTS[action].service(dossier_id=dossier.pk, by=person, **given))

    @precondition(lambda self: Dossier.objects.filter(state__in=WAITING_STATES).exists())
    @rule(data=st.data())
    def citizen_answers(self, data):
        waiting = Dossier.objects.filter(state__in=WAITING_STATES, account__isnull=False).order_by("pk")
        if not waiting:
            return
        dossier = data.draw(st.sampled_from(list(waiting)))
        answer = {"dossier_id": dossier.pk, "by": dossier.account, "answer": "Đã chụp lại."}
        self.tried("answer_supplement", lambda: submission.answer_supplement(**answer))

    @precondition(lambda self: self.unfinished())
    @rule(data=st.data())
    def citizen_wants_it_back(self, data):
        dossier = data.draw(st.sampled_from(self.unfinished()))
        if dossier.account is None:
            return
        early = dossier.state in {State.SUBMITTED, State.INTAKE_FIX}
        verb = submission.withdraw if early else submission.request_withdrawal
        self.tried(
            "citizen withdraws", lambda: verb(dossier_id=dossier.pk, by=dossier.account, reason="Không cần nữa.")
        )

    @rule(data=st.data())
    def somebody_leaves(self, data):
        house = data.draw(st.sampled_from(self.houses))
        today = clock.today()
        held = Membership.objects.filter(role__in=WORK_ROLES, valid_from__lte=today).exclude(valid_to__lt=today)
        row = data.draw(st.sampled_from(list(held.order_by("pk"))))
        successor = data.draw(st.sampled_from([None, *(one.pk for one in self.people())]))
        by = house.people[Role.ADMINISTRATOR]
        self.tried("role ends", lambda: ends.revoke_role(by=by, membership_id=row.pk, successor_id=successor))
        self.sweep()

    @rule(data=st.data(), days=st.integers(0, 3))
    def somebody_is_on_leave(self, data, days):
        person = data.draw(st.sampled_from(self.people()))
        cover = data.draw(st.sampled_from(self.people()))
        today = clock.today()
        leave = covers.Leave(person.pk, cover.pk, today, today + timedelta(days=days), "Nghỉ phép.")
        self.tried("cover", lambda: covers.set_cover(by=person, leave=leave))

    @rule(hours=st.sampled_from([1, 5, 24, 72]))
    def time_goes_by(self, hours):
        self.now.shift(timedelta(hours=hours))
        expiry.remind_all()
        expiry.expire_all()
        self.sweep()

    def sweep(self):
        """What beat and workers do with ended roles."""
        for order in work_ends.due_orders():
            work_ends.move_all(order)
        work_ends.release_ended()

    # ── what always holds ────────────────────────────────────────────────────────────────────────

    @invariant()
    def every_unfinished_dossier_can_be_moved_on_by_somebody_its_page_names(self):
        for dossier in self.unfinished():
            loading.with_parties(dossier)
            work, past = list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk)
            assert work, f"{dossier.pk} {dossier.state}: nobody has work on it"
            for item, way in zip(work, stuck.ways_of(dossier, work, past).values(), strict=True):
                where = f"{dossier.pk} {dossier.state}: {item.name} of {item.role}, {way}"
                assert not way.is_stuck, where
                if dossier.state not in WAITING_STATES:  # there the citizen acts, or the day comes
                    assert self.keeps_its_word(dossier, item, way, work, past), where

    def keeps_its_word(self, dossier, item, way, work, past):
        """Whether the first person that the page names as doing the step (or as giving it to another) may."""
        named = way.heads[0] if way.needs_head else way.doers[0]
        person = User.objects.get(pk=named.user_id)
        may = set(queries.allowed_actions(dossier, person, work=work, past=past))
        return Action.REASSIGN in may if way.needs_head else bool(may - NO_WAY_ON)

    @invariant()
    def finished_dossiers_leave_nothing_open(self):
        assert not WorkItem.objects.filter(closed_at=None, dossier__state__in=FINAL_STATES).exists()

    @invariant()
    def work_agrees_with_the_ledger(self):
        for item in WorkItem.objects.select_related("dossier"):
            last = item.dossier.event_count
            assert 1 <= item.opened_seq <= last
            assert (item.closed_at is None) == (item.closed_seq is None)
            assert item.closed_seq is None or item.opened_seq <= item.closed_seq <= last
        events = DossierEvent.objects.exclude(actor_role__in=[workflow.CITIZEN, workflow.SYSTEM])
        assert not events.filter(actor_membership_id=None).exists()

    @invariant()
    def records_agree(self):
        parts = (ledger_proof.chains, ledger_proof.states, ledger_proof.work, clock_proof.promises, number_proof.gaps)
        faults = [str(found) for part in parts for found in part() if found.weight == Weight.FAULT]
        assert faults == []


def test_whatever_is_done_in_whatever_order():
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Offices, settings=chosen)
    done = {what for what in Offices.done if not what.endswith(" refused")}
    assert len(done) >= 12, Offices.done
    print(Offices.done)
