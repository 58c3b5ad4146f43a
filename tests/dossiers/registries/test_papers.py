"""The registry of outgoing papers: each one whole, dated, printed once for real, and as the circulars have it."""

from datetime import date

import pytest
import time_machine
from django.template.loader import get_template, render_to_string

from dossiers import documents, numbering
from dossiers.enums import PrintedName
from dossiers.events import EVENTS
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS, PaperSize, Signer
from dossiers.services import desk, printing, results
from portal import clock
from tests import houses
from tests.house.howto import blocks, module_of
from tests.house.test_templates import VIETNAMESE
from vault.models import VaultItem

pytestmark = pytest.mark.unit
OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)
# (code, day) → number, circular, size, title: one row for every paper on both sides of the day TT 03/2025 came into force
GOLDEN = {
    ("receipt", OLD): ("01", "TT 01/2018/TT-VPCP", "paper-a5", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
    ("receipt", NEW): ("01", "TT 03/2025/TT-VPCP", "paper-a5", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
    ("supplement_request", OLD): ("02", "TT 01/2018/TT-VPCP", "paper-a5", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
    ("supplement_request", NEW): ("02", "TT 03/2025/TT-VPCP", "paper-a5", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
    ("refusal", OLD): ("03", "TT 01/2018/TT-VPCP", "paper-a5", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
    ("refusal", NEW): ("03", "TT 03/2025/TT-VPCP", "paper-a5", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
    ("result", OLD): ("", "", "paper-a4", "KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"),
    ("result", NEW): ("", "", "paper-a4", "KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"),
}


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
    if not any(paper.code in event.papers for event in EVENTS):
        found.append("an event that calls for it")
    return found


def printed(form):
    """Print a form for real; give what stands on it."""
    assert printing.print_form(printed_form_id=form.pk)
    form.refresh_from_db()
    assert form.file.mime == "application/pdf"
    return render_to_string(documents.edition_of(form).template, documents.context(form))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.code)
def test_every_paper_says_what_it_must(paper):
    assert faults(paper) == []


def test_every_paper_is_as_the_circulars_have_it():
    said = {}
    for paper in PAPERS:
        for day in (OLD, NEW):
            edition = paper.edition_on(day)
            said[paper.code, day] = (edition.number, edition.circular, edition.size, str(edition.title))
    assert said == GOLDEN


def test_books_are_shared_by_no_two_signs():
    signs = [(paper.book.kind, paper.book.suffix) for paper in PAPERS if paper.book]
    assert len(signs) == len({kind for kind, _suffix in signs})
    assert set(PrintedName) == {paper.code for paper in PAPERS}


@pytest.mark.django_db
def test_every_paper_prints(django_capture_on_commit_callbacks):
    house = houses.make_house()
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        clerk = house.people["receptionist"]
        desk.refuse(
            dossier_id=houses.submitted(house).pk, by=clerk, reason_code="wrong_unit", reason="Nộp tại phường Bên."
        )
        desk.request_supplement(
            dossier_id=houses.submitted(house).pk, by=clerk, reason="Thiếu trang 2.", answer_by=date(2026, 12, 1),
            items=[{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp cả hai mặt."}],
        )  # fmt: skip
        houses.issued(house)
        sheets = {form.name: printed(form) for form in PrintedForm.objects.all()}
    assert set(sheets) == {paper.code for paper in PAPERS}
    for code, sheet in sheets.items():
        assert str(PAPERS[code].edition_on(NEW).title).split()[0] in sheet or code == "result", code
        assert f'class="paper {PAPERS[code].edition_on(NEW).size}"' in sheet, code
    assert "Cán bộ receptionist" in sheets["receipt"]
    assert "Không thuộc thẩm quyền giải quyết của đơn vị." in sheets["refusal"]
    assert "Bạn có thể nộp hồ sơ đến đúng cơ quan có thẩm quyền." in sheets["refusal"]
    assert "01/2026/HDHS" in sheets["supplement_request"]
    assert "Cán bộ signer" in sheets["result"]
    assert VaultItem.objects.count() == 1  # only the result is kept for its owner


def test_a_paper_of_no_edition_yet_is_a_fault():
    paper = PAPERS["receipt"]
    newest = type(paper)(paper.code, paper.label, paper.editions[1:], paper.context, paper.signer)
    assert newest.edition_on(NEW).circular == "TT 03/2025/TT-VPCP"
    with pytest.raises(LookupError, match="receipt has no edition"):
        newest.edition_on(OLD)


def test_a_paper_without_a_book_bears_no_number():
    assert numbering.number_in(None, "H29", 2026) == ""


@pytest.mark.django_db
def test_the_page_on_papers_adds_one(tmp_path, settings):
    (tmp_path / "dossiers" / "print").mkdir(parents=True)
    (sheet,) = blocks("add-a-paper", "django")
    (tmp_path / "dossiers" / "print" / "handover.html").write_text(sheet, encoding="utf-8")
    engine = {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    settings.TEMPLATES = [engine, *settings.TEMPLATES[1:]]
    house = houses.make_house()
    try:
        module = module_of("add-a-paper", tmp_path)
        assert faults(module.HANDOVER) == ["an event that calls for it"]
        dossier = results.return_to_citizen(
            dossier_id=houses.issued(house).pk, by=house.people["returner"], handed_to="Nguyễn Văn Mẫu"
        )
        form = PrintedForm.objects.create(
            dossier=dossier, name="handover", event_seq=dossier.event_count, called_at=clock.now(),
            number=numbering.number_in(module.HANDOVER.book, dossier.authority_code, 2026),
        )  # fmt: skip
        sheet = printed(form)
        assert "PHIẾU BIÊN NHẬN KẾT QUẢ" in sheet
        assert "Người nhận: Nguyễn Văn Mẫu" in sheet
        assert "Số: 01/2026/BNKQ" in sheet
        assert form.label == "Phiếu biên nhận kết quả"
    finally:
        PAPERS.remove("handover")
