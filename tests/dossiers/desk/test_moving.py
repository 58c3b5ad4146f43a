"""Moving work on the desk's pages: on a dossier with one item and with several, from the inbox, from the list of who holds what."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import moving
from portal import clock
from tests import houses
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]


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


@pytest.mark.parametrize("officer", ["0", "x", "999999999", "-1"])
def test_a_person_nobody_offered_is_refused_and_the_reason_stays(house, enter, officer):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.UNIT_HEAD])
    item = open_items(dossier)[0]
    answer = send(client, dossier, "reassign", item=item.pk, officer=officer, reason="Đổi người làm.")
    assert answer.status_code == 400
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
    client = enter(house.people[Role.OFFICER])
    found = offered(client.get(address(dossier)))
    assert found[f"propose-{first.pk}"].title == "Trình lãnh đạo: Thẩm định hồ sơ"
    assert found[f"propose-{second.pk}"].title == "Trình lãnh đạo: Kiểm tra thực địa"
    sent = {"item": second.pk, "decision": "grant", "content": "Đo xong."}
    assert send(client, dossier, "propose", **sent).status_code == 302
    assert open_items(dossier) == [first]


def test_a_branch_done_by_another_says_so_and_keeps_what_was_typed(enter):
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    _first, second = open_items(dossier)
    client = enter(house.people[Role.OFFICER])
    sent = {"item": second.pk, "decision": "grant", "content": "Đo xong, đúng ranh giới."}
    send(client, dossier, "propose", **sent)
    answer = send(client, dossier, "propose", **sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "vừa được người khác cập nhật" in page
    assert "Đo xong, đúng ranh giới." in page
    # and nothing typed for one branch slips into the form of the other
    assert not offered(answer)["propose"].form.is_bound


def test_mistakes_come_back_in_the_form_of_their_branch(enter):
    house = houses.make_house(houses.BRANCHES)
    dossier = houses.assigned(house)
    first, second = open_items(dossier)
    client = enter(house.people[Role.OFFICER])
    answer = send(client, dossier, "propose", item=second.pk, decision="grant", content="")
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
