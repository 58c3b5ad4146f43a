"""What a target still asks: ways to look at what is to come, how wrong they were, parts that add up, and the page."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.enums import Role
from portal.clock import Month
from reporting.enums import Ahead
from reporting.forecast import Asked, History, answer, expected, levers, parts, total_missing, trials, whatever
from reporting.forecast_rows import can_be_forecast
from reporting.gap import Figure, outlook
from reporting.indicators import INDICATORS
from reporting.snapshot import compute_month
from tests.factories import CalendarFactory
from tests.reporting.events import dossier
from tests.reporting.test_views import sign_in, target, text_of  # noqa: F401

PAGE = "/so-lieu/du-kien/2022-09/online_share_all/chung/"


def on_weekdays(day):
    return day.isoweekday() <= 5


def steady(first, last, a_day=10):
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return History({day: a_day for day in days if on_weekdays(day)}, last, on_weekdays)


@pytest.mark.unit
class TestArithmetic:
    def test_eight_weeks_give_their_pace_to_the_days_that_are_worked(self):
        history = steady(date(2022, 1, 3), date(2022, 9, 30))
        # October 2022 has 21 weekdays
        assert expected(Ahead.EIGHT_WEEKS, history, date(2022, 10, 31)) == 210

    def test_last_year_is_taken_week_for_week(self):
        history = steady(date(2021, 9, 1), date(2022, 9, 30))
        # 01/10/2022 is a Saturday; 364 days before is Saturday 02/10/2021
        assert expected(Ahead.LAST_YEAR, history, date(2022, 10, 31)) == 210

    def test_nothing_to_go_by_is_not_nothing_to_come(self):
        young = steady(date(2022, 9, 1), date(2022, 9, 30))
        assert expected(Ahead.LAST_YEAR, young, date(2022, 10, 31)) is None
        assert expected(Ahead.EIGHT_WEEKS, young, date(2022, 10, 31)) is None
        assert expected(Ahead.OWN, young, date(2022, 10, 31), 500) == 500
        assert answer(Ahead.EIGHT_WEEKS, Figure(1, 2), young, Asked(Decimal("0.5"), date(2022, 10, 31))) is None

    @pytest.mark.parametrize(
        ("coming", "needed", "possible"),
        [(1_100, 2_395, False), (5_000, 4_150, True), (0, 1_900, False)],
    )
    def test_ten_thousand_at_26_percent_towards_45(self, coming, needed, possible):
        history = steady(date(2022, 1, 3), date(2022, 9, 30))
        found = answer(Ahead.OWN, Figure(2_600, 10_000), history, Asked(Decimal("0.45"), date(2022, 10, 31), coming))
        assert (found.look.needed, found.look.possible, found.workdays) == (needed, possible, 21)
        assert found.per_day == Decimal(needed) / 21

    def test_the_best_rate_when_it_cannot_be(self):
        assert round(outlook(Figure(2_600, 10_000), Decimal("0.45"), 1_100).best, 3) == Decimal("0.333")

    def test_a_steady_past_is_forecast_without_error(self):
        tried = trials(Ahead.EIGHT_WEEKS, steady(date(2022, 1, 3), date(2022, 9, 30)))
        assert [trial.cut_off for trial in tried[0]] == [
            date(2022, 7, 10),
            date(2022, 7, 15),
            date(2022, 7, 20),
        ]
        assert {trial.error for row in tried for trial in row} == {0}

    def test_months_before_a_doubling_were_forecast_at_half(self):
        history = steady(date(2022, 1, 3), date(2022, 8, 31))
        doubled = dict.fromkeys(steady(date(2022, 9, 1), date(2022, 9, 30)).cases, 20)
        after = History({**history.cases, **doubled}, date(2022, 9, 30), on_weekdays)
        september = trials(Ahead.EIGHT_WEEKS, after)[-1][0]
        assert september.cut_off == date(2022, 9, 10)
        assert Decimal("-0.5") < september.error < Decimal("-0.3")

    def test_a_month_under_way_is_not_tried(self):
        tried = trials(Ahead.EIGHT_WEEKS, steady(date(2022, 1, 3), date(2022, 9, 29)))
        assert [Month.of(row[0].cut_off) for row in tried] == [Month(2022, 6), Month(2022, 7), Month(2022, 8)]

    def test_parts_add_up_to_the_whole_exactly(self):
        figures = {1: Figure(10, 33), 2: Figure(7, 7), 3: Figure(0, 0), 4: Figure(1, 60)}
        wanted = Decimal("0.3333")
        found = parts(figures, wanted)
        assert [one.key for one in found] == [4, 1, 2]
        assert total_missing(found) == Fraction(wanted) * 100 - 18
        shares = [one.of(total_missing(found)) for one in found]
        assert abs(sum(shares) - 1) < Decimal("1e-20")
        assert shares[-1] < 0  # who is ahead lessens what the others lack

    def test_parts_of_a_whole_that_lacks_nothing_have_no_share(self):
        assert [
            one.of(total_missing(parts({1: Figure(9, 10)}, Decimal("0.5"))))
            for one in parts({1: Figure(9, 10)}, Decimal("0.5"))
        ] == [None]

    def test_levers_are_the_procedures_with_most_left_to_win(self):
        whole = Figure(30, 100)
        asked = outlook(whole, Decimal("0.5"), 100)  # 70 needed, 30 come anyway
        figures = {1: Figure(0, 40), 2: Figure(25, 25), 3: Figure(5, 25), 4: Figure(0, 10), 5: Figure(0, 0)}
        found = levers(figures, whole, asked)
        assert [(one.key, one.gain, one.share) for one in found] == [
            (1, 40, 1),
            (3, 20, Decimal("0.5")),
            (4, 10, Decimal("0.25")),
        ]

    def test_what_if_counts_whole_dossiers(self):
        assert whatever(Figure(26, 100), 11, Decimal("0.5")) == Figure(31, 111)


@pytest.mark.unit
def test_what_can_be_forecast_comes_day_by_day_and_shall_rise():
    able = {one.code for one in INDICATORS if can_be_forecast(one)}
    assert "online_share_all" in able
    assert "services_used" not in able
    assert "on_time_first" not in able


@pytest.fixture
def standing(city, one_transaction):
    """Some months of two wards: the first files little online, the second much."""
    CalendarFactory()
    day = date(2022, 6, 1)
    place = 0
    while day <= date(2022, 9, 30):
        if on_weekdays(day) and day.day % 3 == 0:
            place += 1
            dossier(city.first, city.birth, f"{day} 09:00", online=place % 5 == 0)
            dossier(city.second, city.marriage, f"{day} 10:00", online=place % 2 == 0)
        day += timedelta(days=1)
    city.run = compute_month(Month(2022, 9))
    return city


@pytest.mark.web
@pytest.mark.django_db
class TestPage:
    def test_the_next_target_is_asked_without_asking(self, standing, sign_in):  # noqa: F811
        target(None, "0.45", day="2022-12-31")
        told = text_of(sign_in().get(PAGE))
        assert "Còn cần bao nhiêu: Chung toàn địa bàn" in told
        assert "Để đạt 45 % đến hết 31/12/2022 cần thêm" in told.replace("\u00a0", " ")
        assert "ngày làm việc, mỗi ngày" in told
        assert "UBND phường 1" in told
        assert (
            told.count("Theo bình quân một ngày làm việc của tám tuần gần nhất") == 4
        )  # once asked, three months tried

    def test_what_cannot_be_is_a_sentence_with_the_best_that_can(self, standing, sign_in):  # noqa: F811
        page = sign_in().get(
            PAGE, {"percent": "90", "until": "31/10/2022", "way": "tu-nhap", "own": "10", "share": "100"}
        )
        told = text_of(page).replace("\u00a0", " ")
        assert page.status_code == 200
        assert "Không thể đạt 90 % đến hết 31/10/2022" in told
        assert "không thể đạt" in told
        assert "Nếu 100 % số hồ sơ mới thì đến ngày đó là" in told

    def test_the_same_parts_that_the_board_shows(self, standing, sign_in):  # noqa: F811
        target(standing.wards, "0.45", day="2022-12-31")
        page = sign_in().get(f"/so-lieu/du-kien/2022-09/online_share_all/khoi-{standing.wards.pk}/")
        told = text_of(page)
        assert "UBND phường 2" in told
        assert "Phòng A" not in told
        board = re.search(rf'href="([^"]*don-vi/{standing.second.pk}/[^"]*)"', page.content.decode())[1]
        assert board.startswith("/so-lieu/don-vi/")

    @pytest.mark.parametrize(
        ("asked", "sentence"),
        [
            ({"percent": "300"}, "phải từ 0 đến 100"),
            ({"percent": "NaN"}, "không phải là số"),
            ({"percent": ""}, "Chỉ tiêu"),
            ({"until": "30/09/2022"}, "Hãy chọn một ngày sau ngày 30/09/2022 và trong năm 2022"),
            ({"until": "31/12/2023"}, "trong năm 2022"),
            ({"until": "31/02/2022"}, "không có"),
            ({"way": "tu-nhap"}, "Hãy nhập số hồ sơ dự kiến tiếp nhận thêm"),
            ({"way": "tu-nhap", "own": "-1"}, "Số tự nhập"),
            ({"way": "x"}, "Hồ sơ còn đến"),
            ({"share": "x"}, "không phải là số"),
        ],
    )
    def test_bad_input_is_a_sentence_and_keeps_what_was_typed(self, standing, sign_in, asked, sentence):  # noqa: F811
        good = {"percent": "45", "until": "31/12/2022", "way": "tam-tuan", "own": "", "share": "33,5"}
        page = sign_in().get(PAGE, {**good, **asked})
        assert page.status_code == 400
        assert sentence in text_of(page)
        assert {"share": "33,5", **asked}["share"] in page.content.decode()

    @pytest.mark.parametrize(
        "address",
        [
            "2022-13/online_share_all/chung/",
            "2019-01/online_share_all/chung/",
            "2022-09/services_used/chung/",
            "2022-09/x/chung/",
            "2022-09/online_share_all/don-vi-99999999/",
            "2022-09/online_share_all/thu-tuc-1/",
            "2022-09/online_share_all/x/",
        ],
    )
    def test_what_is_not_there_is_404(self, standing, sign_in, address):  # noqa: F811
        assert sign_in().get(f"/so-lieu/du-kien/{address}").status_code == 404

    def test_a_head_sees_the_own_unit_alone(self, standing, sign_in):  # noqa: F811
        client = sign_in(Role.UNIT_HEAD, standing.first)
        assert client.get(f"/so-lieu/du-kien/2022-09/online_share_all/don-vi-{standing.first.pk}/").status_code == 200
        assert client.get(f"/so-lieu/du-kien/2022-09/online_share_all/don-vi-{standing.second.pk}/").status_code == 404
        assert client.get(PAGE).status_code == 404

    def test_the_board_leads_there(self, standing, sign_in):  # noqa: F811
        target(None, "0.45", day="2022-12-31")
        assert PAGE in sign_in().get("/so-lieu/?thang=2022-09").content.decode()

    def test_the_board_and_this_page_expect_the_same(self, standing, sign_in):  # noqa: F811
        target(None, "0.45", day="2022-12-31")
        client = sign_in()
        (said,) = re.findall(r"tiếp nhận thêm ([\d.]+) hồ sơ", text_of(client.get("/so-lieu/?thang=2022-09")))
        answers = dict(client.get(PAGE).context["answers"])
        assert answers[Ahead.THIS_MONTH.label].look.expected == int(said.replace(".", "")) > 0

    def test_statements_stay_few(self, standing, sign_in, django_assert_max_num_queries):  # noqa: F811
        client = sign_in()
        client.get(PAGE)
        with django_assert_max_num_queries(18):
            client.get(PAGE, {"percent": "45", "until": "31/12/2022", "way": "tam-tuan"})
