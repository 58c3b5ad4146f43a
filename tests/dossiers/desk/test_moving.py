"""Moving work on the desk's pages: on a dossier with one item and with several, from the inbox, from the list of who holds what."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import LeaveCover, LookUp, Membership
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import desk, moving
from portal import clock
from procedures.enums import StepKind
from tests import houses
from tests.factories import MembershipFactory, PartyFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


def address(dossier, action=None):
    return f"/mot-cua/{dossier.pk}/" + (f"viec/{action}/" if action else "")


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def send(client, dossier, action, **facts):
    return client.post(address(dossier, action), {"version": fresh(dossier).version, **facts})


def offered(page):
    return {one.name: one for one in [*page.context["next_acts"], *page.context["other_acts"]]}


def open_items(dossier):
    return list(WorkItem.objects.filter(dossier=dossier, closed_at=None).order_by("position"))


# ── one dossier ──────────────────────────────────────────────────────────────────────────────────


def test_take_release_reassign_and_recall_through_the_page(house, enter):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Trần Văn Thay").user
    for person, action, facts, holder in [
        (officer, "release", {"reason": "Trùng lịch."}, None),
        (other, "take", {}, other),
        (head, "reassign", {"officer": officer.pk, "reason": "Đúng lĩnh vực."}, officer),
        (head, "reassign", {"reason": "Chưa rõ ai làm."}, None),
    ]:
        client = enter(person)
        one = offered(client.get(address(dossier)))[action]
        answer = send(client, dossier, action, item=one.item_id, **facts)
        assert answer.status_code == 302, (action, answer.content.decode())
        assert open_items(dossier)[0].holder == holder
    assert (
        "Thẩm định: từ Trần Văn Thay sang Cán bộ officer. Đúng lĩnh vực."
        in enter(head).get(address(dossier)).content.decode()
    )


def test_recall_through_the_page(house, enter):
    dossier = houses.received(house)
    client = enter(house.people[Role.RECEPTIONIST])
    send(client, dossier, "forward")
    item = offered(client.get(address(dossier)))["recall"].item_id
    assert send(client, dossier, "recall", item=item, reason="").status_code == 400
    assert send(client, dossier, "recall", item=item, reason="Nhầm phòng.").status_code == 302
    assert fresh(dossier).state == "accepted"
    assert "forward" in offered(client.get(address(dossier)))


@pytest.mark.parametrize(("officer", "status"), [("0", 400), ("x", 400), ("-1", 400), ("999999999", 409)])
def test_a_person_nobody_offered_is_refused_and_the_reason_stays(house, enter, officer, status):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.UNIT_HEAD])
    item = open_items(dossier)[0]
    answer = send(client, dossier, "reassign", item=item.pk, officer=officer, reason="Đổi người làm.")
    assert answer.status_code == status
    assert "Đổi người làm." in answer.content.decode()
    assert open_items(dossier)[0].holder == house.people[Role.OFFICER]


@pytest.mark.parametrize("item", ["x", "-3", "9" * 30, "99999999"])
def test_an_item_nobody_offered_is_refused(house, enter, item):
    dossier = houses.assigned(house)
    answer = send(enter(house.people[Role.OFFICER]), dossier, "release", item=item, reason="Bận.")
    assert answer.status_code in {400, 409}
    assert open_items(dossier)[0].holder == house.people[Role.OFFICER]


def test_each_act_is_offered_for_each_branch_with_its_step_named(enter):
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    first, second = open_items(dossier)
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    client = enter(house.people[Role.OFFICER])
    found = offered(client.get(address(dossier)))
    assert found[f"propose-{first.pk}"].title == "Trình lãnh đạo: Thẩm định hồ sơ"
    assert found[f"propose-{second.pk}"].title == "Trình lãnh đạo: Kiểm tra thực địa"
    sent = {"item": second.pk, "note": "Đo xong."}
    assert send(client, dossier, "propose", **sent).status_code == 302
    assert open_items(dossier) == [first]


def test_a_branch_done_by_another_says_so_and_keeps_what_was_typed(enter):
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    _first, second = open_items(dossier)
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    client = enter(house.people[Role.OFFICER])
    sent = {"item": second.pk, "note": "Đo xong, đúng ranh giới."}
    send(client, dossier, "propose", **sent)
    answer = send(client, dossier, "propose", **sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "vừa được cập nhật ở nơi khác" in page
    assert "Đo xong, đúng ranh giới." in page
    # and nothing typed for one branch slips into the form of the other
    assert not offered(answer)["propose"].form.is_bound


def test_mistakes_come_back_in_the_form_of_their_branch(enter):
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    first, second = open_items(dossier)
    client = enter(house.people[Role.OFFICER])
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    answer = send(client, dossier, "propose", item=second.pk, note="x" * 3000)
    found = offered(answer)
    assert answer.status_code == 400
    assert found[f"propose-{second.pk}"].form.is_bound
    assert not found[f"propose-{first.pk}"].form.is_bound


def test_the_page_names_who_holds_it_and_since_when(house, enter):
    dossier = houses.assigned(house)
    officer, client = house.people[Role.OFFICER], enter(house.people[Role.DESK_HEAD])
    assert "Cán bộ officer giữ từ 09:00 thứ Tư 18/11/2026" in client.get(address(dossier)).content.decode()
    moving.release(dossier_id=dossier.pk, by=officer, reason="Bận.")
    page = client.get(address(dossier)).content.decode()
    assert "Chưa ai nhận, từ 09:00 thứ Tư 18/11/2026" in page
    assert "Người nhận được: Cán bộ officer" in page


def test_the_page_names_the_cover_and_who_can_give_it_to_another(house, enter):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Trần Văn Thay").user
    day = clock.today() + timedelta(days=2)
    leave = LeaveCover.objects.create(
        user=officer, cover=other, valid_from=clock.today(), valid_to=day, reason="Ốm", named_by=head
    )
    client = enter(house.people[Role.DESK_HEAD])
    page = client.get(address(dossier)).content.decode()
    assert "Đang nghỉ đến hết 20/11/2026" in page
    assert "đang trực thay: Trần Văn Thay" in page
    leave.cover = head
    leave.save()
    page = client.get(address(dossier)).content.decode()
    assert "đang trực thay" not in page
    assert "Giao lại cho người khác được: Cán bộ desk_head, Cán bộ unit_head" in page


def test_the_page_says_when_nobody_can_move_it_and_what_to_do(house, enter):
    dossier = houses.assigned(house)
    Membership.objects.filter(role=Role.OFFICER).update(valid_to=clock.today() - timedelta(days=1))
    page = enter(house.people[Role.DESK_HEAD]).get(address(dossier)).content.decode()
    assert "không còn xử lý được hồ sơ này" in page
    assert "Hiện không ai ở Văn phòng HĐND và UBND phường Mẫu làm được bước này" in page


def test_ones_own_dossier_offers_nothing_and_says_why(house, enter):
    officer = house.people[Role.OFFICER]
    dossier = houses.assigned(house)
    officer.identity_index = "x1"
    officer.save(update_fields=["identity_index"])
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index="x1", identity_source="counter")
    page = enter(officer).get(address(dossier))
    assert offered(page) == {}
    assert "Đây là hồ sơ của chính bạn" in page.content.decode()


def test_taken_by_another_between_page_and_act_is_told_by_name(house, enter):
    dossier = houses.received(house)
    other = MembershipFactory(role=Role.RECEPTIONIST, unit=house.center, user__full_name="Lê Thị Nhanh").user
    client = enter(house.people[Role.RECEPTIONIST])
    item = offered(client.get(address(dossier)))["take"].item_id
    version = fresh(dossier).version
    moving.take(dossier_id=dossier.pk, by=other)
    answer = client.post(address(dossier, "take"), {"version": version, "item": item})
    assert answer.status_code == 409
    assert "Lê Thị Nhanh đã nhận việc này trước" in answer.content.decode()


# ── taking from the inbox ────────────────────────────────────────────────────────────────────────

INBOX = "/mot-cua/"
HOLDERS = "/mot-cua/nguoi-giu/"
MOVE = "/mot-cua/nguoi-giu/giao/"
TAKE = "/mot-cua/nhan-viec/"


def ticks(page):
    return [row["pick"] for row in page.context["rows"]]


def results(page):
    return [(row.code, row.went, row.words) for row in page.context["done"]]


def test_take_one_from_its_row_and_several_at_once(house, enter):
    dossiers = [houses.received(house) for _number in range(3)]
    clerk = house.people[Role.RECEPTIONIST]
    client = enter(clerk)
    page = client.get(INBOX, {"muc": "nhom"})
    assert page.content.decode().count('name="mot"') == 3
    one = client.post(TAKE, {"mot": ticks(page)[0], "viec": ticks(page)[1]})
    assert one.headers["Location"] == address(dossiers[0])
    rest = client.post(TAKE, {"viec": ticks(page)[1:]}, follow=True)
    assert "Bạn đã nhận 2 việc." in rest.content.decode()
    assert all(open_items(dossier)[0].holder == clerk for dossier in dossiers)
    assert 'name="mot"' not in client.get(INBOX).content.decode()  # what is mine is not taken


def test_of_several_what_did_not_go_says_why(house, enter):
    first, second = houses.received(house), houses.received(house)
    client = enter(house.people[Role.RECEPTIONIST])
    page = client.get(INBOX, {"muc": "nhom"})
    other = MembershipFactory(role=Role.RECEPTIONIST, unit=house.center, user__full_name="Lê Thị Nhanh").user
    moving.take(dossier_id=first.pk, by=other)
    answer = client.post(TAKE, {"viec": ticks(page)})
    assert answer.status_code == 200
    assert results(answer) == [
        (first.code, False, "Lê Thị Nhanh đã nhận việc này trước. Nếu cần, hãy đề nghị lãnh đạo giao lại."),
        (second.code, True, "đã nhận"),
    ]
    assert "1 trong 2 việc đã chuyển" in answer.content.decode()


def test_an_item_of_another_unit_is_not_found_and_nothing_is_told_of_it(house, enter):
    dossier = houses.received(house)
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(parent=UnitFactory())).user
    answer = enter(stranger).post(TAKE, {"viec": f"{open_items(dossier)[0].pk}-{dossier.version}"})
    assert answer.status_code == 409
    assert dossier.code not in answer.content.decode()
    assert open_items(dossier)[0].holder is None


@pytest.mark.parametrize("value", ["", "x", "1", "1-", "-1", "٣-1", "1-1-1", "9" * 30 + "-1", "\x00"])
def test_picks_that_no_list_wrote_are_nothing(house, enter, value):
    answer = enter(house.people[Role.RECEPTIONIST]).post(TAKE, {"viec": value}, follow=True)
    assert "Hãy chọn ít nhất một việc" in answer.content.decode()


def test_heads_see_no_take_where_they_cannot_finish_the_step(house, enter):
    dossier = houses.assigned(house)
    moving.release(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Bận.")
    page = enter(house.people[Role.UNIT_HEAD]).get(INBOX, {"muc": "nhom"})
    assert [row["may_take"] for row in page.context["rows"]] == [False]
    page = enter(house.people[Role.OFFICER]).get(INBOX, {"muc": "nhom"})
    assert [row["may_take"] for row in page.context["rows"]] == [True]


# ── who holds what ───────────────────────────────────────────────────────────────────────────────


def test_heads_see_who_holds_how_much_and_filter_by_person(house, enter):
    held, free = houses.assigned(house), houses.assigned(house)
    moving.release(dossier_id=free.pk, by=house.people[Role.OFFICER], reason="Bận.")
    client = enter(house.people[Role.UNIT_HEAD])
    page = client.get(HOLDERS)
    people = {row["name"]: row for row in page.context["people"]}
    assert {name: row["number"] for name, row in people.items()} == {"Cán bộ officer": 1, "chưa ai nhận": 1}
    assert [row["code"] for row in client.get(people["Cán bộ officer"]["url"]).context["rows"]] == [held.code]
    assert [row["code"] for row in client.get(people["chưa ai nhận"]["url"]).context["rows"]] == [free.code]
    text = page.content.decode()
    assert "từ 09:00 thứ Tư 18/11/2026" in text  # since when
    assert held.code in text


def test_a_signer_sees_the_authority_and_not_its_departments(house, enter):
    houses.assigned(house)
    lies_here = houses.approved(house)
    page = enter(house.people[Role.SIGNER]).get(HOLDERS)
    assert [row["code"] for row in page.context["rows"]] == [lies_here.code]


def test_people_who_left_or_are_away_stand_out(house, enter):
    houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Trần Văn Thay").user
    client = enter(head)
    assert "Trần Văn Thay trực thay" not in client.get(HOLDERS).content.decode()
    today = clock.today()
    leave = LeaveCover.objects.create(
        user=officer, cover=other, valid_from=today, valid_to=today, reason="Ốm", named_by=head
    )
    page = client.get(HOLDERS)
    assert "nghỉ đến 18/11/2026, Trần Văn Thay trực thay" in page.content.decode()
    offered = [label for _value, label in page.context["form"].fields["officer"].widget.choices]
    assert offered[-1] == "Cán bộ officer (đang nghỉ)", "whoever is there is offered first"
    leave.cover = head
    leave.save()
    assert "nghỉ đến 18/11/2026, chưa ai làm thay được" in client.get(HOLDERS).content.decode()
    leave.delete()
    Membership.objects.filter(user=officer).update(valid_to=today - timedelta(days=1))
    page = client.get(HOLDERS)
    assert "không còn vai trò này" in page.content.decode()
    assert page.context["stuck"] == []  # a colleague is there to get it


def test_what_nobody_can_move_stands_first_with_the_way_out(house, enter):
    dossier = houses.assigned(house)
    Membership.objects.filter(role=Role.OFFICER).update(valid_to=clock.today() - timedelta(days=1))
    page = enter(house.people[Role.DESK_HEAD]).get(HOLDERS)
    assert [row["code"] for row in page.context["stuck"]] == [dossier.code]
    text = page.content.decode()
    assert text.index("Việc không ai chuyển tiếp được") < text.index("Theo người và đơn vị")
    assert "Cần quản trị cấp vai trò chuyên viên thụ lý" in text


def test_one_dossier_of_their_own_stops_the_only_officer_and_is_found(house, enter):
    officer = house.people[Role.OFFICER]
    dossier = houses.assigned(house)
    party = PartyFactory(full_name="Người khác")
    elsewhere = houses.submitted(house, owner=party, submitter=party, account=house.citizen)
    officer.identity_index = "x1"
    officer.save(update_fields=["identity_index"])
    type(house.party).objects.filter(pk=house.party.pk).update(identity_index="x1", identity_source="counter")
    page = enter(house.people[Role.DESK_HEAD]).get(HOLDERS)
    assert [row["code"] for row in page.context["stuck"]] == [dossier.code]
    assert elsewhere.reference in {row["code"] for row in page.context["rows"]}


def test_several_are_given_to_another_and_each_tells_what_became_of_it(house, enter):
    first, second, third = (houses.assigned(house) for _number in range(3))
    other = MembershipFactory(role=Role.OFFICER, unit=house.office, user__full_name="Trần Văn Thay").user
    client = enter(house.people[Role.UNIT_HEAD])
    page = client.get(HOLDERS)
    moving.reassign(
        dossier_id=second.pk, by=house.people[Role.DESK_HEAD], officer_id=None, reason="Người khác làm trước."
    )
    answer = client.post(MOVE, {"viec": ticks(page), "officer": other.pk, "reason": "Chia lại việc."})
    assert {code: went for code, went, _words in results(answer)} == {
        first.code: True,
        second.code: False,
        third.code: True,
    }
    assert "vừa được cập nhật ở nơi khác" in answer.content.decode()
    assert open_items(first)[0].holder == open_items(third)[0].holder == other
    assert open_items(second)[0].holder is None


def test_two_items_of_one_dossier_go_together(enter):
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    client = enter(house.people[Role.UNIT_HEAD])
    picks = ticks(client.get(HOLDERS))
    answer = client.post(MOVE, {"viec": picks, "officer": other.pk, "reason": "Nghỉ dài ngày."})
    assert [went for _code, went, _words in results(answer)] == [True, True]
    assert {item.holder for item in open_items(dossier)} == {other}


def test_a_mistake_keeps_what_was_picked_and_typed(house, enter):
    houses.assigned(house)
    houses.assigned(house)
    client = enter(house.people[Role.UNIT_HEAD])
    picks = ticks(client.get(HOLDERS))
    answer = client.post(MOVE, {"viec": picks[:1], "reason": ""})
    assert answer.status_code == 400
    assert [row["is_picked"] for row in answer.context["rows"]] == [True, False]
    answer = client.post(MOVE, {"reason": "Chia lại việc."})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Hãy chọn ít nhất một việc" in text
    assert "Chia lại việc." in text


def test_a_head_moves_nothing_beyond_their_units(house, enter):
    dossier = houses.assigned(house)
    unit = UnitFactory(parent=UnitFactory())
    stranger = MembershipFactory(role=Role.UNIT_HEAD, unit=unit).user
    client = enter(stranger)
    assert client.get(HOLDERS).context["rows"] == []
    pick = f"{open_items(dossier)[0].pk}-{dossier.version}"
    answer = client.post(MOVE, {"viec": pick, "reason": "Lấy về."})
    assert answer.status_code == 409
    assert dossier.code not in answer.content.decode()


def test_the_list_asks_the_same_whatever_its_length(house, enter, django_assert_max_num_queries):
    client = enter(house.people[Role.DESK_HEAD])
    for _number in range(3):
        houses.assigned(house)
    client.get(HOLDERS)
    with django_assert_max_num_queries(14):
        client.get(HOLDERS)


def test_the_list_of_holders_is_logged(house, enter):
    houses.assigned(house)
    head = house.people[Role.UNIT_HEAD]
    enter(head).get("/mot-cua/nguoi-giu/", {"nguoi": house.people[Role.OFFICER].pk})
    row = LookUp.objects.get(reader=head)
    assert (row.what, row.sought, row.shown) == ("ai đang giữ việc", f"nguoi={house.people[Role.OFFICER].pk}", 1)


# ── several at once ──────────────────────────────────────────────────────────────────────────────


def test_several_are_forwarded_each_by_itself_and_what_did_not_go_says_why(house, enter):
    first, second, third = (houses.received(house) for _number in range(3))
    clerk = house.people[Role.RECEPTIONIST]
    client = enter(clerk)
    page = client.get(INBOX, {"muc": "nhom"})
    assert [one["act"].code for one in page.context["together"]] == ["forward"]
    other = MembershipFactory(role=Role.RECEPTIONIST, unit=house.center).user
    moving.take(dossier_id=second.pk, by=other)
    answer = client.post("/mot-cua/nhieu-viec/forward/?muc=nhom", {"viec": ticks(page)})
    assert answer.status_code == 200
    assert [went for _code, went, _words in results(answer)] == [True, False, True]
    assert results(answer)[1][2]  # the reason, in words
    assert [item.kind for item in open_items(first)] == [StepKind.ASSIGN]
    assert [item.kind for item in open_items(second)] == [StepKind.INTAKE]
    assert [item.kind for item in open_items(third)] == [StepKind.ASSIGN]
    again = client.post("/mot-cua/nhieu-viec/forward/?muc=nhom", {"viec": ticks(page)})
    assert again.status_code == 409
    assert not any(went for _code, went, _words in results(again))


def test_a_head_assigns_several_and_a_mistake_keeps_the_ticks(house, enter):
    dossiers = [houses.received(house) for _number in range(2)]
    for dossier in dossiers:
        desk.forward(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    client, officer = enter(house.people[Role.UNIT_HEAD]), house.people[Role.OFFICER]
    page = client.get(INBOX, {"muc": "nhom"})
    address = "/mot-cua/nhieu-viec/assign/?muc=nhom"
    refused = client.post(address, {"viec": ticks(page)})
    assert refused.status_code == 400
    assert [row["is_picked"] for row in refused.context["rows"]] == [True, True]
    assert refused.content.decode().count(" checked") == 2
    nobody = client.post(address, {"officer": officer.pk})
    assert nobody.status_code == 400
    assert "Hãy chọn ít nhất một việc" in nobody.content.decode()
    done = client.post(address, {"viec": ticks(page), "officer": officer.pk})
    assert [went for _code, went, _words in results(done)] == [True, True]
    assert {open_items(dossier)[0].holder for dossier in dossiers} == {officer}


def test_several_are_given_back_to_the_queue_with_one_reason(house, enter):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    page = client.get(INBOX)
    assert "release" in [one["act"].code for one in page.context["together"]]
    address = "/mot-cua/nhieu-viec/release/?muc=cua-toi"
    assert client.post(address, {"viec": ticks(page), "reason": " "}).status_code == 400
    assert results(client.post(address, {"viec": ticks(page), "reason": "Bận họp."}))[0][1]
    assert open_items(dossier)[0].holder is None


@pytest.mark.parametrize(("action", "status"), [("approve", 404), ("issue", 404), ("x", 404), ("assign", 403)])
def test_what_is_not_done_together_is_not_offered_to_several(house, enter, action, status):
    """Nobody agrees to papers they have not seen; who may never do an act is refused."""
    houses.received(house)
    client = enter(house.people[Role.RECEPTIONIST])
    page = client.get(INBOX, {"muc": "nhom"})
    assert client.post(f"/mot-cua/nhieu-viec/{action}/", {"viec": ticks(page)}).status_code == status
