"""The certificate of marital status, field by field: TT 04/2020/TT-BTP Art. 33, every phrase of it."""

from datetime import date

import pytest

from accounts.enums import Office, Role
from dossiers import result_papers
from procedures.result_templates import blocking, missing
from tests.dossiers.papers.paper import DAY, bearer, city, filed, issued, printed, signer_of, template

pytestmark = pytest.mark.django_db
NUMBER = "077096000101"
OFFICER = {
    "can_bo_xung_ho": "bà",
    "can_bo_ho_ten": "Lê Thị Mẫu Tư Pháp",
    "giay_to_loai": "Thẻ căn cước",
    "giay_to_noi_cap": "Bộ Công an",
    "giay_to_ngay_cap": "2024-07-15",
}


@pytest.fixture
def house():
    return city()


@pytest.fixture
def owner():
    return bearer("Trần Văn Mẫu Nam", NUMBER)


def answers(owner, **changes):
    values = {
        "nyc_ho_ten": "Trần Văn Mẫu Nam",
        "nyc_ngay_sinh": "1989-10-02",
        "nyc_dinh_danh": {"party": owner.pk},
        "quan_he": "1",
        "nxn_ho_ten": "Trần Văn Mẫu Nam",
        "nxn_ngay_sinh": "1989-10-02",
        "nxn_dinh_danh": {"party": owner.pk},
        "nxn_gioi_tinh": "1",
        "nxn_dan_toc": "01",
        "nxn_quoc_tich": "VN",
        "nxn_noi_cu_tru": "45 Nguyễn An Ninh, phường Tam Thắng, Thành phố Hồ Chí Minh",
        "tinh_trang": "1",
        "loai_muc_dich": "1",
        "ket_hon_voi": "Nguyễn Thị Mẫu Hoa",
        "ket_hon_ngay_sinh": "1996-03-12",
        "ket_hon_quoc_tich": "VN",
        "ket_hon_noi": "Ủy ban nhân dân phường Vũng Tàu",
        "so_ban_giay": 1,
    }
    return {**values, **changes}


def started(house, owner, **changes):
    dossier = filed(
        house, "xac_nhan_hon_nhan", answers(owner, **changes), template="xac_nhan_hon_nhan", owner=owner, case_code=""
    )
    of = result_papers.template_for(dossier, day=DAY)
    assert of.code == "xac_nhan_hon_nhan"
    return dossier, of, result_papers.initial_fields(dossier, of) | OFFICER


def test_every_row_of_the_paper_stands_on_it(house, owner):
    dossier, of, fields = started(
        house, owner, nxn_tai="phường Tam Thắng", nxn_tu_ngay="2015-01-05", nxn_den_ngay="2020-12-31"
    )
    assert missing(of, fields) == []
    assert blocking(of, fields, DAY) == []
    paper = issued(
        "xac_nhan_hon_nhan", dossier, of, fields, number=of.number_text(3, 2026), signer=signer_of(house, Role.SIGNER)
    )
    assert (
        paper.lacks(
            "THÀNH PHỐ HỒ CHÍ MINH",
            "ỦY BAN NHÂN DÂN PHƯỜNG VŨNG TÀU",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Số: 03/UBND-XNTTHN",
            "Phường Vũng Tàu, ngày 05 tháng 11 năm 2026",
            "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
            "Xét đề nghị của bà Lê Thị Mẫu Tư Pháp, Công chức tư pháp - hộ tịch,"
            " về việc cấp Giấy xác nhận tình trạng hôn nhân cho ông Trần Văn Mẫu Nam,",
            "XÁC NHẬN:",
            "Họ, chữ đệm, tên: TRẦN VĂN MẪU NAM",
            "Ngày, tháng, năm sinh: 02/10/1989",
            "Giới tính: Nam",
            "Dân tộc: Kinh",
            "Quốc tịch: Việt Nam",
            f"Giấy tờ tùy thân: Thẻ căn cước số {NUMBER}, do Bộ Công an cấp ngày 15/07/2024",
            "Nơi cư trú: 45 Nguyễn An Ninh, phường Tam Thắng, Thành phố Hồ Chí Minh",
            "Trong thời gian cư trú tại phường Tam Thắng từ ngày 05/01/2015 đến ngày 31/12/2020.",
            "Tình trạng hôn nhân: hiện tại chưa đăng ký kết hôn với ai.",
            "Giấy này có giá trị sử dụng trong thời hạn 6 tháng, kể từ ngày cấp, được sử dụng để: đăng ký kết hôn với"
            " Nguyễn Thị Mẫu Hoa, sinh ngày 12/03/1996, quốc tịch Việt Nam, tại Ủy ban nhân dân phường Vũng Tàu.",
            "NGƯỜI KÝ GIẤY XÁC NHẬN",
            "CHỦ TỊCH",
            "Cán bộ signer",
        )
        == []
    )
    assert "DỰ THẢO" not in paper.text
    assert len(paper.pages) == 1


