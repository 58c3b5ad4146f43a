"""Numbers and days in words: the small words that change beside others, noughts inside, partial days."""

from datetime import date

import pytest

from portal import inwords
from portal.partialdate import PartialDate


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "không"),
        (1, "một"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (25, "hai mươi lăm"),
        (55, "năm mươi lăm"),
        (91, "chín mươi mốt"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (121, "một trăm hai mươi mốt"),
        (555, "năm trăm năm mươi lăm"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1050, "một nghìn không trăm năm mươi"),
        (1955, "một nghìn chín trăm năm mươi lăm"),
        (2000, "hai nghìn"),
        (2021, "hai nghìn không trăm hai mươi mốt"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (15_000, "mười lăm nghìn"),
        (100_000, "một trăm nghìn"),
        (1_000_000, "một triệu"),
        (1_500_000, "một triệu năm trăm nghìn"),
        (1_000_005, "một triệu không trăm linh năm"),
        (1_005_000, "một triệu không trăm linh năm nghìn"),
        (20_000_021, "hai mươi triệu không trăm hai mươi mốt"),
        (1_000_000_000, "một tỷ"),
        (1_000_000_001, "một tỷ không trăm linh một"),
        (2_050_000_000, "hai tỷ không trăm năm mươi triệu"),
        (15_000_000_000, "mười lăm tỷ"),
        (1_005_000_000_000, "một nghìn không trăm linh năm tỷ"),
        (
            999_999_999_999_999,
            (
                "chín trăm chín mươi chín nghìn chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu"
                " chín trăm chín mươi chín nghìn chín trăm chín mươi chín"
            ),
        ),
    ],
)
def test_number_in_words(value, words):
    assert inwords.number(value) == words


@pytest.mark.parametrize("value", [-1, inwords.MOST])
def test_number_out_of_range_is_refused(value):
    with pytest.raises(ValueError):
        inwords.number(value)


def test_money_in_words():
    assert inwords.money(30_000_000) == "Ba mươi triệu đồng"
    assert inwords.money(0) == "Không đồng"


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("1996-03-12", "Ngày mười hai tháng ba năm một nghìn chín trăm chín mươi sáu"),
        ("2026-04-05", "Ngày năm tháng tư năm hai nghìn không trăm hai mươi sáu"),
        ("2025-11-25", "Ngày hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi lăm"),
        ("2001-10-31", "Ngày ba mươi mốt tháng mười năm hai nghìn không trăm linh một"),
        ("1948-07", "Tháng bảy năm một nghìn chín trăm bốn mươi tám"),
        ("1955", "Năm một nghìn chín trăm năm mươi lăm"),
    ],
)
def test_day_in_words(stored, words):
    assert inwords.partial(PartialDate(stored)) == words


def test_whole_day_in_words():
    assert inwords.day(date(2026, 1, 1)) == "Ngày một tháng một năm hai nghìn không trăm hai mươi sáu"


def test_no_two_numbers_read_alike_and_words_are_single_spaced():
    words = [inwords.number(value) for value in range(30_000)]
    assert len(set(words)) == len(words)
    assert all(text == " ".join(text.split()) for text in words)
