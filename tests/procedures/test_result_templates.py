"""Templates of result papers: data that is whole, versions that never change, editions by day, an officer's form."""

import json
from datetime import date

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from dossiers.papers import PAPERS
from procedures import formspec, result_templates, seeds
from procedures.enums import FieldSource
from procedures.models import RequiredPaper, ResultTemplate
from procedures.result_templates import FOLDER, PaperSpec, load, read, template, template_for, template_on
from tests.factories import MembershipFactory, ProcedureFactory, RevisionFactory
from tests.house.source import ROOT

DAY = date(2026, 11, 5)
FILES = sorted(FOLDER.glob("*.json"))
OF_FORMS = {
    "khai_sinh": "khai_sinh",
    "xac_nhan_hon_nhan": "xac_nhan_hon_nhan",
    "dang_ky_ho_kinh_doanh": "ho_kinh_doanh",
    "giay_phep_xay_dung_2024": "giay_phep_nha_o",
    "giay_phep_xay_dung_2026": "giay_phep_nha_o",
    "to_trinh_khen_thuong": "thi_dua_khen_thuong",
}
BESIDE_ANSWERS = {"tinh", "co_quan", "tt_nam_so"}


def minimal(**changes):
    values = {
        "code": "thu",
        "valid_from": "2020-01-01",
        "law": "NĐ 1/2020/NĐ-CP",
        "title": "GIẤY THỬ",
        "layout": "thong_bao",
        "book": "thu",
        "symbol": "GT",
        "signer": {"chief": "CHỦ TỊCH", "deputy": "PHÓ CHỦ TỊCH"},
        "compare_note": "Chưa so.",
        "fields": [{"key": "noi_dung", "label": "Nội dung", "kind": "text", "source": "officer", "required": True}],
    }
    return {**values, **changes}


def written(folder, name="thu", **changes):
    (folder / f"{name}.json").write_text(json.dumps(minimal(**changes)), encoding="utf-8")


# ── the files ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_a_template_with_a_layout_and_a_note_to_compare(path):
    spec = read(path)
    assert (ROOT / "templates" / "dossiers" / "print" / "results" / f"{spec.layout}.html").is_file()
    assert len(spec.compare_note) > 40
    assert spec.law
    assert spec.book not in {paper.book.kind for paper in PAPERS if paper.book}, "results have books of their own"


@pytest.mark.parametrize("name", OF_FORMS)
def test_first_values_come_from_questions_of_the_form(name):
    form = {field.key: field for field in formspec.load(seeds.form_spec(OF_FORMS[name])).fields()}
    for field in read(FOLDER / f"{name}.json").fields:
        origin = field.origin
        if origin is None:
            continue
        if origin.answer:
            asked = form[origin.answer]
            same = {type(asked.kind), *type(asked.kind).__mro__} & {type(field.question.kind)}
            assert same or origin.translate or origin.year_only, field.key
        if origin.phrase:
            assert origin.phrase.keys <= set(form) | BESIDE_ANSWERS, field.key
            sealed = {key for key in origin.phrase.keys & set(form) if form[key].kind.seals_number}
            assert sealed == set(), "a number never stands in a text"


def test_every_layout_shows_every_field():
    for path in FILES:
        spec = read(path)
        folder = ROOT / "templates" / "dossiers" / "print" / "results"
        text = "".join(page.read_text() for page in [folder / f"{spec.layout}.html", *folder.glob("_*.html")])
        phrases = [field.phrase for field in spec.fields if field.phrase]
        asked = {key for phrase in phrases for key in phrase.keys} | {field.words_of for field in spec.fields}
        silent = [
            field.key
            for field in spec.fields
            if f"v.{field.key}" not in text and f"t.{field.key}" not in text and field.key not in asked
        ]
        steering = {question.when.field for question in spec.form.fields() if question.when}
        assert set(silent) - steering == set(), path.name