MARRIED = {"vo_chong_ten": "Nguyễn Thị Mẫu Lan", "ket_hon_so": "12/2010", "ket_hon_do": "UBND phường 1"}
MARRIED |= {"ket_hon_ngay": "2010-02-14"}
PHRASES = {
    "a": ({}, "hiện tại chưa đăng ký kết hôn với ai."),
    "b": (
        MARRIED,
        (
            "hiện tại đang có vợ là bà Nguyễn Thị Mẫu Lan (Giấy chứng nhận kết hôn số 12/2010,"
            " do UBND phường 1 cấp ngày 14/02/2010)."
        ),
    ),
    "c": ({"vo_chong_ten": "Nguyễn Thị Mẫu Lan"}, "hiện tại đang có vợ là bà Nguyễn Thị Mẫu Lan."),
    "d": (
        {
            "da_ket_hon": "đã đăng ký kết hôn",
            "ly_hon_loai": "Quyết định ly hôn",
            "ly_hon_so": "45/2020/QĐST-HNGĐ",
            "ly_hon_ngay": "2020-05-06",
            "ly_hon_toa": "thành phố Vũng Tàu",
        },
        (
            "đã đăng ký kết hôn, nhưng đã ly hôn theo Quyết định ly hôn số 45/2020/QĐST-HNGĐ ngày 06/05/2020 của Tòa án"
            " nhân dân thành phố Vũng Tàu; hiện tại chưa đăng ký kết hôn với ai."
        ),
    ),
    "dd": (
        {
            "da_ket_hon": "đã có vợ",
            "chet_giay": "Trích lục khai tử",
            "chet_so": "7/TLKT",
            "chet_do": "UBND phường 2",
            "chet_ngay": "2021-08-09",
        },
        (
            "đã có vợ, nhưng vợ đã chết (Trích lục khai tử số 7/TLKT, do UBND phường 2 cấp ngày 09/08/2021); hiện tại chưa"
            " đăng ký kết hôn với ai."
        ),
    ),
    "e": (
        {**MARRIED, "khoang_tu": "2005-01-01", "khoang_den": "2010-02-13"},
        (
            "trong thời gian từ ngày 01/01/2005 đến ngày 13/02/2010 chưa đăng ký kết hôn với ai; hiện tại đang có vợ là bà"
            " Nguyễn Thị Mẫu Lan (Giấy chứng nhận kết hôn số 12/2010, do UBND phường 1 cấp ngày 14/02/2010)."
        ),
    ),
}


@pytest.mark.parametrize("choice", PHRASES)
def test_the_sentence_follows_the_officers_choice(house, owner, choice):
    dossier, of, fields = started(house, owner)
    more, sentence = PHRASES[choice]
    fields |= {"tinh_trang": choice, **more}
    assert missing(of, fields) == []
    shown = result_papers.sheet(dossier, of, fields, is_draft=True)
    assert f'<span class="strong">{sentence[:-1]}</span>.' in shown


def test_the_sentence_about_a_woman_names_husband_and_mister(house, owner):
    dossier, of, fields = started(house, owner)
    fields |= {"gioi_tinh": "2", "tinh_trang": "c", "vo_chong_ten": "Lê Văn Mẫu"}
    shown = result_papers.sheet(dossier, of, fields, is_draft=True)
    assert "hiện tại đang có chồng là ông Lê Văn Mẫu" in shown
    assert "cho bà Trần Văn Mẫu Nam" in shown


