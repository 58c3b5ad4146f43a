"""Seals: chained, keyed, exported; each way of changing what is sealed is found and named."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.test import override_settings

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers import tasks
from dossiers.enums import Sealed
from dossiers.ledger import columns_of, event_hash
from dossiers.models.event import DossierEvent
from dossiers.models.result import PrintedForm
from dossiers.models.seal import Seal, SealExport, SealRow, SealStamp, Unsealed
from dossiers.services import desk, evidence, results, seals
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from portal import clock
from tests import houses
from tests.portal.test_timestamps import authority, honest
from vault import keeping
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.unit, pytest.mark.slow]
FAULT, UNCHECKED, NOTE = Weight.FAULT, Weight.UNCHECKED, Weight.NOTE


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def tamper(sql, *values):
    """Change rows as somebody would who owns the database: no trigger, no constraint speaks."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        assert cursor.rowcount > 0, "nothing was tampered with"
        cursor.execute("SET session_replication_role = origin")


def said(weight=FAULT):
    """Lines of one weight, but for the demo's word on its own rights (tests/portal/test_rights.py)."""
    found = [finding.text for finding in examine() if finding.weight is weight]
    return [text for text in found if not text.startswith("demo:")]


def rechain(dossier_id):
    """Compute a dossier's chain anew, as an attacker who knows the program would."""
    previous = ""
    for event in DossierEvent.objects.filter(dossier_id=dossier_id).order_by("seq"):
        values = {name: getattr(event, name) for name in columns_of(event.schema_version)}
        digest = event_hash(values, previous)
        tamper(
            "UPDATE dossiers_dossierevent SET previous_hash = %s, hash = %s WHERE id = %s", previous, digest, event.pk
        )
        previous = digest


def a_read(house, **changes):
    return PersonalDataRead.objects.create(
        **{"reader": house.people[Role.OFFICER], "party": house.party, "what": "mở hồ sơ", "subject": "X", **changes}
    )


# ── making seals ─────────────────────────────────────────────────────────────────────────────────


def test_every_act_leaves_a_mark_and_a_seal_takes_them(house):
    dossier = houses.received(house)
    assert set(Unsealed.objects.values_list("dossier_id", flat=True)) == {dossier.pk}
    assert seals.seal_now() == 1
    assert Unsealed.objects.count() == 0
    head = DossierEvent.objects.filter(dossier_id=dossier.pk).latest("seq")
    row = SealRow.objects.get(kind=Sealed.LEDGER)
    assert (row.subject, row.position, row.digest) == (dossier.pk, head.seq, head.hash)


def test_nothing_new_makes_no_seal(house):
    assert seals.seal_now() is None
    houses.submitted(house)
    assert (seals.seal_now(), seals.seal_now()) == (1, None)
    assert said() == said(UNCHECKED) == []


def test_seals_are_chained_and_macs_need_the_key(house):
    dossier = houses.submitted(house)
    seals.seal_now()
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    assert seals.seal_now() == 2
    first, second = Seal.objects.order_by("number")
    assert (first.previous_mac, second.previous_mac) == ("", first.mac)
    (key,) = evidence.keys().values()
    assert evidence.mac(second, key) == second.mac != evidence.mac(second, "another key")
    assert said() == []


