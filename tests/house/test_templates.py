"""Templates: each is used, none carries code or style inside, texts go through translate, no query hides in one."""

import re

import django
import pytest
from django.template.loader import get_template

from tests.house.source import ROOMS, ROOT, modules, name, templates

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE
)
COMMENTS = re.compile(
    r"\{% comment .*?%\}.*?\{% endcomment %\}|\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.DOTALL
)
TRANSLATED = re.compile(r"\{% blocktrans(?:late)?\b.*?%\}.*?\{% endblocktrans(?:late)? %\}", re.DOTALL)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
QUERIES = re.compile(r"\.(?:objects|all|filter|exclude|count|exists|select_related|first|last)\b(?=[ |%}.])|_set\b")
LONGEST_LINE = 160
# Printed papers: their wording is the circulars' own and exists in Vietnamese alone.
WORDED_BY_LAW = ("templates/dossiers/print/", "templates/reporting/print/")
# Templates that libraries look up by name.
LIBRARIES = (
    "account/",
    "mfa/",
    "usersessions/",
    "socialaccount/",
    "allauth/",
    "bootstrap5/",
    "admin/",
    "django/",
    "registration/",
)


def test_no_template_carries_code_or_style():
    found = [
        f"{name(path)}: {match.group(0)}"
        for path in templates()
        if (match := INLINE.search(COMMENTS.sub("", path.read_text())))
    ]
    assert found == []


def test_lines_of_templates_can_be_read():
    long = [
        f"{name(path)}:{number} {len(line)}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


def test_every_template_is_used():
    haystack = "\n".join(path.read_text() for path in [*modules(), *templates()])
    unused = []
    for path in templates():
        short = path.relative_to(ROOT / "templates").as_posix()
        if short.startswith(LIBRARIES):
            continue
        if f'"{short}' not in haystack and f"'{short}" not in haystack and not _named_by_pattern(short, haystack):
            unused.append(short)
    assert unused == []


def _named_by_pattern(short: str, haystack: str) -> bool:
    """Tell whether code builds the name from its folder: f"dossiers/print/{form}.html"."""
    folder = short.rpartition("/")[0]
    return bool(re.search(rf"f\"{re.escape(folder)}/\{{[a-z_.]+\}}\.(?:html|txt)\"", haystack))


def test_templates_for_libraries_replace_one_of_theirs():
    folders = [path / "templates" for path in _packages()]
    lost = []
    for path in templates():
        short = path.relative_to(ROOT / "templates").as_posix()
        if short.startswith(LIBRARIES) and not any((folder / short).exists() for folder in folders):
            text = "\n".join(other.read_text() for other in [*templates(), *modules()] if other != path)
            if short not in text:
                lost.append(short)
    assert lost == []


def _packages():
    import allauth
    import crispy_bootstrap5

    bases = [allauth, crispy_bootstrap5, django]
    found = [__import__("pathlib").Path(base.__file__).parent for base in bases]
    apps = [folder for folder in (found[0]).iterdir() if folder.is_dir()]
    return [*found, *apps, found[2] / "forms", found[2] / "contrib" / "admin"]


def test_texts_of_templates_are_translated():
    raw = []
    for path in templates():
        if name(path).startswith(WORDED_BY_LAW):
            continue
        text = TAGS.sub("", TRANSLATED.sub("", COMMENTS.sub("", path.read_text())))
        raw += [f"{name(path)}: {line.strip()[:80]}" for line in text.splitlines() if VIETNAMESE.search(line)]
    assert raw == []


def test_no_query_in_a_template():
    found = []
    for path in templates():
        for tag in TAGS.findall(COMMENTS.sub("", path.read_text())):
            if QUERIES.search(tag.replace("forloop.", "")):
                found.append(f"{name(path)}: {tag}")
    assert found == []


@pytest.mark.parametrize("path", templates(), ids=name)
def test_template_compiles(path):
    get_template(path.relative_to(ROOT / "templates").as_posix())


def test_rooms_keep_their_templates_in_one_place():
    assert [room for room in ROOMS if (ROOT / room / "templates").exists()] == []


def test_numbers_and_days_of_stacked_rows_say_what_they_are():
    """On a telephone the row of headers is not seen: a cell of its own line with a number or a day names itself."""
    bare = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        cells = re.findall(r"<td [^>]*class=\"([^\"]*)\"([^>]*)>", text) if "rows-stack" in text else []
        bare += [
            f"{name(path)}: {classes}"
            for classes, rest in cells
            if (classes.startswith("num") or "nowrap row-wide" in classes) and "data-label=" not in rest
        ]
    assert bare == []
