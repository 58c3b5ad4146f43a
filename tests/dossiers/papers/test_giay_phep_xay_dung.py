"""The permit of a house, field by field; which decree's edition it follows."""

from datetime import UTC, date, datetime

import pytest

from accounts.enums import Office, Role
from accounts.models import Place
from dossiers import result_papers
from procedures.result_templates import blocking, missing
from tests.dossiers.papers.paper import DAY, bearer, city, filed, issued, signer_of

pytestmark = pytest.mark.django_db
ANSWERS = {
    "cdt_ho_ten": "Trần Văn Mẫu Nam",
    "cdt_ngay_sinh": "1989-10-02",
    "cdt_dien_thoai": "0903000102",
    "cdt_dia_chi": "45 Nguyễn An Ninh, phường Tam Thắng",
    "dd_lo_dat": "thửa 125, tờ bản đồ 37",
    "dd_dien_tich_dat": "120.5",
    "dd_so_nha": "8 Lê Lợi",
    "dd_phuong_xa": "26506",
    "dd_gcn_so": "BX 123456",
    "tk_don_vi": "Công ty TNHH Thiết kế Mẫu",
    "tk_ma": "BRV-00012345",
    "tk_chu_tri": "Lê Văn Mẫu Kiến Trúc, KTS-0001",
    "tk_tham_tra": "1",
    "tk_tham_tra_don_vi": "Công ty Thẩm Tra Mẫu",
    "xd_cap": "3",
    "xd_cot": "0.3",
    "xd_khoang_lui": "2.4",
    "xd_tang_1": "80",
    "xd_tong_san": "320.75",
    "xd_dien_giai": "tum 20 m²",
    "xd_chieu_cao": "16.2",
    "xd_so_tang": 4,
    "xd_hoan_thanh": 12,
    "xd_lien_ke": "2",
}
OFFICER = {
    "tk_ten": "Nhà ở gia đình ông Mẫu Nam",
    "chi_gioi_duong_do": "cách tim đường Lê Lợi 8 m",
    "chi_gioi_xay_dung": "trùng chỉ giới đường đỏ",
    "mat_do": "66.4",
    "he_so": "2.66",
}


@pytest.fixture
def house():
    Place.objects.create(code="26506", name="Phường Vũng Tàu", kind="ward", valid_from="2025-07-01")
    return city()


def started(house, **changes):
    owner = bearer("Trần Văn Mẫu Nam", "077089000102")
    dossier = filed(
        house,
        "giay_phep_nha_o",
        {**ANSWERS, "cdt_dinh_danh": {"party": owner.pk}},
        template="giay_phep_xay_dung",
        owner=owner,
        **changes,
    )
    of = result_papers.template_for(dossier, day=DAY)
    return dossier, of, result_papers.initial_fields(dossier, of) | OFFICER


def test_every_row_of_the_paper_stands_on_it(house):
    dossier, of, fields = started(house)
    assert missing(of, fields) == []
    assert blocking(of, fields, DAY) == []
    signer = signer_of(house, Role.SIGNER)
    signer.office = Office.DEPUTY
    paper = issued("giay_phep_xay_dung", dossier, of, fields, number=of.number_text(12, 2026), signer=signer)
    assert (
        paper.lacks(
            "ỦY BAN NHÂN DÂN PHƯỜNG VŨNG TÀU",
            "GIẤY PHÉP XÂY DỰNG Số: 12/GPXD",
            "1. Cấp cho: TRẦN VĂN MẪU NAM",
            "Địa chỉ: 45 Nguyễn An Ninh, phường Tam Thắng",
            "2. Được phép xây dựng công trình: Nhà ở riêng lẻ",
            "Loại công trình: Công trình dân dụng Cấp công trình: Cấp III",
            "Theo thiết kế: Nhà ở gia đình ông Mẫu Nam",
            "Đơn vị lập thiết kế: Công ty TNHH Thiết kế Mẫu, BRV-00012345",
            "Chủ nhiệm, chủ trì thiết kế: Lê Văn Mẫu Kiến Trúc, KTS-0001",
            "Đơn vị thẩm tra thiết kế: Công ty Thẩm Tra Mẫu",
            "lô đất thửa 125, tờ bản đồ 37, diện tích 120,5 m²; địa chỉ: 8 Lê Lợi, Phường Vũng Tàu, Thành phố Hồ Chí Minh",
            "Cốt xây dựng: 0,3 m",
            "Chỉ giới đường đỏ: cách tim đường Lê Lợi 8 m",
            "Chỉ giới xây dựng: trùng chỉ giới đường đỏ; khoảng lùi: 2,4 m",
            "Mật độ xây dựng: 66,4 % Hệ số sử dụng đất: 2,66",
            "Diện tích xây dựng tầng 1: 80 m²",
            "Tổng diện tích sàn: 320,75 m²",
            "Chiều cao tối đa: 16,2 m",
            "Số tầng: 4 (tầng hầm, áp mái, kỹ thuật, tum: tum 20 m²)",
            "3. Giấy tờ về đất: Giấy chứng nhận quyền sử dụng đất số BX 123456",
            "4. Giấy phép này có hiệu lực khởi công xây dựng trong thời hạn 12 tháng kể từ ngày cấp",
            "ngày 05 tháng 11 năm 2026",
            "Nơi nhận:",
            "THỦ TRƯỞNG CƠ QUAN CẤP PHÉP",
            "KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
            "Cán bộ signer",
        )
        == []
    )
    front, back = paper.pages
    assert "Cán bộ signer" in front
    assert "ĐIỀU CHỈNH, GIA HẠN GIẤY PHÉP" in back
    assert "số 12/GPXD" in back
    assert "H29.951-261105-0001" in back


@pytest.mark.parametrize(
    ("filed_at", "form"),
    [(datetime(2026, 6, 30, 8, tzinfo=UTC), "Mẫu số 09"), (datetime(2026, 7, 1, 8, tzinfo=UTC), "Mẫu số 03")],
)
def test_a_dossier_keeps_the_decree_it_was_filed_under(house, filed_at, form):
    _dossier, of, _fields = started(house, received_at=filed_at)
    assert of.form_code.startswith(form)


def test_before_any_edition_there_is_the_general_notice(house):
    dossier, _of, _fields = started(house)
    assert result_papers.template_for(dossier, day=date(2024, 12, 29)).code == "thong_bao_ket_qua"