def test_results_are_kept_under_the_kinds_that_papers_ask_for():
    asked = {
        paper.get("vault_kind")
        for path in seeds.FOLDER.glob("*.json")
        if path.name not in seeds.NOT_PROCEDURES
        for revision in json.loads(path.read_text())["revisions"]
        for paper in revision["papers"]
    }
    kinds = {read(path).vault_kind for path in FILES}
    assert {"giay_khai_sinh", "xac_nhan_hon_nhan"} <= asked & kinds
    assert RequiredPaper._meta.get_field("vault_kind").max_length >= max(map(len, kinds))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"book": "Sổ"}, "book"),
        ({"surprise": 1}, "surprise"),
        ({"bearer": "ai_do"}, "ai_do"),
        ({"numbering": "{so}/{symbol}"}, "cách viết số"),
        ({"fields": [{"key": "a", "label": "A", "kind": "khong_co", "source": "officer"}]}, "khong_co"),
        ({"fields": [{"key": "a", "label": "A", "kind": "text", "source": "ai_do"}]}, "source"),
        ({"fields": [{"key": "a", "label": "A", "kind": "text", "source": "system", "phrase": {"text": "{b}"}}]}, "b"),
        ({"fields": [{"key": "a", "label": "A", "kind": "text", "source": "system", "words_of": "b"}]}, "b"),
        ({"fields": [{"key": "a", "label": "A", "kind": "text", "source": "system"}]}, "a"),
        ({"fields": []}, "fields"),
    ],
)
def test_a_fault_is_named(tmp_path, changes, words):
    written(tmp_path, **changes)
    with pytest.raises(ValueError, match=words) as caught:
        read(tmp_path / "thu.json")
    assert "thu.json" in str(caught.value)


# ── versions ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_every_installation_has_them_after_its_migrations_and_loading_again_adds_nothing():
    assert ResultTemplate.objects.count() == len(FILES)
    assert load() == 0


@pytest.mark.django_db
def test_a_changed_file_is_a_new_version_and_the_old_one_stays(tmp_path):
    written(tmp_path)
    assert load(tmp_path) == 1
    written(tmp_path, title="GIẤY THỬ MỚI")
    assert load(tmp_path) == 1
    assert load(tmp_path) == 0
    assert template("thu", 1).title == "GIẤY THỬ"
    assert (template_on("thu", DAY).version, template_on("thu", DAY).title) == (2, "GIẤY THỬ MỚI")
    written(tmp_path)  # what was once right again is a third version, not the first one
    assert load(tmp_path) == 1
    assert template_on("thu", DAY).version == 3
    with pytest.raises(LookupError):
        template("thu", 9)


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_version_cannot_be_changed(change):
    row = ResultTemplate.objects.filter(code="khai_sinh")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(digest="") if change == "update" else row.delete()


@pytest.mark.django_db
def test_editions_hold_by_day(tmp_path):
    written(tmp_path, "cu", valid_to="2024-12-31", law="cũ")
    written(tmp_path, "moi", valid_from="2025-01-01", law="mới")
    load(tmp_path)
    assert template_on("thu", date(2019, 12, 31)) is None
    assert template_on("thu", date(2024, 12, 31)).law == "cũ"
    assert template_on("thu", date(2025, 1, 1)).law == "mới"
    assert template_on("thu", date(2025, 1, 1), filed=date(2024, 1, 1)).law == "mới"


@pytest.mark.django_db
def test_an_edition_may_leave_dossiers_filed_before_it_to_the_one_before(tmp_path):
    written(tmp_path, "cu", law="cũ")
    written(tmp_path, "moi", valid_from="2025-01-01", law="mới", day="filed")
    load(tmp_path)
    assert template_on("thu", DAY, filed=date(2024, 12, 31)).law == "cũ"
    assert template_on("thu", DAY, filed=date(2025, 1, 1)).law == "mới"
    assert template_on("thu", DAY).law == "mới"
    assert template_on("thu", DAY, filed=date(2019, 1, 1)).law == "mới"


