"""Words in several languages: read, checked, shown in the reader's language, printed in Vietnamese."""

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.words import Words, in_vietnamese

pytestmark = pytest.mark.unit

BOTH = Words.read({"vi": "Họ tên", "en": "Full name"})


def test_plain_text_is_vietnamese():
    words = Words.read("Họ tên")
    assert str(words) == words.vi == "Họ tên"
    assert words.written() == "Họ tên"


@pytest.mark.parametrize(
    ("language", "text"), [("vi", "Họ tên"), ("en", "Full name"), ("en-gb", "Full name"), ("fr", "Họ tên")]
)
def test_the_readers_language_is_shown_and_vietnamese_when_there_is_no_other(language, text):
    with translation.override(language):
        assert str(BOTH) == f"{BOTH}" == text
        assert Template("{{ words }}").render(Context({"words": BOTH})) == text


def test_without_a_language_vietnamese_is_shown():
    with translation.override(None):
        assert str(BOTH) == "Họ tên"


def test_papers_speak_vietnamese():
    with translation.override("en"), in_vietnamese():
        assert str(BOTH) == "Họ tên"


def test_signs_of_markup_are_escaped_on_a_page():
    assert Template("{{ words }}").render(Context({"words": Words.read("<b>")})) == "&lt;b&gt;"


def test_what_was_read_can_be_written_down_again():
    assert BOTH.written() == {"vi": "Họ tên", "en": "Full name"}
    assert Words.read(BOTH.written()) == BOTH == Words.read(BOTH)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"en": "Full name"}, "Thiếu lời tiếng Việt"),
        ({"vi": "Họ tên", "english": "Full name"}, "mã ngôn ngữ"),
        ({"vi": "Họ tên", "en": ""}, "còn trống"),
        ({"vi": ""}, "còn trống"),
        ("", "còn trống"),
        ("x" * 11, "dài quá 10"),
        ({"vi": "Họ tên", "en": "x" * 11}, "dài quá 10"),
        (7, "đoạn chữ"),
        (None, "đoạn chữ"),
        (["Họ tên"], "đoạn chữ"),
        ({"vi": 7}, "đoạn chữ"),
    ],
)
def test_what_is_no_words_is_refused_with_a_sentence(raw, sentence):
    with pytest.raises(ValueError, match=sentence):
        Words.read(raw, limit=10)


def test_blank_words_are_false_and_allowed_only_where_asked():
    assert not Words.read("", blank=True)
    assert BOTH
