"""The submission for a commendation with its appraisal, part by part (NĐ 30/2020/NĐ-CP Art. 8)."""

import pytest

from accounts.enums import Role
from dossiers import result_papers
from procedures.result_templates import blocking, missing
from tests.dossiers.papers.paper import DAY, city, filed, issued, signer_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANSWERS = {
    "dv_ten": "Trường Tiểu học Mẫu",
    "dv_dia_chi": "8 Lê Lợi",
    "dv_nguoi_lien_he": "Nguyễn Thị Mẫu Hoa",
    "dv_dien_thoai": "0254380000",
    "dv_thu_dien_tu": "truong@mau.example",
    "tt_so": "15/TTr-THM",
    "tt_ngay": "2026-10-20",
    "tt_hinh_thuc": "1",
    "tt_nam": 2026,
    "ds_tap_the": [{"tp_ten": "Tổ Khối 1", "tp_thanh_tich": "Hoàn thành xuất sắc nhiệm vụ"}],
    "ds_ca_nhan": [
        {"cn_ho_ten": "Lê Thị Mẫu Giáo", "cn_chuc_vu": "Giáo viên, Khối 1", "cn_thanh_tich": "Sáng kiến cấp trường"},
        {"cn_ho_ten": "Phạm Văn Mẫu Bảo", "cn_chuc_vu": "Bảo vệ", "cn_thanh_tich": "Cứu người"},
    ],
    "da_hop": True,
}
OFFICER = {
    "kinh_gui": "Hội đồng Thi đua - Khen thưởng Thành phố Hồ Chí Minh",
    "can_cu": "Căn cứ điểm a khoản 1 Điều 74 Luật Thi đua, khen thưởng;\nCăn cứ Nghị định số 98/2023/NĐ-CP;",
    "td_ho_so": "đủ thành phần theo quy định.",
    "td_dieu_kien": "đạt tiêu chuẩn tặng Giấy khen.",
    "td_y_kien": "Công an phường thống nhất.",
    "td_ty_le": "92.5",
    "td_ket_luan": "đủ điều kiện trình khen thưởng.",
    "noi_nhan": "Phòng Văn hóa - Xã hội",
}


def test_every_part_of_the_paper_stands_on_it():
    house = city()
    dossier = filed(
        house, "thi_dua_khen_thuong", ANSWERS, template="to_trinh_khen_thuong", owner_name="Trường Tiểu học Mẫu"
    )
    of = result_papers.template_for(dossier, day=DAY)
    fields = result_papers.initial_fields(dossier, of) | OFFICER
    assert missing(of, fields) == []
    assert blocking(of, fields, DAY) == []
    paper = issued(
        "to_trinh_khen_thuong",
        dossier,
        of,
        fields,
        number=of.number_text(4, 2026),
        signer=signer_of(house, Role.SIGNER),
    )
    award = "Giấy khen thành tích hằng năm"
    assert (
        paper.lacks(
            "THÀNH PHỐ HỒ CHÍ MINH",
            "ỦY BAN NHÂN DÂN PHƯỜNG VŨNG TÀU",
            "Số: 04/TTr-UBND",
            "Phường Vũng Tàu, ngày 05 tháng 11 năm 2026",
            "TỜ TRÌNH",
            f"Về việc đề nghị tặng {award}, năm 2026",
            "Kính gửi: Hội đồng Thi đua - Khen thưởng Thành phố Hồ Chí Minh",
            "Căn cứ điểm a khoản 1 Điều 74 Luật Thi đua, khen thưởng;",
            "Căn cứ Nghị định số 98/2023/NĐ-CP;",
            "Xét đề nghị của Trường Tiểu học Mẫu tại Tờ trình số 15/TTr-THM ngày 20/10/2026",
            "a) Hồ sơ: đủ thành phần theo quy định.",
            "b) Điều kiện, tiêu chuẩn: đạt tiêu chuẩn tặng Giấy khen.",
            "c) Ý kiến các cơ quan: Công an phường thống nhất.",
            "d) Tỷ lệ phiếu đồng ý: 92,5 %",
            "đ) Kết luận: đủ điều kiện trình khen thưởng.",
            f"Hình thức khen thưởng: {award}",
            "STT Tên Chức vụ, đơn vị Thành tích Đề nghị",
            f"1 Tổ Khối 1 Tập thể Hoàn thành xuất sắc nhiệm vụ {award}",
            f"2 Lê Thị Mẫu Giáo Giáo viên, Khối 1 Sáng kiến cấp trường {award}",
            f"3 Phạm Văn Mẫu Bảo Bảo vệ Cứu người {award}",
            "(Có báo cáo thành tích kèm theo)",
            "Nơi nhận:",
            "- Như trên;",
            "- Phòng Văn hóa - Xã hội;",
            "- Lưu: VT,",
            "TM. ỦY BAN NHÂN DÂN",
            "CHỦ TỊCH",
            "Cán bộ signer",
        )
        == []
    )
    assert len(paper.pages) <= 2
