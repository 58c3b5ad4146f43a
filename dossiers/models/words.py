"""The words a dossier is found by: one expression for the index and for whoever asks it (dossiers.desk.search)."""

import re

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, F, Func, Value
from django.db.models.functions import Cast

from portal.text import fold

MOST = 8  # words of one search; more make it no narrower
_LETTERS_AND_DIGITS = re.compile(r"[0-9a-z]+")


def dossier_words() -> Func:
    """Names without accents, telephone, code and reference in parts and in one piece."""
    return Func(
        F("owner_search_name"),
        F("submitter_name"),
        F("owner_phone"),
        F("code"),
        F("reference"),
        function="public.dossier_words",
        output_field=SearchVectorField(),
    )


def words_of(text: str) -> list[str]:
    """The words of a search, without accents, each once."""
    return list(dict.fromkeys(_LETTERS_AND_DIGITS.findall(fold(text))))[:MOST]


def has_words(words: list[str]) -> Func:
    """Tell of a dossier whether it has each of these words, or one that begins with it, in any order."""
    asked = " & ".join(f"'{word}':*" for word in words)
    return Func(
        dossier_words(),
        Cast(Value(asked), SearchQueryField()),
        template="%(expressions)s",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )
