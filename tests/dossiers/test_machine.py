"""Whatever is done in whatever order: every unfinished dossier can be moved on by somebody, and all records agree.

Three wards, people who come and go, leave with cover, a route with branches, questions to other units, papers on their way,
a ward that is merged into another or divided between two by the owner's place, a department divided by field. Hypothesis
chooses who does what; what is possible is asked of the portal itself, as its pages do.
"""

from collections import Counter, defaultdict
from copy import deepcopy
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import ClassVar

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.enums import WORK_ROLES, ClosingRule, Role, UnitKind
from accounts.models import LeaveCover, Membership, OrgUnit, User
from accounts.queries import open_on
from accounts.services import closings, covers, ends
from dossiers import consultations, drafting, loading, money, queries, workflow
from dossiers.desk.acts import ACTS
from dossiers.enums import (
    FINAL_STATES,
    WAITING_STATES,
    Action,
    DraftKind,
    DraftState,
    PaymentKind,
    PaymentMethod,
    State,
)
from dossiers.models.consultation import Consultation
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.money import Payment
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import closings as dossier_closings
from dossiers.services import (
    consulting,
    desk,
    draft_checks,
    expiry,
    on_behalf,
    paper_drafts,
    payments,
    stuck,
    submission,
)
from dossiers.services import ends as work_ends
from dossiers.services.proof import clocks as clock_proof
from dossiers.services.proof import ledger as ledger_proof
from dossiers.services.proof import papers as paper_proof
from dossiers.services.proof import payments as payment_proof
from dossiers.services.proof import work as work_proof
from dossiers.services.proof.findings import Weight
from portal import clock, kept
from portal.errors import UserError
from portal.pdf import html_to_pdf
from procedures import published
from procedures.enums import DraftCheck, ServiceLevel
from tests import books, houses
from tests.factories import (
    FieldFactory,
    MembershipFactory,
    OfferingFactory,
    ProcedureFactory,
    RevisionFactory,
    UnitFactory,
)

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
    Action.SCAN_PAPER,
    Action.SET_FEE,
    Action.REAPPOINT,
}
ASIDE = {
    str(action)
    for action in (
        *NO_WAY_ON,
        Action.DROP_DRAFT,
        Action.RETURN_DRAFT,
        Action.SEND_BACK,
        Action.TAKE_BACK_CHECK,
        Action.REQUEST_PAYMENT,
    )
} | {DraftKind.WITHDRAWAL_ANSWER, DraftKind.APOLOGY}
NEED_REASON = {
    Action.TAKE_BACK_CHECK,
    Action.SEND_BACK,
    Action.RELEASE,
    Action.RECALL,
    Action.RETURN_DRAFT,
    Action.DROP_DRAFT,
    Action.TAKE_BACK_PAYMENT,
}
STEPS, EXAMPLES = 25, 10
HERE, THERE = "26734", "26737"  # where owners live
REASON = {"reason": "Lý do của phép thử."}
GIVEN = {
    Action.RETURN: {"handed_to": "Người nhận"},
    Action.SET_FEE: {"facts": {"copies": 2}, **REASON},
    Action.REQUEST_PAYMENT: {"name": "Lệ phí thử", "amount": 50_000, "law": "Thông báo thử"},
}


def furnish():
    """Three wards with their people, two procedures each."""
    found = [houses.make_house(houses.BRANCHES)]
    found.append(houses.make_house(beside=found[0], draft_check=DraftCheck.SILENCE))
    found.append(houses.make_house(beside=found[0], called=("Xa Hơn", "H29.953")))
    field = FieldFactory(code="G15-KH01", name="Đăng ký kinh doanh")
    for house in found:
        other = ProcedureFactory(name="Thủ tục lĩnh vực khác", field=field)
        house.sheets = [house.revision, RevisionFactory(procedure=other)]
        OfferingFactory(procedure=other, unit=house.ward, department=house.office, level=ServiceLevel.FULL)
        seconds = (
            (Role.OFFICER, house.office),
            (Role.RECEPTIONIST, house.center),
            (Role.SIGNER, house.ward),
            (Role.CASHIER, house.center),
        )
        for role, unit in seconds:
            MembershipFactory(role=role, unit=unit, user__full_name=f"Cán bộ {role} thứ hai")
        culture = UnitFactory(name="Phòng Văn hóa", kind=UnitKind.DEPARTMENT, parent=house.ward)
        for unit in (culture, house.ward):
            MembershipFactory(role=Role.CONSULTED, unit=unit, user__full_name="Cán bộ phối hợp")
    return found