def test_a_dossier_from_filing_to_hand_over_is_sealed_with_result_papers_and_files(house):
    with transaction.atomic():
        dossier = houses.issued(house)
    for form in dossier.printed_forms.all():
        tasks.print_form(form.pk)
    results.return_to_citizen(dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
    seals.seal_now()
    kinds = set(SealRow.objects.values_list("kind", flat=True))
    assert kinds >= {Sealed.LEDGER, Sealed.RESULT, Sealed.HANDOVER, Sealed.PAPER}
    assert SealRow.objects.filter(kind=Sealed.PAPER).count() == dossier.printed_forms.count()
    assert said() == said(UNCHECKED) == said(NOTE) == []


def test_a_paper_made_after_the_seal_is_covered_by_the_next(house, django_capture_on_commit_callbacks):
    dossier = houses.received(house)
    seals.seal_now()
    assert SealRow.objects.filter(kind=Sealed.PAPER).count() == 0
    for form in dossier.printed_forms.all():
        tasks.print_form(form.pk)
    assert seals.seal_now() == 2
    assert SealRow.objects.filter(kind=Sealed.PAPER).count() == dossier.printed_forms.count() > 0


def test_seals_cannot_be_changed(house):
    houses.submitted(house)
    seals.seal_now()
    for rows in (SealRow.objects.all(), SealExport.objects.all()):
        with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
            rows.delete()
    with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
        Seal.objects.update(mac="")
    with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
        SealRow.objects.update(digest="")


def test_keys_rotate_the_first_seals_all_verify(house, settings):
    settings.SEAL_KEYS = ["first"]
    dossier = houses.submitted(house)
    seals.seal_now()
    settings.SEAL_KEYS = ["second", "first"]
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    seals.seal_now()
    assert len(set(Seal.objects.values_list("key_id", flat=True))) == 2
    assert said() == said(UNCHECKED) == []


# ── what cannot be checked is not whole ──────────────────────────────────────────────────────────


def test_a_missing_key_is_cannot_check_and_never_whole(house, settings):
    houses.submitted(house)
    seals.seal_now()
    settings.SEAL_KEYS = ["some other key"]
    assert said() == []
    (line,) = said(UNCHECKED)
    assert "seals 1" in line
    with pytest.raises(CommandError, match="cannot be checked") as raised:
        call_command("check_dossiers", stdout=StringIO(), stderr=StringIO())
    assert raised.value.returncode == 3


def test_without_any_key_nothing_is_sealed_and_the_marks_stay(house, settings):
    houses.submitted(house)
    settings.SEAL_KEYS = []
    assert tasks.seal() is None
    assert Unsealed.objects.count() == 1
    assert any("SEAL_KEYS is empty" in line for line in said(UNCHECKED))
    settings.SEAL_KEYS = ["a key at last"]
    assert tasks.seal() == 1


def test_what_no_seal_covers_is_said(house):
    houses.received(house)
    (line,) = said(NOTE)
    assert line.startswith("2 events of 1 dossiers are not sealed yet")
    out = StringIO()
    call_command("check_dossiers", stdout=out)
    assert "2 events of 1 dossiers" in out.getvalue()
    assert "whole" in out.getvalue()


def test_a_change_before_the_first_seal_is_not_found(house):
    """The documented limit: what is written anew within the hour, chain and all, leaves no trace."""
    dossier = houses.received(house)
    tamper("UPDATE dossiers_dossierevent SET ward_code = '99' WHERE dossier_id = %s", dossier.pk)
    rechain(dossier.pk)
    seals.seal_now()
    assert said() == []


# ── tampering ────────────────────────────────────────────────────────────────────────────────────


def test_the_last_event_removed_is_found(house):
    dossier = houses.received(house)
    seals.seal_now()
    tamper("DELETE FROM dossiers_dossierevent WHERE dossier_id = %s AND seq = 2", dossier.pk)
    tamper("UPDATE dossiers_dossier SET state = 'submitted', event_count = 1 WHERE id = %s", dossier.pk)
    assert f"dossier {dossier.pk}: event 2, sealed in seal 1, was removed" in said()


def test_a_whole_dossier_removed_is_found(house):
    dossier = houses.received(house)
    kept = houses.submitted(house)
    seals.seal_now()
    for table in ("dossierevent", "eventtext", "workitem", "printedform", "attachment", "clocksegment"):
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(f"DELETE FROM dossiers_{table} WHERE dossier_id = %s", [dossier.pk])
    tamper("DELETE FROM dossiers_dossier WHERE id = %s", dossier.pk)
    tamper("UPDATE dossiers_counter SET last = last - 1 WHERE kind = 'dossier'")
    found = said()
    assert f"dossier {dossier.pk}: event 2, sealed in seal 1, was removed" in found
    assert not any(f"dossier {kept.pk}" in line for line in found)


def test_a_chain_computed_anew_is_found(house):
    dossier = houses.received(house)
    seals.seal_now()
    tamper("UPDATE dossiers_dossierevent SET channel = 1 WHERE dossier_id = %s", dossier.pk)
    assert any("breaks the chain" in line for line in said())
    rechain(dossier.pk)
    assert said() == [f"dossier {dossier.pk}: event 2, sealed in seal 1, was written anew"]


def test_a_text_changed_or_removed_is_found(house):
    dossier = houses.submitted(house)
    houses.refuse(house, dossier, reason_code="other", reason="Lý do thật.")
    seals.seal_now()
    tamper("UPDATE dossiers_eventtext SET text = 'Lý do khác.' WHERE dossier_id = %s", dossier.pk)
    assert said() == [f"dossier {dossier.pk}: the text of event 4 was changed"]
    tamper("DELETE FROM dossiers_eventtext WHERE dossier_id = %s", dossier.pk)
    assert said() == [f"dossier {dossier.pk}: the text of event 4 is missing and no event says that it was erased"]


@pytest.mark.parametrize("change", ["content = 'Khác'", "number = '99/2026/KQ-UBND'", "is_refusal = NOT is_refusal"])
def test_a_result_changed_is_found(house, change):
    dossier = houses.issued(house)
    seals.seal_now()
    tamper(f"UPDATE dossiers_result SET {change} WHERE dossier_id = %s", dossier.pk)
    assert f"result of dossier {dossier.pk}, sealed in seal 1, was changed" in said()


def test_a_result_removed_or_slipped_in_is_found(house):
    dossier = houses.issued(house)
    seals.seal_now()
    tamper("UPDATE dossiers_result SET dossier_id = dossier_id + 1000000 WHERE dossier_id = %s", dossier.pk)
    assert f"result of dossier {dossier.pk}, sealed in seal 1, was removed" in said()


def test_a_changed_thing_is_not_made_good_by_the_next_seal(house):
    dossier = houses.issued(house)
    seals.seal_now()
    tamper("UPDATE dossiers_result SET content = 'Khác' WHERE dossier_id = %s", dossier.pk)
    results.return_to_citizen(dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
    assert seals.seal_now() == 2
    assert said() == [f"result of dossier {dossier.pk}, sealed in seal 1, was changed"]


def test_the_row_of_a_stored_paper_changed_is_found(house):
    dossier = houses.received(house)
    form = dossier.printed_forms.get()
    tasks.print_form(form.pk)
    seals.seal_now()
    tamper("UPDATE vault_storedfile SET sha256 = repeat('0', 64)")
    assert f"printed form {form.pk}, sealed in seal 1, was changed" in said()


def test_changed_or_missing_bytes_of_a_stored_paper_are_found(house):
    dossier = houses.received(house)
    form = dossier.printed_forms.get()
    tasks.print_form(form.pk)
    form.refresh_from_db()
    seals.seal_now()
    assert said() == said(NOTE) == []
    path = Path(default_storage.path(form.file.key))
    path.write_bytes(path.read_bytes() + b" ")
    assert said() == [f"stored file {form.file_id}: its bytes are changed"]
    path.unlink()
    assert said() == [f"stored file {form.file_id}: its bytes are missing"]


def test_without_the_key_of_a_file_its_bytes_cannot_be_checked(house, settings):
    form = houses.received(house).printed_forms.get()
    tasks.print_form(form.pk)
    form.refresh_from_db()
    seals.seal_now()
    settings.FILE_KEYS = ["another"]
    assert said() == []
    assert said(UNCHECKED) == [f"the bytes of 1 stored files: FILE_KEYS holds no key {form.file.key_id}"]


def test_files_stored_before_they_were_encrypted_are_noted(house):
    form = houses.received(house).printed_forms.get()
    tasks.print_form(form.pk)
    form.refresh_from_db()
    seals.seal_now()
    with keeping.opened(form.file) as stream:
        plain = stream.read()
    Path(default_storage.path(form.file.key)).write_bytes(plain)
    StoredFile.objects.update(wrapped_key=None, key_id="")
    assert said() == []
    assert said(NOTE) == ["1 of 1 stored files are not encrypted (manage.py encrypt_files)"]


def test_an_event_slipped_in_without_a_mark_is_found(house):
    dossier = houses.received(house)
    seals.seal_now()
    tamper(
        "INSERT INTO dossiers_eventtext (dossier_id, seq, text, is_public) VALUES (%s, 2, 'lời thêm', true)", dossier.pk
    )
    assert said() == [f"dossier {dossier.pk}: a text stands at event 2, which has none"]
    Unsealed.objects.all().delete()
    houses.submitted(house)
    Unsealed.objects.all().delete()
    assert any("are in no seal and wait for none" in line for line in said())


# ── read log ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_personaldataread SET what = 'khác' WHERE id = %s",
        "DELETE FROM accounts_personaldataread WHERE id = %s",
    ],
)
def test_the_read_log_changed_or_shortened_is_found(house, change):
    rows = [a_read(house) for _ in range(3)]
    seals.seal_now()
    assert said() == []
    tamper(change, rows[1].pk)
    assert said() == [f"the read log: entries {rows[0].pk}-{rows[2].pk}, sealed in seal 1, were changed or removed"]


