"""Open data and the page for everybody: closed months only, few dossiers masked, addresses and bytes that stay."""

import csv
import io
import json
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from portal.clock import Month
from reporting import tasks
from reporting.enums import Basis
from reporting.exports import summary
from reporting.exports.open_data import COLUMNS, published
from reporting.models import OpenFile, Run, Snapshot
from reporting.snapshot import compute_month, freeze_month
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import golden

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/cong-khai/?thang=2022-09"


@pytest.fixture(autouse=True)
def _no_cache():
    cache.clear()


@pytest.fixture
def closed(city, one_transaction):
    """Forty dossiers at the first ward, half of them online; six at the second, two online; ten at the office."""
    for number in range(40):
        dossier(city.first, city.birth, "2022-09-05 09:00", online=number % 2 == 0)
    for number in range(6):
        dossier(city.second, city.birth, "2022-09-06 09:00", online=number < 2)
    for number in range(10):
        dossier(city.office, city.permit, "2022-09-07 09:00", online=number < 5)
    freeze_month(SEPTEMBER)
    return city


def rows_of(client, name="2022-09.csv"):
    text = client.get(f"/so-lieu/mo/{name}").content.decode()
    assert not text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_files_hold_closed_figures_with_few_masked_and_not_to_be_had_from_sums(closed, client):
    assert tasks.publish_open_data() == 5
    rows = rows_of(client)
    assert list(rows[0]) == [column.name for column in COLUMNS]
    shares = {(row["loai_pham_vi"], row["ma_pham_vi"]): row for row in rows if row["chi_so"] == "online_share_all"}
    assert len(shares) == 6
    second = shares["unit", "phuong-2"]
    assert (second["tu_so"], second["mau_so"], second["ty_le"], second["duoc_che"]) == ("", "", "", "true")
    assert shares["unit", "phuong-1"]["duoc_che"] == "true"  # else the group less this ward would be the other
    group = shares["group", "khoi-phuong"]
    assert (group["tu_so"], group["mau_so"], group["ty_le"], group["duoc_che"]) == ("22", "46", "0.478261", "false")
    assert shares["total", ""]["mau_so"] == "56"
    assert shares["total", ""]["ten_pham_vi"] == "Toàn địa bàn"


def test_every_told_figure_is_the_snapshots(closed, client):
    tasks.publish_open_data()
    run = Run.objects.get(frozen_at__isnull=False)
    units = {row.code: row.unit_id for row in run.units.all()} | {"": None}
    told = [row for row in rows_of(client) if row["duoc_che"] == "false"]
    for row in told:
        found = Snapshot.objects.get(
            run=run,
            basis=Basis.MONTH,
            indicator=row["chi_so"],
            scope_kind=row["loai_pham_vi"],
            scope_id=units[row["ma_pham_vi"]],
        )
        assert (str(found.numerator), str(found.denominator)) == (row["tu_so"], row["mau_so"])
    assert len(told) > 10


def test_json_says_the_same_and_bears_source_and_licence(closed, client, settings):
    settings.OPEN_DATA_LICENCE = "Giấy phép thử"
    tasks.publish_open_data()
    told = json.loads(client.get("/so-lieu/mo/2022-09.json").content)
    assert told["giay_phep"] == "Giấy phép thử"
    assert "che" in told["che_so_nho"]
    rows = rows_of(client)
    assert [row["chi_so"] for row in told["so_lieu"]] == [row["chi_so"] for row in rows]
    masked = [row for row in told["so_lieu"] if row["duoc_che"]]
    assert masked
    assert {row["tu_so"] for row in masked} == {None}


def test_dictionary_describes_every_column_and_indicator(closed, client):
    tasks.publish_open_data()
    entries = rows_of(client, "tu-dien.csv")
    assert {row["ten"] for row in entries if row["loai"] == "cot"} == {column.name for column in COLUMNS}
    indicators = {row["ten"]: row for row in entries if row["loai"] == "chi_so"}
    assert set(indicators) == {one.code for one in published()}
    assert all(
        row["cong_thuc"] and row["nguon"] and row["giay_phep"] and row["don_vi_tinh"] for row in indicators.values()
    )
    assert {row["chi_so"] for row in rows_of(client)} <= set(indicators)
    catalogue = json.loads(client.get("/so-lieu/mo/danh-muc.json").content)
    assert {file["ten"] for file in catalogue["tep"]} == {"2022-09.csv", "2022-09.json", "tu-dien.csv", "tu-dien.json"}


