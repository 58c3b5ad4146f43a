"""Every version of a closed month has its board, its lists and its papers, whatever was closed later."""

import html
import re

import pytest
from django.db import DatabaseError, transaction

from portal.clock import Month
from reporting.models import Run, Snapshot
from reporting.snapshot import compute_month, freeze_month
from tests.factories import CalendarFactory
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import BOARD, LIST, rows_of, sign_in, target, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
BEHIND = re.compile(r'<a href="(/so-lieu/ho-so/[^"]+)">([\d.]+)</a>')
DECISION = "12/QĐ-UBND ngày 10/10/2022"


@pytest.fixture
def twice(city, one_transaction):
    """September closed, then closed again by a decision with one more online dossier of ward 1."""
    golden(city)
    target(city.wards, "0.70")
    city.run = freeze_month(SEPTEMBER)
    dossier(city.first, city.birth, "2022-09-20 09:00", online=True)
    city.again = freeze_month(SEPTEMBER, decision=DECISION)
    return city


def test_each_version_has_its_board_and_the_lists_behind_its_numbers(twice, sign_in):  # noqa: F811
    client = sign_in()
    shown = {}
    for version, online in (("1", 1), ("2", 2), ("", 2)):
        page = client.get(f"{BOARD}&ban={version}" if version else BOARD)
        listed = [url for url, *_numbers in LIST.findall(page.content.decode())]
        url = next(one for one in listed if f"online_share_all/month/don-vi-{twice.first.pk}/tu-so/" in one)
        assert url.endswith(f"?ban={version}") is bool(version)
        assert rows_of(client, url) == (online, online)
        shown[version] = text_of(page)
    assert "Đang xem lần chốt 1" in shown["1"]
    assert "đã chốt lần 2" in shown["2"]
    assert "đã chốt lần 2" in shown[""]
    assert "Đang xem lần chốt" not in shown[""]


def test_links_of_a_version_lead_to_the_same_version(twice, sign_in):  # noqa: F811
    client = sign_in()
    page = client.get(f"{BOARD}&ban=1").content.decode()
    unit = re.search(rf'href="(/so-lieu/don-vi/{twice.first.pk}/[^"]+)"', page)[1].replace("&amp;", "&")
    assert unit.endswith("&ban=1")
    inside = client.get(unit)
    assert "Đang xem lần chốt 1" in text_of(inside)
    assert f"{BOARD}&amp;chi-so=services_used&amp;ban=1".partition("?")[2] in page
    services = client.get("/so-lieu/danh-sach/2022-09/services_used/month/chung/mau-so/?ban=1").content.decode()
    assert "thu-tuc=" in services
    assert services.count("&amp;ban=1") == services.count("?thu-tuc=") + 1  # and the way back
    listed = client.get(f"/so-lieu/danh-sach/2022-09/online_share_all/month/don-vi-{twice.first.pk}/tu-so/?ban=1")
    assert "&amp;ban=1" in listed.content.decode()
    assert "số tính lại" not in text_of(listed)


@pytest.mark.parametrize("asked", ["3", "moi", "x", "0", "1'"])
def test_a_version_that_is_none_is_not_found(twice, sign_in, asked):  # noqa: F811
    client = sign_in()
    assert client.get("/so-lieu/", {"thang": "2022-09", "ban": asked}).status_code == 404
    assert client.get(f"/so-lieu/don-vi/{twice.first.pk}/", {"thang": "2022-09", "ban": asked}).status_code == 404


def test_a_month_before_that_was_closed_again_later_is_shown_as_it_stood(city, one_transaction, sign_in):  # noqa: F811
    golden(city)
    freeze_month(Month(2022, 8))
    freeze_month(SEPTEMBER)
    client = sign_in()
    before = client.get(f"{BOARD}&ban=1").context["chart"]["rows"]
    dossier(city.first, city.birth, "2022-08-20 09:00", online=True)
    freeze_month(Month(2022, 8), decision=DECISION)
    assert client.get(f"{BOARD}&ban=1").context["chart"]["rows"] == before


def test_page_of_versions_shows_all_of_them(twice, sign_in, django_assert_max_num_queries):  # noqa: F811
    client = sign_in()
    with django_assert_max_num_queries(8):
        page = client.get("/so-lieu/cac-thang/")
    told = text_of(page)
    assert "Tháng chốt mới nhất: 9/2022 , lần 2" in told
    assert DECISION in told
    for version in (1, 2):
        assert f"?thang=2022-09&amp;ban={version}" in page.content.decode()
    assert told.count("chờ lập báo cáo") == 2