def test_a_read_committed_late_is_sealed_by_the_next_seal(house):
    """Ids are given before they are committed: a smaller one may turn up after a larger one was sealed."""
    first = a_read(house)
    late = a_read(house)
    last = a_read(house)
    PersonalDataRead.objects.filter(pk=late.pk).delete()
    seals.seal_now()
    late.save(force_insert=True)
    assert seals.seal_now() == 2
    spans = list(SealRow.objects.filter(kind=Sealed.READS).order_by("seal_id").values_list("span", flat=True))
    assert spans == [f"{first.pk},{last.pk}", str(late.pk)]
    assert said() == []


def test_a_read_slipped_in_among_settled_ones_is_found(house):
    a_read(house)
    gone = a_read(house)
    a_read(house)
    PersonalDataRead.objects.filter(pk=gone.pk).delete()
    seals.seal_now()
    for days in (2, 4):
        with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=days), tick=False):
            a_read(house)
            seals.seal_now()
    gone.save(force_insert=True)
    assert seals.seal_now() is None
    assert any("1 entries stand among sealed ones" in line for line in said())


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


def test_a_gap_in_the_numbers_is_found(house):
    houses.received(house)
    dossier = houses.received(house)
    houses.received(house)
    assert said() == []
    tamper("UPDATE dossiers_dossier SET code = 'x' WHERE id = %s", dossier.pk)
    assert "dossier numbers 2 of H29.951 in 261118 were given and nothing bears them" in said()