def test_publishing_again_writes_nothing_until_a_month_is_closed_again(closed, client):
    tasks.publish_open_data()
    before = dict(OpenFile.objects.values_list("name", "changed_at"))
    assert tasks.publish_open_data() == 0
    assert dict(OpenFile.objects.values_list("name", "changed_at")) == before
    for _number in range(20):
        dossier(closed.second, closed.birth, "2022-09-20 09:00", online=True)
    compute_month(SEPTEMBER)
    assert tasks.publish_open_data() == 0
    freeze_month(SEPTEMBER, decision="1/QĐ")
    assert tasks.publish_open_data() == 3  # the month's two files and the list of files
    row = next(row for row in rows_of(client) if row["chi_so"] == "online_share_all" and not row["ma_pham_vi"])
    assert (row["lan_chot"], row["mau_so"]) == ("2", "76")


def test_who_has_the_file_gets_304(closed, client):
    tasks.publish_open_data()
    address = reverse("reporting:open_file", args=["2022-09.csv"])
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Content-Type"] == "text/csv; charset=utf-8"
    for asked in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        again = client.get(address, headers=asked)
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get("/so-lieu/mo/2021-01.csv").status_code == 404


def test_open_months_are_in_no_file(city, one_transaction, client):
    golden(city)
    compute_month(SEPTEMBER)
    tasks.publish_open_data()
    assert not OpenFile.objects.filter(name__startswith="2022").exists()
    page = client.get("/so-lieu/mo/").content.decode()
    assert "Chưa có tháng nào được chốt" in page


def test_page_names_files_licence_columns_and_formulas(closed, client, django_assert_max_num_queries):
    tasks.publish_open_data()
    with django_assert_max_num_queries(3):
        page = client.get("/so-lieu/mo/").content.decode()
    assert 'href="/so-lieu/mo/2022-09.csv"' in page
    assert "Có số liệu của 1 tháng đã chốt" in page
    assert "CC BY 4.0" in page
    assert all(one.code in page for one in published())


# ── the page for everybody ───────────────────────────────────────────────────────────────────────


def card(client, name, month="2022-09"):
    page = client.get("/so-lieu/cong-khai/", {"thang": month}).content.decode()
    found = next(part for part in page.split('<li class="figure-card')[1:] if f">{name}</p>" in part)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_summary_is_kept_until_the_next_count(closed, client, monkeypatch, django_assert_num_queries):
    made = []
    real = summary._made
    monkeypatch.setattr(summary, "_made", lambda month: made.append(month) or real(month))
    for _time in range(3):
        assert client.get(PAGE).status_code == 200
    assert len(made) == 1
    with django_assert_num_queries(3):  # counts, newest target, oldest act that waits
        client.get(PAGE)
    dossier(closed.second, closed.birth, "2022-09-20 09:00", online=True)
    compute_month(SEPTEMBER)
    client.get(PAGE)
    assert len(made) == 2


def test_summary_begins_with_the_answer(closed, client):
    page = client.get(PAGE).content.decode()
    lead = re.search(r'<p class="board-lead">(.*?)</p>', page, re.DOTALL)[1]
    assert lead.replace("\xa0", " ") == "Từ đầu năm đến hết tháng 9/2022: hồ sơ trực tuyến 48,2 %."
    assert page.index("board-lead") < page.index('class="figures"')


def test_counts_of_few_dossiers_are_not_told_nor_to_be_had_from_the_year(closed, client):
    names = re.findall(r'<p class="figure-name">([^<]+)</p>', client.get(PAGE).content.decode())
    name = next(one for one in names if "trực tuyến" in one)
    assert "27/56 hồ sơ" in card(client, name)
    for _number in range(3):
        dossier(closed.first, closed.birth, "2022-10-05 09:00", online=True)
    compute_month(Month(2022, 10))
    told = card(client, name, "2022-10")
    assert "50,8" in told
    assert "Trong tháng: quá ít hồ sơ để công bố" in told
    assert "/" not in told
    assert "27/56" in client.get(PAGE).content.decode()