def test_months_without_a_close_say_so(city, sign_in):  # noqa: F811
    assert "Chưa có tháng nào được chốt" in text_of(sign_in().get("/so-lieu/cac-thang/"))


@pytest.mark.parametrize("into", ["frozen", "again"])
def test_no_row_is_moved_into_a_closed_month(twice, into):
    live = compute_month(SEPTEMBER)
    row = Snapshot.objects.filter(run=live).first()
    closed = twice.run if into == "frozen" else twice.again
    with pytest.raises(DatabaseError, match="frozen month"), transaction.atomic():
        Snapshot.objects.filter(pk=row.pk).update(run=closed, indicator="moved")
    assert Run.objects.get(pk=closed.pk).snapshots.filter(indicator="moved").count() == 0
    assert Snapshot.objects.filter(pk=row.pk).update(numerator=0) == 1


def test_what_a_target_still_asks_is_told_of_the_version_asked_for(twice, sign_in):  # noqa: F811
    CalendarFactory()
    client = sign_in()
    assert (
        f"/so-lieu/du-kien/2022-09/online_share_all/khoi-{twice.wards.pk}/?ban=1"
        in client.get(f"{BOARD}&ban=1").content.decode()
    )
    page = f"/so-lieu/du-kien/2022-09/online_share_all/don-vi-{twice.first.pk}/"
    hits = {version: client.get(page, {"ban": version}).context["figure"].numerator for version in ("1", "2")}
    assert hits["2"] == hits["1"] + 1
    shown = client.get(page, {"ban": "1"})
    assert shown.status_code == 200
    assert '<input type="hidden" name="ban" value="1">' in shown.content.decode()
    assert client.get(page, {"ban": "3"}).status_code == 404


WARD = "/so-lieu/danh-sach/2022-09/online_share_all/month/don-vi-{pk}/tu-so/"
COMPARING = "thang=2022-09&chi-so=online_share_all&cach=month"


@pytest.mark.parametrize("page", ["/so-lieu/so-sanh/", "/so-lieu/so-sanh/xep-hang/", "/so-lieu/so-sanh/co-cau/"])
def test_comparing_pages_show_the_version_asked_for(twice, sign_in, page):  # noqa: F811
    client = sign_in()
    for version, online in (("1", 1), ("2", 2), ("", 2)):
        shown = client.get(f"{page}?{COMPARING}{f'&ban={version}' if version else ''}")
        assert ("Đang xem lần chốt" in text_of(shown)) is bool(version)
        body = shown.content.decode()
        url = re.search(rf'href="({WARD.format(pk=twice.first.pk)}[^"]*)"', body)[1]
        assert url.endswith(f"?ban={version}") is bool(version)
        assert rows_of(client, url) == (online, online)
        if version and page != "/so-lieu/so-sanh/co-cau/":
            board = re.search(rf'href="(/so-lieu/don-vi/{twice.first.pk}/[^"]+)"', body)[1]
            assert board.endswith(f"&amp;ban={version}")
    assert client.get(f"{page}?{COMPARING}&ban=3").status_code == 404


@pytest.mark.parametrize("page", ["/so-lieu/thu-tuc/", "/so-lieu/toi-dau/"])
def test_pages_of_how_dossiers_went_show_the_version_asked_for(twice, sign_in, page):  # noqa: F811
    client = sign_in()
    whole = {}
    for version in ("1", "2", ""):
        address = f"{page}?thang=2022-09&ky=month{f'&ban={version}' if version else ''}"
        shown = client.get(address)
        assert ("Đang xem lần chốt" in text_of(shown)) is bool(version)
        body = shown.content.decode()
        found = {html.unescape(url): int(number) for url, number in BEHIND.findall(body)}
        assert found
        for url, number in found.items():
            assert ("ban=" in url) is bool(version)
            assert rows_of(client, url) == (number, number), url
        whole[version] = sum(found.values())
        inner = [html.unescape(url) for url in re.findall(rf'href="({page}\?[^"]+)"', body)]
        assert all(f"ban={version}" in url for url in inner) or not version
    assert whole["1"] < whole["2"] == whole[""]
    assert client.get(f"{page}?thang=2022-09&ban=3").status_code == 404
