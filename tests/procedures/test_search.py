"""Search: accents, order of the ranks, usual names, slips of the fingers, bodies, what is hidden."""

from datetime import date

import pytest

from procedures import queries, search, services
from procedures.models import Procedure
from tests.procedures.factories import ProcedureFactory, RevisionFactory, published

pytestmark = pytest.mark.django_db


def add(code, name, keywords="", popularity=0, **facts):
    return published(
        procedure=ProcedureFactory(code=code, name=name, keywords=keywords, popularity=popularity), **facts
    )


def codes(text, **options):
    return [row.code for row in queries.search(text, **options)]


@pytest.fixture
def civil_status():
    add("1.001193", "Thủ tục đăng ký khai sinh")
    add("1.000689", "Thủ tục đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con")
    add("1.004884", "Thủ tục đăng ký lại khai sinh")
    add("2.000635", "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh")
    add("1.000656", "Thủ tục đăng ký khai tử")
    add("1.001612", "Đăng ký thành lập hộ kinh doanh", keywords="HKD, mở quán")


@pytest.mark.parametrize(
    "text",
    [
        "khai sinh",
        "Khai Sinh",
        "khai sinh con",
        "giay khai sinh",
        "đăng ký khai sinh cho con",
        "  KHAI   SINH ",
        "khia sinh",
        "khai sin",
        "đăng kí khai sinh",
        "1.001193",
        "dang ky khai sinh con",
    ],
)
def test_birth_is_found_first_however_it_is_asked(civil_status, text):
    assert codes(text)[0] == "1.001193"


def test_decomposed_accents_find_the_same(civil_status):
    assert codes("Đa\u0306ng ky\u0301 khai sinh") == codes("Đăng ký khai sinh")


def test_usual_names_are_found_before_words(civil_status):
    assert codes("HKD")[0] == "1.001612"
    assert codes("mở quán")[0] == "1.001612"
    assert codes("mo qua")[0] == "1.001612"


def test_words_scattered_in_a_long_name_are_no_answer():
    add("9.1", "Cấp bản sao khai sinh")
    add("9.2", "Khai thác " + "tài nguyên nước dưới đất tại vùng có quy hoạch riêng đã duyệt phục vụ " + "sinh hoạt")
    assert codes("khai sinh") == ["9.1"]
    assert codes("khai sinh hoạt")[0] == "9.2"


def test_exact_accents_go_before_folded_ones():
    add("9.1", "Chứng thực bán", popularity=1000)
    add("9.2", "Chứng thực bản")
    assert codes("chứng thực bản") == ["9.2", "9.1"]
    assert codes("chung thuc ban") == ["9.1", "9.2"]


def test_name_goes_before_body():
    add("9.1", "Xác nhận nguồn gốc", popularity=5000, what_you_get="Giấy xác nhận thủy sản")
    add("9.2", "Nuôi trồng thủy sản")
    assert codes("thuy san") == ["9.2", "9.1"]


def test_paper_names_are_found_in_the_body():
    add("9.1", "Cấp lại thẻ", papers=["Biên bản kiểm dịch"])
    assert codes("kiểm dịch") == ["9.1"]


def test_nothing_said_finds_nothing(civil_status):
    for text in ("", "   ", "!!!", "\x00", "thủ tục không hề có zzzz"):
        assert "1.001612" not in codes(text)
    assert codes("") == []


def test_very_long_and_odd_queries_do_not_break(civil_status):
    for text in ("a" * 10_000, "khai sinh " * 500, "'; DROP TABLE --", "%_\\", "🙂"):
        codes(text)


def test_internal_procedures_are_for_staff_only():
    revision = add("NB.1", "Tặng giấy khen")
    Procedure.objects.filter(pk=revision.procedure_id).update(is_internal=True)
    search.bump()
    assert codes("giấy khen") == []
    assert codes("giấy khen", with_internal=True) == ["NB.1"]


def test_draft_and_ended_procedures_are_not_found():
    RevisionFactory(procedure=ProcedureFactory(code="9.1", name="Mới soạn thảo"))
    ended = add("9.2", "Từng có hiệu lực")
    services.retire(procedure_id=ended.procedure_id, on=date(2026, 1, 1))
    assert codes("soạn thảo") == []
    assert codes("từng có hiệu lực") == []


def test_publication_is_noticed_by_a_built_index():
    assert codes("kiểm lâm") == []
    add("9.1", "Xác nhận kiểm lâm")
    assert codes("kiểm lâm") == ["9.1"]


def test_search_asks_few_questions(civil_status, django_assert_max_num_queries):
    search.current()
    with django_assert_max_num_queries(2):
        search.find("khai sinh")
    with django_assert_max_num_queries(1):
        search.find("khai sinh", with_body=False)