def test_a_number_nobody_gave_is_found(house):
    dossier = houses.received(house)
    tamper("UPDATE dossiers_dossier SET code = 'H29.951-261118-0007' WHERE id = %s", dossier.pk)
    assert "dossier numbers 7 of H29.951 in 261118 are in use and were never given" in said()


def test_a_gap_in_the_book_of_results_is_found(house):
    houses.issued(house)
    tamper("UPDATE dossiers_counter SET last = 2 WHERE kind = 'thong_bao'")
    assert "thong_bao numbers 2 of H29.951 in 2026 were given and nothing bears them" in said()


def test_a_gap_in_the_book_of_a_printed_paper_is_found(house):
    dossier = houses.submitted(house)
    tamper("INSERT INTO dossiers_counter (scope, kind, period, last) VALUES ('H29.951', 'guidance', '2026', 2)")
    PrintedForm.objects.create(
        dossier=dossier, name="supplement_request", number="01/2026/HDHS", event_seq=1, called_at=clock.now()
    )
    assert said() == ["guidance numbers 2 of H29.951 in 2026 were given and nothing bears them"]


# ── the seals themselves and their file ──────────────────────────────────────────────────────────


def lines_of(settings):
    return [json.loads(line) for line in Path(settings.SEAL_FILE).read_text().splitlines()]


def two_seals(house):
    dossier = houses.submitted(house)
    seals.seal_now()
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    seals.seal_now()
    return dossier


def test_every_seal_is_a_line_of_the_file(house, settings):
    two_seals(house)
    assert [line["number"] for line in lines_of(settings)] == [1, 2]
    assert [line["mac"] for line in lines_of(settings)] == list(
        Seal.objects.order_by("number").values_list("mac", flat=True)
    )


def test_a_file_that_cannot_be_written_is_made_up_for(house, settings, tmp_path):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    settings.SEAL_FILE, whole = blocked / "seals.jsonl", settings.SEAL_FILE
    houses.submitted(house)
    assert seals.seal_now() == 1
    settings.SEAL_FILE = whole
    assert any("not in the seal file yet" in line for line in said(NOTE))
    assert seals.seal_now() is None
    assert [line["number"] for line in lines_of(settings)] == [1]
    assert said() == said(NOTE) == []


def test_a_seal_file_cut_is_named(house, settings):
    two_seals(house)
    first = Path(settings.SEAL_FILE).read_text().splitlines()[0]
    Path(settings.SEAL_FILE).write_text(f"{first}\n")
    assert said() == ["the seal file lacks seals 2, which were written to it"]
    call_command("seal_ledger", "--rewrite-file", stdout=StringIO())
    assert said() == []
    assert len(list(Path(settings.SEAL_FILE).parent.glob("seals.jsonl.*"))) == 1


def test_a_seal_file_that_is_not_there_cannot_prove(house, settings):
    two_seals(house)
    Path(settings.SEAL_FILE).unlink()
    assert said() == []
    assert any("is not there" in line for line in said(UNCHECKED))


