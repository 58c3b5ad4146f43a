"""Rules by which a unit shares its work out: who may enter them, which decides, and when the work waits in the queue."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers.models.lists import AssignRule
from dossiers.models.work import WorkItem
from dossiers.services import assign_rules, desk, moving
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import UserError
from tests import houses
from tests.factories import MembershipFactory, ProcedureFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerks(house):
    return [
        MembershipFactory(role=Role.RECEPTIONIST, unit=house.center, user__full_name=f"Clerk {n}").user for n in "AB"
    ]


def rule(house, officer, **what):
    new = assign_rules.NewRule(
        unit_id=house.center.pk, officer_id=officer.pk if officer else None, valid_from=clock.today(), **what
    )
    return assign_rules.enter(by=house.people[Role.DESK_HEAD], rule=new)


def holder(dossier):
    return WorkItem.objects.get(dossier=dossier, closed_at=None).holder


def test_work_that_comes_to_the_unit_goes_where_its_rule_says(house, clerks):
    rule(house, clerks[0])
    dossier = houses.submitted(house)
    assert holder(dossier) == clerks[0]
    assert OutboxMessage.objects.filter(address=f"user:{clerks[0].pk}").count() == 1
    desk.receive(dossier_id=dossier.pk, by=clerks[0])  # it lay in the unit before: nothing came, nothing is shared out
    assert holder(dossier) is None


def test_the_rule_that_says_most_decides_and_may_say_the_queue(house, clerks):
    first, second = clerks
    rule(house, first)
    rule(house, second, place_code="26506")
    assert holder(houses.submitted(house, owner_place_code="26506")) == second
    assert holder(houses.submitted(house, owner_place_code="26507")) == first
    rule(house, None, procedure_id=house.procedure.pk)
    assert holder(houses.submitted(house, owner_place_code="26506")) is None
    rule(house, first, procedure_id=ProcedureFactory().pk)
    rule(house, second, field_id=house.procedure.field_id)
    assert holder(houses.submitted(house)) is None  # its procedure before its field


def test_one_that_is_away_left_or_locked_leaves_the_work_to_the_queue(house, clerks):
    one, two = clerks
    rule(house, one)
    leave = LeaveCover.objects.create(
        user=one, cover=two, valid_from=clock.today(), valid_to=clock.today(), named_by=house.people[Role.DESK_HEAD]
    )
    assert holder(houses.submitted(house)) is None
    assert "nghỉ đến hết" in assign_rules.why_not(AssignRule.objects.get())
    leave.delete()
    assert holder(houses.submitted(house)) == one
    Membership.objects.filter(user=one).update(valid_to=clock.today() - timedelta(days=1))
    assert holder(houses.submitted(house)) is None
    assert "không còn vai trò" in assign_rules.why_not(AssignRule.objects.get())


def test_nobody_is_given_their_own_dossier(house, clerks):
    rule(house, clerks[0])
    house.party.user, house.citizen = clerks[0], clerks[0]
    house.party.save(update_fields=["user"])
    assert holder(houses.submitted(house, account=clerks[0])) is None


def test_a_rule_is_dated_replaced_and_ended_never_changed(house, clerks):
    old = rule(house, clerks[0])
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        rule(house, clerks[1])
        old.refresh_from_db()
        assert old.valid_to == clock.today() - timedelta(days=1)
        assert holder(houses.submitted(house)) == clerks[1]
        new = AssignRule.objects.exclude(pk=old.pk).get()
        assign_rules.finish(by=house.people[Role.DESK_HEAD], rule_id=new.pk)
        assert holder(houses.submitted(house)) == clerks[1]  # still today
        with pytest.raises(UserError):
            assign_rules.finish(by=house.people[Role.DESK_HEAD], rule_id=new.pk)
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False):
        assert holder(houses.submitted(house)) is None


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.UNIT_HEAD, Role.ADMINISTRATOR])
def test_only_heads_of_the_unit_enter_and_end(house, clerks, role):
    one = rule(house, clerks[0])
    new = assign_rules.NewRule(unit_id=house.center.pk, officer_id=None, valid_from=clock.today(), place_code="1")
    with pytest.raises(UserError):
        assign_rules.enter(by=house.people[role], rule=new)
    with pytest.raises(UserError):
        assign_rules.finish(by=house.people[role], rule_id=one.pk)


def test_bad_rules_are_refused_in_words(house, clerks):
    head = house.people[Role.DESK_HEAD]
    elsewhere = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(parent=UnitFactory())).user
    today = clock.today()
    for new in (
        assign_rules.NewRule(house.center.pk, clerks[0].pk, today - timedelta(days=1)),
        assign_rules.NewRule(house.center.pk, elsewhere.pk, today),
    ):
        with pytest.raises(UserError):
            assign_rules.enter(by=head, rule=new)
    rule(house, clerks[0])
    with pytest.raises(UserError, match="Đã có quy tắc"):
        rule(house, clerks[1])


def test_what_a_rule_gave_is_moved_as_any_other_work(house, clerks):
    rule(house, clerks[0])
    dossier = houses.submitted(house)
    moving.release(dossier_id=dossier.pk, by=clerks[0], reason="Bận.")
    assert holder(dossier) is None


def test_the_page_shows_rules_and_why_one_gives_nobody_anything(house, clerks, enter):
    client = enter(house.people[Role.DESK_HEAD])
    address = "/mot-cua/quy-tac-giao-viec/"
    empty = client.post(address, {})
    assert empty.status_code == 400
    both = {"unit": house.center.pk, "valid_from": "18/11/2026", "field": house.procedure.field_id}
    assert client.post(address, {**both, "procedure": house.procedure.code}).status_code == 400
    assert client.post(address, {**both, "procedure": "x"}).status_code == 400
    assert client.post(address, {**both, "officer": clerks[0].pk}).status_code == 302
    again = client.post(address, {**both, "officer": clerks[1].pk})
    assert again.status_code == 409
    assert "Đã có quy tắc" in again.content.decode()
    Membership.objects.filter(user=clerks[0]).update(valid_to=clock.today() - timedelta(days=1))
    page = client.get(address)
    assert clerks[0].full_name in page.content.decode()
    assert "không còn vai trò" in page.content.decode()
    house.center.valid_to = clock.today() - timedelta(days=1)
    house.center.save(update_fields=["valid_to"])
    assert "đơn vị đã kết thúc" in client.get(address).content.decode()
    one = AssignRule.objects.get()
    assert enter(house.people[Role.UNIT_HEAD]).post(f"{address}{one.pk}/ket-thuc/").status_code == 404
    assert client.post(f"{address}{one.pk}/ket-thuc/").status_code == 302
    one.refresh_from_db()
    assert one.valid_to == clock.today()


def test_a_wrong_rule_is_put_right_the_day_it_was_entered(house, clerks):
    wrong, right = clerks
    head = house.people[Role.DESK_HEAD]
    entered = rule(house, wrong)
    assign_rules.finish(by=head, rule_id=entered.pk)
    rule(house, right)
    assert holder(houses.submitted(house)) == right
