"""The heat table: twelve months of units, each cell with its list, small numbers apart, closed months from closed copies."""

import re
from decimal import Decimal

import pytest

from accounts.enums import Role
from portal.clock import Month
from reporting import queries
from reporting.comparing.columns import compared, months_until
from reporting.enums import Basis, Comparison, ScopeKind
from reporting.gap import Figure
from reporting.indicators import INDICATORS
from reporting.models import Target
from reporting.queries import TOTAL
from reporting.snapshot import compute_month, freeze_month
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import rows_of, target, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
AUGUST, SEPTEMBER = Month(2022, 8), Month(2022, 9)
PAGE = "/so-lieu/so-sanh/?thang=2022-09"
SHARE, LATE, USED = INDICATORS["online_share_all"], INDICATORS["open_overdue"], INDICATORS["services_used"]


@pytest.fixture
def counted(city, one_transaction):
    golden(city)
    compute_month(AUGUST)
    compute_month(SEPTEMBER)
    return city


def cells(response, unit):
    """The cells of a unit's row by month, oldest first."""
    rows = [row for group in response.context["groups"] for row in (group.row, *group.units) if row]
    rows.append(response.context["total"])
    scope = (ScopeKind.UNIT.value, unit.pk) if unit else TOTAL
    return next(row for row in rows if row.scope == scope).cells


def test_cells_are_the_months_figures(counted, sign_in):
    """By hand: ward 1 had 1 of 1 in August and 1 of 4 in September; before that nobody counted."""
    page = sign_in().get(f"{PAGE}&cach=month")
    found = cells(page, counted.first)
    assert [(one.hits, one.cases) for one in found[-2:]] == [("1", "1"), ("1", "4")]
    assert len(found) == 2
    assert "Trước tháng 8/2022 chưa tính số liệu." in text_of(page)
    assert found[-1].text.replace("\u00a0", " ") == "25,0 %"
    cumulative = cells(sign_in().get(PAGE), counted.first)
    assert (cumulative[-1].hits, cumulative[-1].cases) == ("2", "5")


@pytest.mark.parametrize("cach", [Basis.MONTH, Basis.CUMULATIVE])
@pytest.mark.parametrize("code", ["online_share_all", "on_time_first", "services_used", "open_dossiers"])
def test_every_cell_opens_a_list_of_exactly_that_many(counted, sign_in, monkeypatch, cach, code):
    monkeypatch.setattr(queries, "PAGE", 3)
    client = sign_in()
    page = client.get(f"{PAGE}&cach={cach}&chi-so={code}").content.decode()
    numbers = dict(re.findall(r'<a href="(/so-lieu/danh-sach/[^"]+)">([\d.]+)</a>', page))
    assert len(numbers) > 4
    for url, shown in numbers.items():
        assert rows_of(client, url) == (int(shown), int(shown)), url


@pytest.mark.parametrize(
    ("declared", "figure", "aim", "expected"),
    [
        (SHARE, Figure(6, 20), "0.30", Comparison.REACHED),
        (SHARE, Figure(5, 20), "0.30", Comparison.MISSED),
        (SHARE, Figure(19, 19), "0.30", Comparison.FEW),
        (SHARE, Figure(0, 0), "0.30", Comparison.NO_DATA),
        (SHARE, Figure(12, 20), None, Comparison.BETTER),
        (SHARE, Figure(10, 20), None, Comparison.SAME),
        (SHARE, Figure(9, 20), None, Comparison.WORSE),
        (LATE, Figure(9, 20), None, Comparison.BETTER),
        (LATE, Figure(9, 20), "0.30", Comparison.MISSED),
        (LATE, Figure(6, 20), "0.30", Comparison.REACHED),
        (USED, Figure(3, 4), None, Comparison.BETTER),  # services are counted, all of them: never few
        (INDICATORS["open_dossiers"], Figure(3, 3), None, Comparison.PLAIN),
        (INDICATORS["volume_share"], Figure(30, 100), None, Comparison.PLAIN),
    ],
)
def test_a_figure_stands_against_its_target_or_the_whole(declared, figure, aim, expected):
    assert compared(declared, figure, Decimal(aim) if aim else None, Figure(50, 100)) == expected


