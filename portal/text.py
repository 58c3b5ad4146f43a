"""Text of people and papers: Unicode made one form, accents folded for search, Vietnamese order for sorting."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_LETTERS = {letter: f"{place:02d}" for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=10)}
# Order of tones in dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def clean(text: str) -> str:
    """NFC, no NUL or other control characters, spaces collapsed."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """Lower case without accents, words separated by one space: `Đăng ký khai sinh` → `dang ky khai sinh`."""
    text = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", text).strip()


def sort_key(text: str) -> str:
    """A string whose byte order is Vietnamese order (letters first, tones only to break ties).

    The embedded PostgreSQL sorts by byte; columns that people read in order store this key beside them.
    """
    letters, tones = [], []
    for letter in unicodedata.normalize("NFC", text.casefold()):
        base, tone = _split_tone(letter)
        letters.append(_LETTERS.get(base, "00" if base.isspace() else f"05{base}"))
        tones.append(tone)
    return "".join(letters) + "!" + "".join(tones)


def name_sort_key(full_name: str) -> str:
    """Sort key of a person's name: given name (last word) first, then family and middle names."""
    words = clean(full_name).split(" ")
    return sort_key(" ".join([words[-1], *words[:-1]]))


def _split_tone(letter: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[part] for part in parts if part in _TONES), "0")
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return base, tone
