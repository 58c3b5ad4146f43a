"""Every table of the figures as a file: the same numbers, the same filter, nothing that the reader may not see."""

# ruff: noqa: F811  fixtures are named like what they are imported as

import csv
import io
import re
from decimal import Decimal

import openpyxl
import pytest

from accounts.enums import Role
from reporting.snapshot import freeze_month
from tests.house.source import ROOT
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import BOARD, SEPTEMBER, counted, sign_in, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
PAGES = sorted((ROOT / "templates" / "reporting").rglob("*.html"))
TABLE = re.compile(r"<table(?![^>]*\bdata-part\b)|\"ui/(?:table|chart)\.html\"")
INCLUDE = re.compile(r"{% include \"(reporting/[^\"]+)\"")
PARENT = re.compile(r"{% extends \"([^\"]+)\" %}")
# A draft of targets is a form whose tables are its fields, or the answer to what was sent.
FORMS = {"plan_edit.html"}
PAPER = "layout/print.html"  # printed beside a page, or a book of its own


def whole(path):
    """A template with what it includes."""
    text = path.read_text(encoding="utf-8")
    return text + "".join(whole(ROOT / "templates" / name) for name in INCLUDE.findall(text))


def csv_rows(response):
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def book_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content))


def test_board_as_a_book_says_what_the_page_says(counted, sign_in):
    client = sign_in()
    page = client.get(BOARD)
    response = client.get(f"{BOARD}&tai=xlsx")
    assert response["Content-Disposition"].endswith('-thang-9-2022.xlsx"')
    book = book_of(response)
    assert book.sheetnames[0] == "Từng khối và chung"
    assert "Khối phường" in book.sheetnames
    rows = list(book["Từng khối và chung"].iter_rows(values_only=True))
    assert rows[0][0].endswith("tháng 9/2022")
    assert rows[1][0] in text_of(page)
    assert "số liệu đến hết ngày 30/09/2022, chưa chốt" in rows[1][0]
    assert "/so-lieu/?thang=2022-09" in rows[2][0]
    head = next(row for row in rows if row[0] == "Phạm vi")
    wards = dict(zip(head, next(row for row in rows if row[0] == "Khối phường"), strict=True))
    assert wards["Lũy kế từ đầu năm"] == pytest.approx(0.571)
    assert (wards["Lũy kế từ đầu năm: tử số"], wards["Lũy kế từ đầu năm: mẫu số"]) == (4, 7)
    assert len(book.sheetnames) == page.content.decode().count("<table")


def test_board_as_csv_holds_the_same_cells(counted, sign_in):
    rows = csv_rows(sign_in().get(f"{BOARD}&tai=csv"))
    wards = next(row for row in rows if row and row[0] == "Khối phường" and len(row) > 1)
    assert {"57,1%", "4", "7"} <= set(wards)


def test_closed_month_bears_its_version(city, one_transaction, sign_in):
    golden(city)
    freeze_month(SEPTEMBER)
    rows = csv_rows(sign_in().get(f"{BOARD}&tai=csv"))
    assert rows[1][0].startswith("số liệu đến hết ngày 30/09/2022, đã chốt")


def test_filter_goes_along_and_services_of_a_list_too(counted, sign_in):
    client = sign_in()
    page = client.get(f"{BOARD}&chi-so=services_used").content.decode()
    assert 'href="?thang=2022-09&amp;chi-so=services_used&amp;tai=xlsx"' in page
    root = "/so-lieu/danh-sach/2022-09/services_used/month/chung/mau-so/"
    shown = client.get(root).context["services"]
    rows = csv_rows(client.get(f"{root}?tai=csv"))
    assert len(shown) == sum(row[:1] == [f"'{one['procedure'].code}"] for one in shown for row in rows) > 0


def test_page_of_a_long_list_is_no_download(counted, sign_in):
    url = f"/so-lieu/danh-sach/2022-09/online_share_all/month/don-vi-{counted.first.pk}/mau-so/"
    response = sign_in().get(f"{url}?tai=csv")
    assert response["Content-Type"].startswith("text/html")
    assert "data-portal-tables" not in response.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_who_may_not_see_gets_no_file(counted, client, sign_in, kind):
    assert client.get(f"{BOARD}&tai={kind}").status_code == 302
    head = sign_in(Role.UNIT_HEAD, counted.first)
    assert head.get(f"/so-lieu/don-vi/{counted.second.pk}/?tai={kind}").status_code == 404
    assert sign_in(Role.RECEPTIONIST, counted.first).get(f"{BOARD}&tai={kind}").status_code == 403


@pytest.mark.parametrize("kind", ["", "pdf", "xlsx\x00"])
def test_unknown_kind_shows_the_page(counted, sign_in, kind):
    assert sign_in().get(BOARD, {"thang": "2022-09", "tai": kind})["Content-Type"].startswith("text/html")


def test_public_page_downloads_without_signing_in(counted, client):
    rows = csv_rows(client.get("/so-lieu/cong-khai/?thang=2022-09&tai=csv"))
    assert any(row[:1] == ["Tháng"] for row in rows)


def test_every_page_with_a_table_offers_it():
    """Pages on the layout of boards do so by themselves; any other marks the part with its tables."""
    silent = []
    for path in PAGES:
        text = whole(path)
        parent = PARENT.search(text)
        if parent is None or parent[1] == PAPER or path.name in FORMS or not TABLE.search(text):
            continue
        if parent[1] != "layout/board.html" and "{% downloadable %}" not in text:
            silent.append(path.name)
    assert silent == []
    assert "{% downloadable %}" in (ROOT / "templates/layout/board.html").read_text(encoding="utf-8")


def test_figures_are_numbers_and_codes_text(counted, sign_in):
    root = "/so-lieu/danh-sach/2022-09/services_used/month/chung/mau-so/"
    sheet = book_of(sign_in().get(f"{root}?tai=xlsx")).active
    row = list(sheet.iter_rows(values_only=True))[-1]
    assert isinstance(row[0], str)
    assert isinstance(row[-1], int | float | Decimal)