class Offices(RuleBasedStateMachine):
    """Three wards at work."""

    done: ClassVar[Counter[str]] = Counter()  # what was done, over all runs
    furnished: ClassVar[list[SimpleNamespace]] = []  # the wards as each run finds them
    to_pdf = staticmethod(houses.quick_sheet)  # the sheets themselves: printing them would take ten times as long

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.time = time_machine.travel(houses.WEDNESDAY_MORNING, tick=False)
        self.now = self.time.start()
        self.closed = set()
        self.steps = 0
        self.houses = deepcopy(self.furnished)
        # Rows come back as they were with the savepoint; what the process keeps of them does not.
        published.forget()
        kept.forget_all()

    def teardown(self):
        try:
            self.records_are_whole()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            self.time.stop()

    # ── who and what ─────────────────────────────────────────────────────────────────────────────

    def roles(self):
        today = clock.today()
        held = Membership.objects.filter(role__in=WORK_ROLES, valid_from__lte=today, user__is_active=True)
        return list(held.exclude(valid_to__lt=today).select_related("user").order_by("pk"))

    def people(self, roles=None):
        return list({row.user_id: row.user for row in roles or self.roles()}.values())

    def stand_ins(self):
        """Whom each person stands in for today, read once for all of them."""
        found = defaultdict(set)
        for row in LeaveCover.objects.filter(open_on(clock.today())):
            found[row.cover_id].add(row.user_id)
        return defaultdict(frozenset, {person: frozenset(others) for person, others in found.items()})

    def unfinished(self):
        return list(Dossier.objects.exclude(state__in=[*FINAL_STATES, State.DRAFT]).order_by("pk"))

    def possible(self, dossier):
        """What each person may do to a dossier now, as the page would offer it."""
        loading.with_parties(dossier)
        work, past = list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk)
        drafts = [draft for draft in dossier.paper_drafts.all() if draft.is_open]
        offered = {act.code for act in ACTS} - (
            set() if drafts else {Action.SUBMIT_DRAFT, Action.DROP_DRAFT, Action.PROPOSE, Action.SEND_FOR_CHECK}
        )
        found, roles, covered = [], self.roles(), self.stand_ins()
        for person in self.people(roles):
            held = [row for row in roles if row.user_id == person.pk]
            may = queries.allowed_actions(
                dossier, person, work=work, roles=held, past=past, stands_in_for=covered[person.pk]
            )
            found.extend((person, str(action), None) for action in may if action in offered)
        return found

    def tried(self, what, job):
        """Do something that may be refused; a refusal changes nothing."""
        try:
            with transaction.atomic():
                job()
        except UserError as error:
            what = f"{what} refused: {error.message}"
        self.done[str(what)] += 1

    def arguments(self, action, dossier, data):
        """What the form of an act would give."""
        if action == Action.ASSIGN:
            officers = Membership.objects.filter(role=Role.OFFICER, unit_id=dossier.department_id).order_by("pk")
            return {"officer_id": data.draw(st.sampled_from([row.user_id for row in officers]))}
        if action == Action.REASSIGN:
            return {"officer_id": data.draw(st.sampled_from([None, *(one.pk for one in self.people())])), **REASON}
        if action == Action.CONSULT:
            units = [unit.pk for unit in consultations.askable(dossier)]
            return {"unit_id": data.draw(st.sampled_from(units)), "question": "Ý kiến thế nào?", "days": 1}
        if action in {Action.SUPPLEMENT_DONE, Action.NOTE_VISIT, Action.WITHDRAW_ON_BEHALF}:
            return self.brought(action, dossier)
        given = dict(GIVEN.get(action, REASON if action in NEED_REASON else {}))
        if action == Action.REQUEST_PAYMENT:
            given["answer_by"] = houses.workday(5)
        return given

    def brought(self, action, dossier):
        """Somebody comes to the desk for the owner."""
        visitor = on_behalf.InPerson(appeared="owner", name="Người đến", seen="identity_card")
        if action == Action.WITHDRAW_ON_BEHALF:
            return {"visitor": visitor, **REASON}
        request = dossier.supplements.filter(answered_at=None).first()
        places = range(len(request.items)) if request else ()
        return {"visitor": visitor, "brought": dict.fromkeys(places, on_behalf.MET), "note": "Đã mang đến."}

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    @initialize()
    def begins(self):
        self.file(0, online=True, sheet=0, ward=HERE)
        self.file(1, online=False, sheet=0, ward=HERE)

    @rule(place=st.integers(0, 1), online=st.booleans(), sheet=st.integers(0, 1), ward=st.sampled_from([HERE, THERE]))
    def file(self, place, online, sheet, ward):
        house = self.houses[place]
        clerk, revision = house.people[Role.RECEPTIONIST], house.sheets[sheet]
        if online:
            asked = {"procedure": revision.procedure, "revision": revision, "owner_place_code": ward}
            self.tried("submit", lambda: houses.submitted(house, **asked))
        else:
            filing = houses.counter_filing(house, procedure_id=revision.procedure_id)
            self.tried("receive_at_counter", lambda: desk.receive_at_counter(by=clerk, filing=filing))

    @precondition(lambda self: self.unfinished())
    @rule(data=st.data(), times=st.integers(6, 14))
    def staff_work(self, data, times):
        """Some acts and drafts on one dossier, one after the other, each by somebody to whom its page offers it."""
        dossier_id = data.draw(st.sampled_from(self.unfinished())).pk
        for _ in range(times):
            dossier = Dossier.objects.get(pk=dossier_id)
            if dossier.state in FINAL_STATES:
                return
            options = self.possible(dossier) + self.writable(dossier)
            # Mostly what brings the dossier on; now and then work is moved about, papers dropped, wishes told.
            onward = [one for one in options if one[1] not in ASIDE]
            if onward and data.draw(st.integers(0, 4)):
                options = onward
            if not options:
                return
            # First what is done, so that rare acts are not drowned by what everybody may do.
            what = data.draw(st.sampled_from(sorted({str(what) for _person, what, _item in options})))
            person, _what, item_id = data.draw(st.sampled_from([one for one in options if one[1] == what]))
            if item_id is None:
                self.act(Action(what), dossier, person, data)
            else:
                written = {"dossier_id": dossier.pk, "by": person, "kind": what, "item_id": item_id}
                words = self.words_of(what, dossier)
                self.tried(
                    f"write {what}", lambda written=written, words=words: paper_drafts.write(**written, fields=words)
                )
            if data.draw(st.integers(0, 3)):
                self.make_files()

    def act(self, action, dossier, person, data):
        given = self.arguments(action, dossier, data)
        self.tried(action, lambda: ACTS[action].service(dossier_id=dossier.pk, by=person, **given))

    def writable(self, dossier):
        """Who may begin which draft, at which item."""
        work, drafts = list(queries.open_work(dossier.pk)), list(dossier.paper_drafts.order_by("pk"))
        found = []
        for row in self.roles():
            roles_at = {item.pk: frozenset({row.role}) for item in work if item.unit_id == row.unit_id}
            started = drafting.startable(dossier, work, roles_at, drafts)
            found.extend((row.user, str(kind.code), item.pk) for kind, item in started)
        return found

    def make_files(self):
        """What the worker does; where it did not come by yet, issuing is refused."""
        for draft in PaperDraft.objects.filter(state=DraftState.NUMBERED).order_by("pk"):
            made = partial(paper_drafts.make_file, draft_id=draft.pk, to_pdf=self.to_pdf)
            self.tried("file made", made)

    def words_of(self, kind, dossier):
        """What the form of a draft would give."""
        answer_by = houses.workday(5).isoformat()
        item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}
        return {
            DraftKind.RESULT: {"kinh_gui": dossier.owner_name, "noi_dung": "Đồng ý."},
            DraftKind.REFUSAL: {"kinh_gui": dossier.owner_name, "ly_do": "Không đủ.", "can_cu": "Điều 1."},
            DraftKind.SUPPLEMENT_REQUEST: {"items": [item], "answer_by": answer_by, **REASON},
            DraftKind.INTAKE_REFUSAL: {"reason_code": "other", **REASON},
            DraftKind.WITHDRAWAL_ANSWER: {"answer": "agree", **REASON},
            DraftKind.CONSULTATION_ANSWER: {"kind": "agrees", "text": "Đồng ý."},
            DraftKind.APOLOGY: self.letter(dossier),
        }[DraftKind(kind)]

    def letter(self, dossier):
        """The words of a letter of apology: a working day behind whatever is due."""
        last = max(clock.today(), clock.local(dossier.due_at).date() if dossier.due_at else clock.today())
        day = last + timedelta(days=3)
        day += timedelta(days=max(0, 8 - day.isoweekday()) % 7 if day.isoweekday() > 5 else 0)
        due = clock.local(dossier.due_at).isoformat() if dossier.due_at else ""
        return {"cause": "late_other", "new_due": f"{day.isoformat()}T17:00:00+07:00", "due_before": due, **REASON}

    @rule(data=st.data())
    def something_else_happens(self, data):
        """The citizen, another unit, the time; people who come and go."""
        what = (
            self.asked_unit_answers,
            self.citizen_answers,
            self.citizen_answers,
            self.citizen_wants_it_back,
            self.money_comes,
            self.somebody_leaves,
            self.somebody_is_on_leave,
            self.time_goes_by,
            self.the_first_ward_ends,
            self.the_second_department_ends,
        )
        data.draw(st.sampled_from(what))(data)

    def asked_unit_answers(self, data):
        open_questions = list(Consultation.objects.filter(work_item__closed_at=None).order_by("pk"))
        if not open_questions:
            return
        asked = data.draw(st.sampled_from(open_questions))
        unit_id = asked.work_item.unit_id
        there = [row.user for row in self.roles() if row.unit_id == unit_id and row.role == Role.CONSULTED]
        if there:
            answer = {"item_id": asked.work_item_id, "by": there[0], "kind": "agrees", "text": "Đồng ý."}
            self.tried("answer question", lambda: consulting.answer(**answer))

    def citizen_answers(self, data):
        waiting = list(Dossier.objects.filter(state__in=WAITING_STATES, account__isnull=False).order_by("pk"))
        if waiting:
            dossier = data.draw(st.sampled_from(waiting))
            if dossier.state == State.CHECKING:
                self.citizen_checks(dossier, data.draw(st.booleans()))
                return
            answer = {"dossier_id": dossier.pk, "by": dossier.account, "answer": "Đã chụp lại."}
            self.tried("citizen answers", lambda: submission.answer_supplement(**answer))

    def citizen_checks(self, dossier, agrees):
        told = {"dossier_id": dossier.pk, "by": dossier.account}
        verb = draft_checks.confirm if agrees else partial(draft_checks.correct, words="Sai ngày sinh.")
        self.tried("citizen agrees" if agrees else "citizen corrects", lambda: verb(**told))

    def citizen_wants_it_back(self, data):
        if not self.unfinished():
            return
        dossier = data.draw(st.sampled_from(self.unfinished()))
        if dossier.account is None:
            return
        early = dossier.state in {State.SUBMITTED, State.INTAKE_FIX}
        verb = submission.withdraw if early else submission.request_withdrawal
        self.tried("citizen withdraws", lambda: verb(dossier_id=dossier.pk, by=dossier.account, **REASON))

    def money_comes(self, data):
        """At the counter: what is owed is taken, or all of a payment given back."""
        tills = [row.user for row in self.roles() if row.role in money.COLLECTORS]
        owing = [dossier for dossier in self.unfinished() if money.owed(dossier)]
        paid = list(Payment.objects.filter(kind=PaymentKind.PAID).order_by("pk"))
        if not tills or not (owing or paid):
            return
        by, found = data.draw(st.sampled_from(tills)), data.draw(st.sampled_from([*owing, *paid]))
        if isinstance(found, Payment):
            giving = payments.Giving(found.pk, found.amount, str(REASON["reason"]))
            self.tried("refund", lambda: payments.refund(by=by, giving=giving))
        else:
            taking = payments.Taking(found.pk, money.owed(found) or 0, PaymentMethod.CASH)
            self.tried("pay", lambda: payments.pay(by=by, taking=taking))

    def somebody_leaves(self, data):
        row = data.draw(st.sampled_from(self.roles()))
        successor = data.draw(st.sampled_from([None, *(one.pk for one in self.people())]))
        by = self.houses[0].people[Role.ADMINISTRATOR]
        self.tried("role ends", lambda: ends.revoke_role(by=by, membership_id=row.pk, successor_id=successor))
        self.sweep()

    def somebody_is_on_leave(self, data):
        days = data.draw(st.integers(0, 3))
        person, cover = (data.draw(st.sampled_from(self.people())) for _ in range(2))
        today = clock.today()
        leave = covers.Leave(person.pk, cover.pk, today, today + timedelta(days=days), "Nghỉ phép.")
        self.tried("cover", lambda: covers.set_cover(by=person, leave=leave))

    def the_first_ward_ends(self, data):
        """Merged into the second, or divided by the owners' places between the second and the third."""
        first, second, third = (house.ward for house in self.houses)
        rule = data.draw(st.sampled_from([ClosingRule.ONE, ClosingRule.WARD]))
        shares = {HERE: third.pk} if rule == ClosingRule.WARD else {}
        self.unit_ends(first, rule, {"": second.pk, **shares})

    def the_second_department_ends(self, _data):
        """Divided by field between two new ones of its ward."""
        house = self.houses[1]
        if house.office.pk in self.closed:
            return
        rooms = [UnitFactory(name=name, kind=UnitKind.DEPARTMENT, parent=house.ward) for name in ("Phòng A", "Phòng B")]
        for room in rooms:
            for role in (Role.UNIT_HEAD, Role.OFFICER, Role.OFFICER):
                MembershipFactory(role=role, unit=room, user__full_name=f"Cán bộ {role} {room.name}")
        field = house.sheets[1].procedure.field.code
        self.unit_ends(house.office, ClosingRule.FIELD, {"": rooms[0].pk, field: rooms[1].pk})

    def unit_ends(self, unit, rule, shares):
        if unit.pk in self.closed:
            return
        self.closed.add(unit.pk)
        by = self.houses[2].people[Role.ADMINISTRATOR]
        facts = closings.ClosingFacts(clock.today() - timedelta(days=1), "Nghị quyết thử", rule, shares)

        def close():
            plan = closings.prepare_closing(by=by, unit_id=unit.pk, facts=facts)
            closings.order_closing(by=by, closing_id=plan.pk)

        self.tried(f"{unit.kind} ended, {rule}", close)
        self.sweep()

    def time_goes_by(self, data):
        self.now.shift(timedelta(hours=data.draw(st.sampled_from([1, 5, 24, 72]))))
        self.sweep()

    def sweep(self):
        """What beat and workers do."""
        expiry.remind_all()
        expiry.expire_all()
        draft_checks.remind_all()
        self.done["silence agrees"] += draft_checks.agree_all()
        for order in work_ends.due_orders():
            work_ends.move_all(order)
        work_ends.release_ended()
        for closing_id in dossier_closings.to_carry_on():
            dossier_closings.follow_all(closing_id)

    # ── what always holds ────────────────────────────────────────────────────────────────────────

    @invariant()
    def every_unfinished_dossier_can_be_moved_on_by_somebody_its_page_names(self):
        staff = stuck.staff_of(OrgUnit.objects.values_list("pk", flat=True))
        for dossier in self.unfinished():
            loading.with_parties(dossier)
            work, past = list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk)
            assert work, f"{dossier.pk} {dossier.state}: nobody has work on it"
            for item, way in zip(work, stuck.ways_of(dossier, work, past, staff).values(), strict=True):
                where = f"{dossier.pk} {dossier.state}: {item.name} of {item.role} in {item.unit}, {way}"
                assert not way.is_stuck, where
                if dossier.state not in WAITING_STATES:  # there the citizen acts, or the day comes
                    assert self.keeps_its_word(dossier, way, work, past), where

    def keeps_its_word(self, dossier, way, work, past):
        """Whether the first person that the page names as doing the step (or as giving it to another) may."""
        named = way.heads[0] if way.needs_head else way.doers[0]
        person = User.objects.get(pk=named.user_id)
        may = set(queries.allowed_actions(dossier, person, work=work, past=past))
        return Action.REASSIGN in may if way.needs_head else bool(may - NO_WAY_ON)

    @invariant()
    def work_lies_in_units_that_exist(self):
        closed = OrgUnit.objects.filter(valid_to__lt=clock.today()).exclude(kind=UnitKind.GROUP)
        assert not WorkItem.objects.filter(closed_at=None, unit__in=closed).exists()

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
    def what_was_written_stays_whole(self):
        """Ledger and books only grow, so what went wrong in them is still there some steps later."""
        self.steps += 1
        if self.steps % 5 == 0:
            self.records_are_whole()

    def records_are_whole(self):
        books.assert_whole()
        parts = (
            ledger_proof.chains,
            ledger_proof.states,
            clock_proof.promises,
            work_proof.ended,
            work_proof.missing,
            paper_proof.checks,
            payment_proof.acts,
            payment_proof.sums,
        )
        faults = [str(found) for part in parts for found in part() if found.weight == Weight.FAULT]
        assert faults == []


class PrintingOffices(Offices):
    """The same offices with the real printer."""

    done: ClassVar[Counter[str]] = Counter()
    to_pdf = staticmethod(html_to_pdf)


def tried_out(offices, examples, steps):
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        report_multiple_bugs=False,
        print_blob=False,
        phases=[Phase.generate],  # to shorten what failed takes minutes and shortens little
        suppress_health_check=list(HealthCheck),
    )
    with transaction.atomic():
        with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
            offices.furnished = furnish()
        run_state_machine_as_test(offices, settings=chosen)
        transaction.set_rollback(True)
    return {what for what in offices.done if " refused: " not in what}


@pytest.mark.long
def test_whatever_is_done_in_whatever_order():
    assert len(tried_out(Offices, EXAMPLES, STEPS)) >= 20, Offices.done


def test_papers_that_are_really_printed():
    assert "file made" in tried_out(PrintingOffices, 4, 20), PrintingOffices.done