@pytest.mark.django_db
def test_a_revision_without_a_template_gives_the_general_notice():
    assert template_for([], DAY).code == "thong_bao_ket_qua"
    assert template_for([{"code": "KQ1", "name": "Kết quả"}], DAY).code == "thong_bao_ket_qua"
    assert template_for([{"template": "khai_sinh"}], DAY).code == "khai_sinh"
    assert template_for([{"template": "khai_sinh"}], DAY, refuses=True).code == "tu_choi_giai_quyet"
    with pytest.raises(LookupError):
        template_for([], date(1990, 1, 1))


# ── numbers and forms ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("khai_sinh", "1/2026"),
        ("xac_nhan_hon_nhan", "01/UBND-XNTTHN"),
        ("giay_phep_xay_dung_2026", "01/GPXD"),
        ("to_trinh_khen_thuong", "01/TTr-UBND"),
        ("thong_bao_ket_qua", "01/TB-UBND"),
        ("tu_choi_giai_quyet", "01/TB-UBND"),
    ],
)
def test_number_is_written_as_the_paper_has_it(name, text):
    spec = read(FOLDER / f"{name}.json")
    assert spec.number_text(1, 2026) == text
    assert spec.number_text(None, 2026).startswith("……")


def test_results_and_notices_have_books_apart():
    books = {path.stem: read(path).book for path in FILES}
    assert books["thong_bao_ket_qua"] == books["tu_choi_giai_quyet"] == "thong_bao"
    others = [book for name, book in books.items() if name not in {"thong_bao_ket_qua", "tu_choi_giai_quyet"}]
    assert "thong_bao" not in others
    assert len(set(others)) == 5


def test_what_the_officer_types_is_cleaned_by_the_kinds_of_its_questions():
    spec = read(FOLDER / "xac_nhan_hon_nhan.json")
    typed = {"ho_ten": "  Trần  Văn Mẫu ", "ngay_sinh": "1989", "giay_to_ngay_cap": "31/02/2024", "tinh_trang": "z"}
    form = result_templates.officer_form(spec, {}, partial=True)({**typed, "giay_to_loai": "Thẻ căn cước"})
    assert not form.is_valid()
    assert set(form.errors) == {"giay_to_ngay_cap", "tinh_trang"}
    form = result_templates.officer_form(spec, {}, partial=True)({"ho_ten": "  Trần  Văn Mẫu ", "ngay_sinh": "1989"})
    assert form.is_valid()
    assert form.answers() == {"ho_ten": "Trần Văn Mẫu", "ngay_sinh": "1989"}


def test_a_number_of_another_system_is_asked_with_its_source_and_time():
    spec = PaperSpec.model_validate(
        minimal(
            fields=[{"key": "ma", "label": "Mã số", "kind": "text", "source": FieldSource.EXTERNAL, "required": True}]
        )
    )
    form = result_templates.officer_form(spec, {})({"ma": "1", "ma_nguon": "Hệ thống", "ma_luc": "9:05 5/11/2026"})
    assert form.is_valid(), form.errors
    assert form.answers() == {"ma": "1", "ma_nguon": "Hệ thống", "ma_luc": "2026-11-05T09:05"}
    assert result_templates.blocking(spec, form.answers(), DAY) == []


@pytest.mark.django_db
@pytest.mark.web
def test_the_controllers_page_says_what_must_be_compared(client):
    controller = MembershipFactory(role=Role.PROCEDURE_CONTROLLER).user
    TOTP.activate(controller, "A" * 32)
    client.force_login(controller)
    procedure = ProcedureFactory(code="9.999999")
    RevisionFactory(procedure=procedure, results=[{"code": "KQ", "name": "Giấy", "template": "khai_sinh"}])
    shown = client.get(reverse("procedures:papers")).content.decode()
    assert shown.count("Cần đối chiếu") == len(FILES) + 1
    for path in FILES:
        assert read(path).compare_note[:30] in shown
    assert "9.999999" in shown
    assert "……/UBND-XNTTHN" in shown
