"""One concept, one English word, one Vietnamese term: docs/glossary.md says what the enums say."""

import re

from tests.house.glossary import FILE, MARK, enums, expected


def test_glossary_holds_every_enum_as_it_is():
    text = FILE.read_text(encoding="utf-8")
    assert text.split(MARK)[1].strip() == expected().strip(), "run: .venv/bin/python -m tests.house.glossary"


def test_one_term_per_value_within_an_enum():
    for dotted, kind in enums().items():
        labels = [str(label).casefold() for label in kind.labels]
        assert len(labels) == len(set(labels)), dotted


def test_stored_values_are_short_and_stable_words():
    odd = [
        f"{dotted}.{member.name}"
        for dotted, kind in enums().items()
        for member in kind
        if isinstance(member.value, str) and not re.fullmatch(r"[a-z][a-z_-]{1,29}", member.value)
    ]
    assert odd == []


def test_terms_are_vietnamese():
    bare = [
        f"{dotted}.{member.name}"
        for dotted, kind in enums().items()
        for member in kind
        if str(member.label) == member.name.title()
    ]
    assert bare == []
