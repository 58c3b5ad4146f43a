"""Letters papers can print: the names of all peoples here, common signs; what no font has is named with the words around."""

import pytest

from portal import letters
from portal.errors import UserError

# Letters of Vietnamese, of names of other peoples here and of foreigners; common signs.
WRITTEN = "Đặng Thị Ữ; Y Blŏ Niê, H'Bĭa, Čư, Êđê ñ ŭ; Łukasz Šimůnek Öz; Ωμ Иван; m² 45° ± × ½ “–” … ₫ € ≥ ≤ → § №"


@pytest.mark.parametrize("text", [WRITTEN, "ASCII only", "", "dòng\n\tmới\u200b\u00a0\u202f"])
def test_what_people_write_here_can_be_printed(text):
    assert letters.missing(text) == []


@pytest.mark.skipif(len(letters._fallbacks()) < len(letters.FALLBACKS), reason="fonts-dejavu-core is not installed")
def test_all_letters_of_the_e_de_can_be_printed_where_the_font_is():
    assert letters.missing("Ƀuôn Ƀlŏ ƀ ê̆ ô̆ ơ̆ ư̆") == []


@pytest.mark.parametrize(("text", "wanted"), [("Nhà 🏠 số 中 1 中", ["🏠", "中"]), ("ㄅ", ["ㄅ"])])
def test_letters_no_font_has_are_found_once_each(text, wanted):
    assert letters.missing(text) == wanted


def test_the_sentence_names_letters_numbers_and_the_words_around():
    with pytest.raises(UserError) as told:
        letters.refuse(
            {"a": ["Được", {"b": "Thửa đất số 12 tại khu phố Hòa Bình có 🏠 cấp bốn, diện tích 80 m²"}], "c": 3}
        )
    assert "“🏠” (U+1F3E0)" in told.value.message
    assert "khu phố Hòa Bình có 🏠 cấp bốn" in told.value.message
    assert (
        letters.named("中日月火水木")
        == "“中” (U+4E2D), “日” (U+65E5), “月” (U+6708), “火” (U+706B), “水” (U+6C34) và chữ khác"
    )
