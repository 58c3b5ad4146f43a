"""What holds for every template there is: an empty draft shows, long words wrap, what an officer types is sealed."""

import pytest

from accounts.enums import Role
from accounts.models import Party
from dossiers import result_papers
from dossiers.answers import masked_numbers
from dossiers.services.parties import seal_paper
from portal.errors import UserError
from procedures import result_templates
from procedures.result_templates import FOLDER, read
from tests.dossiers.papers.paper import DAY, bearer, city, filed, issued, printed, signer_of, template

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILES = sorted(FOLDER.glob("*.json"))
CHILD = "077326000001"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_empty_draft_shows_dots_and_breaks_nothing(path):
    dossier = filed(city(), "khai_sinh", {})
    of = read(path)
    shown = result_papers.sheet(dossier, of, {}, is_draft=True)
    assert "DỰ THẢO" in shown
    if any(field.question.required and field.is_typed for field in of.fields):
        assert "…" in shown
    assert result_papers.initial_fields(dossier, of) is not None
    assert result_papers.summary(of, {})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_unknown_and_hidden_fields_never_reach_the_paper(path):
    dossier = filed(city(), "khai_sinh", {})
    shown = result_papers.sheet(dossier, read(path), {"la_lam": "LẠ LÙNG", "ket_hon_so": "KHÔNG HIỆN"}, is_draft=False)
    assert "LẠ LÙNG" not in shown
    assert "KHÔNG HIỆN" not in shown


def test_what_is_typed_cannot_carry_markup():
    dossier = filed(city(), "khai_sinh", {})
    fields = {"kinh_gui": "<b>A</b>", "noi_dung": "<script>x</script>\n& hai"}
    shown = result_papers.sheet(dossier, template("thong_bao_ket_qua"), fields, is_draft=False)
    assert "<script>x" not in shown
    assert "&lt;b&gt;A" in shown


def test_long_names_and_many_rows_wrap_and_keep_the_signature_with_words():
    house, owner = city(), bearer("Nguyễn Hoàng Thị Mẫu Phương Thảo Nguyên Khánh Đoan Trang", "077089000102")
    rows = [
        {"ng_ten": f"Bán lẻ hàng hóa khác mới trong các cửa hàng chuyên doanh, nhóm {n}", "ng_ma": "4773"}
        for n in range(15)
    ]
    members = [
        {"tv_ho_ten": f"{owner.full_name}", "tv_ngay_sinh": "1990", "tv_gioi_tinh": "2", "tv_thuong_tru": "x " * 140}
        for _n in range(10)
    ]
    dossier = filed(house, "ho_kinh_doanh", {}, template="dang_ky_ho_kinh_doanh", owner=owner)
    fields = {
        "ten": "Hộ kinh doanh " + "Cửa Hàng Tạp Hóa Và Dịch Vụ Tổng Hợp " * 3,
        "tru_so": "Số nhà 123/45/67, đường Nam Kỳ Khởi Nghĩa nối dài, khu phố 12, " * 4,
        "nganh": rows,
        "von": 999_999_999_999,
        "chu_the": "2",
        "chu_ho_ten": owner.full_name,
        "chu_noi_o": "45 Nguyễn An Ninh",
        "thanh_vien": members,
    }
    of = template("dang_ky_ho_kinh_doanh")
    paper = issued("dai_ho_kinh_doanh", dossier, of, fields, number="", signer=signer_of(house, Role.UNIT_HEAD))
    assert paper.lacks("nhóm 14", "Chín trăm chín mươi chín tỷ", owner.full_name.upper()) == []
    assert "H29.951-261105-0001" in paper.pages[1]
    assert "Cán bộ unit_head" in paper.pages[-1]
    assert "Nguyễn Hoàng Thị Mẫu" in paper.pages[-1], "the signature stands with words"


def test_a_number_an_officer_types_is_sealed_and_comes_back_masked():
    house, mother = city(), bearer("Nguyễn Thị Mẫu Hoa", "077196000101")
    officer = house.people[Role.OFFICER]
    answers = {"te_ho_ten": "Trần Nguyễn Mẫu An", "te_ngay_sinh": "2026-10-25", "te_gioi_tinh": "1"}
    dossier = filed(house, "khai_sinh", answers, template="khai_sinh", owner=mother)
    of = result_papers.template_for(dossier, day=DAY)
    before = result_papers.initial_fields(dossier, of)
    typed = {"so_dinh_danh": CHILD, "so_dinh_danh_nguon": "CSDLQG về dân cư", "so_dinh_danh_luc": "9:30 5/11/2026"}
    form = result_templates.officer_form(of, before, partial=True)({**typed, "ho_ten": "Trần Nguyễn Mẫu An"})
    assert form.is_valid(), form.errors
    fields = seal_paper(of, form.answers(), before=before, by=officer)
    assert CHILD not in str(fields)
    party = Party.objects.get(pk=fields["so_dinh_danh"]["party"])
    assert (party.full_name, party.is_proven) == ("Trần Nguyễn Mẫu An", False)
    assert masked_numbers(of.step, fields)["so_dinh_danh"].endswith("001")
    assert "•••" in str(result_papers.summary(of, fields))
    assert CHILD not in str(result_papers.summary(of, fields))
    paper = printed("khai_sinh_du_thao", dossier, of, before | fields, is_draft=True)
    assert paper.lacks(f"Số định danh cá nhân: {CHILD}") == []
    # left blank, the number that is kept stays
    masked = masked_numbers(of.step, fields)
    again = result_templates.officer_form(of, fields, masked=masked, partial=True)({"ho_ten": "Trần Nguyễn Mẫu An"})
    assert again.is_valid()
    assert seal_paper(of, again.answers(), before=fields, by=officer)["so_dinh_danh"] == fields["so_dinh_danh"]


def test_a_number_without_a_name_is_refused_with_a_sentence():
    house = city()
    of = template("khai_sinh")
    with pytest.raises(UserError, match="Hãy điền họ tên"):
        seal_paper(of, {"so_dinh_danh": CHILD}, before={}, by=house.people[Role.OFFICER])
