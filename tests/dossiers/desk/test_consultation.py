"""Questions to another unit on the screen: what the asked unit sees and nothing more, the answer, the asker's side."""

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers.models.consultation import Consultation
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.services import consulting, paper_drafts, printing
from tests import houses
from tests.dossiers.desk.acting import address, fresh, send
from tests.dossiers.services.asking import ROUTE, ask, make_house, open_items
from tests.factories import MembershipFactory
from vault.services import store_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


@pytest.fixture
def house(db):
    return make_house()


def page_of(item, *more):
    return f"/mot-cua/y-kien/{item.pk}/" + "".join(f"{part}/" for part in more)


def with_file(dossier, name="ban-ve.pdf"):
    """The dossier's one paper with a file."""
    row = dossier.attachments.first()
    row.file = store_bytes(name=name, mime="application/pdf", content=b"%PDF-1.4\n%%EOF\n")
    row.save()
    return row


def status(answer):
    """The status, with a streamed file read to its end."""
    if answer.streaming:
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    return answer.status_code


# ── the asked unit ───────────────────────────────────────────────────────────────────────────────


def test_the_asked_unit_finds_the_question_in_its_inbox_and_not_the_dossier(house, enter):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    client = enter(house.adviser)
    inbox = client.get("/mot-cua/")
    text = inbox.content.decode()
    assert [tab["label"] for tab in inbox.context["tabs"] if tab["active"]] == ["Cho ý kiến"]
    assert page_of(item) in text
    assert "Nguyễn Văn Mẫu" not in text
    assert client.get(address(dossier)).status_code == 404
    assert client.get(f"{address(dossier)}tep/{dossier.attachments.first().pk}/").status_code == 404
    assert "Cho ý kiến" not in enter(house.people[Role.RECEPTIONIST]).get("/mot-cua/").content.decode()


def test_the_page_shows_what_was_asked_and_nothing_more(house, enter):
    dossier = houses.assigned(house)
    paper = with_file(dossier)
    item = ask(house, dossier, shown=[paper.pk])
    client = enter(house.adviser)
    text = client.get(page_of(item)).content.decode()
    for words in ("Công trình có ảnh hưởng di tích không?", "ban-ve.pdf", dossier.code, "Văn phòng HĐND và UBND"):
        assert words in text
    for secret in ("Nguyễn Văn Mẫu", "1990", house.citizen.email):
        assert secret not in text
    read = PersonalDataRead.objects.filter(reader=house.adviser).latest("pk")
    assert (read.party, read.what) == (house.party, "xem nội dung lấy ý kiến")
    named = ask(house, dossier, unit_id=house.beside.pk, shows_owner=True)
    assert "Nguyễn Văn Mẫu" in enter(house.neighbour).get(page_of(named)).content.decode()
    assert client.get(page_of(named)).status_code == 404


def test_only_shown_files_are_served(house, enter):
    dossier = houses.assigned(house)
    paper = with_file(dossier)
    bare, shown = ask(house, dossier), ask(house, dossier, unit_id=house.beside.pk, shown=[paper.pk])
    assert enter(house.adviser).get(page_of(bare, "tep", paper.pk)).status_code == 404
    assert status(enter(house.neighbour).get(page_of(shown, "tep", paper.pk))) == 200
    assert enter(house.people[Role.OFFICER]).get(page_of(shown, "tep", paper.pk)).status_code == 404


def test_the_route_shows_the_papers_it_names(db, enter):
    house = make_house(ROUTE)
    dossier = houses.assigned(house)
    paper = with_file(dossier)
    work = open_items(dossier)
    assert status(enter(house.adviser).get(page_of(work[4], "tep", paper.pk))) == 200
    assert enter(house.neighbour).get(page_of(work[5], "tep", paper.pk)).status_code == 404
    text = enter(house.neighbour).get(page_of(work[5])).content.decode()
    assert "hết hạn mà không trả lời thì coi là đã đồng ý" in text
    assert "Hỏi phường bên" in text


