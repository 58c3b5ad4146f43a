"""The one door for text: what people type, paste and send becomes one form of Unicode without invisible signs.

All text passes `through` where a request comes in (portal.middleware) and where a row is written (portal.columns); names,
numbers and answers are brought to their own form behind it (`clean`, `clean_lines`). Also here: accents folded for
search, and Vietnamese order for sorting.
"""

import re
import unicodedata
from typing import Any

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_LETTERS = {letter: f"{place:02d}" for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=10)}
# Order of tones in dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}

# What shows nothing and changes what a text is: signs of direction, of joining and of no width, fillers that are drawn
# empty, marks that choose a picture, places for signs of one's own (old fonts), halves of signs.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
# What is drawn like another sign, or is one of many spaces: one sign for each. NUL stays: a form refuses it, and says so.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u00d0\u0189", "Đ"),
        **dict.fromkeys("\u00f0\u0256", "đ"),
        **dict.fromkeys("\u00b4\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u201b\u2032\uff07", "'"),
        **dict.fromkeys("\u2010\u2011\uff0d", "-"),
        **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys(map(chr, (0x0B, 0x0C, 0x85, 0x2028, 0x2029)), "\n"),
        **dict.fromkeys(
            (chr(sign) for sign in (*range(1, 9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))), " "
        ),
        **{
            chr(sign): chr(sign - 0xFEE0)
            for sign in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
        },
    }
)
_KEYBOARD = str.maketrans({"đ": "d", "Đ": "D", "“": '"', "”": '"', "–": "-", "…": "...", "→": "->"})
# Nearly all text consists of these alone and stays as it is (a test asks each sign); to see that costs less than a tenth.
_PLAIN = re.compile(r"[\n\r\t -~ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u2013\u201c\u201d\u2026]*")


def through(text: str) -> str:
    """Let text through the door: NFC, no invisible signs, one sign where several look the same; lines and blanks stay.

    A second time changes nothing. What stands for broken bytes (U+FFFD) and NUL stay for the forms to refuse.
    """
    return text if _PLAIN.fullmatch(text) else _unified(text)


def _unified(text: str) -> str:
    text = _UNSEEN.sub("", text).translate(_ALIKE)
    # Composing may bring forth a sign that has a twin (the sign of Kelvin composes to K): once more.
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_ALIKE)


def through_all(value: Any) -> Any:
    """Let every text inside a JSON value through the door, keys included; anything else comes back as it is."""
    if isinstance(value, str):
        return through(value) if type(value) is str else value
    if isinstance(value, dict):
        return {through_all(key): through_all(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [through_all(one) for one in value]
    return value


def clean(text: str) -> str:
    """One line: through the door, no NUL, spaces collapsed; empty when nothing of it can be seen."""
    return _SPACES.sub(" ", through(text).replace("\x00", " ")).strip()


def clean_lines(text: str) -> str:
    """Several lines, each of them clean, without blank ones at both ends."""
    return "\n".join(map(clean, through(text).splitlines())).strip()


def fold(text: str) -> str:
    """Lower case without accents, words separated by one space: `Đăng ký khai sinh` → `dang ky khai sinh`."""
    text = unicodedata.normalize("NFD", through(text).casefold()).replace("đ", "d")
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", text).strip()


def unaccented(text: str) -> str:
    """The text in signs that every telephone shows and a short message counts once: no accents, straight quotes."""
    bare = unicodedata.normalize("NFD", through(text))
    plain = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return plain.translate(_KEYBOARD)


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
