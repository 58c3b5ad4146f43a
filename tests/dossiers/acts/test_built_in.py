"""The papers of the acts built in: as the circulars have them, and printed once for real."""

from datetime import date

import pytest
import time_machine

from dossiers.enums import DraftKind, PrintedName
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS
from dossiers.services import apologies, submission
from portal import clock
from tests import houses
from tests.dossiers.acts.printed import printed
from vault.models import VaultItem

pytestmark = pytest.mark.unit
OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)
# (code, day) → number, circular, size, title: one row for every paper on both sides of the day TT 03/2025 came into force
GOLDEN = {
    ("receipt", OLD): ("01", "TT 01/2018/TT-VPCP", "paper-a5", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
    ("receipt", NEW): ("01", "TT 03/2025/TT-VPCP", "paper-a5", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
    ("supplement_request", OLD): ("02", "TT 01/2018/TT-VPCP", "paper-a5", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
    ("supplement_request", NEW): ("02", "TT 03/2025/TT-VPCP", "paper-a5", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
    ("refusal", OLD): ("03", "TT 01/2018/TT-VPCP", "paper-a5", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
    ("refusal", NEW): ("03", "TT 03/2025/TT-VPCP", "paper-a5", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
    ("withdrawal_answer", OLD): ("", "", "paper-a4", "VĂN BẢN TRẢ LỜI ĐỀ NGHỊ RÚT HỒ SƠ"),
    ("withdrawal_answer", NEW): ("", "", "paper-a4", "VĂN BẢN TRẢ LỜI ĐỀ NGHỊ RÚT HỒ SƠ"),
    ("withdrawal_notice", NEW): ("05", "TT 03/2025/TT-VPCP", "paper-a5", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"),
    ("result", OLD): ("", "", "paper-a4", "KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"),
    ("result", NEW): ("", "", "paper-a4", "KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"),
}


@pytest.mark.django_db
@pytest.mark.slow
def test_every_paper_prints(django_capture_on_commit_callbacks):
    house = houses.make_house()
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        clerk = house.people["receptionist"]
        houses.refuse(house, houses.submitted(house), reason_code="wrong_unit", reason="Nộp tại phường Bên.")
        houses.asked(
            house,
            houses.submitted(house),
            by=clerk,
            reason="Thiếu trang 2.",
            answer_by=date(2026, 12, 1),
            items=[{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp cả hai mặt."}],
        )
        houses.issued(house)
        wished = houses.assigned(house)
        submission.request_withdrawal(dossier_id=wished.pk, by=house.citizen, reason="Không cần nữa.")
        houses.let_withdraw(house, wished)
        declined = houses.assigned(house)
        submission.request_withdrawal(dossier_id=declined.pk, by=house.citizen, reason="Không cần nữa.")
        houses.let_withdraw(house, declined, reason="Đang thẩm định.", answer="decline")
        late = houses.assigned(house)
        due = clock.local(late.due_at).isoformat()
        words = {
            "cause": "late_other",
            "reason": "Máy hỏng.",
            "new_due": "2026-11-25T17:00:00+07:00",
            "due_before": due,
        }
        row = houses.signed(house, late, DraftKind.APOLOGY, words)
        apologies.reappoint(dossier_id=late.pk, by=clerk, draft_id=row.pk)
        ours = PrintedForm.objects.filter(name__in=PrintedName)  # a further paper is its own test's matter
        sheets = {form.name: printed(form) for form in ours}
    assert set(sheets) == set(PrintedName)
    for code, sheet in sheets.items():
        assert str(PAPERS[code].edition_on(NEW).title).split()[0] in sheet or code == "result", code
        assert f'class="paper {PAPERS[code].edition_on(NEW).size}"' in sheet, code
    assert "Cán bộ receptionist" in sheets["receipt"]
    assert "Không thuộc thẩm quyền giải quyết của đơn vị." in sheets["refusal"]
    assert "Bạn có thể nộp hồ sơ đến đúng cơ quan có thẩm quyền." in sheets["refusal"]
    assert "01/2026/HDHS" in sheets["supplement_request"]
    assert "Cán bộ signer" in sheets["result"]
    assert VaultItem.objects.count() == 1  # only the result is kept for its owner
