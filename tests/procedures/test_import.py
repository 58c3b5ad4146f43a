"""Importing into the database: dry run, twice, changed sources, local edits kept, broken lines, the real files."""

import gzip
import io
import json
import time
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from procedures import queries, services
from procedures.enums import RevisionSource, RevisionState
from procedures.importing import Verdict, import_catalogue
from procedures.models import Field, Procedure, RequiredPaper, Revision, SearchEntry
from tests.procedures.factories import FieldFactory, ProcedureFactory, published
from tests.procedures.test_national import channel, paper, record

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def lines(*records):
    return [json.dumps(row).encode() for row in records]


def test_dry_run_writes_nothing():
    outcome = import_catalogue(lines(record()))
    assert outcome.verdicts == {Verdict.NEW: 1}
    assert not Procedure.objects.exists()


def test_import_writes_a_published_revision_with_its_rows():
    import_catalogue(lines(record(cases=[])), write=True)
    revision = queries.current_revision(Procedure.objects.get(code="1.000001"))
    assert (revision.source, revision.state, revision.valid_from) == (
        RevisionSource.IMPORT,
        RevisionState.PUBLISHED,
        date(2026, 4, 15),
    )
    assert [row.name for row in revision.papers.all()] == ["Tờ khai"]
    assert revision.limits.get().value == 3
    assert queries.search("thủ tục thử")[0].code == "1.000001"


def test_importing_twice_changes_nothing():
    rows = lines(record(), record(code="1.000002", name="Thủ tục khác"))
    import_catalogue(rows, write=True)
    before = Revision.objects.count(), RequiredPaper.objects.count(), SearchEntry.objects.count(), Field.objects.count()
    again = import_catalogue(rows, write=True)
    assert again.verdicts == {Verdict.SAME: 2}
    after = Revision.objects.count(), RequiredPaper.objects.count(), SearchEntry.objects.count(), Field.objects.count()
    assert after == before


def test_changed_source_makes_a_new_revision_and_ends_the_old(time_machine_at):
    import_catalogue(lines(record()), write=True)
    with time_machine_at("2026-12-01 09:00"):
        outcome = import_catalogue(lines(record(name="Thủ tục đã đổi")), write=True)
    assert outcome.verdicts == {Verdict.CHANGED: 1}
    old, new = Revision.objects.order_by("number")
    assert (old.state, old.valid_to) == (RevisionState.PUBLISHED, date(2026, 11, 30))
    assert (new.valid_from, new.name) == (date(2026, 12, 1), "Thủ tục đã đổi")
    assert Procedure.objects.get().name == "Thủ tục đã đổi"


def test_change_on_the_same_day_sets_the_first_aside():
    early = record(updated_at=4_000_000_000_000)  # a date to come counts as today
    import_catalogue(lines(early), write=True)
    import_catalogue(lines({**early, "conditions": "Mới"}), write=True)
    old, new = Revision.objects.order_by("number")
    assert old.state == RevisionState.RETIRED
    assert queries.current_revision(new.procedure_id) == new


def test_sheet_edited_here_is_kept_and_the_difference_told():
    procedure = ProcedureFactory(code="1.000001")
    local = published(procedure=procedure, name="Tên của địa phương", papers=["Một", "Hai"])
    outcome = import_catalogue(lines(record()), write=True)
    assert outcome.verdicts == {Verdict.KEPT: 1}
    assert queries.current_revision(procedure) == local
    told = {row.name: (row.here, row.there) for row in outcome.kept["1.000001"]}
    assert told["name"] == ("Tên của địa phương", "Thủ tục thử")
    assert told["papers"] == ("2", "1")


def test_overwrite_replaces_a_local_sheet_by_a_new_revision():
    procedure = ProcedureFactory(code="1.000001")
    local = published(procedure=procedure, name="Tên của địa phương")
    import_catalogue(lines(record()), write=True, overwrite=True)
    local.refresh_from_db()
    assert local.valid_to is not None
    assert queries.current_revision(procedure).source == RevisionSource.IMPORT


def test_abolished_procedure_is_not_brought_back():
    revision = published(procedure=ProcedureFactory(code="1.000001"))
    services.retire(procedure_id=revision.procedure_id, on=date(2026, 1, 1))
    assert import_catalogue(lines(record()), write=True).verdicts == {Verdict.KEPT: 1}


def test_field_of_the_same_name_under_another_code_is_one_field():
    FieldFactory()
    rows = lines(
        record(), record(code="1.000002", field_codes=["278536316"]), record(code="1.000003", field="Chứng thực")
    )
    import_catalogue(rows, write=True)
    assert sorted(Field.objects.values_list("name", flat=True)) == ["Chứng thực", "Hộ tịch"]
    assert Procedure.objects.filter(field__code="G15-TP07").count() == 2


def test_broken_lines_are_counted_and_the_rest_imported():
    rows = [b"{hong", *lines(record(), record()), b"\xff\xfe", *lines(record(code="1.000009"))]
    outcome = import_catalogue(rows, write=True)
    assert [fault.line for fault in outcome.faults] == [1, 3, 4]
    assert Procedure.objects.count() == 2


def test_sheet_the_database_refuses_does_not_take_its_batch_along():
    huge = record(code="1.000002", channels=[channel(fee_text="Phí: 1 Đồng", fee_amounts=[["Phí", 10**30]])])
    outcome = import_catalogue(lines(record(), huge, record(code="1.000003")), write=True)
    assert [fault.code for fault in outcome.faults] == ["1.000002"]
    assert outcome.verdicts == {Verdict.NEW: 2}
    assert Procedure.objects.count() == 2


def test_command_reports_in_words_and_reads_gzip(tmp_path):
    file = tmp_path / "nho.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join([*lines(record(components=[paper(name="")])), b"{hong"])))
    out = io.StringIO()
    call_command("import_procedures", str(file), stdout=out, skip_checks=True)
    text = out.getvalue()
    assert "Đọc được 1 thủ tục: 1 mới" in text
    assert "! dòng 2 (?)" in text
    assert "không tên" in text
    assert "chưa ghi gì" in text
    assert not Procedure.objects.exists()


def test_command_names_a_missing_or_broken_file(tmp_path):
    broken = tmp_path / "hong.gz"
    broken.write_bytes(b"\x1f\x8bkhong phai gzip")
    for file in (tmp_path / "khong-co.jsonl", broken):
        with pytest.raises(CommandError, match="Không đọc được tệp"):
            call_command("import_procedures", str(file), skip_checks=True)


@pytest.mark.slow
@pytest.mark.skipif(
    not (SHARED / "procedures.jsonl").exists(), reason="the national catalogue is not beside this checkout"
)
def test_national_catalogue_imports_whole_in_a_minute():
    begun = time.monotonic()
    with (SHARED / "procedures.jsonl").open("rb") as file:
        outcome = import_catalogue(file, write=True)
    assert time.monotonic() - begun < 60
    assert (outcome.read, outcome.faults) == (2809, [])
    for query in ("khai sinh", "khai sinh con", "giay khai sinh", "đăng ký khai sinh cho con"):
        assert queries.search(query)[0].code == "1.001193", query
