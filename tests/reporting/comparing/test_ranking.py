"""Ranks: exact, ties share one, the indicator's direction decides, units with few dossiers stand apart."""

from fractions import Fraction

import pytest

from portal.clock import Month
from reporting.comparing.places import placed
from reporting.snapshot import compute_month
from tests.reporting.comparing.test_organised import end
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import text_of

SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/so-sanh/xep-hang/?thang=2022-09"


def places(lower_is_better=False, **values):
    found = placed([(key, Fraction(value)) for key, value in values.items()], lower_is_better=lower_is_better)
    return [(one.key, one.place, one.shared) for one in found]


@pytest.mark.unit
def test_ties_share_a_place_and_the_next_one_counts_them():
    assert places(a="1/3", b="2/3", c="2/3", d="1/10", e="1/3") == [
        ("b", 1, True),
        ("c", 1, True),
        ("a", 3, True),
        ("e", 3, True),
        ("d", 5, False),
    ]


@pytest.mark.unit
def test_what_reads_alike_but_is_not_equal_is_no_tie():
    assert places(a="2600/10000", b="2601/10000") == [("b", 1, False), ("a", 2, False)]


@pytest.mark.unit
def test_of_a_limit_the_lowest_is_first():
    assert places(lower_is_better=True, a="1/2", b="1/4") == [("b", 1, False), ("a", 2, False)]


@pytest.fixture
def counted(city, one_transaction):
    golden(city)
    compute_month(SEPTEMBER)
    return city


def ranked(page):
    """Place and name of each unit in the page, None for those apart."""
    return [(row.place, row.row.name) for one in page.context["rankings"] for row in (*one.ranked, *one.few)]


@pytest.mark.web
@pytest.mark.django_db
class TestPage:
    """Through the page. By hand, cumulative: office 2/3, ward 1 2/5, ward 2 2/2."""

    def test_units_are_ranked_within_their_group(self, counted, sign_in, settings):
        settings.FEW_DOSSIERS = 2
        page = sign_in().get(PAGE)
        assert ranked(page) == [(1, "Phòng A"), (1, "UBND phường 2"), (2, "UBND phường 1")]
        told = text_of(page).replace("\u00a0", " ")
        assert "Khối phường: đứng đầu UBND phường 2 100,0 %, đứng cuối UBND phường 1 40,0 % trong 2 đơn vị." in told
        assert told.index("Khối phường: đứng đầu") < told.index("Tháng (ví dụ")

    def test_a_unit_with_few_dossiers_has_no_place(self, counted, sign_in, settings):
        settings.FEW_DOSSIERS = 3
        page = sign_in().get(PAGE)
        assert ranked(page) == [(1, "Phòng A"), (1, "UBND phường 1"), (None, "UBND phường 2")]
        told = text_of(page)
        assert "Khối phường: ít hồ sơ, không xếp hạng" in told
        assert "1 đơn vị ít hồ sơ, không xếp hạng." in told
        assert "Đơn vị dưới 3 hồ sơ đứng riêng" in told

    def test_by_the_setting_twenty_are_needed(self, counted, sign_in):
        assert ranked(sign_in().get(PAGE)) == [(None, "Phòng A"), (None, "UBND phường 1"), (None, "UBND phường 2")]
        assert "chưa có đơn vị nào đủ hồ sơ để xếp hạng" in text_of(sign_in().get(PAGE))

    def test_equal_units_share_a_place(self, counted, sign_in, settings):
        settings.FEW_DOSSIERS = 1
        for number in range(3):
            dossier(counted.second, counted.birth, "2022-09-12 09:00", finished=None, online=number == 0)
        compute_month(SEPTEMBER)  # ward 2 now 3 of 5; ward 1 becomes 3 of 5 too
        dossier(counted.first, counted.birth, "2022-08-12 09:00", online=True)
        dossier(counted.first, counted.birth, "2022-08-12 09:00", online=True)
        dossier(counted.first, counted.birth, "2022-08-12 09:00", online=True)
        dossier(counted.first, counted.birth, "2022-08-12 09:00")
        dossier(counted.first, counted.birth, "2022-08-12 09:00", online=True)
        compute_month(SEPTEMBER)  # 6 of 10 and 3 of 5
        page = sign_in().get(PAGE)
        assert ranked(page)[1:] == [(1, "UBND phường 1"), (1, "UBND phường 2")]
        assert text_of(page).count("cùng hạng") >= 2

    def test_what_came_together_is_ranked_as_one(self, counted, sign_in, settings):
        settings.FEW_DOSSIERS = 1
        end(counted.second, "2022-09-15", counted.first)
        page = sign_in().get(f"{PAGE}&to-chuc=bay-gio")
        assert ranked(page) == [(1, "Phòng A"), (1, "UBND phường 1")]
        assert page.context["rankings"][1].ranked[0].cell.cases == "7"

    @pytest.mark.parametrize("code", ["open_dossiers", "volume_share"])
    def test_numbers_and_shares_of_the_whole_are_not_ranked(self, counted, sign_in, code):
        page = sign_in().get(f"{PAGE}&chi-so={code}")
        assert page.context["rankings"] == []
        assert "không xếp hạng" in text_of(page)

    def test_month_nobody_counted_says_so(self, counted, sign_in):
        assert "Chưa tính số liệu" in text_of(sign_in().get("/so-lieu/so-sanh/xep-hang/?thang=2019-05"))

    @pytest.mark.parametrize("more", ["", "&to-chuc=bay-gio"])
    def test_page_costs_four_queries_beside_the_frame(self, counted, sign_in, django_assert_max_num_queries, more):
        client = sign_in()
        with django_assert_max_num_queries(8):
            assert client.get(f"{PAGE}{more}").status_code == 200
