"""Units of whose dossiers some may be missing: expected by hand from the weeks of last year and the eight weeks before."""

# ruff: noqa: F811  fixtures are named like what they are imported as

import itertools
from datetime import timedelta

import pytest

from accounts.enums import Role
from portal.clock import Month
from reporting.models import FactDossier
from reporting.snapshot import compute_month
from tests.factories import CalendarFactory
from tests.reporting.events import dossier, moment
from tests.reporting.lasting.pages import assert_numbers_are_lists, lead, table
from tests.reporting.test_views import sign_in  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/du-ho-so/?thang=2022-09"
_numbers = itertools.count(5_000_000)


def came(unit, proc, first_day, last_day, each):
    """So many dossiers on every day from Monday to Friday; facts are copied, since nothing but their days is asked."""
    day, rows = moment(f"{first_day} 09:00"), []
    if not FactDossier.objects.filter(unit_id=unit.pk).exists():
        dossier(unit, proc, f"{first_day} 09:00")
        compute_month(SEPTEMBER)
    pattern = FactDossier.objects.filter(unit_id=unit.pk).first()
    while day <= moment(f"{last_day} 09:00"):
        for _one in range(each if day.weekday() < 5 else 0):
            columns = {field.attname: getattr(pattern, field.attname) for field in pattern._meta.concrete_fields}
            columns |= {
                "dossier_id": next(_numbers),
                "received_at": day,
                "filed_at": day,
                "received_day": day.date(),
            }
            rows.append(FactDossier(**columns))
        day += timedelta(days=1)
    FactDossier.objects.bulk_create(rows)


@pytest.fixture
def volumes(city, one_transaction):
    """Ward 1: two a workday last autumn and this summer, then half a day's worth; ward 2 as ever; the office is new.

    The weeks of last year are 2 to 30 September less a day: 2022-09-01 stands for 2021-09-02. 22 workdays of September.
    """
    CalendarFactory()
    came(city.first, city.birth, "2021-08-16", "2021-10-29", 2)
    came(city.first, city.birth, "2022-07-04", "2022-08-31", 2)
    came(city.first, city.birth, "2022-09-01", "2022-09-02", 5)
    came(city.second, city.birth, "2022-06-06", "2022-09-30", 2)
    came(city.office, city.permit, "2022-09-19", "2022-09-23", 1)
    city.run = compute_month(SEPTEMBER)
    return city


def test_short_unit_is_named_with_its_figures(volumes, sign_in):
    """Ward 1: 22 workdays of last year's weeks at two make 44; eight weeks of two a workday make 44; ten came."""
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert lead(page) == (
        "Đến 30/09/2022, 1 đơn vị có thể thiếu hồ sơ trên hệ thống: UBND phường 1 (10, dự kiến ít nhất 44)."
    )
    rows = table(page, "du-ho-so")
    assert rows["UBND phường 1"] == ["có thể thiếu hồ sơ trên hệ thống", "10", "44", "44", "22,7 %"]
    assert rows["UBND phường 2"] == ["như thường lệ", "44", "chưa đủ số liệu", "44", "100,0 %"]
    assert rows["Phòng A"][0] == "chưa đủ số liệu các kỳ trước"


def test_numbers_open_their_lists_and_heads_see_their_own(volumes, sign_in, django_assert_max_num_queries):
    client = sign_in()
    page = client.get(f"{PAGE}&pham-vi=don-vi-{volumes.office.pk}").content.decode()
    assert "chưa đủ số liệu các kỳ trước" in lead(page)
    assert assert_numbers_are_lists(client, page) == 1
    with django_assert_max_num_queries(11):
        client.get(PAGE)
    client = sign_in(Role.UNIT_HEAD, volumes.office)
    assert "phường 1" not in client.get(PAGE).content.decode()
