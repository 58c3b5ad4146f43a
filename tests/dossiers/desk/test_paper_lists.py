"""Papers that wait for a reader: what lies in which list, the way from one to the next, what comes back to its writer."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers import draft_sheets
from dossiers.desk import inbox
from dossiers.enums import DraftKind
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import consulting, decision, paper_drafts, submission
from portal import clock
from portal.errors import UserError
from procedures import result_templates
from procedures.paperspec import Gap
from tests import houses
from tests.dossiers.services import asking
from tests.factories import MembershipFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]

INBOX = "/mot-cua/"
REFUSAL = {"reason_code": "other", "reason": "Sai mẫu."}
# as the inbox, then: drafts of the page with their writers, versions of their templates
LIST_QUERIES = 7 + 2 + 2


def list_of(client, tab):
    page = client.get(INBOX, {"muc": tab})
    assert page.status_code == 200
    return page.context["rows"]


def codes(client, tab):
    return [row["code"] for row in list_of(client, tab)]


def tabs(client):
    return {str(tab["label"]): tab["number"] for tab in client.get(INBOX).context["tabs"]}


def proposed(house):
    """A dossier whose result waits for the head of the department."""
    dossier = houses.assigned(house)
    return houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])


def agreed(house):
    """A dossier whose result waits for the signature of the authority."""
    return decision.approve(dossier_id=proposed(house).pk, by=house.people[Role.UNIT_HEAD])


def refusal(house, *, by=None):
    """A dossier whose refusal at intake waits for the head of the desk."""
    dossier, writer = houses.submitted(house), by or house.people[Role.RECEPTIONIST]
    row = paper_drafts.write(dossier_id=dossier.pk, by=writer, kind=DraftKind.INTAKE_REFUSAL, fields=REFUSAL)
    return paper_drafts.submit(dossier_id=dossier.pk, by=writer, draft_id=row.pk)


def press(client, page, action):
    """Do an act offered beside the paper, with what its form carries."""
    one = next(one for one in page.context["acts"] if one.act.code == action)
    return client.post(one.url, {**dict(one.hidden), "reason": "Chưa rõ căn cứ."})


# ── what lies where ──────────────────────────────────────────────────────────────────────────────


def test_a_result_waits_for_the_head_then_for_the_signer(house, enter):
    dossier = proposed(house)
    head, signer = enter(house.people[Role.UNIT_HEAD]), enter(house.people[Role.SIGNER])
    assert (codes(head, "xem-xet"), codes(signer, "ky")) == ([dossier.code], [])
    (row,) = list_of(head, "xem-xet")
    assert (row["paper"], row["author"]) == ("Kết quả giải quyết", "Cán bộ officer")
    assert "chờ từ" in head.get(INBOX, {"muc": "xem-xet"}).content.decode()
    assert tabs(head)["Dự thảo cần xem xét"] == "1"
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    assert (codes(head, "xem-xet"), codes(signer, "ky")) == ([], [dossier.code])


def test_small_papers_wait_for_the_signature_too(house, enter):
    dossier = refusal(house)
    client = enter(house.people[Role.DESK_HEAD])
    (row,) = list_of(client, "ky")
    assert (row["code"], row["paper"]) == (dossier.reference, "Phiếu từ chối tiếp nhận hồ sơ")
    assert client.get(row["url"]).status_code == 200


def test_the_answer_of_an_asked_unit_leads_to_its_question(db, enter):
    house = asking.make_house()
    dossier = houses.assigned(house)
    item = asking.ask(house, dossier)
    head = MembershipFactory(role=Role.UNIT_HEAD, unit=item.unit).user
    consulting.submit_answer(item_id=item.pk, by=house.adviser, kind="agrees", text="")
    client = enter(head)
    (row,) = list_of(client, "ky")
    assert row["url"].startswith(f"/mot-cua/y-kien/{item.pk}/?")
    assert (row["owner"], row["author"]) == ("", house.adviser.full_name)
    place = WorkItem.objects.get(parent=item).pk
    draft = PaperDraft.objects.get(handling=place)
    answer = client.post(
        f"/mot-cua/y-kien/{item.pk}/du-thao/ky/", {"draft_version": draft.version, "muc": "ky", "tu": place}
    )
    assert answer.headers["Location"] == "/mot-cua/?muc=ky"


def test_an_empty_list_says_so(house, enter):
    text = enter(house.people[Role.SIGNER]).get(INBOX, {"muc": "ky"}).content.decode()
    assert "Không có văn bản nào chờ bạn ký." in text
    assert "Dự thảo cần ký" in text
    assert "Dự thảo" not in enter(house.people[Role.RECEPTIONIST]).get(INBOX).content.decode()


def test_what_is_not_mine_is_not_there(house, enter):
    agreed(house)
    elsewhere = UnitFactory()
    for role in (Role.SIGNER, Role.UNIT_HEAD, Role.DESK_HEAD):
        client = enter(MembershipFactory(role=role, unit=elsewhere).user)
        assert [codes(client, tab) for tab in inbox.PAPER_TABS] == [[], [], []]
    assert codes(enter(house.people[Role.UNIT_HEAD]), "ky") == []


def test_nobody_is_shown_papers_they_may_not_agree_to(house, enter):
    dossier = proposed(house)
    officer = house.people[Role.OFFICER]
    MembershipFactory(role=Role.UNIT_HEAD, unit=house.office, user=officer)
    assert codes(enter(officer), "xem-xet") == []  # proposed by the same person
    head = house.people[Role.UNIT_HEAD]
    Dossier.objects.filter(pk=dossier.pk).update(account=head)
    assert codes(enter(head), "xem-xet") == []  # filed by the head
    Dossier.objects.filter(pk=dossier.pk).update(account=house.citizen)
    house.party.user = head
    house.party.save()
    assert codes(enter(head), "xem-xet") == []  # the head's own


def test_whoever_stands_in_sees_what_the_person_on_leave_would_sign(house, enter):
    dossier = agreed(house)
    signer, today = house.people[Role.SIGNER], clock.today()
    second = MembershipFactory(role=Role.SIGNER, unit=house.ward).user
    dossier.work_items.filter(closed_at=None).update(holder=signer)
    assert codes(enter(second), "ky") == []
    leave = {"user": signer, "cover": second, "named_by": signer, "reason": "Nghỉ phép"}
    LeaveCover.objects.create(**leave, valid_from=today, valid_to=today + timedelta(days=1))
    assert codes(enter(second), "ky") == [dossier.code]


def test_a_number_that_is_owed_is_told(house, enter, monkeypatch):
    proposed(house)
    monkeypatch.setattr(
        result_templates, "blocking", lambda *_: [Gap("so", "Số định danh cá nhân", may_be_waived=True)]
    )
    text = enter(house.people[Role.UNIT_HEAD]).get(INBOX, {"muc": "xem-xet"}).content.decode()
    assert "còn chờ: Số định danh cá nhân" in text


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_papers(house, enter, django_assert_num_queries, count):
    for _number in range(count):
        agreed(house)
    client = enter(house.people[Role.SIGNER])
    client.get(INBOX, {"muc": "ky"})
    with django_assert_num_queries(LIST_QUERIES):
        assert len(codes(client, "ky")) == count


def test_pages_follow_each_other(house, enter, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    wanted = {refusal(house).reference for _number in range(3)}
    client = enter(house.people[Role.DESK_HEAD])
    first = client.get(INBOX, {"muc": "ky"})
    second = client.get(first.context["next_url"])
    assert [len(page.context["rows"]) for page in (first, second)] == [2, 1]
    assert {row["code"] for page in (first, second) for row in page.context["rows"]} == wanted


# ── from one to the next ─────────────────────────────────────────────────────────────────────────


def test_signing_leads_to_the_next_paper_and_at_last_to_the_list(house, enter):
    for _number in range(3):
        agreed(house)
    client = enter(house.people[Role.SIGNER])
    rows = list_of(client, "ky")
    page = client.get(rows[1]["url"])
    assert page.context["next_url"] == rows[2]["url"]
    assert "Văn bản tiếp theo trong danh sách" in page.content.decode()
    for expected in (rows[2]["url"], rows[0]["url"], "/mot-cua/?muc=ky"):
        answer = press(client, page, "approve")
        assert answer.headers["Location"] == expected
        page = client.get(expected)
    assert "Không có văn bản nào chờ bạn ký." in page.content.decode()


def test_a_mistake_keeps_the_place_in_the_list(house, enter):
    agreed(house), agreed(house)
    client = enter(house.people[Role.SIGNER])
    page = client.get(list_of(client, "ky")[0]["url"])
    one = next(one for one in page.context["acts"] if one.act.code == "send_back")
    answer = client.post(one.url, dict(one.hidden))
    assert answer.status_code == 400
    assert 'name="muc" value="ky"' in answer.content.decode()


@pytest.mark.parametrize(
    "place", [{"muc": "nhom", "tu": "1"}, {"muc": "ky", "tu": "x"}, {"muc": "ky"}, {"tu": "9" * 30}]
)
def test_made_up_places_do_no_harm(house, enter, place):
    agreed(house)
    client = enter(house.people[Role.SIGNER])
    address = list_of(client, "ky")[0]["url"].partition("?")[0]
    page = client.get(address, place)
    assert (page.status_code, page.context["place"]) == (200, None)
    assert client.get(address, {"muc": "ky", "tu": 2**62}).status_code == 200


# ── given back ───────────────────────────────────────────────────────────────────────────────────


def test_a_result_given_back_is_in_its_writers_list_with_the_words(house, enter):
    dossier = proposed(house)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Thiếu căn cứ.")
    client = enter(house.people[Role.OFFICER])
    assert tabs(client)["Dự thảo bị trả lại"] == "1"
    (row,) = list_of(client, "bi-tra-lai")
    assert row["code"] == dossier.code
    page = client.get(INBOX, {"muc": "bi-tra-lai"}).content.decode()
    assert "Cán bộ unit_head trả lại: Thiếu căn cứ." in page
    opened = client.get(row["url"])
    assert opened.context["form"] is not None
    assert "trả lại: Thiếu căn cứ." in opened.content.decode()
    assert [one["is_given_back"] for one in list_of(client, "cua-toi")] == [True]
    assert "trả lại</span>" in client.get(INBOX, {"muc": "cua-toi"}).content.decode()
    assert [one["is_given_back"] for one in list_of(enter(house.people[Role.UNIT_HEAD]), "cua-toi")] == []
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    assert "Dự thảo bị trả lại" not in tabs(client)


def test_a_numbered_paper_given_back_goes_on_with_the_words(house, enter):
    dossier = refusal(house)
    head = house.people[Role.DESK_HEAD]
    paper_drafts.sign(dossier_id=dossier.pk, by=head)
    paper_drafts.return_draft(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], reason="Sai tên.")
    client, other = enter(house.people[Role.RECEPTIONIST]), houses.submitted(house)
    marks = {one["code"]: one["is_given_back"] for one in list_of(client, "cho-tiep-nhan")}
    assert marks == {dossier.reference: True, other.reference: False}
    (row,) = list_of(client, "bi-tra-lai")
    assert row["review"].note == "Sai tên."
    assert draft_sheets.size(PaperDraft.objects.last())


def test_what_was_given_back_follows_the_work(house, enter):
    dossier = proposed(house)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], reason="Thiếu căn cứ.")
    second = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    assert codes(enter(second), "bi-tra-lai") == []
    dossier.work_items.filter(closed_at=None).update(holder=second)
    assert codes(enter(second), "bi-tra-lai") == [dossier.code]
    assert Membership.objects.filter(user=second).exists()


# ── how soon to ask for more ─────────────────────────────────────────────────────────────────────


def new_request(client, dossier):
    page = client.get(f"/mot-cua/{dossier.pk}/du-thao/moi/supplement_request/")
    assert page.status_code == 200
    return page.context["advice"], " ".join(page.content.decode().split())


def test_the_page_says_until_when_to_ask_for_more_and_when_that_is_over(house, enter):
    dossier, client = houses.assigned(house), enter(house.people[Role.OFFICER])
    advice, text = new_request(client, dossier)
    assert not advice.is_late
    assert (
        "chậm nhất ngày 23/11/2026: 03 ngày làm việc kể từ ngày tiếp nhận (NĐ 61/2018/NĐ-CP, Điều 19 khoản 4)" in text
    )
    with time_machine.travel("2026-11-24T09:00+07:00", tick=False):
        advice, text = new_request(enter(house.people[Role.OFFICER]), dossier)
        assert advice.is_late
        assert "Đã quá hạn yêu cầu bổ sung: chậm nhất là ngày 23/11/2026" in text
        houses.asked(house, dossier)  # it stops nobody
        submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
        head = enter(MembershipFactory(role=Role.UNIT_HEAD, unit=house.office).user)
        assert new_request(head, dossier)[0] is None  # a second request is a head's matter, with a reason of its own


def test_before_reception_the_answer_is_due_within_eight_working_hours(house, enter):
    dossier, desk_person = houses.submitted(house), house.people[Role.RECEPTIONIST]
    advice, text = new_request(enter(desk_person), dossier)
    assert "phải gửi trước 09:00 19/11/2026 (NĐ 118/2025/NĐ-CP, Điều 17 khoản 2)" in text
    with time_machine.travel("2026-11-20T09:00+07:00", tick=False):
        advice, text = new_request(enter(desk_person), dossier)
        assert advice.is_late
        assert "Đã quá hạn thông báo bổ sung hồ sơ nộp trực tuyến" in text


def test_the_signer_sees_it_too(house, enter):
    dossier = houses.assigned(house)
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}
    fields = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    officer = house.people[Role.OFFICER]
    row = paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=DraftKind.SUPPLEMENT_REQUEST, fields=fields)
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=row.pk)
    client = enter(house.people[Role.UNIT_HEAD])
    page = client.get(list_of(client, "ky")[0]["url"])
    assert "chậm nhất ngày 23/11/2026" in page.content.decode()


def test_what_one_wrote_is_another_heads_to_sign(house, enter):
    head = house.people[Role.DESK_HEAD]
    second = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    dossier = refusal(house, by=head)
    assert (codes(enter(head), "ky"), codes(enter(second), "ky")) == ([], [dossier.reference])


def test_what_one_put_forward_is_another_heads_to_sign_too(house, enter):
    second = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    dossier, writer = houses.submitted(house), house.people[Role.RECEPTIONIST]
    row = paper_drafts.write(dossier_id=dossier.pk, by=writer, kind=DraftKind.INTAKE_REFUSAL, fields=REFUSAL)
    paper_drafts.submit(dossier_id=dossier.pk, by=second, draft_id=row.pk)
    assert codes(enter(second), "ky") == []
    assert codes(enter(house.people[Role.DESK_HEAD]), "ky") == [dossier.reference]


def test_nobody_else_is_there_so_the_writer_finds_it_to_sign(house, enter):
    head, today = house.people[Role.DESK_HEAD], clock.today()
    second = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    dossier = refusal(house, by=head)
    leave = {"user": second, "cover": head, "named_by": head, "reason": "Nghỉ phép"}
    LeaveCover.objects.create(**leave, valid_from=today, valid_to=today)
    assert codes(enter(head), "ky") == [dossier.reference]


def test_the_page_says_who_signs_instead_of_the_writer_and_the_service_says_the_same(house, enter):
    head = house.people[Role.DESK_HEAD]
    MembershipFactory(role=Role.DESK_HEAD, unit=house.center, user__full_name="Trưởng Hai")
    dossier = refusal(house, by=head)
    client, row = enter(head), PaperDraft.objects.get(dossier=dossier)
    sentence = "Bạn đã soạn văn bản này nên người khác phải ký: Trưởng Hai, Cán bộ signer."
    page = client.get(f"/mot-cua/{dossier.pk}/du-thao/{row.pk}/").content.decode()
    assert (sentence in page, "/viec/sign_draft/" in page, "/viec/return_draft/" in page) == (True, False, True)
    assert "Ký duyệt văn bản: mở văn bản" not in client.get(f"/mot-cua/{dossier.pk}/").content.decode()
    with pytest.raises(UserError, match=sentence):
        paper_drafts.sign(dossier_id=dossier.pk, by=head)


def test_a_result_one_wrote_is_not_offered_to_agree_to(house, enter):
    writer = house.people[Role.OFFICER]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    dossier = houses.assigned(house)
    row = houses.drafted(dossier_id=dossier.pk, by=writer)
    dossier.work_items.filter(closed_at=None).update(holder=other)
    decision.propose(dossier_id=dossier.pk, by=other, draft_id=row.pk)
    MembershipFactory(role=Role.UNIT_HEAD, unit=house.office, user=writer)
    client = enter(writer)
    page = client.get(f"/mot-cua/{dossier.pk}/du-thao/{row.pk}/").content.decode()
    assert "người khác phải ký: Cán bộ unit_head" in page
    assert f"/mot-cua/{dossier.pk}/viec/approve/" not in page
    assert codes(client, "xem-xet") == []


def test_whoever_answers_for_an_asked_unit_is_told_who_signs(db, enter):
    house = asking.make_house()
    item = asking.ask(house, houses.assigned(house))
    head = MembershipFactory(role=Role.UNIT_HEAD, unit=item.unit).user
    MembershipFactory(role=Role.UNIT_HEAD, unit=item.unit, user__full_name="Trưởng Hai")
    consulting.submit_answer(item_id=item.pk, by=head, kind="agrees", text="")
    page = enter(head).get(f"/mot-cua/y-kien/{item.pk}/").content.decode()
    assert "người khác phải ký: Trưởng Hai" in page
    assert (f"{item.pk}/du-thao/ky/" in page, f"{item.pk}/du-thao/tra-lai/" in page) == (False, True)
