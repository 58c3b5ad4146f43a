"""Text of people and papers: one form of Unicode, folded search, Vietnamese order."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import clean, fold, name_sort_key, sort_key

pytestmark = pytest.mark.unit


def test_clean_composes_and_drops_control_characters():
    assert clean("  Nguye\u0302\u0303n\x00  Va\u0306n\tAn \n") == "Nguyễn Văn An"


def test_fold_forgets_accents_case_and_d_with_stroke():
    assert fold("  Đăng ký KHAI SINH, (cấp xã)!") == "dang ky khai sinh cap xa"
    assert fold(unicodedata.normalize("NFD", "Đặng")) == fold("Đặng") == "dang"


def test_sort_key_puts_words_in_vietnamese_order():
    words = ["An", "Ân", "Ăn", "Bình", "Dũng", "Đông", "Em", "Ên", "Ôn", "Ơn", "On", "Zung"]
    assert sorted(words, key=sort_key) == [
        "An",
        "Ăn",
        "Ân",
        "Bình",
        "Dũng",
        "Đông",
        "Em",
        "Ên",
        "On",
        "Ôn",
        "Ơn",
        "Zung",
    ]


def test_sort_key_lets_tones_only_break_ties():
    words = ["mạ", "má", "mà", "mả", "mã", "ma", "mai"]
    assert sorted(words, key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mai"]


def test_names_sort_by_given_name_first():
    names = ["Trần Văn Bình", "Nguyễn Thị An", "Lê Văn An"]
    assert sorted(names, key=name_sort_key) == ["Lê Văn An", "Nguyễn Thị An", "Trần Văn Bình"]


@given(st.text(max_size=200))
def test_clean_and_fold_are_settled_after_one_go(text):
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
    assert "\x00" not in clean(text)
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@given(st.text(max_size=50))
def test_sort_key_takes_any_text(text):
    assert sort_key(text).isprintable() or not text.isprintable()
