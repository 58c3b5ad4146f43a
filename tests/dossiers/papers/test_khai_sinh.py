"""The birth certificate, field by field; the personal number that must come back before it is signed."""

from datetime import date

import pytest

from accounts.enums import Role
from dossiers import result_papers
from procedures.result_templates import blocking, missing
from tests.dossiers.papers.paper import DAY, bearer, city, filed, issued, signer_of

pytestmark = pytest.mark.django_db
MOTHER, CHILD = "077196000101", "077326000001"
NUMBER_CAME = {"so_dinh_danh_nguon": "Cơ sở dữ liệu quốc gia về dân cư", "so_dinh_danh_luc": "2026-11-05T09:30"}


@pytest.fixture
def house():
    return city()


@pytest.fixture
def mother():
    return bearer("Nguyễn Thị Mẫu Hoa", MOTHER)


@pytest.fixture
def child():
    return bearer("Trần Nguyễn Mẫu An", CHILD)


def answers(mother, **changes):
    values = {
        "nyc_ho_ten": "Nguyễn Thị Mẫu Hoa",
        "nyc_ngay_sinh": "1996-03-12",
        "nyc_dinh_danh": {"party": mother.pk},
        "nyc_noi_cu_tru": "12 Ba Cu, phường Vũng Tàu, Thành phố Hồ Chí Minh",
        "quan_he": "1",
        "loai_dang_ky": "1",
        "te_ho_ten": "Trần Nguyễn Mẫu An",
        "te_ngay_sinh": "2026-10-25",
        "te_gioi_tinh": "1",
        "te_dan_toc": "01",
        "te_quoc_tich": "VN",
        "te_noi_sinh": "1",
        "te_co_so_y_te": "Bệnh viện Vũng Tàu, phường Tam Thắng, Thành phố Hồ Chí Minh",
        "te_que_quan": "phường Tam Thắng, Thành phố Hồ Chí Minh",
        "cha_me": "1",
        "me_ho_ten": "Nguyễn Thị Mẫu Hoa",
        "me_ngay_sinh": "1996-03-12",
        "me_dan_toc": "01",
        "me_quoc_tich": "VN",
        "me_noi_cu_tru": "12 Ba Cu, phường Vũng Tàu, Thành phố Hồ Chí Minh",
        "cha_ho_ten": "Trần Văn Mẫu Nam",
        "cha_ngay_sinh": "1989",
        "cha_dan_toc": "02",
        "cha_quoc_tich": "VN",
        "cha_noi_cu_tru": "45 Nguyễn An Ninh, phường Tam Thắng, Thành phố Hồ Chí Minh",
    }
    return {**values, **changes}


def started(house, mother, **changes):
    dossier = filed(house, "khai_sinh", answers(mother, **changes), template="khai_sinh", owner=mother)
    of = result_papers.template_for(dossier, day=DAY)
    fields = result_papers.initial_fields(dossier, of)
    return dossier, of, fields | {"nyc_giay_to_loai": "Số định danh cá nhân"}


def test_every_row_of_the_paper_stands_on_it(house, mother, child):
    dossier, of, fields = started(house, mother)
    fields |= {"so_dinh_danh": {"party": child.pk}, **NUMBER_CAME}
    assert missing(of, fields) == []
    assert blocking(of, fields, DAY) == []
    paper = issued(
        "khai_sinh", dossier, of, fields, number=of.number_text(1, 2026), signer=signer_of(house, Role.SIGNER)
    )
    assert (
        paper.lacks(
            "THÀNH PHỐ HỒ CHÍ MINH",
            "ỦY BAN NHÂN DÂN PHƯỜNG VŨNG TÀU",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "GIẤY KHAI SINH Số: 1/2026",
            "Họ, chữ đệm, tên: TRẦN NGUYỄN MẪU AN",
            "Ngày, tháng, năm sinh: 25/10/2026",
            "Ghi bằng chữ: Ngày hai mươi lăm tháng mười năm hai nghìn không trăm hai mươi sáu",
            "Giới tính: Nam Dân tộc: Kinh Quốc tịch: Việt Nam",
            "Nơi sinh: Bệnh viện Vũng Tàu, phường Tam Thắng, Thành phố Hồ Chí Minh",
            "Quê quán: phường Tam Thắng, Thành phố Hồ Chí Minh",
            f"Số định danh cá nhân: {CHILD}",
            "Họ, chữ đệm, tên người mẹ: NGUYỄN THỊ MẪU HOA",
            "Năm sinh: 1996 Dân tộc: Kinh Quốc tịch: Việt Nam",
            "Nơi cư trú: 12 Ba Cu, phường Vũng Tàu, Thành phố Hồ Chí Minh",
            "Họ, chữ đệm, tên người cha: TRẦN VĂN MẪU NAM",
            "Năm sinh: 1989 Dân tộc: Tày Quốc tịch: Việt Nam",
            "Nơi cư trú: 45 Nguyễn An Ninh, phường Tam Thắng, Thành phố Hồ Chí Minh",
            "Họ, chữ đệm, tên người đi khai sinh: NGUYỄN THỊ MẪU HOA",
            f"Giấy tờ tùy thân: Số định danh cá nhân {MOTHER}",
            "Nơi đăng ký khai sinh: Ủy ban nhân dân phường Vũng Tàu",
            "Ngày, tháng, năm đăng ký: ngày 05 tháng 11 năm 2026",
            "NGƯỜI KÝ GIẤY KHAI SINH",
            "CHỦ TỊCH",
            "Cán bộ signer",
        )
        == []
    )
    assert len(paper.pages) == 1


def test_a_parent_who_is_not_determined_stays_blank(house, mother):
    dossier, of, fields = started(house, mother, cha_me="2")
    assert missing(of, fields) == []
    shown = result_papers.sheet(dossier, of, fields, is_draft=False)
    assert 'người cha: <span class="strong upper"></span>' in shown
    assert "Trần Văn Mẫu Nam" not in shown


def test_another_people_and_a_birth_abroad_are_written_out(house, mother):
    _dossier, _of, fields = started(
        house,
        mother,
        te_quoc_tich="KHAC",
        te_quoc_tich_khac="Pháp",
        te_noi_sinh="3",
        te_dia_chi_sinh="Paris, Cộng hòa Pháp",
    )
    assert (fields["quoc_tich"], fields["noi_sinh"]) == ("Pháp", "Paris, Cộng hòa Pháp")


def test_it_is_not_signed_without_the_number_unless_a_head_waives_it(house, mother, child):
    _dossier, of, fields = started(house, mother)
    (gap,) = blocking(of, fields, DAY)
    assert (gap.key, gap.may_be_waived) == ("so_dinh_danh", True)
    assert "Lãnh đạo có thể cho ban hành trước" in gap.sentence
    assert missing(of, fields) == []  # it may be submitted while the number is awaited
    assert blocking(of, fields, DAY, waived={"so_dinh_danh"}) == []
    assert [gap.key for gap in blocking(of, fields, date(2025, 6, 30), waived={"so_dinh_danh"})] == ["so_dinh_danh"]
    came = fields | {"so_dinh_danh": {"party": child.pk}}
    assert [gap.key for gap in blocking(of, came, DAY)] == ["so_dinh_danh_nguon", "so_dinh_danh_luc"]
    assert blocking(of, came | NUMBER_CAME, DAY) == []


def test_it_is_kept_for_ever_under_the_kind_that_papers_ask_for(house, mother):
    dossier, of, fields = started(house, mother)
    kept = result_papers.kept_as(dossier, of, fields, DAY)
    assert (kept.paper_kind, kept.expires_on) == ("giay_khai_sinh", None)
