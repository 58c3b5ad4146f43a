"""Public pages over the demo catalogue, loaded once for all tests here: what stands there, query counts, odd addresses."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Role, UnitKind
from portal import clock
from procedures import queries, search, seeds
from procedures.enums import FactKey
from procedures.models import Field, Procedure, PublicFact
from tests.factories import UnitFactory
from tests.procedures.test_pages import page, signed_in
from tests.shared import rows_of_a_module

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]
NONSENSE = ["\x00", "a\x00b", "9" * 300, "khong-co", "🙂", "..%2f", "1.001193 "]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    since = {"valid_from": date(2025, 7, 1)}
    with rows_of_a_module(django_db_blocker):
        for place in (1, 2):
            ward = UnitFactory(code=f"p-{place}", name=f"UBND phường {place}", address=f"{place} Lê Lợi", **since)
            UnitFactory(
                code=f"p-{place}-vp", name="Văn phòng HĐND và UBND", kind=UnitKind.DEPARTMENT, parent=ward, **since
            )
            UnitFactory(code=f"p-{place}-q", name="Trung tâm", kind=UnitKind.DESK, parent=ward, phone="0254 1", **since)
        seeds.load()
        with django_db_blocker.block():
            yield


@pytest.fixture
def city(loaded, db):
    search.current()


def fact(procedure, key, value):
    PublicFact.objects.create(procedure=procedure, key=key, value=value, as_of=clock.now())


def test_home_asks_tracks_and_shows_events_and_figures(client, city):
    fact(None, FactKey.TODAY, {"day": clock.today().isoformat(), "filed": 214, "online": 186})
    text = page(client, "home")
    for words in ("Bạn cần làm gì?", "Mã bí mật", "Sinh con", "Đăng ký khai sinh", "214", "87"):
        assert words in text
    assert "Việc làm" not in text  # an event without procedures is no way on


def test_home_shows_what_was_filed_most_this_week_and_hides_old_figures(client, city):
    rows = [Procedure.objects.get(code=code) for code in ("1.001731", "2.000720", "1.001266")]
    fact(None, FactKey.MOST_USED, [{"procedure_id": row.pk, "code": row.code, "filed": 9} for row in rows])
    fact(None, FactKey.TODAY, {"day": "2020-01-01", "filed": 214, "online": 186})
    text = page(client, "home")
    assert "Làm nhiều nhất tuần này" in text
    places = [text.index(f"/thu-tuc/{row.code}/") for row in rows]
    assert places == sorted(places)
    assert "214" not in text


def test_search_finds_birth_first(client, city):
    text = page(client, "search", q="giay khai sinh con")
    assert text.index("/thu-tuc/1.001193/") < text.index("/thu-tuc/2.000635/")


def test_search_page_is_within_its_questions(client, city, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page(client, "search", q="khai sinh")
    with django_assert_max_num_queries(2):
        page(client, "suggest", q="khai sinh")


def test_search_without_result_says_what_to_do(client, city):
    assert "Không tìm thấy thủ tục nào" in page(client, "search", q="zzzz qqqq")
    assert "Chưa thấy thủ tục nào" in page(client, "suggest", q="zzzz qqqq")


def test_search_says_where_each_is_filed(client, city):
    assert "Nộp trực tuyến · Hộ tịch" in " ".join(page(client, "search", q="khai sinh").split())


def test_a_death_is_known_by_its_event(city):
    born, died = (Procedure.objects.filter(life_events__slug=slug).first() for slug in ("sinh-con", queries.DEATH))
    assert queries.is_of_a_death(died.pk)
    assert not queries.is_of_a_death(born.pk)


def test_sheet_answers_first_and_tells_everything(client, city):
    text = page(client, "procedure", "1.001193")
    order = ("Bạn nhận được", "Phí", "Thời gian", "/ho-so/nop/1.001193/", "Ai nộp được", "Giấy tờ")
    answers = [text.index(words) for words in order]
    assert answers == sorted(answers)
    for words in (
        "Giấy chứng sinh",
        "Trình tự thực hiện",
        "KQ.G15.000031",
        "Căn cứ pháp lý",
        "60/2014/QH13",
        "163/QĐ-BTP",
        "Nộp trực tuyến",
        "UBND phường 2",
        "Miễn lệ phí",
        "/ho-so/nop/1.001193/",
    ):
        assert words in text, words


def test_sheet_is_within_its_questions(client, city, django_assert_max_num_queries):
    """The parts of a published sheet are read by the first page of a process, and kept."""
    for code in ("1.001193", "2.000815", "1.004194", "1.009994"):
        with django_assert_max_num_queries(14):
            page(client, "procedure", code)
        with django_assert_max_num_queries(7):
            page(client, "procedure", code)


def test_sheet_tells_what_filing_online_saves(client, city):
    text = page(client, "procedure", "1.004222")
    assert "10.000\u00a0đ" in text
    assert "20.000\u00a0đ" in text
    assert "nộp trực tuyến tiết kiệm 10.000\u00a0đ" in text
    assert "không nộp tại Bộ phận Một cửa" in text


def test_counter_only_procedure_says_why_and_where(client, city):
    text = page(client, "procedure", "2.000815")
    assert "Thủ tục này nộp tại quầy" in text
    assert "Phải mang bản chính đến quầy" in text
    assert "2 Lê Lợi" in text
    assert "từ trang thứ ba 1.000 đồng" in text
    assert "/ho-so/nop/" not in text


def test_usual_duration_is_shown_beside_the_limit(client, city):
    procedure = Procedure.objects.get(code="1.001193")
    fact(procedure, FactKey.USUAL_DAYS, {"days": 2, "dossiers": 120})
    assert "9/10 hồ sơ gần đây xong trong 2 ngày (tính trên 120 hồ sơ)" in page(client, "procedure", "1.001193")


def test_expired_procedure_points_to_its_successor(client, city):
    text = page(client, "procedure", "1.009994")
    assert "đã hết hiệu lực" in text
    assert "/thu-tuc/1.013225/" in text
    assert "/ho-so/nop/" not in text


def test_older_revision_is_reached_by_number_with_a_notice(client, city):
    older = page(client, "procedure", "1.001193", **{"phien-ban": "1"})
    assert "đã hết hiệu lực (áp dụng từ 01/01/2020 đến 30/06/2025)" in older
    assert "đã hết hiệu lực" not in page(client, "procedure", "1.001193")


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "9" * 30, "\x00", "²"])
def test_revision_that_does_not_exist_is_404(client, city, number):
    page(client, "procedure", "1.001193", status=404, **{"phien-ban": number})


@pytest.mark.parametrize("text", NONSENSE)
def test_odd_addresses_and_questions_never_break(client, city, text):
    for name, args, query in (
        ("procedure", [text], {}),
        ("search", [], {"q": text}),
        ("suggest", [], {"q": text}),
        ("catalogue", [], {"cap": text, "trang": text}),
    ):
        response = client.get(reverse(f"procedures:{name}", args=args), query)
        assert response.status_code in {200, 404}, (name, text)


def test_catalogue_goes_by_field_event_and_level(client, city):
    assert "Hộ tịch" in page(client, "catalogue")
    assert "Đăng ký khai sinh" in page(client, "catalogue", cap="xa")
    assert "Cung cấp thông tin quy hoạch" in page(client, "catalogue", cap="tinh")
    assert "Đăng ký khai sinh" in page(client, "field", Field.objects.get(code="G15-TP07").pk)
    assert "Đăng ký khai sinh" in page(client, "life_event", "sinh-con")
    page(client, "field", 0, status=404)
    page(client, "field", 10**30, status=404)
    page(client, "life_event", "khong-co", status=404)


def test_internal_procedures_are_for_staff(client, city, settings):
    assert "Không có thủ tục này" in page(client, "procedure", "NB.VT.1", status=404)
    assert "/thu-tuc/NB.VT.1/" not in page(client, "search", q="giấy khen")
    staff = signed_in(client, Role.OFFICER, settings)
    assert "Thủ tục nội bộ" in page(staff, "procedure", "NB.VT.1")
    assert "/thu-tuc/NB.VT.1/" in page(staff, "search", q="giấy khen")
