"""The registry of outgoing papers: each one whole, dated, printed once for real, and as the circulars have it."""

import dataclasses
import importlib
import pkgutil
from datetime import date

import pytest
from django.template.loader import get_template

from dossiers import numbering
from dossiers.enums import DraftKind, PrintedName
from dossiers.events import EVENTS
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS, PaperSize, Signer
from dossiers.services import results
from portal import clock
from tests import houses
from tests.dossiers import acts
from tests.dossiers.acts.printed import printed
from tests.house.howto import blocks, module_of
from tests.house.test_templates import VIETNAMESE

pytestmark = pytest.mark.unit
OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)  # TT 03/2025 came into force on the second


def golden():
    """The golden rows that the tests of the acts bring, each beside the test of its paper."""
    rows = {}
    for module in pkgutil.iter_modules(acts.__path__):
        rows.update(getattr(importlib.import_module(f"{acts.__name__}.{module.name}"), "GOLDEN", {}))
    return rows


def faults(paper):
    """What a paper fails to say."""
    found = []
    if len(paper.code) > PrintedForm._meta.get_field("name").max_length:
        found.append("code too long for its column")
    if not VIETNAMESE.search(str(paper.label)):
        found.append("label")
    if not paper.editions or len({edition.valid_from for edition in paper.editions}) != len(paper.editions):
        found.append("editions, each from its own day")
    for edition in paper.editions:
        get_template(edition.template)
        if not str(edition.title).isupper() or not VIETNAMESE.search(str(edition.title)):
            found.append(f"title of {edition.valid_from}")
        if edition.size not in set(PaperSize) or bool(edition.number) != bool(edition.circular):
            found.append(f"size, number or circular of {edition.valid_from}")
    if not callable(paper.context) or paper.signer not in set(Signer):
        found.append("context or signer")
    if paper.draft_kind and paper.draft_kind not in DraftKind.values:
        found.append("kind of draft")
    if not paper.called_by or any(code not in EVENTS for code in paper.called_by):
        found.append("an event that calls for it")
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.code)
def test_every_paper_says_what_it_must(paper):
    assert not (found := faults(paper)), found


def test_every_paper_is_as_the_circulars_have_it():
    said = {}
    for paper in PAPERS:
        first = min(edition.valid_from for edition in paper.editions)
        for day in (day for day in (OLD, NEW) if day >= first):
            edition = paper.edition_on(day)
            said[paper.code, day] = (edition.number, edition.circular, edition.size, str(edition.title))
    assert said == golden(), "one row for each paper and day in GOLDEN of a module in tests/dossiers/acts"


def test_books_are_shared_by_no_two_signs():
    signs = [(paper.book.kind, paper.book.suffix) for paper in PAPERS if paper.book]
    assert len(signs) == len({kind for kind, _suffix in signs})
    assert set(PrintedName) <= {paper.code for paper in PAPERS}


def test_a_paper_of_no_edition_yet_is_a_fault():
    paper = PAPERS["receipt"]
    newest = type(paper)(paper.code, paper.label, paper.editions[1:], paper.context, paper.signer, ())
    assert newest.edition_on(NEW).circular == "TT 03/2025/TT-VPCP"
    with pytest.raises(LookupError, match="receipt has no edition"):
        newest.edition_on(OLD)


def test_a_paper_without_a_book_bears_no_number():
    assert numbering.taken(None, "H29", 2026) == {}


def test_a_paper_that_nothing_calls_for_is_named():
    paper = PAPERS["receipt"]
    for events in ((), ("no_such_event",)):
        lonely = dataclasses.replace(paper, called_by=events)
        assert faults(lonely) == ["an event that calls for it"]


@pytest.mark.django_db
@pytest.mark.slow
def test_the_page_on_papers_adds_one(tmp_path, settings):
    (tmp_path / "dossiers" / "print").mkdir(parents=True)
    (sheet,) = blocks("add-a-paper", "django")
    (tmp_path / "dossiers" / "print" / "handover.html").write_text(sheet, encoding="utf-8")
    engine = {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    settings.TEMPLATES = [engine, *settings.TEMPLATES[1:]]
    house = houses.make_house()
    try:
        module = module_of("add-a-paper", tmp_path)
        assert faults(module.HANDOVER) == []
        dossier = results.return_to_citizen(
            dossier_id=houses.issued(house).pk, by=house.people["returner"], handed_to="Nguyễn Văn Mẫu"
        )
        form = PrintedForm.objects.get(dossier=dossier, name="handover", event_seq=dossier.event_count)
        sheet = printed(form)
        assert "PHIẾU BIÊN NHẬN KẾT QUẢ" in sheet
        assert "Người nhận: Nguyễn Văn Mẫu" in sheet
        assert f"Số: 01/{clock.today().year}/BNKQ" in sheet
        assert form.label == "Phiếu biên nhận kết quả"
    finally:
        PAPERS.remove("handover")
