"""A ward closes with work open: the successor gets everything, sees everything, finishes everything; each counted once."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.closing import REST, dry_run, keys_of, lost, needs_of, plan_of
from accounts.enums import ClosingRule, ClosingState, Role, UnitKind
from accounts.models import OrgUnit, UnitClosing
from accounts.services import order_closing, prepare_closing, set_successors
from accounts.services.closings import ClosingFacts
from dossiers import calls, queries
from dossiers.enums import DraftKind, EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem
from dossiers.services import closings, decision, desk, paper_drafts, results, submission
from dossiers.services.proof.ledger import chains
from integrations.models import OutboxMessage
from portal import clock
from portal.celery import app
from portal.errors import StaleError, UserError
from portal.models import SweepTry
from procedures.enums import ServiceLevel
from procedures.models import OnlineOffering
from reporting import facts
from reporting.models import FactDossier, TransferFact
from tests import houses
from tests.factories import FieldFactory, MembershipFactory, OfferingFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)
STAFF = {
    Role.RECEPTIONIST: "desk",
    Role.RETURNER: "desk",
    Role.DESK_HEAD: "desk",
    Role.OFFICER: "room",
    Role.UNIT_HEAD: "room",
    Role.SIGNER: "ward",
    Role.CLERK: "ward",
}


class NextDoor:
    """Another ward with desk, department and people; it offers the same procedure."""

    def __init__(self, house, name="phường Bên Cạnh", code="H29.952"):
        self.ward = UnitFactory(
            name=f"UBND {name}", short_name=name.capitalize(), group=house.group, authority_code=code
        )
        self.desk = UnitFactory(name=f"Trung tâm Phục vụ hành chính công {name}", kind=UnitKind.DESK, parent=self.ward)
        self.room = UnitFactory(name=f"Văn phòng HĐND và UBND {name}", kind=UnitKind.DEPARTMENT, parent=self.ward)
        UnitFactory(name=f"Phòng Khác {name}", kind=UnitKind.DEPARTMENT, parent=self.ward)
        OfferingFactory(procedure=house.procedure, unit=self.ward, department=self.room, level=ServiceLevel.FULL)
        self.people = {
            role: MembershipFactory(role=role, unit=getattr(self, unit), user__full_name=f"{role} {name}").user
            for role, unit in STAFF.items()
        }


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def boss(house):
    return house.people[Role.ADMINISTRATOR]


@pytest.fixture
def heir(house):
    return NextDoor(house)


def prepare(house, boss, heir, **changes):
    facts = {"last_day": clock.today() - DAY, "basis": "NQ 12/NQ-HĐND", "shares": {REST: heir.ward.pk}, **changes}
    return prepare_closing(by=boss, unit_id=house.ward.pk, facts=ClosingFacts(**facts))


def close(house, boss, heir, **changes):
    closing = order_closing(by=boss, closing_id=prepare(house, boss, heir, **changes).pk)
    run()
    closing.refresh_from_db()
    return closing


def run():
    app.tasks["dossiers.tasks.follow_closed_units"]()


def now(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def places(dossier):
    row = now(dossier)
    return row.receiving_unit, row.competent_unit, row.department, row.counting_unit


# ── the merger ───────────────────────────────────────────────────────────────────────────────────


def test_everything_open_is_at_the_successor_with_its_due_times_and_the_citizen_told(house, boss, heir):
    stages = [houses.submitted(house), houses.received(house), houses.assigned(house), houses.issued(house)]
    before = {each.pk: (now(each).due_at, now(each).authority_code, now(each).code) for each in stages}
    due = dict(WorkItem.objects.filter(closed_at=None).values_list("pk", "due_at"))
    closing = close(house, boss, heir)
    assert (closing.state, closing.moved) == (ClosingState.DONE, 4)
    assert dict(WorkItem.objects.filter(closed_at=None).values_list("pk", "due_at")) == due
    for each in stages:
        assert places(each)[:3] == (heir.desk, heir.ward, heir.room)
        assert (now(each).due_at, now(each).authority_code, now(each).code) == before[each.pk]
        assert DossierEvent.objects.filter(dossier_id=each.pk, code=EventCode.UNIT_FOLLOWED).count() == 1
    assert OutboxMessage.objects.filter(kind="dossier.unit_followed", body__contains="phường Bên Cạnh").exists()
    assert set(WorkItem.objects.filter(closed_at=None).values_list("unit", flat=True)) <= {heir.desk.pk, heir.room.pk}
    assert not WorkItem.objects.filter(closed_at=None, holder__isnull=False).exists()
    assert list(chains()) == []


def test_calls_that_are_owed_are_the_successors(house, boss, heir):
    dossier = houses.received(house)
    calls.owe(dossier, calls.Untold("owner", "0903000111", "dossier.received", "Đã tiếp nhận.", "failed"))
    close(house, boss, heir)
    assert calls.open_calls(dossier.pk).get().unit == heir.desk


def test_successor_finishes_a_dossier_to_the_end(house, boss, heir):
    dossier = houses.assigned(house)
    close(house, boss, heir)
    people = heir.people
    houses.proposed(dossier_id=dossier.pk, by=people[Role.OFFICER], decision="grant", content="Được.")
    decision.approve(dossier_id=dossier.pk, by=people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=people[Role.SIGNER])
    houses.issue(dossier_id=dossier.pk, by=people[Role.CLERK])
    done = results.return_to_citizen(dossier_id=dossier.pk, by=people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
    assert done.state == State.RETURNED


def test_supplement_answered_after_the_merger_reaches_the_successors_queue(house, boss, heir):
    dossier = houses.asked(house, houses.assigned(house))
    close(house, boss, heir)
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã bổ sung bản rõ.")
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    assert (item.unit, item.suspended_at) == (heir.room, None)
    assert "propose" in queries.allowed_actions(now(dossier), heir.people[Role.OFFICER])


def test_successors_people_see_what_is_open_and_what_ended_before(house, boss, heir):
    ended = houses.submitted(house)
    houses.refuse(
        house,
        ended,
        reason_code="wrong_unit",
        reason="Không thuộc thẩm quyền.",
    )
    opened = houses.assigned(house)
    assert not queries.for_desk(heir.people[Role.RECEPTIONIST]).exists()
    close(house, boss, heir)
    for role in (Role.RECEPTIONIST, Role.SIGNER, Role.OFFICER):
        assert set(queries.for_desk(heir.people[role]).values_list("pk", flat=True)) == {ended.pk, opened.pk}
    assert now(ended).competent_unit == house.ward  # what ended there stays written as it was


def test_draft_names_the_successor_and_is_filed_there(house, boss, heir):
    draft = houses.draft(house)
    close(house, boss, heir)
    assert places(draft) == (heir.desk, heir.ward, heir.room, heir.ward)
    with pytest.raises(StaleError):
        submission.submit(dossier_id=draft.pk, by=house.citizen, version=draft.version)
    sent = submission.submit(dossier_id=draft.pk, by=house.citizen)
    assert WorkItem.objects.get(dossier=sent).unit == heir.desk


def test_each_dossier_is_counted_once_where_it_was_received_and_where_it_ends(house, boss, heir):
    dossier, fresh = houses.assigned(house), houses.submitted(house)
    close(house, boss, heir)
    desk.receive(dossier_id=fresh.pk, by=heir.people[Role.RECEPTIONIST])
    houses.proposed(dossier_id=dossier.pk, by=heir.people[Role.OFFICER], decision="grant", content="Được.")
    decision.approve(dossier_id=dossier.pk, by=heir.people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=heir.people[Role.SIGNER])
    houses.issue(dossier_id=dossier.pk, by=heir.people[Role.CLERK])
    facts.drain()
    fact = FactDossier.objects.get(dossier_id=dossier.pk)
    assert (fact.unit_id, fact.finished_unit_id) == (house.ward.pk, heir.ward.pk)
    assert TransferFact.objects.get(dossier_id=dossier.pk).unit_id == heir.ward.pk
    assert FactDossier.objects.get(dossier_id=fresh.pk).unit_id == heir.ward.pk
    assert not TransferFact.objects.filter(dossier_id=fresh.pk).exists()
    facts.rebuild()  # made again from the ledger it is the same
    assert FactDossier.objects.get(dossier_id=dossier.pk).finished_unit_id == heir.ward.pk
    assert TransferFact.objects.count() == 1


def test_what_was_finished_before_is_handed_over_there_and_counted_here(house, boss, heir):
    dossier = houses.issued(house)
    close(house, boss, heir)
    assert now(dossier).counting_unit == house.ward
    results.return_to_citizen(dossier_id=dossier.pk, by=heir.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
    facts.drain()
    fact = FactDossier.objects.get(dossier_id=dossier.pk)
    assert (fact.unit_id, fact.finished_unit_id) == (house.ward.pk, house.ward.pk)


def test_nothing_moves_before_the_last_day_is_over(house, boss, heir):
    dossier = houses.assigned(house)
    closing = close(house, boss, heir, last_day=clock.today() + 2 * DAY)
    assert (closing.state, places(dossier)[1]) == (ClosingState.RUNNING, house.ward)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER], decision="grant", content="Được.")
    with time_machine.travel(clock.now() + 3 * DAY):
        run()
        assert places(dossier)[1] == heir.ward
    closing.refresh_from_db()
    assert closing.state == ClosingState.DONE


def test_units_below_end_too_and_offerings_with_them(house, boss, heir):
    close(house, boss, heir)
    for unit, successor in ((house.ward, heir.ward), (house.center, heir.desk), (house.office, heir.room)):
        row = OrgUnit.objects.get(pk=unit.pk)
        assert row.valid_to == clock.today() - DAY
        assert list(row.successors.all()) == [successor]
    assert OnlineOffering.objects.get(unit=house.ward).valid_to == clock.today() - DAY
    assert OnlineOffering.objects.get(unit=heir.ward).valid_to is None


# ── the split ────────────────────────────────────────────────────────────────────────────────────


def test_split_by_ward_of_the_owner(house, boss, heir):
    third = NextDoor(house, "phường Thứ Ba", "H29.953")
    here, there, unknown = houses.assigned(house), houses.assigned(house), houses.assigned(house)
    for dossier, code in ((here, "26506"), (there, "26526"), (unknown, "")):
        Dossier.objects.filter(pk=dossier.pk).update(owner_place_code=code)
    shares = {REST: heir.ward.pk, "26526": third.ward.pk}
    closing = prepare(house, boss, heir, rule=ClosingRule.WARD, shares=shares)
    plan = plan_of(closing)
    assert {key: total for key, (_label, total) in keys_of(plan).items()} == {"26506": 1, "26526": 1}
    lines = {part.code: {line.to: line.total for line in found} for part, found in dry_run(plan)}
    assert lines["dossiers"] == {heir.ward: 2, third.ward: 1}
    order_closing(by=boss, closing_id=closing.pk)
    run()
    assert [places(each)[1] for each in (here, there, unknown)] == [heir.ward, third.ward, heir.ward]
    assert set(house.ward.successors.all()) == {heir.ward, third.ward}


def test_split_by_field_of_the_procedure(house, boss, heir):
    third = NextDoor(house, "phường Thứ Ba", "H29.953")
    first, other = houses.assigned(house), houses.assigned(house)
    field = FieldFactory(code="G15-XD01", name="Xây dựng")
    house.procedure.field = field
    house.procedure.save()
    assert first.procedure_id == other.procedure_id
    shares = {REST: heir.ward.pk, "G15-XD01": third.ward.pk}
    close(house, boss, heir, rule=ClosingRule.FIELD, shares=shares)
    assert {places(each)[1] for each in (first, other)} == {third.ward}


# ── what the plan refuses ────────────────────────────────────────────────────────────────────────


def refused(words, act, kind=UserError):
    with pytest.raises(kind) as caught:
        act()
    assert words in caught.value.message


def test_plan_with_lost_work_or_an_unheld_role_is_not_carried_out_and_changes_nothing(house, boss, heir):
    dossier = houses.assigned(house)
    nowhere = prepare(house, boss, heir, shares={})
    assert lost(dry_run(plan_of(nowhere))) == 1
    refused("1 việc chưa có nơi đến", lambda: order_closing(by=boss, closing_id=nowhere.pk))
    heir.people[Role.SIGNER].memberships.all().delete()
    closing = prepare(house, boss, heir)
    missing = [need for need in needs_of(plan_of(closing)) if not need.is_held]
    assert [(need.role, need.unit) for need in missing] == [(Role.SIGNER, heir.ward)]
    refused("lãnh đạo ký – UBND phường Bên Cạnh", lambda: order_closing(by=boss, closing_id=closing.pk))
    assert OrgUnit.objects.get(pk=house.ward.pk).valid_to is None
    assert places(dossier)[1] == house.ward
    assert UnitClosing.objects.get().state == ClosingState.DRAFT


def test_roles_of_steps_already_done_are_not_asked_for(house, boss, heir):
    houses.approved(house)  # waits for the clerk, then for the desk
    heir.people[Role.OFFICER].memberships.all().delete()
    assert all(need.is_held for need in needs_of(plan_of(prepare(house, boss, heir))))


def test_plan_refusals(house, boss, heir):
    gone = UnitFactory(valid_to=clock.today() - 9 * DAY)
    refused("không kế thừa được", lambda: prepare(house, boss, heir, shares={REST: gone.pk}))
    refused("không kế thừa được", lambda: prepare(house, boss, heir, shares={REST: house.center.pk}))
    refused("văn bản", lambda: prepare(house, boss, heir, basis=" "))
    refused("cách chia", lambda: prepare(house, boss, heir, rule="khac"))
    refused("sau ngày bắt đầu", lambda: prepare(house, boss, heir, last_day=house.ward.valid_from - DAY))
    closing = close(house, boss, heir)
    refused("đã được quyết định", lambda: prepare(house, boss, heir), StaleError)
    refused("vừa được người khác", lambda: order_closing(by=boss, closing_id=closing.pk), StaleError)


def test_prepared_plan_is_edited(house, boss, heir):
    third = NextDoor(house, "phường Thứ Ba", "H29.953")
    first = prepare(house, boss, heir)
    second = prepare(house, boss, third, basis="NQ 13/NQ-HĐND")
    assert (first.pk, second.basis) == (second.pk, "NQ 13/NQ-HĐND")
    assert [share.successor for share in second.shares.all()] == [third.ward]


# ── faults and old data ──────────────────────────────────────────────────────────────────────────


def test_killed_between_two_batches_goes_on_and_moves_nothing_twice(house, boss, heir):
    for _ in range(3):
        houses.assigned(house)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closings, "enqueue", lambda *_args, **_ids: None)
        closing = order_closing(by=boss, closing_id=prepare(house, boss, heir).pk)
    assert closings.follow_batch(closing.pk, batch=2) == 2
    assert UnitClosing.objects.get().state == ClosingState.RUNNING
    run()
    run()
    assert UnitClosing.objects.get().moved == 3
    assert DossierEvent.objects.filter(code=EventCode.UNIT_FOLLOWED).count() == 3


def test_a_fault_in_one_dossier_keeps_the_others_moving_and_nothing_half_done(house, boss, heir):
    bad, good = houses.assigned(house), houses.assigned(house)
    whole = closings.apply

    def faulty(opened, deed):
        if opened.dossier.pk == bad.pk:
            raise ValueError("a fault in the middle of an act")
        return whole(opened, deed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closings, "apply", faulty)
        close(house, boss, heir)
    assert [places(each)[1] for each in (bad, good)] == [house.ward, heir.ward]
    assert WorkItem.objects.get(dossier=bad, closed_at=None).unit == house.office
    SweepTry.objects.update(next_at=clock.now())  # the pause is over
    run()
    assert places(bad)[1] == heir.ward
    assert UnitClosing.objects.get().state == ClosingState.DONE


def test_what_arrives_at_a_closed_unit_afterwards_is_fetched(house, boss, heir):
    close(house, boss, heir)
    late = houses.draft(house)
    run()
    assert places(late)[1] == heir.ward


def test_unit_closed_long_ago_gets_the_same_plan(house, boss, heir):
    dossier = houses.assigned(house)
    gone = clock.today() - 200 * DAY
    OrgUnit.objects.filter(pk__in=[house.ward.pk, house.center.pk, house.office.pk]).update(valid_to=gone)
    set_successors(by=boss, unit_id=house.ward.pk, successor_ids=[heir.ward.pk])
    closing = close(house, boss, heir, last_day=clock.today())
    assert (closing.last_day, closing.state) == (gone, ClosingState.DONE)
    assert places(dossier)[:3] == (heir.desk, heir.ward, heir.room)
    assert list(OrgUnit.objects.get(pk=house.center.pk).successors.all()) == [heir.desk]


def test_department_alone_closes_into_another_of_the_same_authority(house, boss):
    room = UnitFactory(name="Phòng Văn hóa - Xã hội phường Mẫu", kind=UnitKind.DEPARTMENT, parent=house.ward)
    for role in (Role.OFFICER, Role.UNIT_HEAD):
        MembershipFactory(role=role, unit=room)
    dossier = houses.assigned(house)
    facts_ = ClosingFacts(last_day=clock.today() - DAY, basis="QĐ 5/QĐ-UBND", shares={REST: room.pk})
    closing = prepare_closing(by=boss, unit_id=house.office.pk, facts=facts_)
    order_closing(by=boss, closing_id=closing.pk)
    run()
    assert places(dossier) == (house.center, house.ward, room, house.ward)
    assert DossierEvent.objects.get(dossier_id=dossier.pk, seq=now(dossier).event_count).code == EventCode.WORK_MOVED
    assert not OutboxMessage.objects.filter(kind="dossier.unit_followed").exists()  # the house's own affair
    offering = OnlineOffering.objects.get(unit=house.ward, valid_to=None)
    assert offering.department == room


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.web
def test_plan_is_prepared_tried_dry_ordered_and_watched(client, house, boss, heir):
    province = UnitFactory(kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    OrgUnit.objects.filter(pk__in=[house.ward.pk, heir.ward.pk]).update(parent=province)
    admin = MembershipFactory(unit=province, role=Role.ADMINISTRATOR).user
    TOTP.activate(admin, "A" * 32)
    client.force_login(admin)
    dossier = houses.assigned(house)
    address = reverse("accounts:close_unit", args=[house.ward.pk])
    text = client.get(address).content.decode()
    for words in ("Lưu kế hoạch", "Đang có ở đơn vị này", "1 hồ sơ", "1 thủ tục"):
        assert words in text
    day = f"{clock.today() - DAY:%d/%m/%Y}"
    plan = {"last_day": day, "basis": "NQ 12/NQ-HĐND", "rule": "one", "successor": ""}
    text = client.post(address, plan, follow=True).content.decode()
    assert "chưa có nơi đến" in text
    assert "Quyết định kết thúc đơn vị" not in text
    refused_order = client.post(reverse("accounts:order_closing", args=[house.ward.pk]), follow=True)
    assert "chưa có nơi đến" in refused_order.content.decode()
    text = client.post(address, {**plan, "rule": "ward", "successor": heir.ward.pk}, follow=True).content.decode()
    for words in ("UBND phường Bên Cạnh", "Hồ sơ chưa xong", "đã có người", "Quyết định kết thúc đơn vị"):
        assert words in text
    assert dossier.owner_name not in text
    text = client.post(reverse("accounts:order_closing", args=[house.ward.pk]), follow=True).content.decode()
    run()
    assert "1 hồ sơ và bản nháp đã chuyển" in client.get(address).content.decode()
    faulty = client.post(reverse("accounts:close_unit", args=[heir.ward.pk]), {"last_day": "31/02/2026"})
    assert {"last_day", "basis", "rule"} <= set(faulty.context["form"].errors)


@pytest.mark.web
def test_citizens_pages_name_the_successor(client, house, boss, heir):
    draft, dossier = houses.draft(house), houses.assigned(house)
    close(house, boss, heir)
    client.force_login(house.citizen)
    for each in (draft, dossier):
        text = client.get(reverse("my:dossier", args=[each.reference]), follow=True).content.decode()
        assert "UBND phường Bên Cạnh" in text
    assert "Hồ sơ được chuyển sang đơn vị kế thừa" in text
    assert "Hạn không đổi" in text


def test_a_draft_waiting_for_its_signature_is_signed_at_the_successor(house, boss, heir):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}
    fields = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    draft = paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=DraftKind.SUPPLEMENT_REQUEST, fields=fields)
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=draft.pk)
    close(house, boss, heir)
    assert set(WorkItem.objects.filter(dossier=dossier, closed_at=None).values_list("unit", flat=True)) == {
        heir.room.pk
    }
    paper_drafts.sign(dossier_id=dossier.pk, by=heir.people[Role.UNIT_HEAD], draft_id=draft.pk)
    houses.made(now(dossier))
    sent = desk.request_supplement(dossier_id=dossier.pk, by=heir.people[Role.RECEPTIONIST], draft_id=draft.pk)
    assert sent.state == State.SUPPLEMENT


def test_a_role_may_be_held_by_whoever_else_can_do_the_step(house, boss, heir):
    houses.issued(house)
    heir.people[Role.RETURNER].memberships.all().delete()  # the receptionist returns results too
    assert all(need.is_held for need in needs_of(plan_of(prepare(house, boss, heir))))
    for role in (Role.RECEPTIONIST, Role.DESK_HEAD):
        heir.people[role].memberships.all().delete()
    assert not all(need.is_held for need in needs_of(plan_of(UnitClosing.objects.get())))
