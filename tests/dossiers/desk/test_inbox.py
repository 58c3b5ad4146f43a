"""The inbox: what lies in which tab, sorted by time left, paged by keyset, under a frozen number of queries."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers import clocks
from dossiers.desk import inbox, rows
from dossiers.models.work import WorkItem
from dossiers.services import desk, submission
from portal import clock
from tests import houses
from tests.factories import MembershipFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]

INBOX = "/mot-cua/"
# session, account, memberships, unread notices, whom one stands in for, the tabs' counts, the rows; calendars are kept a
# minute per process
INBOX_QUERIES = 7


def codes(response):
    return [row["code"] for row in response.context["rows"]]


def tab_counts(response):
    return {str(tab["label"]): tab["number"] for tab in response.context["tabs"]}


def test_value_names_belong_to_their_models():
    assert list(WorkItem.objects.values(*rows.ITEM_VALUES)) == []
    assert rows.MODELS[1].objects.values(*rows.DOSSIER_VALUES).count() == 0


def test_submitted_dossier_waits_for_reception(house, enter):
    dossier = houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    page = client.get(INBOX, {"muc": "cho-tiep-nhan"})
    assert codes(page) == [dossier.reference]
    assert tab_counts(page) == {
        "Của tôi": "0",
        "Nhóm": "1",
        "Chờ tiếp nhận": "1",
        "Sắp hạn": "1",
        "Quá hạn": "0",
        "Chờ dân": "0",
        "Xong": "",
    }
    assert "còn 1 ngày" in page.content.decode()


def test_what_i_hold_is_mine_and_leaves_the_group(house, enter):
    dossier = houses.assigned(house)
    officer = enter(house.people[Role.OFFICER])
    assert codes(officer.get(INBOX)) == [dossier.code]
    assert codes(officer.get(INBOX, {"muc": "nhom"})) == []
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    assert codes(enter(other).get(INBOX)) == []
    assert codes(enter(other).get(INBOX, {"muc": "nhom"})) == []


def test_roles_see_only_their_steps(house, enter):
    houses.submitted(house)
    for role in (Role.OFFICER, Role.UNIT_HEAD, Role.SIGNER, Role.CLERK):
        assert codes(enter(house.people[role]).get(INBOX, {"muc": "nhom"})) == []
    assert len(codes(enter(house.people[Role.DESK_HEAD]).get(INBOX, {"muc": "nhom"}))) == 1


def test_a_role_no_step_waits_for_has_an_empty_desk(house, enter):
    houses.submitted(house)
    page = enter(MembershipFactory(role=Role.CASHIER, unit=house.center).user).get(INBOX, {"muc": "nhom"})
    assert page.status_code == 200
    assert codes(page) == []
    assert tab_counts(page)["Nhóm"] == "0"


def test_another_unit_sees_nothing(house, enter):
    houses.submitted(house)
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(parent=UnitFactory())).user
    client = enter(stranger)
    for tab in inbox.TABS:
        assert codes(client.get(INBOX, {"muc": tab})) == []


def test_late_dossier_moves_from_soon_to_late(house, enter):
    houses.submitted(house)
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=5), tick=False):
        client = enter(house.people[Role.RECEPTIONIST])
        page = client.get(INBOX, {"muc": "qua-han"})
        assert len(codes(page)) == 1
        assert "quá hạn" in page.content.decode()
        assert codes(client.get(INBOX, {"muc": "sap-han"})) == []


def test_a_late_intake_is_marked_first_in_the_clerks_list_and_counted_in_red(house, enter):
    late = houses.submitted(house)
    with time_machine.travel(late.accept_by + timedelta(minutes=10), tick=False):
        fresh = houses.submitted(house)
        page = enter(house.people[Role.RECEPTIONIST]).get(INBOX, {"muc": "cho-tiep-nhan"})
        assert codes(page) == [late.reference, fresh.reference]
        assert "quá hạn" in str(page.context["rows"][0]["left"])
        assert "danger" in str(page.context["rows"][0]["left"])
        assert tab_counts(page)["Quá hạn"] == "1"


def test_a_result_that_nobody_fetches_is_late_nowhere_and_lies_apart(house, enter):
    done = houses.issued(house)
    with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
        client = enter(MembershipFactory(role=Role.RETURNER, unit=house.center).user)
        page = client.get(INBOX)
        assert page.context["tab"] == "cho-nhan"
        assert codes(page) == [done.code]
        assert (page.context["rows"][0]["left"], page.context["rows"][0]["until"]) == ("chờ đến nhận", "")
        for tab in ("nhom", "qua-han", "cua-toi"):
            assert codes(client.get(INBOX, {"muc": tab})) == []
        assert "kết quả đã có, chờ người dân đến nhận" in client.get(f"/mot-cua/{done.pk}/").content.decode()
        waiting = houses.submitted(house)
        heads = enter(house.people[Role.DESK_HEAD])
        listed = heads.get("/mot-cua/nguoi-giu/")
        assert codes(listed) == [waiting.reference]
        assert "không nằm trong danh sách này" in listed.content.decode()
        everything = next(row["url"] for row in listed.context["people"] if row["name"] == "chưa ai nhận")
        assert codes(heads.get(everything)) == [done.code, waiting.reference]


def test_who_receives_lands_on_what_waits_for_reception(house, enter):
    houses.issued(house)
    client = enter(house.people[Role.RECEPTIONIST])
    assert client.get(INBOX).context["tab"] == "cho-nhan"
    houses.submitted(house)
    assert client.get(INBOX).context["tab"] == "cho-tiep-nhan"


def test_waiting_for_the_citizen_is_a_tab_of_its_own(house, enter):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    items = [{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "mờ, chụp lại"}]
    day = houses.workday(10)
    houses.asked(house, dossier, by=officer, items=items, reason="Ảnh mờ.", answer_by=day)
    client = enter(officer)
    assert codes(client.get(INBOX)) == []
    page = client.get(INBOX, {"muc": "cho-dan"})
    assert codes(page) == [dossier.code]
    assert "tạm dừng" in page.content.decode()
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    assert codes(client.get(INBOX)) == [dossier.code]


def test_done_lists_what_i_closed_newest_first(house, enter):
    first, second = houses.received(house), houses.received(house)
    receiver = house.people[Role.RECEPTIONIST]
    for minutes, dossier in enumerate((first, second)):
        with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(minutes=minutes + 1), tick=False):
            desk.forward(dossier_id=dossier.pk, by=receiver)
    page = enter(receiver).get(INBOX, {"muc": "xong"})
    assert codes(page)[:2] == [second.code, first.code]


def test_unknown_tab_is_not_found(house, enter):
    assert enter(house.people[Role.CLERK]).get(INBOX, {"muc": "../x"}).status_code == 404


def test_citizens_and_administrators_may_not_enter(house, enter):
    for user in (house.citizen, house.people[Role.HOME_AFFAIRS], house.people[Role.ADMINISTRATOR], UserFactory()):
        for address in (INBOX, "/mot-cua/tim/", "/mot-cua/tai-quay/", "/mot-cua/nguoi-giu/"):
            assert enter(user).get(address).status_code == 403


def test_visitors_are_sent_to_sign_in(client, house):
    assert client.get(INBOX).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_does_not_grow_with_rows(house, enter, django_assert_num_queries, count):
    for _number in range(count):
        houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    client.get(INBOX, {"muc": "sap-han"})  # the calendar is kept from here on
    with django_assert_num_queries(INBOX_QUERIES):
        page = client.get(INBOX, {"muc": "sap-han"})
    assert len(codes(page)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_calendars_are_loaded_once_for_all_rows(house, enter, django_assert_max_num_queries, count):
    for _number in range(count):
        houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    clocks.forget()
    with django_assert_max_num_queries(INBOX_QUERIES + 6):
        client.get(INBOX, {"muc": "nhom"})


def test_pages_follow_each_other_and_come_back(house, enter, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    wanted = [houses.submitted(house).reference for _number in range(5)]
    client = enter(house.people[Role.RECEPTIONIST])
    seen, address = [], f"{INBOX}?muc=nhom"
    while address:
        page = client.get(address)
        seen.append(codes(page))
        address = page.context["next_url"]
    assert [len(part) for part in seen] == [2, 2, 1]
    assert sorted(code for part in seen for code in part) == sorted(wanted)
    back = client.get(page.context["prev_url"])
    assert codes(back) == seen[1]
    first = client.get(back.context["prev_url"])
    assert codes(first) == seen[0]
    assert first.context["prev_url"] == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "1.", ".1", "9" * 30 + ".1", "1.9" + "9" * 18, "\x00.1", "-1.2", "²³.1"]
)
def test_made_up_cursors_do_no_harm(house, enter, cursor):
    houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    for name in ("sau", "truoc"):
        assert client.get(INBOX, {"muc": "nhom", name: cursor}).status_code == 200


def test_counts_stop_at_the_cap(house, enter, monkeypatch):
    monkeypatch.setattr(inbox, "COUNT_CAP", 2)
    for _number in range(4):
        houses.submitted(house)
    page = enter(house.people[Role.RECEPTIONIST]).get(INBOX)
    assert tab_counts(page)["Nhóm"] == "2+"


# ── the head's list ──────────────────────────────────────────────────────────────────────────────


def test_head_sees_who_holds_what_also_in_other_units(house, enter):
    dossier = houses.assigned(house)
    page = enter(house.people[Role.DESK_HEAD]).get("/mot-cua/nguoi-giu/")
    assert codes(page) == [dossier.code]
    assert house.people[Role.OFFICER].full_name in page.content.decode()
    assert enter(house.people[Role.RECEPTIONIST]).get("/mot-cua/nguoi-giu/").status_code == 403


def test_lists_are_not_logged_as_readings(house, enter):
    houses.submitted(house)
    enter(house.people[Role.RECEPTIONIST]).get(INBOX, {"muc": "nhom"})
    assert PersonalDataRead.objects.count() == 0
