"""Words that may stand in several languages: plain text, or one text by language, Vietnamese always among them.

For declarations and stored descriptions (form specs, papers, menus). `str()` gives the active language, for pages;
papers speak Vietnamese and are made inside `in_vietnamese()`.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Self

from django.utils import translation
from django.utils.translation import gettext as _

VIETNAMESE = "vi"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,8})?")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in Vietnamese and perhaps in other languages; false when there are no words."""

    vi: str
    others: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.in_language(translation.get_language()) if self.others else self.vi

    def __bool__(self) -> bool:
        return bool(self.vi)

    def in_language(self, code: str | None) -> str:
        """The words in a language (`en` serves `en-gb`), in Vietnamese when they do not stand in it."""
        known = dict(self.others)
        wanted = (code or VIETNAMESE).lower()
        return known.get(wanted) or known.get(wanted.partition("-")[0]) or self.vi

    def written(self) -> str | dict[str, str]:
        """The words as they are written down, the way `read` takes them."""
        return {VIETNAMESE: self.vi, **dict(self.others)} if self.others else self.vi

    @classmethod
    def read(cls, raw: Any, *, limit: int | None = None, blank: bool = False) -> Self:
        """Read `"Họ tên"` or `{"vi": "Họ tên", "en": "Full name"}`; ValueError with a sentence when it is neither.

        `limit`: how long a text may be, in each language; `blank`: there may be no words at all.
        """
        if isinstance(raw, cls):
            return raw
        texts = {VIETNAMESE: raw} if isinstance(raw, str) else raw
        if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError(_("Phải là một đoạn chữ, hoặc các đoạn chữ theo ngôn ngữ."))
        if VIETNAMESE not in texts:
            raise ValueError(_("Thiếu lời tiếng Việt (“vi”)."))
        for code, text in texts.items():
            _check(str(code), text, limit=limit, blank=blank and isinstance(raw, str))
        return cls(texts[VIETNAMESE], tuple((str(code), text) for code, text in texts.items() if code != VIETNAMESE))


def _check(code: str, text: str, *, limit: int | None, blank: bool) -> None:
    if not _LANGUAGE.fullmatch(code):
        raise ValueError(_("“%(code)s” không phải mã ngôn ngữ như “vi”, “en”.") % {"code": code})
    if not text and not blank:
        raise ValueError(_("Lời bằng ngôn ngữ “%(code)s” còn trống.") % {"code": code})
    if limit is not None and len(text) > limit:
        raise ValueError(
            _("Lời bằng ngôn ngữ “%(code)s” dài quá %(limit)s ký tự.") % {"code": code, "limit": str(limit)}
        )


def in_vietnamese() -> AbstractContextManager[None]:
    """What is made inside speaks Vietnamese, whatever the reader's language: official papers."""
    return translation.override(VIETNAMESE)
