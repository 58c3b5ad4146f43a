"""Vietnamese in the fonts of the 1990s: what was typed for a TCVN3 or VNI font reads as nonsense in Unicode.

Word documents of that time still go about, and people copy names out of them. `read` says what such words seem to mean,
so that a form can ask; nothing is converted unasked, since a foreign name may look alike. Any room may call it.
"""

import re
import unicodedata

from portal.text import clean

# TCVN 5712:1993, the font sets .VnTime and others: one sign a letter; capitals with a tone exist only as a font.
_TCVN3 = dict(
    zip(
        "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ¡¢£¤¥¦§¨©ª«¬®",
        "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĂÂÊÔƠƯĐăâêôơđ",
        strict=True,
    )
)
_TCVN3["\u0110"] = "é"  # the sign of é there is Ð, which the door has made Đ
# VNI for Windows: a letter, then a sign for its roof and tone; a few letters are one sign.
_ROOF_AND_TONE = {
    "ù": "\u0301",
    "ø": "\u0300",
    "û": "\u0309",
    "õ": "\u0303",
    "ï": "\u0323",
    "â": "\u0302",
    "á": "\u0302\u0301",
    "à": "\u0302\u0300",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306",
    "é": "\u0306\u0301",
    "è": "\u0306\u0300",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_VNI_ALONE = dict(zip("ñôöíìæóòîÑÔÖÍÌÆÓÒÎ", "đơưíìỉĩịỵĐƠƯÍÌỈĨỊỴ", strict=True))
_VNI_PAIR = re.compile("([aeouyôöAEOUYÔÖ])([ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])")

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE = re.compile(
    "(?:ngh?|gh?|gi|kh|nh|ph|th|tr|ch|qu|[bcdđhklmnrstvx])?"
    "(?:[iyuư]?[aăâeêioôơuưy]|oa|oă|oe|uâ|uô|uyê|uya|uyu|oai|oay|oao|oeo|uây|uôi|[iy]êu|ươi|ươu|ưa|iê|yê|ươ|uê|uy|uơ"
    "|[aoôơuư]i|[aâu]y|[aeêâiư][ou])"
    "(?:ch|ng|nh|[cmnpt])?"
)


def read(text: str) -> str:
    """What words in an old font seem to mean; '' when they are Vietnamese as they stand, or nothing sensible comes out."""
    if text.isascii():
        return ""
    words = _words(text)
    if all(map(_is_syllable, words)):
        return ""
    for meant in (_from_tcvn3(text), _from_vni(text)):
        found = _words(meant)
        if meant != text and found and all(map(_is_syllable, found)):
            return clean(meant)
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s\d.,;:/()'\-]+", text)


def _from_tcvn3(text: str) -> str:
    return "".join(_TCVN3.get(letter, letter) for letter in text)


def _from_vni(text: str) -> str:
    text = _VNI_PAIR.sub(lambda pair: _VNI_ALONE.get(pair[1], pair[1]) + _marks(pair[2]), text)
    return unicodedata.normalize("NFC", "".join(_VNI_ALONE.get(letter, letter) for letter in text))


def _marks(sign: str) -> str:
    """Combining signs, which no table of single letters touches again."""
    return _ROOF_AND_TONE[sign.lower()]


def _is_syllable(word: str) -> bool:
    """Tell whether a word is built as Vietnamese syllables are: one capital at most, at its head, or capitals alone."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    toneless = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word.lower())))
    return _SYLLABLE.fullmatch(toneless) is not None
