"""The certificate of registration of a household business, field by field (NĐ 168/2025/NĐ-CP)."""

from datetime import date

import pytest

from accounts.enums import Office, Role
from accounts.models import Place
from dossiers import result_papers, signatures
from procedures.result_templates import blocking, missing
from tests.dossiers.papers.paper import DAY, bearer, city, filed, issued, signer_of
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
NUMBER = "077089000102"
CAME = {"ma_so_nguon": "Hệ thống thông tin quốc gia về đăng ký hộ kinh doanh", "ma_so_luc": "2026-11-05T10:00"}


@pytest.fixture
def house():
    Place.objects.create(code="26506", name="Phường Vũng Tàu", kind="ward", valid_from="2025-07-01")
    return city()


@pytest.fixture
def owner():
    return bearer("Trần Văn Mẫu Nam", NUMBER)


def answers(owner, **changes):
    values = {
        "ch_ho_ten": "Trần Văn Mẫu Nam",
        "ch_ngay_sinh": "1989-10-02",
        "ch_gioi_tinh": "1",
        "ch_dan_toc": "01",
        "ch_quoc_tich": "VN",
        "ch_dinh_danh": {"party": owner.pk},
        "ch_dien_thoai": "0903000102",
        "ch_thu_dien_tu": "nam@mau.example",
        "ch_thuong_tru": "45 Nguyễn An Ninh, phường Tam Thắng",
        "ch_lien_lac": "12 Ba Cu, phường Vũng Tàu",
        "hkd_ten": "Hộ kinh doanh Quán Cơm Mẫu Nam",
        "hkd_dia_chi": "8 Lê Lợi",
        "hkd_phuong_xa": "26506",
        "hkd_dien_thoai": "0254380000",
        "hkd_trang_mang": "mau.example",
        "hkd_chu_the": "1",
        "hkd_nganh": [
            {"ng_ten": "Nhà hàng và các dịch vụ ăn uống phục vụ lưu động", "ng_ma": "5610", "ng_chinh": True},
            {"ng_ten": "Dịch vụ phục vụ đồ uống", "ng_ma": "5630"},
        ],
        "hkd_von": 150_000_000,
        "hkd_lao_dong": 2,
    }
    return {**values, **changes}


MEMBERS = [
    {
        "tv_ho_ten": "Nguyễn Thị Mẫu Hoa",
        "tv_ngay_sinh": "1996",
        "tv_gioi_tinh": "2",
        "tv_thuong_tru": "45 Nguyễn An Ninh, phường Tam Thắng",
    }
]


def started(house, owner, **changes):
    dossier = filed(house, "ho_kinh_doanh", answers(owner, **changes), template="dang_ky_ho_kinh_doanh", owner=owner)
    of = result_papers.template_for(dossier, day=DAY)
    return dossier, of, result_papers.initial_fields(dossier, of)


def test_every_row_of_the_paper_stands_on_it(house, owner):
    dossier, of, fields = started(house, owner, hkd_chu_the="2", hkd_thanh_vien=MEMBERS)
    fields |= {"ma_so": {"party": owner.pk}, **CAME}
    assert missing(of, fields) == []
    assert blocking(of, fields, DAY) == []
    assert NUMBER not in str(fields)
    paper = issued("dang_ky_ho_kinh_doanh", dossier, of, fields, number="", signer=signer_of(house, Role.UNIT_HEAD))
    assert (
        paper.lacks(
            "ỦY BAN NHÂN DÂN PHƯỜNG VŨNG TÀU",
            "PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH",
            f"Mã số hộ kinh doanh: {NUMBER}",
            "Đăng ký lần đầu, ngày 05 tháng 11 năm 2026",
            "1. Tên hộ kinh doanh: HỘ KINH DOANH QUÁN CƠM MẪU NAM",
            "2. Trụ sở: 8 Lê Lợi, Phường Vũng Tàu, Thành phố Hồ Chí Minh",
            "Điện thoại: 0254380000",
            "Fax:",
            "Thư điện tử: nam@mau.example",
            "Website: mau.example",
            "3. Ngành, nghề kinh doanh:",
            "STT Tên ngành Mã ngành",
            "1 Nhà hàng và các dịch vụ ăn uống phục vụ lưu động (ngành, nghề kinh doanh chính) 5610",
            "2 Dịch vụ phục vụ đồ uống 5630",
            "4. Vốn kinh doanh: 150.000.000 đồng (VNĐ). Bằng chữ: Một trăm năm mươi triệu đồng",
            "5. Chủ thể thành lập: Các thành viên hộ gia đình",
            "6. Chủ hộ kinh doanh: TRẦN VĂN MẪU NAM",
            "Giới tính: Nam Ngày sinh: 02/10/1989 Dân tộc: Kinh Quốc tịch: Việt Nam",
            f"Số định danh cá nhân: {NUMBER}",
            "Nơi thường trú: 45 Nguyễn An Ninh, phường Tam Thắng",
            "Nơi ở hiện tại: 12 Ba Cu, phường Vũng Tàu",
            "7. Thành viên hộ gia đình tham gia thành lập:",
            "1 Nguyễn Thị Mẫu Hoa 1996 Nữ 45 Nguyễn An Ninh, phường Tam Thắng",
            "TRƯỞNG PHÒNG",
            "Cán bộ unit_head",
        )
        == []
    )
    assert "Số: " not in paper.text
    assert len(paper.pages) == 1


def test_a_change_says_when_it_was_first_registered_and_which_change_it_is(house, owner):
    dossier, of, fields = started(house, owner)
    fields |= {"loai_dang_ky": "thay_doi", "ngay_lan_dau": "2024-02-03", "lan_thay_doi": 2}
    shown = " ".join(result_papers.sheet(dossier, of, fields, date=DAY, is_draft=False).split())
    assert "Đăng ký lần đầu, ngày 03/02/2024 <br> Đăng ký thay đổi lần thứ 2, ngày 05 tháng 11 năm 2026" in shown
    assert "Thành viên hộ gia đình" not in shown


def test_the_number_of_the_national_system_is_never_waived(house, owner):
    _dossier, of, fields = started(house, owner)
    (gap,) = blocking(of, fields, DAY, waived={"ma_so"})
    assert (gap.key, gap.may_be_waived) == ("ma_so", False)


@pytest.mark.parametrize(
    "name", ["Quán Cơm Mẫu", "Hộ kinh doanh", "Hộ kinh doanh Công ty Mẫu", "HỘ KINH DOANH DOANH NGHIỆP X"]
)
def test_a_name_against_the_rule_is_told(house, owner, name):
    _dossier, of, fields = started(house, owner)
    (gap,) = missing(of, fields | {"ten": name})
    assert gap.key == "ten"
    assert "HỘ KINH DOANH" in gap.sentence


def test_titles_follow_role_and_office(house, owner):
    _dossier, of, _fields = started(house, owner)
    head = signer_of(house, Role.UNIT_HEAD)
    head.office = Office.DEPUTY
    assert signatures.signature_of(of.signer, head).above == ("KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG")
    assert signatures.signature_of(of.signer, signer_of(house, Role.SIGNER)).above == ("CHỦ TỊCH",)
    assert signatures.signature_of(of.signer, None).above == ("TRƯỞNG PHÒNG",)


def test_the_signing_role_is_found_by_day_and_by_the_rule_of_the_paper(house, owner):
    dossier, of, _fields = started(house, owner)
    head, signer = house.people[Role.UNIT_HEAD], house.people[Role.SIGNER]
    assert signatures.signer_on(dossier, of.signer, head, DAY) == signer_of(house, Role.UNIT_HEAD)
    assert signatures.signer_on(dossier, of.signer, signer, DAY) == signer_of(house, Role.SIGNER)
    both = MembershipFactory(user=signer, unit=house.office, role=Role.UNIT_HEAD, valid_from="2026-11-05")
    assert signatures.signer_on(dossier, of.signer, signer, DAY) == both
    assert signatures.signer_on(dossier, of.signer, signer, date(2026, 11, 4)) == signer_of(house, Role.SIGNER)
    assert signatures.signer_on(dossier, of.signer, house.people[Role.OFFICER], DAY) is None
    assert result_papers.layout_of(of).endswith("dang_ky_ho_kinh_doanh.html")