def test_an_answer_is_given_seen_by_the_asker_and_printed(house, enter):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    client = enter(house.adviser)
    sent = {"kind": "conditions", "text": "Giữ khoảng lùi 3 m."}
    assert client.post(page_of(item, "tra-loi"), sent).status_code == 302
    printing.print_form(printed_form_id=PrintedForm.objects.get(name="consultation_answer").pk)
    page = client.get(page_of(item)).content.decode()
    assert "Giữ khoảng lùi 3 m." in page
    assert "Gửi ý kiến" not in page
    assert status(client.get(page_of(item, "van-ban"))) == 200
    assert page_of(item) in client.get("/mot-cua/?muc=xong").content.decode()
    asker = enter(house.people[Role.OFFICER]).get(address(dossier)).content.decode()
    for words in ("Lấy ý kiến", "đồng ý với điều kiện", "Giữ khoảng lùi 3 m.", "Văn bản trả lời lấy ý kiến"):
        assert words in asker


def test_a_bad_or_late_answer_comes_back_with_what_was_typed(house, enter):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    client = enter(house.adviser)
    empty = client.post(page_of(item, "tra-loi"), {"kind": "", "text": "Đã xem bản vẽ."})
    assert empty.status_code == 400
    assert "Đã xem bản vẽ." in empty.content.decode()
    bare = client.post(page_of(item, "tra-loi"), {"kind": "disagrees", "text": ""})
    assert bare.status_code == 409
    assert "Hãy ghi rõ điều kiện hoặc lý do không đồng ý." in bare.content.decode()
    consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason="Đã rõ.")
    late = client.post(page_of(item, "tra-loi"), {"kind": "agrees", "text": "Đã xem bản vẽ."})
    assert late.status_code == 409
    assert "Đơn vị hỏi đã rút câu hỏi này" in late.content.decode()
    assert "Đã xem bản vẽ." in late.content.decode()


def test_nobody_else_answers(house, enter):
    item = ask(house, houses.assigned(house))
    sent = {"kind": "agrees", "text": ""}
    assert enter(house.neighbour).post(page_of(item, "tra-loi"), sent).status_code == 404
    assert enter(house.people[Role.RECEPTIONIST]).post(page_of(item, "tra-loi"), sent).status_code == 403
    assert Consultation.objects.get(pk=item.pk).answer_kind == ""


def test_an_answer_is_signed_by_the_head_on_the_same_page(house, enter):
    chief = MembershipFactory(role=Role.UNIT_HEAD, unit=house.culture).user
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    writer, head = enter(house.adviser), enter(chief)
    sent = {"kind": "conditions", "text": "Giữ khoảng lùi 3 m."}
    assert "Trình ký" in writer.get(page_of(item)).content.decode()
    assert writer.post(page_of(item, "tra-loi"), sent).status_code == 302
    assert "chờ lãnh đạo đơn vị ký" in writer.get(page_of(item)).content.decode()
    assert "Ký duyệt" not in writer.get(page_of(item)).content.decode()
    assert page_of(item) in head.get("/mot-cua/?muc=y-kien").content.decode()
    page = head.get(page_of(item)).content.decode()
    assert "Ký duyệt" in page
    assert "Giữ khoảng lùi 3 m." in page
    late = writer.post(page_of(item, "tra-loi"), {"kind": "agrees", "text": "Lời gõ ở thẻ khác."})
    assert late.status_code == 409
    assert "Lời gõ ở thẻ khác." in late.content.decode()  # for copying
    # the officer who asks does not see what is still being written
    asker = enter(house.people[Role.OFFICER])
    draft = PaperDraft.objects.get()
    assert "khoảng lùi" not in asker.get(address(dossier)).content.decode()
    assert asker.get(f"{address(dossier)}du-thao/{draft.pk}/").status_code == 404
    stale = head.post(page_of(item, "du-thao", "ky"), {"draft_version": "99"}, follow=True)
    assert "vừa được người khác sửa" in stale.content.decode()
    assert head.post(page_of(item, "du-thao", "tra-lai"), {"reason": "Nêu căn cứ."}).status_code == 302
    back = writer.get(page_of(item)).content.decode()
    assert "Nêu căn cứ." in back
    assert "Giữ khoảng lùi 3 m." in back
    writer.post(page_of(item, "tra-loi"), sent)
    draft.refresh_from_db()
    head.post(page_of(item, "du-thao", "ky"), {"draft_version": draft.version})
    paper_drafts.make_file(draft_id=draft.pk)
    draft.refresh_from_db()
    assert status(writer.get(page_of(item, "van-ban"))) == 200
    writer.post(page_of(item, "du-thao", "gui"), {"digest": draft.file.sha256})
    assert Consultation.objects.get(pk=item.pk).answer_kind == "conditions"
    assert status(writer.get(page_of(item, "van-ban"))) == 200
    assert writer.post(page_of(item, "du-thao", "bay"), {}).status_code == 404
    assert "Giữ khoảng lùi 3 m." in asker.get(address(dossier)).content.decode()


