"""The same mix of procedures, counted by hand: who has the harder work comes out ahead; what a unit lacks is said."""

from fractions import Fraction

import pytest

from accounts.enums import Role
from portal.clock import Month
from reporting.comparing.mixing import adjusted, together
from reporting.gap import Figure
from reporting.snapshot import compute_month, freeze_month
from tests.reporting.comparing.test_organised import end
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import rows_of, text_of

SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/so-sanh/co-cau/?thang=2022-09"
EASY, HARD, RARE = 1, 2, 3
# Of the easy procedure A has 24 of 30 and B 27 of 30, of the hard one A 2 of 10 and B 9 of 30.
A = {EASY: Figure(24, 30), HARD: Figure(2, 10)}
B = {EASY: Figure(27, 30), HARD: Figure(9, 30)}


@pytest.mark.unit
class TestArithmetic:
    """60 easy and 40 hard ones in the whole: 0,6 × easy + 0,4 × hard."""

    def test_who_is_better_at_both_comes_out_ahead_however_the_work_fell(self):
        whole = together([A, B])
        assert whole == {EASY: Figure(51, 60), HARD: Figure(11, 40)}
        a, b = adjusted(A, whole), adjusted(B, whole)
        assert Fraction(26, 40) > Fraction(36, 60)  # as they are A is ahead: 65 % and 60 %
        assert (a.value, b.value) == (Fraction(56, 100), Fraction(66, 100))
        assert (a.procedures, a.of, a.share, a.is_whole) == (2, 2, 1, True)

    def test_the_whole_at_its_own_mix_is_itself(self):
        whole = together([A, B])
        assert adjusted(whole, whole).value == Fraction(62, 100)

    def test_what_a_unit_lacks_is_left_out_and_told(self):
        whole = together([A, B, {RARE: Figure(0, 25)}])  # 60 + 40 + 25 cases
        found = adjusted({HARD: Figure(3, 4)}, whole)
        assert (found.value, found.procedures, found.of, found.share) == (Fraction(3, 4), 1, 3, Fraction(40, 125))
        assert not found.is_whole

    def test_without_a_case_there_is_nothing_to_say(self):
        assert adjusted({}, together([A])) is None
        assert adjusted({EASY: Figure(0, 0)}, together([A])) is None


@pytest.fixture
def counted(city, one_transaction, settings):
    settings.FEW_DOSSIERS = 1
    golden(city)
    compute_month(SEPTEMBER)
    return city


def rows(page):
    return {
        row.unit.label: (row.text, row.adjusted, row.over, row.share)
        for one in page.context["groups"]
        for row in (*one.ranked, *one.few)
    }


def plain(found):
    return {name: tuple(text.replace("\u00a0", " ") for text in row) for name, row in found.items()}


