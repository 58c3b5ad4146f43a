"""The library's sentences in Vietnamese: the compiled file says what its source says (a bare machine has no gettext)."""

import ast
import gettext
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "accounts/locale/vi/LC_MESSAGES"
ENTRY = re.compile(
    r'(?:^msgctxt (?P<context>".*")\n)?^msgid (?P<id>".*")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (?P<text>".*")$',
    re.MULTILINE,
)

pytestmark = pytest.mark.unit


def test_compiled_translation_is_up_to_date():
    with (FOLDER / "django.mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)
    entries = [
        {name: ast.literal_eval(text) for name, text in found.groupdict().items() if text}
        for found in ENTRY.finditer((FOLDER / "django.po").read_text())
    ]
    entries = [entry for entry in entries if entry["id"]]
    assert len(entries) > 200
    for entry in entries:
        if "context" in entry:
            said = known.pgettext(entry["context"], entry["id"])
        else:
            said = known.gettext(entry["id"])
            said = known.ngettext(entry["id"], "", 2) if said == entry["id"] else said
        assert said == entry["text"], "compile again: msgfmt -o django.mo django.po"
