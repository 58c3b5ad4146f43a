"""The page of a visit: a supplement brought to the desk, by forms that need no script and lose nothing."""

import html
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from dossiers.enums import State
from dossiers.models.appearance import Appearance
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.services import expiry, on_behalf
from tests import houses
from tests.dossiers.services.test_on_behalf import TWO, on_paper
from tests.factories import MembershipFactory, UnitFactory
from tests.vault.samples import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


@pytest.fixture
def dossier(house):
    return houses.asked(house, on_paper(house), answer_by=date(2026, 11, 25), items=list(TWO))


@pytest.fixture
def clerk(house, enter):
    return enter(house.people[Role.RECEPTIONIST])


def address(dossier):
    return f"/mot-cua/{dossier.pk}/bo-sung/"


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def typed(dossier, **changes):
    values = {
        "version": fresh(dossier).version,
        "item_0": "original",
        "item_1": "copy",
        "appeared": "owner",
        "visitor": "Lê Thị Mẫu",
        "seen": "identity_card",
        "authority": "",
        "note": "",
        "du": "1",
    }
    return {**values, **changes}


def pdf(name="giay.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def test_the_code_of_the_receipt_leads_to_the_visit(house, dossier, clerk):
    found = clerk.post("/mot-cua/tim/", {"q": f"{dossier.code}|1.000|Lê Thị Mẫu|Giấy tiếp nhận"})
    assert found.url == f"/mot-cua/{dossier.pk}/"
    page = clerk.get(found.url).content.decode()
    assert f'href="{address(dossier)}"' in page
    assert "Hồ sơ chờ bổ sung đến hết ngày 25/11/2026." in page


def test_the_page_shows_what_was_asked_and_until_when(dossier, clerk):
    page = clerk.get(address(dossier))
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("Xác nhận cư trú", "Điều 5", "hạn hết ngày 25/11/2026", "O · bản chính", "Ghi nhận chưa đủ"):
        assert words in text
    assert 'value="Lê Thị Mẫu"' in text
    assert "<script" not in text.split("<main")[1].split("</main")[0]


def test_a_full_visit_goes_on_and_stands_on_the_page(dossier, clerk):
    answer = clerk.post(address(dossier), {**typed(dossier), "file_0": [pdf(), pdf("hai.pdf")]})
    assert answer.url == f"/mot-cua/{dossier.pk}/"
    assert fresh(dossier).state == State.PROCESSING
    assert Attachment.objects.filter(dossier=dossier, round=1).count() == 2  # the same bytes twice are one file
    page = clerk.get(answer.url).content.decode()
    assert "Người đã đến quầy" in page
    assert "thẻ căn cước" in page
    assert address(dossier) not in page


def test_a_mistake_keeps_files_and_words(dossier, clerk):
    sent = typed(dossier, visitor="L3", note="Hẹn chiều.", appeared="other")
    page = clerk.post(address(dossier), {**sent, "file_1": pdf()})
    text = page.content.decode()
    assert page.status_code == 400
    assert "giay.pdf" in text
    assert "Hẹn chiều." in text
    assert "Hãy ghi giấy ủy quyền" in text
    assert Attachment.objects.get(dossier=dossier, round=1).paper_code == "bo-sung-1-2"
    again = typed(dossier, appeared="other", authority="Giấy ủy quyền 12", item_1="before")
    assert clerk.post(address(dossier), again).status_code == 302
    assert Appearance.objects.get().authority == "Giấy ủy quyền 12"


def test_a_wrong_file_is_told_and_the_right_one_kept(dossier, clerk):
    bad = SimpleUploadedFile("x.exe", b"MZ....", content_type="application/octet-stream")
    page = clerk.post(address(dossier), {**typed(dossier), "file_0": bad, "file_1": pdf()})
    assert page.status_code == 400
    assert "x.exe" in page.content.decode()
    assert fresh(dossier).state == State.SUPPLEMENT
    assert Attachment.objects.filter(dossier=dossier, round=1).count() == 1


def test_scans_of_a_visit_are_told_by_name_and_twins_said(dossier, clerk):
    sent = {**typed(dossier, visitor="L3"), "file_0": [pdf(), pdf("hai.pdf")], "file_1": pdf("ba.pdf")}
    text = html.unescape(clerk.post(address(dossier), sent).content.decode())
    assert "Đã nhận tệp “giay.pdf”." in text
    assert "“hai.pdf”: tệp này đã có ở đây với tên “giay.pdf”" in text
    assert "Đã nhận tệp “ba.pdf”." in text  # another item: no twin
    assert Attachment.objects.filter(dossier=dossier, round=1).count() == 2


def test_part_of_it_is_noted_and_shown_the_next_time(dossier, clerk):
    missing = clerk.post(address(dossier), typed(dossier, item_1="none"))
    assert missing.status_code == 409
    assert "Còn thiếu: Xác nhận cư trú" in missing.content.decode()
    sent = typed(dossier, item_1="none")
    del sent["du"]
    entered = clerk.post(address(dossier), {**sent, "xem": "1"})  # Enter in a field records nothing and removes nothing
    assert entered.status_code == 200
    assert "Chưa ghi nhận gì." in entered.content.decode()
    assert fresh(dossier).state == State.SUPPLEMENT
    assert clerk.post(address(dossier), {**sent, "chua-du": "1"}).status_code == 302
    assert fresh(dossier).state == State.SUPPLEMENT
    text = clerk.get(address(dossier)).content.decode()
    assert "đã nhận trước đó trong lần bổ sung này" in text
    kept = Attachment.objects.get(dossier=dossier, round=1)
    assert clerk.post(address(dossier), {"bo": kept.pk}).status_code == 302
    assert not Attachment.objects.filter(dossier=dossier, round=1).exists()


def test_nothing_chosen_is_told_at_each_item(dossier, clerk):
    sent = typed(dossier)
    del sent["item_0"], sent["item_1"]
    page = clerk.post(address(dossier), sent)
    assert page.status_code == 400
    assert page.content.decode().count("Hãy chọn một mục") >= 2


def test_a_stale_page_says_so_and_the_next_press_records(house, dossier, clerk):
    sent = typed(dossier)
    desk_head = house.people[Role.DESK_HEAD]

    on_behalf.attach(dossier_id=dossier.pk, by=desk_head, place=0, upload=pdf("khac.pdf"))
    page = clerk.post(address(dossier), sent)
    assert page.status_code == 409
    assert "vừa được cập nhật ở nơi khác" in page.content.decode()
    assert f'name="version" value="{fresh(dossier).version}"' in page.content.decode()
    assert clerk.post(address(dossier), typed(dossier)).status_code == 302


def test_when_nothing_is_asked_the_page_says_so(house, dossier, clerk):
    submission_free = houses.received(house)
    answer = clerk.get(address(submission_free), follow=True)
    assert "không còn ở bước này" in answer.content.decode()


def test_strangers_and_other_roles_find_nothing(house, dossier, enter):
    other = UnitFactory(kind="desk", name="Trung tâm bên")
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=other).user
    assert enter(stranger).get(address(dossier)).status_code == 404
    assert enter(house.people[Role.OFFICER]).get(address(dossier)).status_code == 403


