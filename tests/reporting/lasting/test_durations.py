"""How long finished dossiers took, counted by hand; lists behind the numbers; few are not judged; who may look."""

from datetime import timedelta

import pytest

from accounts.enums import Role, UnitKind
from portal.clock import Month
from reporting import queries
from reporting.lasting import frame
from reporting.snapshot import compute_month, freeze_month
from tests.factories import UnitFactory
from tests.reporting.events import dossier, moment
from tests.reporting.lasting.pages import assert_numbers_are_lists, lead, table
from tests.reporting.test_views import sign_in  # noqa: F401  the fixture signs in

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/bao-lau/?thang=2022-09"
# Days and working minutes of twelve dossiers of ward 1; two are without minutes.
TOOK = [
    (0, 0),
    (0, 0),
    (1, 480),
    (1, 480),
    (2, 960),
    (3, 1440),
    (3, 1440),
    (4, 1920),
    (5, 2400),
    (7, 3360),
    (8, None),
    (16, None),
]


def took(unit, proc, days, minutes=None, received="2022-09-01 09:00", **more):
    finished = (moment(received) + timedelta(days=days)).strftime("%Y-%m-%d 16:00")
    return dossier(unit, proc, received, finished=finished, minutes_used=minutes, **more)


@pytest.fixture
def finished(city, one_transaction):
    """Twelve of ward 1 (two of them marriages), three of ward 2; what is not finished in September does not count."""
    for place, (days, minutes) in enumerate(TOOK):
        took(city.first, city.marriage if place in {5, 11} else city.birth, days, minutes)
    for days in (2, 2, 40):
        took(city.second, city.birth, days, 480 * days, "2022-09-15 09:00" if days < 40 else "2022-08-10 09:00")
    took(city.first, city.birth, 3, 480, "2022-08-01 09:00")
    took(city.first, city.birth, 3, 480, internal=True)
    dossier(city.first, city.birth, "2022-09-02 09:00")
    dossier(city.first, city.birth, "2022-09-02 09:00", withdrawn="2022-09-03 09:00")
    city.run = compute_month(SEPTEMBER)
    return city


def test_percentiles_are_those_counted_by_hand(finished, sign_in):  # noqa: F811
    """Ward 1: the 6th of twelve took 3 days, the 11th 8; of ten with minutes the 5th took 16 hours, the 9th 40."""
    page = sign_in().get(f"{PAGE}&pham-vi=don-vi-{finished.first.pk}").content.decode()
    assert (
        "một nửa số hồ sơ xong trong 3 ngày, chín phần mười xong trong 8 ngày (12 hồ sơ xong trong tháng 9/2022)"
        in lead(page)
    )
    assert list(table(page, "theo-ngay").values()) == [
        ["2 16,7 %", "2 16,7 %"],
        ["5 41,7 %", "7 58,3 %"],
        ["3 25,0 %", "10 83,3 %"],
        ["1 8,3 %", "11 91,7 %"],
        ["1 8,3 %", "12 100,0 %"],
        ["0 0,0 %", "12 100,0 %"],
    ]
    assert [row[0] for row in table(page, "theo-gio").values()] == [
        "4 40,0 %",
        "3 30,0 %",
        "2 20,0 %",
        "1 10,0 %",
        "0 0,0 %",
        "0 0,0 %",
    ]
    assert "2 hồ sơ không có giờ làm việc trong sổ" in page
    assert table(page, "theo-thu-tuc")[finished.birth.name] == ["10", "2", "7", "9", "ít hồ sơ", "ít hồ sơ"]
    assert table(page, "theo-thu-tuc")[finished.marriage.name][1] == "ít hồ sơ"


def test_whole_and_units_stand_side_by_side_and_few_are_not_judged(finished, sign_in):  # noqa: F811
    """All fifteen: 0 0 1 1 2 2 2 3 3 4 5 7 8 16 40; the 8th took 3 days, the 14th 16."""
    page = sign_in().get(PAGE).content.decode()
    assert "xong trong 3 ngày, chín phần mười xong trong 16 ngày (15 hồ sơ" in lead(page)
    units = table(page, "theo-don-vi")
    assert "Không phát sinh: Phòng A." in page
    assert units["UBND phường 1"] == ["12", "3", "8", "10", "16", "40"]
    assert units["UBND phường 2"] == ["3", "ít hồ sơ", "ít hồ sơ", "3", "ít hồ sơ", "ít hồ sơ"]


def test_every_number_opens_its_dossiers(finished, sign_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr(queries, "PAGE", 5)
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert assert_numbers_are_lists(client, page) > 12


def test_closed_month_keeps_its_lengths(finished, sign_in):  # noqa: F811
    freeze_month(SEPTEMBER)
    took(finished.first, finished.birth, 1, 480)
    finished.first.name = "Phường Mới"
    finished.first.save()
    compute_month(SEPTEMBER)
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert "15 hồ sơ xong" in lead(page)
    assert "UBND phường 1" in table(page, "theo-don-vi")
    assert assert_numbers_are_lists(client, page) > 12


def test_nothing_finished_and_nothing_counted_say_so(finished, sign_in):  # noqa: F811
    client = sign_in()
    page = client.get(f"{PAGE}&pham-vi=don-vi-{finished.office.pk}").content.decode()
    assert "không phát sinh hồ sơ giải quyết xong" in lead(page)
    assert "<table" not in page
    assert "Chưa tính số liệu của tháng này" in lead(client.get("/so-lieu/bao-lau/?thang=2019-05").content.decode())
    assert client.get("/so-lieu/bao-lau/?thang=abc").status_code == 400
    for odd in ("ky=x", "ky=mid_month", "pham-vi=don-vi-999999", "pham-vi=x"):
        assert client.get(f"{PAGE}&{odd}").status_code == 404, odd


def test_head_of_a_ward_sees_own_ward_alone(finished, sign_in):  # noqa: F811
    desk = UnitFactory(code="mot-cua-1", kind=UnitKind.DESK, parent=finished.first)
    client = sign_in(Role.DESK_HEAD, desk)
    page = client.get(PAGE).content.decode()
    assert "UBND phường 1" in lead(page)
    assert "phường 2" not in page
    for other in (f"don-vi-{finished.second.pk}", "chung", f"khoi-{finished.wards.pk}"):
        assert client.get(f"{PAGE}&pham-vi={other}").status_code == 404
        assert client.get(f"/so-lieu/ho-so/2022-09/month/{other}/xong/").status_code == 404
    assert client.get(f"/so-lieu/ho-so/2022-09/month/don-vi-{finished.first.pk}/xong/").status_code == 200


def test_many_units_are_looked_at_group_by_group(finished, sign_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr(frame, "MOST_PARTS", 2)
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert table(page, "theo-don-vi") == {"Khối phường": ["15", "3", "16", "13", "16", "56"]}
    assert assert_numbers_are_lists(client, page) > 10
    page = client.get(f"{PAGE}&pham-vi=khoi-{finished.wards.pk}").content.decode()
    assert list(table(page, "theo-don-vi")) == ["UBND phường 1", "UBND phường 2"]


def test_page_costs_eight_queries(finished, sign_in, django_assert_max_num_queries):  # noqa: F811
    client = sign_in()
    with django_assert_max_num_queries(8):
        assert client.get(PAGE).status_code == 200
