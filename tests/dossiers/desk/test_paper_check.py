"""A draft with its applicant, at the desk: what officer and receptionist see and may do, by forms that need no script."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers import paper_checks
from dossiers.enums import DraftKind, State
from dossiers.models.appearance import Appearance
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import draft_checks, paper_drafts
from procedures.enums import DraftCheck
from tests import houses
from tests.dossiers.services.test_draft_checks import on_paper

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]
DESK_STATEMENTS = 14


@pytest.fixture
def house(db):
    return houses.make_house(draft_check=DraftCheck.CONFIRM)


@pytest.fixture
def officer(house, enter):
    return enter(house.people[Role.OFFICER])


@pytest.fixture
def clerk(house, enter):
    return enter(house.people[Role.RECEPTIONIST])


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def page_of(client, dossier):
    return client.get(f"/mot-cua/{dossier.pk}/").content.decode()


def draft_page(client, dossier):
    row = PaperDraft.objects.get(dossier=dossier)
    return client.get(f"/mot-cua/{dossier.pk}/du-thao/{row.pk}/").content.decode()


def address(dossier):
    return f"/mot-cua/{dossier.pk}/kiem-tra-du-thao/"


def typed(dossier, **changes):
    values = {"version": fresh(dossier).version, "answer": "agrees", "words": "", "appeared": "owner"}
    return {**values, "visitor": "Lê Thị Mẫu", "seen": "identity_card", "authority": "", **changes}


def test_the_draft_is_sent_and_not_proposed_from_its_page(house, officer):
    dossier = houses.assigned(house)
    row = houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    text = draft_page(officer, dossier)
    assert "người nộp kiểm tra và đồng ý với bản dự thảo rồi mới trình lãnh đạo" in text
    assert "Lưu và gửi người nộp kiểm tra" in text
    assert 'id="viec-send_for_check"' in text
    assert 'id="viec-propose"' not in text
    assert "Lưu và trình lãnh đạo" not in text
    assert "Gửi người nộp kiểm tra bản dự thảo: mở văn bản" in page_of(officer, dossier)
    sent = {"version": fresh(dossier).version, "draft": row.pk, "draft_version": row.version}
    done = officer.post(f"/mot-cua/{dossier.pk}/viec/send_for_check/", sent, follow=True)
    assert "đã mở cho người nộp kiểm tra trên cổng" in done.content.decode()
    assert fresh(dossier).state == State.CHECKING


def test_keeping_and_sending_is_one_button(house, officer):
    dossier = houses.assigned(house)
    form = {"version": fresh(dossier).version, "viec": "kiem-tra", "kinh_gui": "Ông Mẫu", "noi_dung": "Xác nhận thử."}
    page = officer.post(f"/mot-cua/{dossier.pk}/du-thao/moi/result/", form, follow=True)
    assert "Đã lưu và gửi bản dự thảo cho người nộp kiểm tra." in page.content.decode()
    assert fresh(dossier).state == State.CHECKING
    assert PaperDraft.objects.get().fields["noi_dung"] == "Xác nhận thử."


def test_while_the_applicant_has_it_the_pages_say_so_and_offer_to_take_it_back(house, officer):
    dossier = houses.sent_for_check(house)
    page_of(officer, dossier)
    with CaptureQueriesContext(connection) as asked:
        text = page_of(officer, dossier)
    assert len(asked) <= DESK_STATEMENTS
    assert "người nộp trả lời trước hết ngày 19/11/2026" in text
    assert "Chưa có xác nhận thì hồ sơ chưa được giải quyết tiếp." in text
    assert "chờ người nộp kiểm tra" in text
    assert 'id="viec-take_back_check"' in text
    assert 'id="viec-drop_draft"' not in text
    assert "Viết tiếp" not in text
    assert address(dossier) not in text  # the desk records answers
    sheet = draft_page(officer, dossier)
    assert "Người nộp đang kiểm tra bản này" in sheet
    assert 'id="viec-take_back_check"' in sheet
    assert 'name="viec"' not in sheet


def test_the_officer_reads_what_is_wrong_beside_the_form_and_later_that_it_is_agreed(house, officer):
    dossier = houses.sent_for_check(house)
    draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words="Sai họ tên.")
    text = draft_page(officer, dossier)
    assert "Người nộp đề nghị sửa" in text
    assert "Sai họ tên." in text
    assert "Lưu và gửi người nộp kiểm tra" in text
    assert "Viết tiếp: Kết quả giải quyết" in page_of(officer, dossier)
    houses.sent_for_check(house, fresh(dossier), content="Đã sửa.")
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    text = draft_page(officer, dossier)
    assert "Người nộp đã kiểm tra: đồng ý" in text
    assert "Lưu và trình lãnh đạo" in text
    assert 'id="viec-propose"' in text
    houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER], content="Đổi nữa.")
    text = draft_page(officer, dossier)
    assert "Nội dung đã thay đổi sau khi người nộp đồng ý" in text
    assert 'id="viec-propose"' not in text


def test_an_agreed_draft_changed_and_proposed_in_one_press_is_kept_and_told(house, officer):
    dossier = houses.sent_for_check(house)
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    row = PaperDraft.objects.get()
    form = {"version": fresh(dossier).version, "draft": row.pk, "draft_version": row.version, "viec": "trinh"}
    url = f"/mot-cua/{dossier.pk}/du-thao/{row.pk}/"
    page = officer.post(url, {**form, "kinh_gui": "Ông Mẫu", "noi_dung": "Câu khác."}, follow=True)
    text = page.content.decode()
    assert "đã thay đổi sau khi người nộp đồng ý" in text
    assert "Câu khác." in text
    assert fresh(dossier).state == State.PROCESSING


def test_the_desk_shows_the_sheet_to_who_comes_and_records_the_answer(house, clerk):
    dossier = houses.sent_for_check(house, on_paper(house))
    text = page_of(clerk, dossier)
    assert f'href="{address(dossier)}"' in text
    assert "không có tài khoản, email hay số điện thoại để báo" in text
    page = clerk.get(address(dossier))
    for words in ("DỰ THẢO", "Nội dung kết quả thử.", "đề nghị sửa", 'value="Lê Thị Mẫu"'):
        assert words in page.content.decode()
    assert PersonalDataRead.objects.filter(what="cho xem bản dự thảo tại quầy").exists()
    bad = clerk.post(address(dossier), typed(dossier, answer="wrong"))
    assert bad.status_code == 400
    assert "Hãy ghi rõ chỗ cần sửa" in bad.content.decode()
    done = clerk.post(address(dossier), typed(dossier, answer="wrong", words="Sai năm sinh."), follow=True)
    assert "Đã ghi nhận đề nghị sửa" in done.content.decode()
    assert "Người đã đến quầy" in done.content.decode()
    houses.sent_for_check(house, fresh(dossier), content="Đã sửa năm sinh.")
    done = clerk.post(address(dossier), typed(dossier), follow=True)
    assert "Đã ghi nhận người nộp đồng ý" in done.content.decode()
    assert (fresh(dossier).state, Appearance.objects.count()) == (State.PROCESSING, 2)


def test_a_form_that_comes_late_or_from_an_old_page_records_nothing(house, clerk):
    dossier = houses.sent_for_check(house)
    stale = clerk.post(address(dossier), typed(dossier, version=0))
    assert stale.status_code == 409
    assert PaperCheck.objects.get().answered_at is None
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    late = clerk.post(address(dossier), typed(dossier), follow=True)
    assert "không còn ở bước này" in late.content.decode()
    assert not Appearance.objects.exists()


def test_what_waits_behind_the_check_is_said_and_not_offered(house, officer, clerk):
    by, dossier = house.people[Role.OFFICER], houses.assigned(house)
    item = {"paper_code": "TP1", "name": "Ảnh", "note": "Chụp lại."}
    fields = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    row = paper_drafts.write(dossier_id=dossier.pk, by=by, kind=DraftKind.SUPPLEMENT_REQUEST, fields=fields)
    assert "/viec/submit_draft/" in page_of(officer, dossier)
    houses.sent_for_check(house, dossier)
    text = page_of(officer, dossier)
    assert "Muốn sửa bản dự thảo hoặc yêu cầu bổ sung, hãy rút bản dự thảo về trước." in text
    assert "/viec/submit_draft/" not in text
    assert "hãy rút bản dự thảo về trước" not in page_of(clerk, dossier)  # the desk does not take it back
    url = f"/mot-cua/{dossier.pk}/du-thao/{row.pk}/"
    for answer in (officer.get(url), officer.post(url, {"reason": "Ảnh mờ."}, follow=True)):
        assert str(paper_checks.TAKE_BACK_FIRST) in answer.content.decode()
        assert "đã trình nên không sửa được" not in answer.content.decode()
    paper_drafts.drop_draft(dossier_id=dossier.pk, by=by, draft_id=row.pk, reason="Không cần.")
    new = officer.get(f"/mot-cua/{dossier.pk}/du-thao/moi/supplement_request/", follow=True)
    assert str(paper_checks.TAKE_BACK_FIRST) in new.content.decode()
