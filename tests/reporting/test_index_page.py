"""The page of the index: what it counts, what others published beside it, lists behind its figures, who may look."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.enums import Role
from portal.clock import Month
from reporting.index.items import version_on
from reporting.index.quarters import Quarter
from reporting.index.reading import indexes, run_in
from reporting.index.rule import points
from reporting.models import ExternalMeasure
from reporting.queries import TOTAL
from reporting.snapshot import compute_month, freeze_month
from tests.factories import MembershipFactory
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import rows_of, sign_in, text_of  # noqa: F401  the fixture signs in

pytestmark = [pytest.mark.web, pytest.mark.django_db]
ADDRESS = "/so-lieu/qd-766/"
THIRD = Quarter(2022, 3)


@pytest.fixture
def counted(city, one_transaction):
    golden(city)
    city.run = compute_month(Month(2022, 9))
    return city


def measure(item, numerator, denominator, unit=None, **more):
    return ExternalMeasure.objects.create(
        **{
            "item": item,
            "unit": unit,
            "first_day": THIRD.first_day,
            "last_day": THIRD.last_day,
            "numerator": numerator,
            "denominator": denominator,
            "source": "Cổng Dịch vụ công quốc gia",
            "source_date": date(2022, 10, 5),
            "file_name": "766.csv",
            "file_digest": "0" * 64,
            "entered_by": MembershipFactory(role=Role.HOME_AFFAIRS).user,
            **more,
        }
    )


def index_of(scope=TOTAL):
    return indexes(version_on(THIRD.first_day), THIRD, run_in(THIRD), [scope])[0]


def line(index, code):
    return next(line for group in index.groups for line in group.lines if line.item.code == code)


# ── what it counts ───────────────────────────────────────────────────────────────────────────────


def test_items_take_the_quarter_of_their_indicators(counted):
    """By hand: ten received in the quarter, six of them online; see `golden`."""
    found = line(index_of(), "3.3")
    assert (found.figure.numerator, found.figure.denominator) == (6, 10)
    assert found.points == 6  # 60 % is more than the threshold of 50 %
    on_time = line(index_of(), "2.1")
    assert on_time.points == points(on_time.item, on_time.figure.numerator, on_time.figure.denominator)


def test_a_group_is_the_sum_of_its_items_and_says_how_much_is_known(counted):
    measure("5.2", 300, 499)
    measure("5.3", 0, 3)
    satisfied = index_of().groups[4]
    assert (satisfied.points, satisfied.known) == (Decimal("3.61"), 12)
    found = index_of()
    assert found.points == sum(group.points for group in found.groups if group.points is not None)
    assert found.known < 100


def test_without_a_counted_month_only_others_count(city):
    assert index_of().points is None
    measure("5.2", 0, 0)
    assert index_of().points == 6
    assert line(index_of(), "3.3").figure is None


def test_the_newest_version_of_a_measure_counts_and_of_its_own_unit(counted):
    measure("5.4", 80, 100)
    measure("5.4", 90, 100, version=2)
    measure("5.4", 45, 100, counted.first)
    assert line(index_of(), "5.4").points == 6
    assert line(index_of(("unit", counted.first.pk)), "5.4").points == 3
    assert line(index_of(("unit", counted.second.pk)), "5.4").points is None


def test_queries_do_not_grow_with_units(counted, django_assert_num_queries):
    units = [("unit", unit.pk) for unit in (counted.first, counted.second, counted.office)]
    with django_assert_num_queries(2):
        assert len(indexes(version_on(THIRD.first_day), THIRD, run_in_once(counted), [TOTAL, *units])) == 4


def run_in_once(counted):
    from reporting.queries import RunFacts

    run = counted.run
    return RunFacts(run.pk, Month.of(run.month), run.computed_at, run.counted_until, run.frozen_at)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_page_tells_points_sources_and_what_has_none(counted, sign_in):  # noqa: F811
    measure("5.2", 300, 499)
    measure("3.3", 7, 10)
    told = text_of(sign_in().get(ADDRESS, {"quy": "Q3/2022"}))
    assert "Bộ chỉ số theo QĐ 766 · Chung toàn địa bàn · quý III/2022" in told
    assert "5.2 Phản ánh, kiến nghị được xử lý đúng hạn" in told
    assert "3,61 60,12 % 300/499" in told
    assert "Cổng Dịch vụ công quốc gia, 05/10/2022" in told
    assert "Nơi khác công bố 7/10: Cổng Dịch vụ công quốc gia, 05/10/2022" in told
    assert "1.1 Thủ tục hành chính được công bố đúng hạn" in told
    assert told.count("chưa có nguồn số liệu") > 5
    assert "5. Mức độ hài lòng: 3,61/18" in told


def test_published_points_the_rule_does_not_give_are_said(counted, sign_in):  # noqa: F811
    measure("5.2", 300, 499, published_points=Decimal("3.70"))
    assert "Điểm công bố: 3,70" in text_of(sign_in().get(ADDRESS, {"quy": "Q3/2022"}))


@pytest.mark.slow
@pytest.mark.parametrize("closed", [False, True])
def test_every_number_opens_a_list_of_exactly_that_many(counted, sign_in, closed):  # noqa: F811
    if closed:
        freeze_month(Month(2022, 9))
    client = sign_in()
    numbers = {}
    for unit in ("", counted.first.pk, counted.office.pk):
        page = client.get(ADDRESS, {"quy": "Q3/2022", "don-vi": unit}).content.decode()
        for url, shown in re.findall(r'<a href="(/so-lieu/danh-sach/[^"]+)">([\d.]+)</a>', page):
            numbers[html.unescape(url)] = int(shown.replace(".", ""))
    assert len(numbers) > 12
    for url, number in numbers.items():
        assert "/quarter/" in url
        assert rows_of(client, url) == (number, number), url


def test_units_stand_beside_each_other_for_home_affairs(counted, sign_in):  # noqa: F811
    measure("5.2", 1, 2, counted.first)
    page = text_of(sign_in().get(ADDRESS, {"quy": "Q3/2022"}))
    assert "Các đơn vị trong quý" in page
    for unit in (counted.first, counted.second, counted.office):
        assert (unit.short_name or unit.name) in page.split("Các đơn vị trong quý")[-1]


def test_a_head_sees_the_own_unit_and_no_other(counted, sign_in):  # noqa: F811
    client = sign_in(Role.UNIT_HEAD, counted.first)
    own = client.get(ADDRESS, {"quy": "Q3/2022"})
    assert counted.first.name in text_of(own)
    assert "Các đơn vị trong quý" not in text_of(own)
    assert client.get(ADDRESS, {"quy": "Q3/2022", "don-vi": counted.first.pk}).status_code == 200
    for other in (counted.second.pk, counted.wards.pk, 999_999, "x", "9" * 30):
        assert client.get(ADDRESS, {"quy": "Q3/2022", "don-vi": other}).status_code == 404, other


def test_clerk_is_refused_and_a_visitor_signs_in(counted, sign_in, client):  # noqa: F811
    assert client.get(reverse("reporting:index")).status_code == 302
    assert sign_in(Role.RECEPTIONIST, counted.first).get(ADDRESS).status_code == 403


@pytest.mark.parametrize("text", ["Q5/2022", "abc", "\x00", "9" * 5000, "2022"])
def test_unreadable_quarter_is_a_sentence_and_400(counted, sign_in, text):  # noqa: F811
    response = sign_in().get(ADDRESS, {"quy": text})
    assert response.status_code == 400
    assert "Không đọc được quý" in response.content.decode()


def test_a_quarter_before_the_index_and_one_without_figures_are_sentences(counted, sign_in):  # noqa: F811
    client = sign_in()
    assert "Quý này chưa có bộ chỉ số; bộ đầu tiên áp dụng từ 23/06/2022." in text_of(
        client.get(ADDRESS, {"quy": "I/2022"})
    )
    assert "Chưa có chỉ tiêu nào có số liệu." in text_of(client.get(ADDRESS, {"quy": "IV/2023"}))
    assert client.get(ADDRESS).status_code == 200
