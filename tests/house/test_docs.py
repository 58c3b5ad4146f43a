"""Documents point at what is there: links between pages, and paths named in them."""

import re

import pytest

from tests.house.source import ROOT, name

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")
PATH = re.compile(
    r"`((?:bin|docs|tests|templates|static|running|portal|integrations|accounts|vault|procedures|dossiers|reporting)/[\w./-]*)`"
)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    assert [target for target in LINK.findall(text) if not (page.parent / target).exists()] == []


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "developing.md"], ids=name
)
def test_paths_named_in_the_guides_exist(page):
    text = page.read_text(encoding="utf-8")
    assert [path for path in PATH.findall(text) if not (ROOT / path).exists()] == []


def test_every_how_to_page_is_listed():
    text = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")
    assert [page.name for page in (ROOT / "docs" / "how-to").glob("*.md") if f"how-to/{page.name}" not in text] == []


def test_tests_that_the_faults_tried_name_are_there():
    """A row may name a file alone, or a file and tests in it."""
    text = (ROOT / "docs" / "trials.md").read_text(encoding="utf-8")
    wanted = [part for row in text.splitlines() for part in re.split(r"(?=`tests/)", row) if part.startswith("`tests/")]
    missing = []
    for part in wanted:
        path, *tests = re.findall(r"`((?:tests/|test_)[^`]+)`", part)
        code = (ROOT / path).read_text(encoding="utf-8")
        missing += [f"{path}: {test}" for test in tests if f"def {test}(" not in code]
    assert len(wanted) > 10
    assert missing == []
