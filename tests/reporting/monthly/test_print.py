"""Boards on paper: Chromium prints a closed version on numbered sheets of A4 under the head of an official paper, with its proof."""

import subprocess

import pypdf
import pytest
from django.conf import settings

from portal.clock import Month
from reporting.snapshot import compute_month, freeze_month
from tests.browsers import chromium
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import BOARD, sign_in, target  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
MILLIMETRE = 72 / 25.4


def printed(page, folder):
    """The sheets Chromium makes of a page, without a server: its styles and fonts are read where they lie."""
    source, target_file = folder / "board.html", folder / "board.pdf"
    source.write_text(
        page.content.decode().replace('"/static/', f'"file://{settings.BASE_DIR}/static/'), encoding="utf-8"
    )
    subprocess.run(
        [
            chromium(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={target_file}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return pypdf.PdfReader(target_file)


@pytest.fixture
def board(city, one_transaction):
    golden(city)
    target(city.wards, "0.70")
    target(city.offices, "0.50")
    return city


def text_of_sheets(sheets):
    return "".join("".join(sheet.extract_text() for sheet in sheets.pages).split())


def test_a_closed_board_prints_with_head_numbers_decision_and_proof(board, sign_in, tmp_path):  # noqa: F811
    run = freeze_month(SEPTEMBER)
    sheets = printed(sign_in().get(BOARD), tmp_path)
    box = sheets.pages[0].mediabox
    assert (round(float(box.width) / MILLIMETRE), round(float(box.height) / MILLIMETRE)) == (297, 210)
    text = text_of_sheets(sheets)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"Trang 1/{len(sheets.pages)}",
        "2139/QĐ-UBND",
        "Số liệu chốt lần 1",
        run.digest,
        run.signature,
        "Người lập biểu",
    ):
        assert "".join(words.split()).casefold() in text.casefold(), words
    assert "Xem tháng" not in sheets.pages[0].extract_text()
    assert "Trongtháng:" not in text  # rows of tables stand in columns, not below each other as on a telephone


def test_an_open_board_says_on_paper_that_it_is_not_closed(board, sign_in, tmp_path):  # noqa: F811
    compute_month(SEPTEMBER)
    text = text_of_sheets(printed(sign_in().get(BOARD), tmp_path))
    assert "Số liệu chưa chốt, còn thay đổi".replace(" ", "") in text