# ── who asks ─────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_asks_from_the_dossier_s_page(house, enter):
    dossier = houses.assigned(house)
    paper = with_file(dossier)
    client = enter(house.people[Role.OFFICER])
    page = client.get(address(dossier)).content.decode()
    assert "Phòng Văn hóa - Xã hội" in page
    assert "ban-ve.pdf" in page
    sent = {"unit": house.culture.pk, "question": "Có ảnh hưởng di tích không?", "days": "1", "shown": [paper.pk]}
    assert send(client, fresh(dossier), "consult", **sent).status_code == 302
    asked = Consultation.objects.get()
    assert (asked.shown, asked.shows_owner, asked.work_item.unit) == ([paper.pk], False, house.culture)
    page = client.get(address(dossier)).content.decode()
    assert "chờ trả lời" in page
    assert "Có ảnh hưởng di tích không?" in page
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    blocked = send(client, fresh(dossier), "propose")
    assert blocked.status_code == 409
    assert "Bước này còn việc chưa xong" in blocked.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question": " "}, "Mục này bắt buộc"),
        ({"days": "0"}, "Số này nhỏ nhất là 1"),
        ({"days": "hôm qua"}, "số"),
        ({"days": "25"}, "sau hạn trả kết quả"),
        ({"shown": ["999999"]}, "Lựa chọn này không có trong danh sách"),
        ({"unit": "0"}, "Lựa chọn"),
    ],
)
def test_a_bad_question_comes_back_with_what_was_typed(house, enter, changes, sentence):
    dossier = houses.assigned(house)
    client = enter(house.people[Role.OFFICER])
    sent = {"unit": house.culture.pk, "question": "Có ảnh hưởng di tích không?", "days": "1", **changes}
    answer = send(client, fresh(dossier), "consult", **sent)
    assert answer.status_code in {400, 409}
    assert sentence in answer.content.decode()
    assert sent["question"].strip() in answer.content.decode()
    assert not Consultation.objects.exists()


def test_the_question_is_taken_back_with_a_reason(house, enter):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    client = enter(house.people[Role.OFFICER])
    where = f"/mot-cua/{dossier.pk}/y-kien/{item.pk}/rut/"
    assert where in client.get(address(dossier)).content.decode()
    assert client.post(where, {"reason": ""}).status_code == 400
    assert client.post(where, {"reason": "Đã có bản đồ."}).status_code == 302
    assert "đơn vị hỏi đã rút câu hỏi" in client.get(address(dossier)).content.decode()
    late = client.post(where, {"reason": "Rút lần nữa."})
    assert late.status_code == 409
    assert "đã rút câu hỏi này" in late.content.decode()
    assert "Rút lần nữa." in late.content.decode()
    assert enter(house.adviser).post(where, {"reason": "Thôi."}).status_code == 403
    other = houses.assigned(house)
    assert client.post(f"/mot-cua/{other.pk}/y-kien/{item.pk}/rut/", {"reason": "Thôi."}).status_code == 404


def test_silence_stands_on_the_page_with_its_words(db, enter):
    house = make_house(ROUTE)
    dossier = houses.assigned(house)
    item = open_items(dossier)[5]
    with time_machine.travel(item.due_at, tick=False):
        consulting.close_silent(item_id=item.pk)
        page = enter(house.people[Role.OFFICER]).get(address(dossier)).content.decode()
    assert "không trả lời trong hạn, được coi là đã đồng ý" in page
    assert "không có ý kiến nên được coi là đã đồng ý" in page
    assert "theo quy trình của thủ tục" in page
