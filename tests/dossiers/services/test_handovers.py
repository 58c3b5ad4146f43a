"""The post: what it may take, from which day it only prepares, sheets that two sides sign, results that come back."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import ProgrammingError, transaction

from accounts import hanging
from accounts.enums import Role, UnitKind
from accounts.models import Membership
from dossiers import queries
from dossiers.enums import EventCode, SheetRowState, SheetWay, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.handover import HandoverRow, HandoverSheet
from dossiers.models.work import WorkItem
from dossiers.services import desk, handovers, postal, results, stuck
from dossiers.services.handovers import RowFound, SheetGiving
from dossiers.services.proof import run
from dossiers.services.proof.findings import Weight
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import StepKind
from procedures.models import PostalListing
from procedures.postal import rule_on
from tests import houses
from tests.dossiers import post as posts
from tests.factories import MembershipFactory, ProcedureFactory, UnitFactory

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 8, 4, 2, 0, tzinfo=UTC)  # the last day on which the post accepted


@pytest.fixture
def post():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield posts.make_post(houses.make_house())


def where(dossier):
    """Kind, unit and role of what lies open."""
    found = WorkItem.objects.filter(dossier_id=dossier.pk, closed_at=None).values_list("kind", "unit_id", "role")
    return list(found)


def codes(dossier):
    return list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq").values_list("code", flat=True))


# ── what the post may take ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "accepts"),
    [(date(2018, 12, 31), None), (date(2026, 8, 4), True), (date(2026, 8, 5), False), (date(2030, 1, 1), False)],
)
def test_from_the_fifth_of_august_2026_the_post_prepares_only(day, accepts):
    rule = rule_on(day)
    assert (rule.accepts if rule else None) == accepts


def test_prepared_at_the_post_it_waits_there_for_the_desk(post):
    dossier = posts.prepared(post)
    assert (dossier.state, dossier.code, dossier.received_at, dossier.accept_by) == (State.SUBMITTED, None, None, None)
    assert (dossier.receiving_unit, dossier.sub_channel) == (post.house.center, "post")
    assert codes(dossier) == [EventCode.PREPARED]
    event = DossierEvent.objects.get(dossier_id=dossier.pk)
    assert (event.actor_role, event.actor_unit_id) == (Role.POSTAL_CLERK, post.office.pk)
    assert where(dossier) == [(StepKind.POST, post.office.pk, Role.POSTAL_CLERK)]
    assert [form.name for form in dossier.printed_forms.all()] == ["postal_slip"]
    with pytest.raises(NotNowError):  # nobody receives what is still at the post, and never the post itself
        desk.receive(dossier_id=dossier.pk, by=post.house.people[Role.RECEPTIONIST])
    with pytest.raises(NotNowError):
        desk.receive(dossier_id=dossier.pk, by=post.clerk)


def test_before_that_day_the_post_accepted(post):
    with time_machine.travel(BEFORE, tick=False):
        dossier = posts.prepared(post)
    assert (dossier.state, dossier.receiving_unit) == (State.ACCEPTED, post.office)
    assert dossier.received_at is not None
    assert codes(dossier) == [EventCode.RECEIVED]


def test_only_listed_procedures_by_unit_and_day(post):
    other = ProcedureFactory()
    for changes in ({"valid_to": date(2026, 11, 17)}, {"valid_to": None, "valid_from": date(2026, 11, 19)}):
        PostalListing.objects.update(**changes)
        with pytest.raises(UserError, match="danh mục"):
            posts.prepared(post)
    PostalListing.objects.update(valid_from=date(2025, 7, 1), procedure=other)
    with pytest.raises(UserError, match="danh mục"):
        posts.prepared(post)
    assert not Dossier.objects.exists()


def test_who_is_civil_servant_there_too_receives(post):
    MembershipFactory(user=post.clerk, role=Role.RECEPTIONIST, unit=post.office)
    assert posts.prepared(post).state == State.ACCEPTED


def test_at_the_desk_itself_the_post_prepares_and_a_civil_servant_receives(post):
    Membership.objects.filter(user=post.clerk).update(unit=post.house.center)
    PostalListing.objects.update(office=post.house.center)
    post.office = post.house.center
    dossier = posts.prepared(post)
    assert where(dossier) == [(StepKind.INTAKE, post.house.center.pk, Role.RECEPTIONIST)]
    done = desk.receive(dossier_id=dossier.pk, by=post.house.people[Role.RECEPTIONIST])
    assert done.state == State.ACCEPTED


# ── to the desk ──────────────────────────────────────────────────────────────────────────────────


def test_two_signatures_move_what_came_and_the_desk_receives(post):
    first, second = posts.prepared(post), posts.prepared(post)
    given = posts.sheet(post, first, second)
    assert (given.number, given.is_open) == ("01/2026/PGN", True)
    assert [row.papers for row in given.rows.all()] == [1, 1]
    assert where(first) == [(StepKind.POST, post.office.pk, Role.POSTAL_CLERK)]  # one signature moves nothing
    said = RowFound(SheetRowState.DIFFERS, "Thiếu một bản sao.")
    done = posts.taken(post, given, **{second.reference: said})
    assert (done.taken_by, done.is_open) == (post.house.people[Role.RECEPTIONIST], False)
    for dossier in (first, second):
        assert where(dossier) == [(StepKind.INTAKE, post.house.center.pk, Role.RECEPTIONIST)]
        dossier.refresh_from_db()
        assert dossier.accept_by == clock.now() + timedelta(days=1)  # eight working hours of the desk
    event = DossierEvent.objects.get(dossier_id=second.pk, code=EventCode.HANDED_OVER)
    assert (event.actor_id, event.actor_role) == (post.house.people[Role.RECEPTIONIST].pk, Role.RECEPTIONIST)
    assert "Thiếu một bản sao." in second.event_texts.get(seq=event.seq).text
    received = desk.receive(dossier_id=first.pk, by=post.house.people[Role.RECEPTIONIST])
    assert (received.state, received.code is None) == (State.ACCEPTED, False)
    assert not [one for one in run.examine() if one.weight == Weight.FAULT]


def test_what_is_missing_stays_with_the_post_and_can_be_given_again(post):
    dossier = posts.prepared(post)
    given = posts.sheet(post, dossier)
    posts.taken(post, given, **{dossier.reference: RowFound(SheetRowState.MISSING, "Không có trong túi.")})
    assert where(dossier) == [(StepKind.POST, post.office.pk, Role.POSTAL_CLERK)]
    again = posts.sheet(post, dossier)
    posts.taken(post, again)
    assert where(dossier)[0][0] == StepKind.INTAKE
    assert list(HandoverRow.objects.order_by("pk").values_list("state", flat=True)) == ["missing", "taken"]


def test_a_difference_without_words_and_a_row_left_out_sign_nothing(post):
    dossier = posts.prepared(post)
    given = posts.sheet(post, dossier)
    with pytest.raises(UserError, match="sai lệch"):
        posts.taken(post, given, **{dossier.reference: RowFound(SheetRowState.DIFFERS, " ")})
    with pytest.raises(UserError, match="từng hồ sơ"):
        handovers.take(by=post.house.people[Role.RECEPTIONIST], sheet_id=given.pk, found={})
    given.refresh_from_db()
    assert given.is_open
    assert where(dossier)[0][0] == StepKind.POST


def test_each_side_signs_for_itself_and_nobody_for_both(post):
    given = posts.sheet(post, posts.prepared(post))
    for person in (post.clerk, post.second, post.house.people[Role.OFFICER], post.house.citizen):
        with pytest.raises(NotNowError):
            posts.taken(post, given, by=person)
    MembershipFactory(user=post.clerk, role=Role.RECEPTIONIST, unit=post.house.center)
    with pytest.raises(UserError, match="không tự ký nhận"):
        posts.taken(post, given, by=post.clerk)


def test_signed_twice_or_after_a_withdrawal_is_stale(post):
    given = posts.sheet(post, posts.prepared(post))
    posts.taken(post, given)
    with pytest.raises(StaleError):
        posts.taken(post, given)
    with pytest.raises(StaleError):
        handovers.withdraw(by=post.clerk, sheet_id=given.pk, reason="Nhầm.")


def test_a_colleague_withdraws_and_gives_again(post):
    dossier = posts.prepared(post)
    given = posts.sheet(post, dossier)
    with pytest.raises(StaleError):  # on one open sheet only
        again = [given.rows.get().item_id]
        giving = SheetGiving(SheetWay.TO_DESK, post.office.pk, post.house.center.pk, again, uuid.uuid4())
        handovers.give(by=post.second, giving=giving)
    with pytest.raises(UserError, match="lý do"):
        handovers.withdraw(by=post.second, sheet_id=given.pk, reason=" ")
    with pytest.raises(NotNowError):
        handovers.withdraw(by=post.house.people[Role.RECEPTIONIST], sheet_id=given.pk, reason="Nhầm.")
    Membership.objects.filter(user=post.clerk).update(valid_to=date(2026, 11, 17))  # who signed has left
    handovers.withdraw(by=post.second, sheet_id=given.pk, reason="Ghi nhầm túi.")
    assert posts.sheet(post, dossier, by=post.second).number == "02/2026/PGN"


def test_pressed_twice_it_is_one_sheet(post):
    item = WorkItem.objects.get(dossier=posts.prepared(post))
    giving = SheetGiving(SheetWay.TO_DESK, post.office.pk, post.house.center.pk, [item.pk], uuid.uuid4())
    assert handovers.give(by=post.clerk, giving=giving) == handovers.give(by=post.clerk, giving=giving)
    assert HandoverSheet.objects.count() == 1


def test_a_used_form_with_another_bag_makes_no_sheet_and_says_so(post):
    first, second = (WorkItem.objects.get(dossier=posts.prepared(post)) for _ in range(2))
    sides = (SheetWay.TO_DESK, post.office.pk, post.house.center.pk)
    key = uuid.uuid4()
    handovers.give(by=post.clerk, giving=SheetGiving(*sides, [first.pk], key))
    with pytest.raises(StaleError, match="Danh sách đã làm mới"):
        handovers.give(by=post.clerk, giving=SheetGiving(*sides, [second.pk], key))
    assert HandoverSheet.objects.count() == 1


def test_nobody_signs_for_their_own_dossier(post):
    dossier = posts.prepared(post)
    given = posts.sheet(post, dossier)
    receptionist = post.house.people[Role.RECEPTIONIST]
    Dossier.objects.filter(pk=dossier.pk).update(account=receptionist)
    with pytest.raises(UserError, match="của chính bạn"):
        posts.taken(post, given)
    assert where(dossier)[0][0] == StepKind.POST


def test_what_ended_meanwhile_is_noted_as_gone(post):
    dossier = posts.prepared(post)
    given = posts.sheet(post, dossier)
    WorkItem.objects.filter(dossier=dossier).update(closed_at=clock.now())
    posts.taken(post, given)
    assert given.rows.get().state == SheetRowState.GONE


def test_nobody_gives_for_others_or_an_empty_sheet(post):
    item = WorkItem.objects.get(dossier=posts.prepared(post))
    elsewhere = UnitFactory(kind=UnitKind.DESK)
    for by, giving, error in (
        (post.house.people[Role.RECEPTIONIST], (post.office.pk, post.house.center.pk, [item.pk]), NotNowError),
        (post.clerk, (post.office.pk, post.house.center.pk, []), UserError),
        (post.clerk, (post.office.pk, elsewhere.pk, [item.pk]), StaleError),
        (post.clerk, (post.office.pk, post.house.center.pk, [item.pk + 1]), StaleError),
    ):
        with pytest.raises(error):
            handovers.give(by=by, giving=SheetGiving(SheetWay.TO_DESK, *giving, uuid.uuid4()))
    assert not HandoverSheet.objects.exists()


def test_what_both_signed_is_never_changed(post):
    given = posts.sheet(post, posts.prepared(post))
    posts.taken(post, given)
    for change in (
        lambda: HandoverSheet.objects.update(remark="khác"),
        lambda: HandoverRow.objects.update(remark="khác"),
        lambda: HandoverRow.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


# ── whose is it meanwhile ────────────────────────────────────────────────────────────────────────


def test_the_post_sees_what_it_holds_and_nothing_afterwards(post):
    dossier, done = posts.prepared(post), houses.issued(post.house)
    assert list(queries.for_desk(post.clerk)) == [dossier]
    assert queries.for_desk(post.house.people[Role.RECEPTIONIST]).filter(pk=dossier.pk).exists()
    posts.taken(post, posts.sheet(post, dossier))
    assert not queries.for_desk(post.clerk).exists()
    assert queries.one_for_desk(queries.memberships(post.clerk), done.pk) is None


def test_a_successor_goes_on_with_what_lies_at_the_post(post):
    dossier = posts.prepared(post)
    given = posts.sheet(post, dossier)
    heir = UnitFactory(name="Điểm bưu điện mới", kind=UnitKind.POST, parent=post.house.ward)
    newcomer = MembershipFactory(role=Role.POSTAL_CLERK, unit=heir).user
    post.office.valid_to = clock.today() - timedelta(days=1)
    post.office.save()
    post.office.successors.add(heir)
    WorkItem.objects.filter(dossier=dossier).update(unit=heir)  # as the closing of a unit does
    assert handovers.may_withdraw(given, queries.memberships(newcomer))
    posts.taken(post, given)  # the other side may sign all the same
    assert where(dossier)[0][0] == StepKind.INTAKE


def test_the_head_of_the_desk_takes_back_what_lies_where_nobody_works(post):
    dossier, head = posts.prepared(post), post.house.people[Role.DESK_HEAD]
    with pytest.raises(UserError, match="còn người làm việc"):
        postal.take_from_post(dossier_id=dossier.pk, by=head, reason="Điểm bưu điện đóng.")
    Membership.objects.filter(unit=post.office).update(valid_to=date(2026, 11, 17))
    with pytest.raises(NotNowError):
        postal.take_from_post(dossier_id=dossier.pk, by=post.house.people[Role.RECEPTIONIST], reason="Đóng.")
    way = stuck.ways_of(dossier, list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk))
    assert not next(iter(way.values())).is_stuck
    postal.take_from_post(dossier_id=dossier.pk, by=head, reason="Điểm bưu điện đóng, không còn ai.")
    assert where(dossier)[0][0] == StepKind.INTAKE
    dossier.refresh_from_db()
    assert dossier.accept_by is not None


# ── results ──────────────────────────────────────────────────────────────────────────────────────


def test_results_go_out_with_a_tracking_number_and_are_delivered(post):
    dossier = posts.result_for_post(post)
    given = posts.sheet(post, dossier, way=SheetWay.TO_POST)
    with pytest.raises(UserError, match="mã vận đơn"):
        posts.taken(post, given, **{dossier.reference: RowFound(SheetRowState.TAKEN)})
    posts.taken(post, given)
    assert where(dossier) == [(StepKind.RETURN, post.office.pk, Role.RETURNER)]
    text = dossier.event_texts.order_by("-seq").first()
    assert text.is_public
    assert f"EM{given.rows.get().pk}VN" in text.text
    with pytest.raises(NotNowError):  # it is not at the desk any more
        results.return_to_citizen(dossier_id=dossier.pk, by=post.house.people[Role.RETURNER], handed_to="Ai đó")
    done = results.return_to_citizen(dossier_id=dossier.pk, by=post.clerk, handed_to="Nguyễn Văn Mẫu")
    assert done.state == State.RETURNED


def test_only_what_goes_by_post_waits_for_the_sheet(post):
    houses.issued(post.house)
    assert not handovers.waiting(SheetWay.TO_POST, [post.house.center.pk])


def test_what_could_not_be_delivered_comes_back_by_a_sheet(post):
    dossier = posts.with_post(post)
    with pytest.raises(UserError, match="vì sao"):
        postal.fail_delivery(dossier_id=dossier.pk, by=post.clerk, reason_code="nobody_there", reason=" ")
    postal.fail_delivery(dossier_id=dossier.pk, by=post.clerk, reason_code="nobody_there", reason="Hai lần không gặp.")
    assert where(dossier) == [(StepKind.POST, post.office.pk, Role.POSTAL_CLERK)]
    posts.taken(post, posts.sheet(post, dossier))
    assert where(dossier) == [(StepKind.RETURN, post.house.center.pk, Role.RETURNER)]
    assert codes(dossier)[-3:] == [EventCode.SENT_BY_POST, EventCode.DELIVERY_FAILED, EventCode.HANDED_BACK]
    done = results.return_to_citizen(dossier_id=dossier.pk, by=post.house.people[Role.RETURNER], handed_to="Mẫu")
    assert done.state == State.RETURNED


def test_a_result_sent_out_to_an_office_where_nobody_works_any_more_is_moved_by_the_head_of_the_desk(post):
    dossier, head = posts.with_post(post), post.house.people[Role.DESK_HEAD]
    said = {"reason_code": "nobody_there", "reason": "Điểm bưu điện đóng, chưa phát."}
    with pytest.raises(UserError, match="còn người làm việc"):
        postal.fail_delivery(dossier_id=dossier.pk, by=head, **said)
    Membership.objects.filter(unit=post.office).update(valid_to=date(2026, 11, 17))
    way = stuck.ways_of(dossier, list(queries.open_work(dossier.pk)), queries.past_events(dossier.pk))
    assert not next(iter(way.values())).is_stuck
    postal.fail_delivery(dossier_id=dossier.pk, by=head, **said)
    postal.take_from_post(dossier_id=dossier.pk, by=head, reason="Không còn ai.")
    assert where(dossier) == [(StepKind.RETURN, post.house.center.pk, Role.RETURNER)]
    [item] = handovers.waiting(SheetWay.TO_POST, [post.house.center.pk])
    assert item.came_back  # it is fetched here now: nobody sends it out again unseen


def test_what_a_leaving_person_signed_alone_is_shown_before_they_go(post):
    given = posts.sheet(post, posts.prepared(post))
    row = Membership.objects.get(user=post.clerk)
    kinds = {
        one.kind.code: (one.total, [sample.title for sample in one.samples])
        for one in hanging.found(hanging.of_role(row))
    }
    assert kinds["handover_sheets"] == (1, [given.number])
    posts.taken(post, given)
    assert "handover_sheets" not in {one.kind.code for one in hanging.found(hanging.of_role(row))}
