"""The answer of an asked unit as a paper: what stands on it, and who does not get it."""

from datetime import date

import pytest
import time_machine

from dossiers.models.result import PrintedForm
from dossiers.services import consulting
from tests import houses
from tests.dossiers.acts.printed import printed
from tests.dossiers.services.asking import ask, make_house

OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)
GOLDEN = {
    ("consultation_answer", OLD): ("", "", "paper-a4", "TRẢ LỜI LẤY Ý KIẾN"),
    ("consultation_answer", NEW): ("", "", "paper-a4", "TRẢ LỜI LẤY Ý KIẾN"),
}


@pytest.mark.slow
@pytest.mark.django_db
@time_machine.travel(houses.WEDNESDAY_MORNING, tick=False)
def test_the_answer_prints_with_question_opinion_and_the_head_of_the_asked_unit(client):
    house = make_house()
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    consulting.answer(item_id=item.pk, by=house.adviser, kind="conditions", text="Giữ khoảng lùi 3 m.")
    form = PrintedForm.objects.get(dossier=dossier, name="consultation_answer")
    sheet = printed(form)
    for words in (
        "Phòng Văn hóa - Xã hội",
        "Kính gửi: Văn phòng HĐND và UBND phường Mẫu",
        "Công trình có ảnh hưởng di tích không?",
        "Đồng ý với điều kiện.",
        "Giữ khoảng lùi 3 m.",
        "Lê Văn Góp",
    ):
        assert words in sheet
    assert "Nguyễn Văn Mẫu" not in sheet
    client.force_login(house.citizen)
    assert "Văn bản trả lời lấy ý kiến" not in client.get(f"/ho-so/{dossier.reference}/").content.decode()
    assert client.get(f"/ho-so/{dossier.reference}/phieu/{form.pk}/").status_code == 404
