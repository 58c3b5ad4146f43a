"""Text of people and papers: one form of Unicode, folded search, Vietnamese order."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import text as door
from portal.text import clean, clean_lines, fold, name_sort_key, sort_key, through, through_all

pytestmark = pytest.mark.unit


def test_short_messages_lose_accents_and_nothing_else():
    assert door.unaccented("Hồ sơ “Đất đai” – Ưu tiên…") == 'Ho so "Dat dai" - Uu tien...'


def test_clean_composes_and_drops_control_characters():
    assert clean("  Nguye\u0302\u0303n\x00  Va\u0306n\tAn \n") == "Nguyễn Văn An"


UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}


def test_no_sign_that_shows_nothing_comes_through_the_door():
    seen = {sign: through(f"a{sign}b") for sign in map(chr, range(1, sys.maxunicode + 1)) if _shows_nothing(sign)}
    wrong = {
        f"U+{ord(sign):04X}": text
        for sign, text in seen.items()
        if text not in {"ab", "a b", "a\nb"} and sign not in "\t\r"
    }
    assert wrong == {}


def test_text_that_is_let_through_at_a_glance_would_stay_as_it_is():
    signs = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if door._PLAIN.fullmatch(sign))
    assert door._unified(signs) == signs
    assert len(signs) > 200
    assert door._PLAIN.fullmatch("Đề nghị bổ sung “giấy” – trước ngày 12/9…")


def _shows_nothing(sign):
    return (
        unicodedata.category(sign) in UNSEEN
        or unicodedata.name(sign, "").endswith(("HANGUL FILLER", "CHOSEONG FILLER", "JUNGSEONG FILLER"))
        or "VARIATION SELECTOR" in unicodedata.name(sign, "")
    )


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("Nguyễn\u200b Thị Mẫu\u00ad Hoa", "Nguyễn Thị Mẫu Hoa"),
        ("\ufeffNguyễn\u00a0Thị\u202fMẫu\u200e Hoa", "Nguyễn Thị Mẫu Hoa"),
        ("\u00d0ặng \u0189ình", "Đặng Đình"),
        ("H\u2019Hen, K\u02bcpă", "H'Hen, K'pă"),
        ("Lê\u2011Mẫu", "Lê-Mẫu"),
        ("\uff10\uff19\uff10\uff13 \uff21", "0903 A"),
        ("\u3164\u3164", ""),
        ("\u2800\u115f\ue123", ""),
    ],
)
def test_the_door_leaves_what_a_reader_sees(pasted, meant):
    assert clean(pasted) == meant
    assert fold(pasted) == fold(meant)


def test_lines_stay_lines():
    assert through("một\r\nhai\u2028ba\tbốn") == "một\r\nhai\nba\tbốn"
    assert clean_lines("\n một \u200b\r\n\u3164\n hai\u2029 ba\n\n") == "một\n\nhai\nba"


def test_the_door_reaches_every_text_of_a_json_value():
    assert through_all({"te\u200bn": ["\ufeffA", 1, None, {"b": "\u00d0"}], "n": 2.5}) == {
        "ten": ["A", 1, None, {"b": "Đ"}],
        "n": 2.5,
    }


@given(st.text(max_size=200))
def test_a_second_time_through_the_door_changes_nothing(text):
    assert through(through(text)) == through(text)


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
