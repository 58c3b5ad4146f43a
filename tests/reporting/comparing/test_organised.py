"""Past months by the units of today: a merger in mid-month, a chain of two, a split; totals stay what they were."""

from datetime import date

import pytest

from accounts.enums import Role
from portal.clock import Month
from reporting.comparing.organised import Organisation, organisation
from reporting.enums import Comparison, ScopeKind
from reporting.queries import Unit
from reporting.snapshot import compute_month, freeze_month
from tests.factories import UnitFactory
from tests.reporting.comparing.test_heat import PAGE, cells
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import LIST, rows_of, text_of

AUGUST, SEPTEMBER = Month(2022, 8), Month(2022, 9)
NOW = f"{PAGE}&to-chuc=bay-gio&cach=month"


def units(**until):
    """Units 1, 2 … by name, each until a day or still there."""
    found = {}
    for pk, (name, last) in enumerate(until.items(), start=1):
        found[pk] = Unit(pk, name, "", "ward", 90, None, date(2020, 1, 1), date.fromisoformat(last) if last else None)
    return found


ON = date(2026, 1, 1)


@pytest.mark.unit
class TestFollowing:
    """Units 1, 2, 3 … in the order they are named."""

    def test_a_chain_of_mergers_ends_at_the_unit_there_is(self):
        house = Organisation(units(a="2022-09-15", b="2023-01-31", c=None), {1: [2], 2: [3]}, ON)
        assert [house.now(pk) for pk in (1, 2, 3)] == [3, 3, 3]
        assert house.before(3) == (1, 2, 3)
        assert [(one.unit.name, one.into[0].name) for one in house.merged()] == [("a", "c"), ("b", "c")]

    def test_a_successor_goes_on_only_when_the_unit_has_ended(self):
        house = Organisation(units(a="2026-01-01", b=None), {1: [2]}, ON)
        assert house.now(1) == 1
        assert house.merged() == []

    def test_a_split_unit_stays_by_itself_and_is_told(self):
        house = Organisation(units(a="2022-09-15", b=None, c=None), {1: [2, 3]}, ON)
        assert house.now(1) == 1
        assert [(one.unit.name, [unit.name for unit in one.into]) for one in house.split()] == [("a", ["b", "c"])]

    def test_what_merged_into_a_unit_that_was_split_stays_with_it(self):
        house = Organisation(units(a="2022-09-15", b="2023-01-31", c=None, d=None), {1: [2], 2: [3, 4]}, ON)
        assert house.now(1) == 2
        assert house.before(2) == (1, 2)

    def test_a_circle_ends(self):
        house = Organisation(units(a="2022-09-15", b="2022-09-15"), {1: [2], 2: [1]}, ON)
        assert {house.now(1), house.now(2)} <= {1, 2}

    def test_a_unit_nobody_goes_on_with_keeps_its_figures(self):
        assert Organisation(units(a="2022-09-15"), {}, ON).now(1) == 1

    def test_a_group_has_the_units_that_merged_into_its_own(self):
        house = Organisation(units(a="2022-09-15", b=None), {1: [2]}, ON)
        assert house.behind((ScopeKind.GROUP.value, 90)) == (1, 2)
        assert house.behind((ScopeKind.TOTAL.value, None)) == ()


@pytest.fixture
def merged(city, one_transaction):
    """Ward 2 ends on 15/9 in ward 1, ward 1 at the year's end in a new ward of another group."""
    golden(city)
    city.others = UnitFactory(code="khoi-moi", kind="group", name="Khối mới", authority_code="", sort_order=30)
    city.new = UnitFactory(
        code="phuong-moi", name="UBND phường Mới", group=city.others, sort_order=31, valid_from="2023-01-01"
    )
    end(city.second, "2022-09-15", city.first)
    end(city.first, "2022-12-31", city.new)
    compute_month(AUGUST)
    city.run = compute_month(SEPTEMBER)
    return city


def end(unit, day, *into):
    unit.valid_to = day
    unit.save()
    unit.successors.set(into)


def added(page, month=-1):
    """Numerators and denominators of all units in a month, added up."""
    rows = [row for group in page.context["groups"] for row in group.units]
    return tuple(sum(int(getattr(row.cells[month], part) or 0) for row in rows) for part in ("hits", "cases"))