def test_a_paper_wish_to_withdraw_is_recorded_on_the_dossiers_page(house, dossier, clerk):
    url = f"/mot-cua/{dossier.pk}/viec/withdraw_on_behalf/"
    sent = {
        "version": fresh(dossier).version,
        "appeared": "submitter",
        "visitor": "Lê Thị Mẫu",
        "seen": "passport",
        "authority": "",
        "reason": "Đơn ngày 18/11/2026: không còn nhu cầu.",
    }
    page = clerk.post(url, sent)
    assert page.status_code == 400
    assert "không còn nhu cầu" in page.content.decode()
    assert clerk.post(url, {**sent, "has_paper": "on"}).status_code == 302
    assert fresh(dossier).wants_withdrawal
    head = clerk.get(f"/mot-cua/{dossier.pk}/").content.decode()
    assert "Trả lời đề nghị rút hồ sơ" in head
    assert "hộ chiếu" in head


def test_the_citizen_who_answers_after_the_end_keeps_the_words(house, enter):
    dossier = houses.asked(house, houses.assigned(house), answer_by=date(2026, 11, 25))
    with time_machine.travel("2026-11-26T07:10+07:00", tick=False):
        citizen = enter(house.citizen)
        expiry.expire_all()
        sent = {"answer": "Tôi gửi lại ảnh.", "version": dossier.version}
        page = citizen.post(f"/ho-so/{dossier.reference}/bo-sung/", sent, follow=True)
    text = page.content.decode()
    assert "không nhận thêm phần bổ sung" in text
    assert "Tôi gửi lại ảnh." in text


def test_answers_are_corrected_at_the_desk(house, clerk):
    name = {"paper_code": "", "field": "ho_ten", "name": "Tờ khai, mục “Họ, chữ đệm, tên”", "note": "Ghi như trên thẻ."}
    dossier = houses.asked(house, on_paper(house), answer_by=date(2026, 11, 25), items=[name])
    text = clerk.get(address(dossier)).content.decode()
    assert "S · sửa như ghi dưới đây" in text
    assert 'name="file_0"' not in text
    wrong = clerk.post(address(dossier), typed(dossier, item_0="corrected", **{"khai-lai-ho_ten": "123"}))
    assert wrong.status_code == 400
    assert "#id_khai-lai-ho_ten" in wrong.content.decode()
    same = clerk.post(address(dossier), typed(dossier, item_0="corrected", **{"khai-lai-ho_ten": "Lê Thị Mẫu"}))
    assert same.status_code == 409
    assert "Còn thiếu: Tờ khai, mục “Họ, chữ đệm, tên”." in html.unescape(same.content.decode())
    done = clerk.post(address(dossier), typed(dossier, item_0="corrected", **{"khai-lai-ho_ten": "Lê Thị Mậu"}))
    assert done.status_code == 302
    assert (fresh(dossier).state, fresh(dossier).owner_name) == (State.PROCESSING, "Lê Thị Mậu")
