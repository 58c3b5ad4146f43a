"""The inbox: what lies in which tab, sorted by time left, paged by keyset, under a frozen number of queries."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers import clocks
from dossiers.desk import inbox, rows
from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.models.lists import SavedView
from dossiers.models.work import WorkItem
from dossiers.services import desk, submission
from portal import clock
from procedures.enums import StepKind
from tests import houses
from tests.factories import MembershipFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]

INBOX = "/mot-cua/"
# session, account, memberships, unread notices, whom one stands in for, the tabs' counts, the rows, the lists one keeps;
# calendars are kept a minute per process
INBOX_QUERIES = 8


def codes(response):
    return [row["code"] for row in response.context["rows"]]


def heads(response):
    return [(str(group.head), group.number) for group in response.context["groups"]]


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
    assert heads(page) == [("Còn 1 ngày làm việc", "1")]


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
        assert heads(page) == [("Quá hạn 2 ngày", "1")]
        assert "status-danger" in page.content.decode()
        assert codes(client.get(INBOX, {"muc": "sap-han"})) == []


def test_a_late_intake_is_marked_first_in_the_clerks_list_and_counted_in_red(house, enter):
    late = houses.submitted(house)
    with time_machine.travel(late.accept_by + timedelta(minutes=10), tick=False):
        fresh = houses.submitted(house)
        page = enter(house.people[Role.RECEPTIONIST]).get(INBOX, {"muc": "cho-tiep-nhan"})
        assert codes(page) == [late.reference, fresh.reference]
        first, second = page.context["groups"]
        assert (first.tone, len(first.rows), second.tone == "danger") == ("danger", 1, False)
        assert tab_counts(page)["Quá hạn"] == "1"


def test_a_result_that_nobody_fetches_is_late_nowhere_and_lies_apart(house, enter):
    done = houses.issued(house)
    with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
        client = enter(MembershipFactory(role=Role.RETURNER, unit=house.center).user)
        page = client.get(INBOX)
        assert page.context["tab"] == "cho-nhan"
        assert codes(page) == [done.code]
        assert (page.context["rows"][0]["due"], page.context["rows"][0]["step_due"], heads(page)) == (
            "",
            "",
            [("", "")],
        )
        assert "chờ đến nhận" in page.content.decode()
        for tab in ("nhom", "qua-han", "cua-toi"):
            assert codes(client.get(INBOX, {"muc": tab})) == []
        assert "kết quả đã có, chờ người dân đến nhận" in client.get(f"/mot-cua/{done.pk}/").content.decode()
        waiting = houses.submitted(house)
        head = enter(house.people[Role.DESK_HEAD])
        listed = head.get("/mot-cua/nguoi-giu/")
        assert codes(listed) == [waiting.reference]
        assert "không nằm trong danh sách này" in listed.content.decode()
        everything = next(row["url"] for row in listed.context["people"] if row["name"] == "chưa ai nhận")
        assert codes(head.get(everything)) == [done.code, waiting.reference]


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
    assert heads(page) == [("", "")]
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


# ── the law's due time ───────────────────────────────────────────────────────────────────────────


def test_what_the_law_wants_first_comes_first_whatever_the_step(house, enter):
    """The dossier promised sooner stands above, though its step has more time; a late step alone is not red."""
    later, sooner = houses.assigned(house), houses.assigned(house)
    Dossier.objects.filter(pk=later.pk).update(due_at=clock.now() + timedelta(days=9))
    Dossier.objects.filter(pk=sooner.pk).update(due_at=clock.now() + timedelta(days=3))
    WorkItem.objects.filter(dossier=later, closed_at=None).update(due_at=clock.now() - timedelta(hours=1))
    client = enter(house.people[Role.OFFICER])
    page = client.get(INBOX)
    assert codes(page) == [sooner.code, later.code]
    assert [row["is_behind"] for row in page.context["rows"]] == [False, True]
    assert "chậm</span>" in page.content.decode()
    assert "status-danger" not in page.content.decode()
    assert tab_counts(page)["Quá hạn"] == "0"


def test_late_by_law_is_late_though_the_step_has_time(house, enter):
    dossier = houses.assigned(house)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=clock.now() - timedelta(days=1))
    page = enter(house.people[Role.OFFICER]).get(INBOX, {"muc": "qua-han"})
    assert codes(page) == [dossier.code]
    assert heads(page) == [("Quá hạn 1 ngày", "1")]


def test_open_work_follows_whoever_writes_the_dossier(house):
    """The database keeps what lists are sorted by: state, stop and end of the clock, and a reopened item, all count."""
    dossier = houses.assigned(house)
    items = WorkItem.objects.filter(dossier=dossier)
    item, now = items.get(closed_at=None), clock.now()

    def kept():
        return items.filter(pk=item.pk).values_list("legal_at", "is_waiting", "is_new", "is_asked").get()

    def write(**values):
        Dossier.objects.filter(pk=dossier.pk).update(**values)

    promised = Dossier.objects.get(pk=dossier.pk).due_at
    assert kept() == (promised, False, False, False)
    write(due_at=promised + timedelta(days=5))
    assert kept()[0] == promised + timedelta(days=5)
    write(clock_stopped_at=now, state=State.SUPPLEMENT)
    assert kept() == (item.due_at, True, False, False)
    write(clock_stopped_at=None, state=State.PROCESSING)
    assert kept() == (promised + timedelta(days=5), False, False, False)
    items.filter(pk=item.pk).update(closed_at=now)
    write(due_at=promised)
    assert kept()[0] == promised + timedelta(days=5)  # closed: as it was at the end
    items.filter(pk=item.pk).update(closed_at=None)
    assert kept()[0] == promised
    new = {"dossier": dossier, "position": item.position, "unit": house.center, "opened_at": now}
    asked = WorkItem.objects.create(
        **new, kind=StepKind.CONSULT, name="Hỏi", role=Role.CONSULTED, due_at=now + timedelta(hours=3), parent=item
    )
    signs = WorkItem.objects.create(
        **new, kind=StepKind.DRAFT_SIGN, name="Ký", role=Role.UNIT_HEAD, due_at=now + timedelta(hours=2), parent=asked
    )
    beside = WorkItem.objects.filter(pk__in=[asked.pk, signs.pk]).order_by("pk")
    assert list(beside.values_list("legal_at", "is_asked")) == [(asked.due_at, True), (signs.due_at, True)]
    write(state=State.SUPPLEMENT)
    assert list(beside.values_list("is_waiting", flat=True)) == [True, False]


@pytest.mark.slow
def test_three_thousand_open_items_take_as_few_queries_and_each_tab_a_page(house, enter, django_assert_num_queries):
    item = WorkItem.objects.get(dossier=houses.submitted(house), closed_at=None)
    now = clock.now()
    like = {
        "dossier_id": item.dossier_id,
        "position": 1,
        "steps_total": 7,
        "kind": StepKind.INTAKE,
        "name": "Tiếp nhận",
    }
    like |= {"unit": house.center, "role": Role.RECEPTIONIST, "opened_at": now}
    mine = house.people[Role.RECEPTIONIST]
    many = [
        WorkItem(**like, due_at=now + timedelta(minutes=number - 500), holder=mine if number % 5 == 0 else None)
        for number in range(3000)
    ]
    WorkItem.objects.bulk_create(many)
    client = enter(house.people[Role.RECEPTIONIST])
    client.get(INBOX)
    for tab in ("cua-toi", "nhom", "qua-han", "sap-han", "cho-tiep-nhan", "cho-dan", "xong"):
        with django_assert_num_queries(INBOX_QUERIES):
            page = client.get(INBOX, {"muc": tab})
        assert len(codes(page)) == (0 if tab in {"cho-dan", "xong"} else inbox.PAGE)
    assert tab_counts(page)["Nhóm"] == "99+"
    late = client.get(INBOX, {"muc": "qua-han"}).context["groups"]
    assert {group.tone for group in late} == {"danger"}
    assert late[-1].number == ""  # it goes on on the next page: not counted


def test_a_line_is_drawn_anew_when_anything_in_it_changes(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    assert "xin rút" not in client.get(INBOX).content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(wants_withdrawal=True)
    assert "xin rút" in client.get(INBOX).content.decode()
    Dossier.objects.filter(pk=dossier.pk).update(owner_name="Lê Thị Khác")
    assert "Lê Thị Khác" in client.get(INBOX).content.decode()


# ── narrowed, arranged, kept ─────────────────────────────────────────────────────────────────────


def test_a_list_is_narrowed_by_what_stands_in_its_address(house, enter):
    here = houses.submitted(house)
    there = houses.submitted(house, owner_place_code="26506")
    client = enter(house.people[Role.RECEPTIONIST])

    def found(**query):
        return codes(client.get(INBOX, {"muc": "nhom", **query}))

    assert set(found()) == {here.reference, there.reference}
    assert found(dia_ban="26506") == [there.reference]
    assert found(thu_tuc=house.procedure.pk, dia_ban="26506") == [there.reference]
    assert found(thu_tuc=house.procedure.pk + 1000) == []
    assert found(trang_thai="processing") == []
    assert found(den=f"{clock.today() - timedelta(days=1):%d/%m/%Y}") == []
    assert len(found(den=f"{clock.today() + timedelta(days=30):%d/%m/%Y}")) == 2
    for made_up in (
        {"thu_tuc": "x"},
        {"dia_ban": "' OR 1"},
        {"trang_thai": "draft"},
        {"den": "31/02/2026"},
        {"cot": "x"},
    ):
        assert len(found(**made_up)) == 2


def test_the_panel_offers_what_lies_open_and_tells_what_is_no_day(house, enter):
    houses.submitted(house)
    page = enter(house.people[Role.RECEPTIONIST]).get(INBOX, {"muc": "nhom", "loc": "1", "den": "31/02/2026"})
    form = page.context["panel"]["form"]
    assert [pk for pk, _name in form.fields["thu_tuc"].choices] == ["", house.procedure.pk]
    assert "den" in form.errors
    assert "31/02/2026" in page.content.decode()


def test_columns_are_chosen_and_a_list_is_kept_under_a_name(house, enter):
    houses.submitted(house)
    client = enter(house.people[Role.RECEPTIONIST])
    query = "muc=nhom&cot=chu&cot=dia-ban"
    page = client.get(f"{INBOX}?{query}")
    assert [code for code, _label in page.context["columns"]] == ["chu", "dia-ban"]
    assert house.procedure.name not in page.content.decode()
    assert client.post(f"/mot-cua/danh-sach-luu/?{query}", {"name": " "}).status_code == 400
    saved = client.post(f"/mot-cua/danh-sach-luu/?{query}", {"name": "Theo phường"})
    assert saved.headers["Location"] == f"{INBOX}?{query}"
    (view,) = client.get(saved.headers["Location"]).context["panel"]["views"]
    assert (view["name"], view["url"], view["is_here"]) == ("Theo phường", f"{INBOX}?{query}", True)
    other = enter(house.people[Role.DESK_HEAD])
    assert other.get(INBOX, {"muc": "nhom"}).context["panel"]["views"] == []
    other.post(f"/mot-cua/danh-sach-luu/?{query}", {"bo": view["pk"]})
    assert SavedView.objects.count() == 1  # somebody else's stays
    client.post(f"/mot-cua/danh-sach-luu/?{query}", {"bo": view["pk"]})
    assert SavedView.objects.count() == 0


def test_twenty_lists_are_enough(house, enter):
    client = enter(house.people[Role.RECEPTIONIST])
    for number in range(20):
        client.post("/mot-cua/danh-sach-luu/?muc=nhom", {"name": f"Số {number}"})
    assert client.post("/mot-cua/danh-sach-luu/?muc=nhom", {"name": "Nữa"}).status_code == 400
    assert client.post("/mot-cua/danh-sach-luu/?muc=cua-toi", {"name": "Số 3"}).status_code == 302
    assert SavedView.objects.get(name="Số 3").query == "muc=cua-toi"


def test_what_was_closed_before_lists_stood_by_law_begins_the_list_anew(house, enter):
    first, second = houses.assigned(house), houses.assigned(house)
    officer = house.people[Role.OFFICER]
    done = WorkItem.objects.filter(dossier=first, closed_at__isnull=False).first()
    WorkItem.objects.filter(pk=done.pk).update(legal_at=None)
    left = WorkItem.objects.filter(holder=officer, closed_at=None)
    assert inbox.next_item(left, done.pk)["dossier_id"] in {first.pk, second.pk}


def test_a_day_that_is_none_opens_the_panel_and_says_so(house, enter):
    houses.assigned(house)
    text = enter(house.people[Role.OFFICER]).get(INBOX, {"den": "31/02/2026"}).content.decode()
    assert 'value="31/02/2026"' in text


def test_a_name_that_cannot_be_kept_stays_in_its_field(house, enter):
    houses.assigned(house)
    answer = enter(house.people[Role.OFFICER]).post(f"{INBOX}danh-sach-luu/", {"name": "x" * 70})
    assert answer.status_code == 400
    assert f'value="{"x" * 70}"' in answer.content.decode()
