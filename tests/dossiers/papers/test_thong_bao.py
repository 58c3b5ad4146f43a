"""The general notice for procedures without a template of their own, and the refusal to resolve (NĐ 61/2018 Art. 19.8)."""

import pytest

from accounts.enums import Role
from dossiers import result_papers
from procedures.result_templates import missing
from tests.dossiers.papers.paper import DAY, city, filed, issued, signer_of
from tests.houses import WEDNESDAY_MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return city()


@pytest.fixture
def dossier(house):
    return filed(
        house,
        "ho_kinh_doanh",
        {},
        owner_name="Nguyễn Văn Mẫu",
        owner_address="12 Ba Cu, phường Vũng Tàu",
        received_at=WEDNESDAY_MORNING,
    )


def test_a_revision_that_names_no_template_gives_a_general_notice(house, dossier):
    of = result_papers.template_for(dossier, day=DAY)
    assert of.code == "thong_bao_ket_qua"
    fields = result_papers.initial_fields(dossier, of)
    assert fields == {"kinh_gui": "Nguyễn Văn Mẫu", "dia_chi": "12 Ba Cu, phường Vũng Tàu"}
    assert [gap.key for gap in missing(of, fields)] == ["noi_dung"]
    fields |= {"noi_dung": "Đồng ý cung cấp thông tin.\nBản vẽ kèm theo.", "can_cu": "Căn cứ Luật Thử;"}
    paper = issued(
        "thong_bao_ket_qua", dossier, of, fields, number=of.number_text(7, 2026), signer=signer_of(house, Role.SIGNER)
    )
    assert (
        paper.lacks(
            "Số: 07/TB-UBND",
            "THÔNG BÁO",
            "Kết quả giải quyết thủ tục hành chính",
            "Kính gửi: Nguyễn Văn Mẫu",
            "Địa chỉ: 12 Ba Cu, phường Vũng Tàu",
            "Căn cứ Luật Thử;",
            "Căn cứ hồ sơ mã số H29.951-261105-0001 của Nguyễn Văn Mẫu về việc Thủ tục thử giấy, tiếp nhận ngày 18 tháng 11"
            " năm 2026,",
            "Đồng ý cung cấp thông tin.",
            "Bản vẽ kèm theo.",
            "Nơi nhận:",
            "Lưu: VT, hồ sơ H29.951-261105-0001.",
            "TM. ỦY BAN NHÂN DÂN",
            "CHỦ TỊCH",
            "Cán bộ signer",
        )
        == []
    )


def test_a_named_template_that_is_not_there_gives_the_general_notice(dossier):
    dossier.revision.results = [{"code": "X", "name": "X", "template": "khong_co"}]
    assert result_papers.template_for(dossier, day=DAY).code == "thong_bao_ket_qua"


def test_a_refusal_gives_reasons_law_and_what_may_be_done(house, dossier):
    of = result_papers.template_for(dossier, refuses=True, day=DAY)
    fields = result_papers.initial_fields(dossier, of)
    assert [gap.key for gap in missing(of, fields)] == ["ly_do", "can_cu"]
    fields |= {
        "ly_do": "Tên hộ kinh doanh trùng với tên đã đăng ký.",
        "can_cu": "Điều 86 Nghị định thử.",
        "huong_dan": "Ông có thể chọn tên khác.",
    }
    paper = issued("tu_choi_giai_quyet", dossier, of, fields, number="08/TB-UBND", signer=signer_of(house, Role.SIGNER))
    assert (
        paper.lacks(
            "Số: 08/TB-UBND",
            "Về việc từ chối giải quyết hồ sơ",
            "từ chối giải quyết hồ sơ này với lý do:",
            "Tên hộ kinh doanh trùng với tên đã đăng ký.",
            "Điều 86 Nghị định thử.",
            "Ông có thể chọn tên khác.",
            "có quyền khiếu nại theo quy định của pháp luật",
            "Cán bộ signer",
        )
        == []
    )


def test_a_long_paper_numbers_its_pages_and_keeps_the_signature_with_words(house, dossier):
    of = result_papers.template_for(dossier, day=DAY)
    for lines in range(20, 36):
        fields = {"kinh_gui": "Nguyễn Văn Mẫu", "noi_dung": "\n".join(["Một dòng của nội dung giải quyết."] * lines)}
        paper = issued("dai", dossier, of, fields, number="9", signer=signer_of(house, Role.SIGNER))
        last = paper.pages[-1]
        assert "thông báo để Nguyễn Văn Mẫu biết" in last, lines
        assert "Cán bộ signer" in last
        if len(paper.pages) > 1:
            assert "H29.951-261105-0001 2" in last or "2 H29.951-261105-0001" in last
            break
    assert len(paper.pages) == 2