@pytest.mark.web
@pytest.mark.django_db
class TestPage:
    """Cumulative: births 3, marriages 3, a copy, permits 3. Ward 1: births 2 of 3, marriage 0 of 1, copy 0 of 1."""

    def test_both_figures_stand_beside_each_other(self, counted, sign_in):
        page = sign_in().get(PAGE)
        # ward 1: (3 × 2/3 + 3 × 0 + 1 × 0) / 7
        assert plain(rows(page)) == {
            "Phòng A": ("66,7 %", "66,7 %", "1/4", "30,0 %"),
            "UBND phường 1": ("40,0 %", "28,6 %", "3/4", "70,0 %"),
            "UBND phường 2": ("100,0 %", "100,0 %", "1/4", "30,0 %"),
        }
        told = text_of(page).replace("\u00a0", " ")
        assert "3/4 thủ tục, 70,0 % hồ sơ" in told
        assert "−11,4 điểm" in told
        assert "cùng cơ cấu thủ tục thì thứ hạng của các đơn vị không đổi" in told

    def test_one_unit_opens_its_procedures_and_their_lists(self, counted, sign_in):
        client = sign_in()
        page = client.get(f"{PAGE}&don-vi={counted.first.pk}")
        assert [(row["of"], row["hits"], row["cases"]) for row in page.context["detail"]["rows"]][-1] == ("1", "0", "1")
        assert sorted(row["cases"] for row in page.context["detail"]["rows"]) == ["1", "1", "3"]
        links = {
            row[key]: row[name]
            for row in page.context["detail"]["rows"]
            for key, name in (("hits_url", "hits"), ("cases_url", "cases"))
        }
        assert len(links) == 6
        for url, shown in links.items():
            assert rows_of(client, url) == (int(shown), int(shown)), url

    def test_numbers_of_units_open_their_lists(self, counted, sign_in):
        client = sign_in()
        for one in client.get(PAGE).context["groups"]:
            for row in one.ranked:
                assert rows_of(client, row.hits_url) == (row.figure.numerator,) * 2
                assert rows_of(client, row.cases_url) == (row.figure.denominator,) * 2

    def test_what_came_together_is_counted_as_one(self, counted, sign_in):
        client = sign_in()
        end(counted.second, "2022-09-15", counted.first)
        page = client.get(f"{PAGE}&to-chuc=bay-gio")
        # births 2 of 3, marriages 2 of 3, copy 0 of 1: (3 × 2/3 + 3 × 2/3 + 0) / 7
        assert plain(rows(page))["UBND phường 1"] == ("57,1 %", "57,1 %", "3/4", "70,0 %")
        row = next(row for one in page.context["groups"] for row in one.ranked if row.unit.pk == counted.first.pk)
        assert rows_of(client, row.cases_url) == (7, 7)
        detail = client.get(f"{PAGE}&to-chuc=bay-gio&don-vi={counted.first.pk}").context["detail"]
        for line in detail["rows"]:
            assert rows_of(client, line["cases_url"]) == (int(line["cases"]),) * 2

    def test_a_closed_month_is_counted_from_what_it_kept(self, counted, sign_in):
        freeze_month(SEPTEMBER)
        dossier(counted.first, counted.copy, "2022-09-20 09:00", online=True)
        counted.copy.name = "Đổi tên"
        counted.copy.save()
        compute_month(SEPTEMBER)
        page = sign_in().get(PAGE)
        assert plain(rows(page))["UBND phường 1"] == ("40,0 %", "28,6 %", "3/4", "70,0 %")
        assert "Đổi tên" not in text_of(sign_in().get(f"{PAGE}&don-vi={counted.first.pk}"))

    def test_units_with_few_dossiers_stand_apart(self, counted, sign_in, settings):
        settings.FEW_DOSSIERS = 3
        page = sign_in().get(PAGE)
        assert [row.unit.label for one in page.context["groups"] for row in one.few] == ["UBND phường 2"]

    @pytest.mark.parametrize("code", ["services_used", "open_dossiers", "volume_share"])
    def test_what_is_no_share_of_dossiers_cannot_be_put_so(self, counted, sign_in, code):
        page = sign_in().get(f"{PAGE}&chi-so={code}")
        assert page.context["groups"] == []
        assert "không quy về cùng cơ cấu thủ tục được" in text_of(page)

    def test_hours_are_put_at_the_same_mix_too(self, counted, sign_in):
        assert sign_in().get(f"{PAGE}&chi-so=hours_taken").status_code == 200

    def test_a_head_opens_the_own_unit_only(self, counted, sign_in):
        client = sign_in(Role.UNIT_HEAD, counted.first)
        assert client.get(f"{PAGE}&don-vi={counted.first.pk}").status_code == 200
        assert client.get(f"{PAGE}&don-vi={counted.second.pk}").status_code == 404
        assert client.get(f"{PAGE}&don-vi=999999").status_code == 404
        assert client.get(f"{PAGE}&don-vi=x").status_code == 404

    def test_month_nobody_counted_says_so(self, counted, sign_in):
        assert "Chưa tính số liệu" in text_of(sign_in().get("/so-lieu/so-sanh/co-cau/?thang=2019-05"))

    @pytest.mark.parametrize("more", ["", "&to-chuc=bay-gio", "&don-vi="])
    def test_page_costs_four_queries_beside_the_frame(self, counted, sign_in, django_assert_max_num_queries, more):
        client = sign_in()
        address = f"{PAGE}{more}{counted.first.pk if more.endswith('=') else ''}"
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200