@pytest.mark.web
@pytest.mark.django_db
class TestPages:
    """Reads through the pages."""

    def test_two_mergers_bring_all_to_the_unit_of_today_and_the_total_stays(self, merged, sign_in):
        """By hand: ward 1 had 1 of 4, ward 2 2 of 2 in September; the office 2 of 3."""
        client = sign_in()
        then, now = client.get(f"{PAGE}&cach=month"), client.get(NOW)
        assert [(one.hits, one.cases) for one in (cells(then, merged.first)[-1], cells(then, merged.second)[-1])] == [
            ("1", "4"),
            ("2", "2"),
        ]
        cell = cells(now, merged.new)[-1]
        assert (cell.hits, cell.cases) == ("3", "6")
        whole = cells(now, None)[-1]
        assert (whole.hits, whole.cases) == ("5", "9")
        assert added(then) == added(now) == (5, 9)
        assert added(then, -2) == added(now, -2) == (1, 1)

    def test_the_group_of_today_has_them_too(self, merged, sign_in):
        now = sign_in().get(NOW)
        groups = {group.row.name: group.row.cells[-1] for group in now.context["groups"]}
        assert {name: (cell.hits, cell.cases) for name, cell in groups.items()} == {
            "Khối phòng": ("2", "3"),
            "Khối mới": ("3", "6"),
        }
        assert "gồm cả UBND phường 1, UBND phường 2" in text_of(now)
        assert "UBND phường 2 nhập vào UBND phường Mới từ sau ngày 15/09/2022" in text_of(now)

    @pytest.mark.slow
    @pytest.mark.parametrize("code", ["online_share_all", "on_time_first", "open_dossiers", "volume_share"])
    def test_added_numbers_open_lists_of_exactly_that_many(self, merged, sign_in, code):
        client = sign_in()
        page = client.get(f"{NOW}&chi-so={code}").content.decode()
        numbers = {url.replace("&amp;", "&"): shown for url, shown, _rest in LIST.findall(page)}
        assert any("to-chuc=bay-gio" in url for url in numbers)
        for url, shown in numbers.items():
            assert rows_of(client, url) == (int(shown), int(shown)), url

    def test_a_closed_month_is_added_from_what_it_kept(self, merged, sign_in):
        freeze_month(SEPTEMBER)
        dossier(merged.second, merged.birth, "2022-09-10 09:00", online=True)
        compute_month(SEPTEMBER)
        client = sign_in()
        now = client.get(NOW)
        cell = cells(now, merged.new)[-1]
        assert (cell.hits, cell.cases) == ("3", "6")
        assert rows_of(client, cell.cases_url) == (6, 6)

    def test_a_split_is_said_in_words_and_leaves_the_figures(self, city, one_transaction, sign_in):
        golden(city)
        end(city.second, "2022-09-15", city.first, city.office)
        compute_month(SEPTEMBER)
        now = sign_in().get(NOW)
        cell = cells(now, city.second)[-1]
        assert (cell.hits, cell.cases) == ("2", "2")
        assert "UBND phường 2 chia thành Phòng A, UBND phường 1 sau ngày 15/09/2022" in text_of(now)
        assert "không tách được" in text_of(now)

    def test_services_are_not_added_up_and_the_page_says_so(self, merged, sign_in):
        told = text_of(sign_in().get(f"{NOW}&chi-so=services_used"))
        assert "không cộng được từ các đơn vị cũ" in told
        assert "UBND phường 2" in told

    def test_the_head_of_the_unit_of_today_opens_what_it_took_over_and_no_more(self, merged, sign_in):
        client = sign_in(Role.UNIT_HEAD, merged.new)
        root = "/so-lieu/danh-sach/2022-09/online_share_all/month"
        assert rows_of(client, f"{root}/don-vi-{merged.new.pk}/mau-so/?to-chuc=bay-gio") == (6, 6)
        assert client.get(f"{root}/don-vi-{merged.office.pk}/mau-so/?to-chuc=bay-gio").status_code == 404
        assert client.get(f"{root}/khoi-{merged.others.pk}/mau-so/?to-chuc=bay-gio").status_code == 404

    def test_months_before_the_unit_say_that_there_was_none(self, merged, sign_in):
        then = sign_in().get(f"{PAGE}&cach=month")
        assert all(row.name != "UBND phường Mới" for group in then.context["groups"] for row in group.units)
        assert cells(then, merged.second)[-2].stands == Comparison.NO_DATA

    def test_successors_are_read_with_the_units(self, merged, django_assert_num_queries):
        with django_assert_num_queries(1):
            house = organisation(date(2026, 1, 1))
        assert house.before(merged.new.pk) == tuple(sorted((merged.first.pk, merged.second.pk, merged.new.pk)))