def test_first_sentence_says_figure_target_and_how_many_reached_it(counted, sign_in, settings):
    settings.FEW_DOSSIERS = 3
    target(None, "0.50")
    target(counted.wards, "0.50")
    told = text_of(sign_in().get(PAGE)).replace("\u00a0", " ")
    # whole 6 of 10; wards: 2 of 5 missed, 2 of 2 few; the office has no target: 2 of 3, better than 60 %
    assert "Chung toàn địa bàn: hồ sơ trực tuyến lũy kế từ đầu năm 60,0 % – chỉ tiêu 50 % đạt ." in told
    assert "0 trong 3 đơn vị đạt, 1 trong 3 đơn vị tốt hơn mức chung, 1 đơn vị ít hồ sơ" in told
    assert told.index("Chung toàn địa bàn:") < told.index("Tháng (ví dụ")


def test_closed_month_keeps_the_target_it_was_held_against(city, one_transaction, sign_in, settings):
    settings.FEW_DOSSIERS = 1
    golden(city)
    target(city.wards, "0.30")
    freeze_month(SEPTEMBER)
    Target.objects.create(
        indicator="online_share_all",
        basis=Basis.CUMULATIVE,
        scope_kind=ScopeKind.GROUP,
        scope_id=city.wards.pk,
        month_end="2022-09-30",
        value=Decimal("0.99"),
        version=2,
        decision_number="2",
        decided_on="2022-10-03",
        issuer="UBND tỉnh",
        plan="Thử",
    )
    city.first.name = "UBND phường Mới"
    city.first.save()
    dossier(city.first, city.birth, "2022-09-20 09:00", online=True)
    compute_month(SEPTEMBER)
    page = sign_in().get(PAGE)
    cell = cells(page, city.first)[-1]
    assert (cell.stands, cell.hits, cell.cases) == (Comparison.REACHED, "2", "5")
    assert "UBND phường 1" in text_of(page)
    assert "UBND phường Mới" not in text_of(page)


def test_an_open_month_is_held_against_the_target_in_force(counted, sign_in, settings):
    settings.FEW_DOSSIERS = 1
    target(counted.wards, "0.30")
    assert cells(sign_in().get(PAGE), counted.first)[-1].stands == Comparison.REACHED
    assert cells(sign_in().get(f"{PAGE}&cach=month"), counted.first)[-1].stands == Comparison.WORSE  # another basis


def test_head_of_a_ward_has_links_to_the_own_lists_only(counted, sign_in):
    client = sign_in(Role.UNIT_HEAD, counted.first)
    page = client.get(PAGE).content.decode()
    linked = set(re.findall(r'<a href="(/so-lieu/danh-sach/[^"]+)">', page))
    assert linked
    assert all(f"/don-vi-{counted.first.pk}/" in url for url in linked)
    assert "UBND phường 2" in page  # figures of others stand on the board too


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("thang=2022-13", "Không đọc được tháng “2022-13”"),
        ("thang=2022-09&cach=x", "Không có cách tính “x”"),
        ("thang=2022-09&to-chuc=hom-qua", "Không có cách đọc đơn vị “hom-qua”"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_and_400(counted, sign_in, query, said):
    response = sign_in().get(f"/so-lieu/so-sanh/?{query}")
    assert response.status_code == 400
    assert said in text_of(response)


def test_month_nobody_counted_says_so(counted, sign_in):
    response = sign_in().get("/so-lieu/so-sanh/?thang=2019-05")
    assert response.status_code == 200
    assert "Chưa tính số liệu của tháng này" in text_of(response)


def test_a_month_left_out_between_counted_ones_says_so(counted, sign_in):
    compute_month(Month(2022, 6))
    found = cells(sign_in().get(PAGE), counted.first)
    assert [one.stands for one in found] == [Comparison.NO_DATA, Comparison.UNCOUNTED, Comparison.FEW, Comparison.FEW]


def test_the_whole_is_not_held_against_itself(counted, sign_in, settings):
    settings.FEW_DOSSIERS = 1
    assert cells(sign_in().get(PAGE), None)[-1].stands == Comparison.PLAIN


def test_without_a_month_the_newest_counted_one_is_last(counted, sign_in):
    assert sign_in().get("/so-lieu/so-sanh/").context["month"] == SEPTEMBER


def test_twelve_months_end_with_the_one_asked_for():
    assert [str(one) for one in months_until(Month(2022, 2), 3)] == ["2021-12", "2022-01", "2022-02"]


@pytest.mark.parametrize("more", ["", "&to-chuc=bay-gio", "&chi-so=services_used&cach=month"])
def test_page_costs_four_queries_beside_the_frame(counted, sign_in, django_assert_max_num_queries, more):
    client = sign_in()
    with django_assert_max_num_queries(8) as seen:
        assert client.get(f"{PAGE}{more}").status_code == 200
    assert not any(re.search(r"dossiers_dossier\b|_fact", query["sql"]) for query in seen)  # never counts
