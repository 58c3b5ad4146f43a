"""The citizen's supplement page over answers of the form: only what was asked, nothing typed is lost."""

import pytest
from django.urls import reverse

from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.models.result import Supplement
from tests import houses
from tests.dossiers.citizen.conftest import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.web]
NAME = {"paper_code": "", "field": "ho_ten", "name": "Tờ khai, mục “Họ, chữ đệm, tên”", "note": "Ghi như trên thẻ."}
PURPOSE = {"paper_code": "", "field": "muc_dich", "name": "Tờ khai, mục “Mục đích sử dụng”", "note": "Ghi rõ nơi nộp."}
PAPER = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Ảnh mờ."}
OTHER = {"paper_code": "", "name": "Xác nhận cư trú", "note": "Điều 5"}


@pytest.fixture
def dossier(house):
    return houses.asked(house, houses.assigned(house), items=[PAPER, OTHER, NAME, PURPOSE])


def address(dossier):
    return reverse("my:supplement", args=[dossier.reference])


def typed(dossier, **changes):
    version = Dossier.objects.get(pk=dossier.pk).version
    answers = {"khai-lai-ho_ten": "Nguyễn Văn Mẫu", "khai-lai-muc_dich": ""}
    return {"version": version, "answer": "", **answers, **{f"khai-lai-{key}": value for key, value in changes.items()}}


def test_the_page_asks_only_what_was_found_wrong(signed_in, dossier):
    text = signed_in.get(address(dossier)).content.decode()
    for words in ("Ghi như trên thẻ.", "Ghi rõ nơi nộp.", "Ảnh mờ.", "Điều 5", 'value="Nguyễn Văn Mẫu"'):
        assert words in text
    assert "Ngày sinh" not in text
    assert "khai-lai-ngay_sinh" not in text
    assert "Chưa có phần bổ sung:" in text


def test_answers_are_kept_before_they_are_sent(signed_in, dossier):
    answer = signed_in.post(address(dossier), {**typed(dossier, muc_dich="Nộp tại trường"), "luu": "1"}, follow=True)
    text = answer.content.decode()
    assert "Đã lưu phần kê khai sửa lại" in text
    assert 'value="Nộp tại trường"' in text
    assert Dossier.objects.get(pk=dossier.pk).state == State.SUPPLEMENT


def test_sending_with_gaps_says_which_and_loses_nothing(signed_in, dossier):
    answer = signed_in.post(address(dossier), typed(dossier, muc_dich="Nộp tại trường"))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Chưa có phần bổ sung cho: Giấy tờ chứng minh; Xác nhận cư trú; Tờ khai, mục “Họ, chữ đệm, tên”." in text
    assert 'value="Nộp tại trường"' in text
    again = {**typed(dossier, muc_dich="Nộp tại trường", ho_ten="Nguyễn Vân Mẫu"), "answer": "Giấy tờ bị mất."}
    assert signed_in.post(address(dossier), again).status_code == 302
    now = Dossier.objects.get(pk=dossier.pk)
    assert (now.state, now.owner_name) == (State.PROCESSING, "Nguyễn Vân Mẫu")
    history = signed_in.get(reverse("my:dossier", args=[dossier.reference])).content.decode()
    assert "trước là Nguyễn Văn Mẫu; nay là Nguyễn Vân Mẫu" in history


def test_a_wrong_answer_gets_the_sentence_of_its_kind(signed_in, dossier):
    answer = signed_in.post(address(dossier), {**typed(dossier, ho_ten="123"), "answer": "Lời nhắn"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert 'href="#id_khai-lai-ho_ten"' in text
    assert "Lời nhắn</textarea>" in text
    assert Supplement.objects.get().answers is None


def test_papers_outside_the_list_are_taken_under_a_code_of_their_own(signed_in, dossier):
    code = "bo-sung-1-2"
    assert f'name="paper" value="{code}"' in signed_in.get(address(dossier)).content.decode()
    assert signed_in.post(address(dossier), {"paper": code, "file": pdf()}).status_code == 302
    assert dossier.attachments.get(round=1).paper_name == "Xác nhận cư trú"


def test_a_stale_page_says_so_and_keeps_the_words(signed_in, dossier):
    answer = signed_in.post(address(dossier), {**typed(dossier, muc_dich="Nộp"), "version": 0, "answer": "Lời nhắn"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Nộp"' in text
    assert "Lời nhắn</textarea>" in text
    assert Supplement.objects.get().answers is None
