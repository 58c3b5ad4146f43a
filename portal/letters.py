"""Letters that papers can print: those of the fonts we ship and of the serif every installation has. Knows no paper.

Asked while words are written, so that nobody learns of it after a number is bound, and when a paper is made.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from portal.errors import UserError

SHIPPED = ("tinos-400-normal", "tinos-700-normal", "tinos-400-italic", "tinos-700-italic")
# Beside ours: for other alphabets (bin/setup and the image bring it), and where it is installed for Ƀ and breves of the Ê Đê.
FALLBACKS = ("LiberationSerif-Regular.ttf", "DejaVuSerif.ttf")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
SHOWN = 5
AROUND = 40
_UNSEEN = ("C", "Z")  # controls, marks of format and spaces show nothing


@cache
def printable() -> frozenset[int]:
    """Code points that one of the fonts of papers has; read once a process (about 300 ms)."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  slow to load: only where papers or drafts are

    folder = Path(settings.BASE_DIR) / "static" / "fonts"

    def has(path: Path) -> set[int]:
        with TTFont(path, lazy=True) as font:
            return set(font.getBestCmap())

    ours = [has(folder / f"{name}.woff2") for name in SHIPPED]
    return frozenset(set.intersection(*ours).union(*map(has, _fallbacks())))


def _fallbacks() -> list[Path]:
    places = [Path(folder) for folder in FONT_FOLDERS if Path(folder).is_dir()]
    return [path for name in FALLBACKS for place in places for path in sorted(place.rglob(name))[:1]]


def missing(text: str) -> list[str]:
    """Letters of a text that no font of papers has, each once, in their order."""
    if text.isascii():
        return []
    known = printable()
    return [
        letter
        for letter in dict.fromkeys(text)
        if ord(letter) not in known and not unicodedata.category(letter).startswith(_UNSEEN)
    ]


def refuse(value: object) -> None:
    """Raise UserError when a text in a value (text, list, mapping) has letters that no paper can print, with the words around."""
    for text in _texts(value):
        if unknown := missing(text):
            raise UserError(sentence(unknown, around(text, unknown[0])))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def around(text: str, letter: str = "") -> str:
    """A few words of a text, those about a letter if one is named."""
    place = max(0, text.find(letter) - AROUND // 2) if letter else 0
    piece = " ".join(text[place : place + AROUND].split())
    return f"{'…' if place else ''}{piece}{'…' if place + AROUND < len(text) else ''}"


def named(letters: Iterable[str]) -> str:
    """Letters in words: each as it is typed and by its number, since a screen may lack it too."""
    found = list(letters)
    words = ", ".join(f"“{letter}” (U+{ord(letter):04X})" for letter in found[:SHOWN])
    return _("%(letters)s và chữ khác") % {"letters": words} if len(found) > SHOWN else words


def sentence(letters: Iterable[str], place: str = "") -> str:
    """What somebody reads whose words no paper can print, and what to do; `place`: the field or the words around."""
    words = {"letters": named(letters), "place": place}
    if place:
        return _("“%(place)s” có chữ mà phông chữ của giấy không in được: %(letters)s. Hãy viết bằng chữ khác.") % words
    return _("Có chữ mà phông chữ của giấy không in được: %(letters)s. Hãy viết bằng chữ khác.") % words