@pytest.mark.parametrize(("declared", "choice"), [("1", "a"), ("2", "b"), ("3", "d"), ("4", "dd")])
def test_the_form_starts_from_the_answers(house, owner, declared, choice):
    more = {"2": {"vo_chong_ten": "Lê Thị Mẫu", "vo_chong_giay": "12/2010"}, "3": {"ly_hon_so": "45"}}
    _dossier, _of, fields = started(house, owner, tinh_trang=declared, **more.get(declared, {}))
    assert fields["tinh_trang"] == choice
    assert fields["dinh_danh"] == {"party": owner.pk}
    assert NUMBER not in str(fields)
    if declared == "2":
        assert (fields["vo_chong_ten"], fields["ket_hon_so"]) == ("Lê Thị Mẫu", "12/2010")


def test_what_the_choice_asks_for_is_missing_until_it_is_there(house, owner):
    _dossier, of, fields = started(house, owner)
    gaps = missing(of, fields | {"tinh_trang": "d"})
    assert [gap.key for gap in gaps] == ["da_ket_hon", "ly_hon_loai", "ly_hon_so", "ly_hon_ngay", "ly_hon_toa"]
    assert all(gap.sentence.endswith(".") for gap in gaps)
    assert missing(of, fields | {"tinh_trang": "a", "ly_hon_so": "45"}) == []


def test_a_draft_says_so_and_has_dots_for_number_day_and_gaps(house, owner):
    dossier, of, fields = started(house, owner)
    del fields["can_bo_ho_ten"]
    paper = printed("xac_nhan_hon_nhan_du_thao", dossier, of, fields, is_draft=True)
    assert paper.lacks("DỰ THẢO", "Số: ……/UBND-XNTTHN", "ngày …… tháng …… năm ……", "bà …………, Công chức") == []
    assert "Cán bộ" not in paper.text


def test_a_deputy_signs_for_the_chairman(house, owner):
    dossier, of, fields = started(house, owner)
    signer = signer_of(house, Role.SIGNER)
    signer.office = Office.DEPUTY
    context = result_papers.context_for(dossier, of, fields, number="01", date=DAY, signer=signer, is_draft=False)
    assert context["signature"].above == ("NGƯỜI KÝ GIẤY XÁC NHẬN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def test_a_dossier_on_paper_starts_from_its_owner(house, owner):
    owner.gender = "male"
    dossier = filed(
        house,
        "xac_nhan_hon_nhan",
        {},
        template="xac_nhan_hon_nhan",
        owner=owner,
        owner_name="Trần Văn Mẫu Nam",
        owner_birth_date="1989",
        owner_address="45 Nguyễn An Ninh",
    )
    fields = result_papers.initial_fields(dossier, template("xac_nhan_hon_nhan"))
    assert fields == {
        "ho_ten": "Trần Văn Mẫu Nam",
        "ngay_sinh": "1989",
        "gioi_tinh": "1",
        "dinh_danh": {"party": owner.pk},
        "noi_cu_tru": "45 Nguyễn An Ninh",
        "hoi_thoi_gian": "khong",
    }


def test_it_is_kept_six_months_under_the_kind_that_papers_ask_for(house, owner):
    dossier, of, fields = started(house, owner)
    kept = result_papers.kept_as(dossier, of, fields, date(2026, 8, 31))
    assert (kept.paper_kind, kept.expires_on) == ("xac_nhan_hon_nhan", date(2027, 2, 28))
    other = bearer("Trần Thị Mẫu Em", "077196000102")
    kept = result_papers.kept_as(dossier, of, fields | {"dinh_danh": {"party": other.pk}}, DAY)
    assert kept.paper_kind == "KQ.G15.000099"


def test_days_out_of_order_are_told(house, owner):
    _dossier, of, fields = started(house, owner)
    more, _sentence = PHRASES["e"]
    (gap,) = missing(of, fields | {"tinh_trang": "e", **more, "khoang_den": "2004-12-31"})
    assert (gap.key, gap.sentence) == ("khoang_den", of.orders[1].sentence)
    assert missing(of, fields | {"khoang_tu": "2020-01-01", "khoang_den": "2004-12-31"}) == []  # not asked in (a)