def test_a_torn_line_is_ended_and_written_again(house, settings):
    two_seals(house)
    path = Path(settings.SEAL_FILE)
    path.write_text(path.read_text()[:-40])
    tamper("DELETE FROM dossiers_sealexport WHERE seal_id = 2")
    assert seals.export() == 1
    assert said() == []
    assert said(NOTE) == ["the seal file has 1 unreadable line(s)"]


def test_seals_removed_from_the_database_are_found_by_the_file(house):
    dossier = two_seals(house)
    tamper("DELETE FROM dossiers_sealrow WHERE seal_id = 2")
    tamper("DELETE FROM dossiers_sealexport WHERE seal_id = 2")
    tamper("DELETE FROM dossiers_seal WHERE number = 2")
    tamper("DELETE FROM dossiers_dossierevent WHERE dossier_id = %s AND seq = 2", dossier.pk)
    assert any("holds seals 2, which the database lacks" in line for line in said())


def test_a_seal_made_anew_without_the_key_is_found(house):
    dossier = two_seals(house)
    tamper("UPDATE dossiers_dossierevent SET channel = 1 WHERE dossier_id = %s", dossier.pk)
    rechain(dossier.pk)
    tamper(
        "UPDATE dossiers_sealrow r SET digest = e.hash FROM dossiers_dossierevent e "
        "WHERE r.kind = 'ledger' AND e.dossier_id = r.subject AND e.seq = r.position"
    )
    assert said() == [f"seal {number}: rows under it were changed, added or removed" for number in (1, 2)]
    for seal in Seal.objects.order_by("number"):
        digest = evidence.digest_of_rows(seal.rows.order_by(*evidence.ROW_ORDER))
        tamper("UPDATE dossiers_seal SET rows_digest = %s WHERE number = %s", digest, seal.number)
    found = said()
    assert [f"seal {number} was changed: its mac does not fit" for number in (1, 2)] == found[:2]
    assert "seal 1 in the seal file differs from the database's" in found


@override_settings(SEAL_KEYS=["stolen"])
def test_even_with_the_key_the_file_tells(house, settings):
    two_seals(house)
    seal = Seal.objects.get(number=2)
    seal.sealed_at = clock.now() + timedelta(hours=1)
    tamper(
        "UPDATE dossiers_seal SET sealed_at = %s, mac = %s WHERE number = 2",
        seal.sealed_at,
        evidence.mac(seal, "stolen"),
    )
    assert said() == ["seal 2 in the seal file differs from the database's"]


def test_a_seal_in_the_middle_removed_is_found(house):
    two_seals(house)
    tamper("DELETE FROM dossiers_sealrow WHERE seal_id = 1")
    tamper("DELETE FROM dossiers_sealexport WHERE seal_id = 1")
    tamper("DELETE FROM dossiers_seal WHERE number = 1")
    assert any("seal 2 does not follow" in line for line in said())


# ── the time-stamping authority ──────────────────────────────────────────────────────────────────


def test_the_newest_seal_is_stamped_when_an_authority_is_named(house, settings):
    two_seals(house)
    assert seals.stamp_newest() is False
    with authority(honest) as settings.TSA_URL:
        assert (seals.stamp_newest(), seals.stamp_newest()) == (True, False)
    assert SealStamp.objects.get().seal_id == 2
    assert said() == []
    tamper("UPDATE dossiers_sealstamp SET seal_id = 1")
    assert said() == ["seal 1: the time stamp kept with it is about something else"]


def test_an_authority_that_is_away_costs_no_seal(house, settings):
    settings.TSA_URL = "http://127.0.0.1:1/"
    houses.submitted(house)
    assert tasks.seal() == 1
    assert SealStamp.objects.count() == 0
    with authority(honest) as settings.TSA_URL:
        assert tasks.seal() is None
    assert SealStamp.objects.get().seal_id == 1


# ── spans ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("ids", "span"), [([5], "5"), ([3, 1, 2], "1-3"), ([1, 2, 4, 9, 10], "1-2,4,9-10")])
def test_ids_as_spans(ids, span):
    assert evidence.span_of(ids) == span
    assert list(evidence.ids_of(span)) == sorted(ids)


def test_faults_end_with_one(house):
    houses.received(house)
    tamper("UPDATE dossiers_dossier SET state = 'done'")
    with pytest.raises(CommandError, match="1 fault") as raised:
        call_command("check_dossiers", stdout=StringIO(), stderr=StringIO())
    assert raised.value.returncode == 1
