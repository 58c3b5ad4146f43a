"""Files at rest: encrypted when stored, opened by every reader, old ones encrypted afterwards, master keys changed."""

import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.http import Http404

from portal import clock
from portal.errors import LimitError
from tests.factories import UserFactory
from tests.vault import samples
from tests.vault.test_scan import FakeClamd
from vault import content, encryption, integrity, keeping, queries, services, tasks, views
from vault.enums import ScanState
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.unit]
LARGE = samples.PDF + bytes(3 * encryption.PIECE)


def stored(data=samples.PDF, name="giấy.pdf"):
    return services.store_bytes(name=name, mime=content.PDF, content=data)


def stored_before(data=samples.PDF):
    """A file as it was stored before files were encrypted."""
    file = stored(data)
    key = default_storage.save(f"2026/01/{uuid.uuid4().hex}", ContentFile(data))
    default_storage.delete(file.key)
    StoredFile.objects.filter(pk=file.pk).update(key=key, wrapped_key=None, key_id="")
    return fresh(file)


def fresh(file):
    return StoredFile.objects.get(pk=file.pk)


def raw(file):
    with default_storage.open(file.key) as stream:
        return stream.read()


def overwrite(file, data):
    default_storage.delete(file.key)
    assert default_storage.save(file.key, ContentFile(data)) == file.key


def served(file):
    answer = views.serve(fresh(file))
    if not answer.streaming:
        return answer.status_code, answer.content.decode()
    body = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(body)
    answer.file_to_stream.close()  # closing the answer itself would close the connection of the test
    return answer.status_code, body


def compared():
    return integrity.compare(everything=True)


# ── what is stored ───────────────────────────────────────────────────────────────────────────────


def test_what_is_stored_cannot_be_read_without_the_door():
    file = stored(LARGE)
    assert samples.PDF not in raw(file)
    assert file.key_id == encryption.newest_key_id()
    assert file.pk.hex not in file.key
    assert served(file) == (200, LARGE)
    assert fresh(file).size == len(LARGE)


def test_a_file_stored_before_is_read_as_it_lies():
    file = stored_before(LARGE)
    assert raw(file) == LARGE
    assert served(file) == (200, LARGE)
    assert compared().wrong == []


def test_the_scanner_gets_the_plain_bytes(settings):
    server = FakeClamd()
    settings.CLAMD = server.address
    file = services.store_upload(samples.opened("a.pdf", LARGE + b"%%EOF"), by=UserFactory())
    tasks.scan_file(file_id=str(file.pk))
    assert server.received == [LARGE + b"%%EOF"]
    assert fresh(file).scan_state == ScanState.CLEAN
    server.close()


# ── no key ───────────────────────────────────────────────────────────────────────────────────────


def test_without_its_key_a_file_is_not_opened_and_not_called_changed(settings, caplog):
    file = stored()
    settings.FILE_KEYS = ["another"]
    status, text = served(file)
    assert status == 503
    assert "đang thiếu khóa nên chưa mở được" in text
    assert "file.no_key" in caplog.text
    found = compared()
    assert (found.files, found.total, found.wrong, found.without_key) == (0, 1, [], {file.key_id: 1})


def test_without_any_key_an_upload_is_refused_with_a_sentence(settings, caplog):
    settings.FILE_KEYS = []
    with pytest.raises(LimitError, match="đang thiếu khóa mã hóa"):
        services.store_upload(samples.opened("a.pdf", samples.PDF), by=UserFactory())
    with pytest.raises(encryption.NoFileKeyError):
        stored()
    assert "file.no_key" in caplog.text
    assert not StoredFile.objects.exists()
    assert not default_storage.exists("")


def test_without_its_key_a_file_waits_for_its_scan_and_others_do_not(settings):
    server = FakeClamd()
    settings.CLAMD = server.address
    by = UserFactory()
    locked, other = (services.store_upload(samples.opened("a.pdf", samples.PDF), by=by) for _ in range(2))
    StoredFile.objects.filter(pk=locked.pk).update(key_id="unknown", created_at=clock.now() - timedelta(hours=2))
    StoredFile.objects.filter(pk=other.pk).update(created_at=clock.now() - timedelta(hours=1))
    tasks.scan_waiting()
    assert (fresh(locked).scan_state, fresh(other).scan_state) == (ScanState.WAITING, ScanState.CLEAN)
    server.close()


# ── damage ───────────────────────────────────────────────────────────────────────────────────────


def _swap_bytes(one, two):
    first, second = raw(one), raw(two)
    overwrite(one, second)
    overwrite(two, first)


def _swap_rows(one, two):
    for file, other in ((one, two), (two, one)):
        StoredFile.objects.filter(pk=file.pk).update(key=f"{other.key}x", wrapped_key=other.wrapped_key)
    for file in (one, two):
        StoredFile.objects.filter(pk=file.pk).update(key=fresh(file).key[:-1])


DAMAGE = {
    "a changed byte": lambda one, _two: overwrite(one, raw(one)[:-1] + bytes([raw(one)[-1] ^ 1])),
    "cut off": lambda one, _two: overwrite(one, raw(one)[: 2 * encryption.PIECE]),
    "emptied": lambda one, _two: overwrite(one, b""),
    "bytes of another file": _swap_bytes,
    "bytes and key of another file": _swap_rows,
    "the plain bytes": lambda one, _two: overwrite(one, LARGE),
    "a wrong key": lambda one, two: StoredFile.objects.filter(pk=one.pk).update(wrapped_key=two.wrapped_key),
    "no key any more": lambda one, _two: StoredFile.objects.filter(pk=one.pk).update(wrapped_key=None),
    "an old file changed": lambda one, _two: overwrite(stored_as_before(one), b"%PDF-1.4 other %%EOF"),
}


def stored_as_before(file):
    StoredFile.objects.filter(pk=file.pk).update(wrapped_key=None, key_id="")
    return fresh(file)


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found_and_nothing_of_it_is_served(what, caplog):
    one, two = stored(LARGE), stored(samples.PDF * 9000)
    DAMAGE[what](one, two)
    status, text = served(one)
    assert status == 500
    assert "không còn đúng như khi nhận" in text
    assert "file.changed" in caplog.text
    assert (str(one.pk), integrity.FileFault.CHANGED) in compared().wrong


def test_a_damaged_file_goes_on_waiting_for_its_scan(settings, monkeypatch, caplog):
    settings.CLAMD = "127.0.0.1:1"
    monkeypatch.setattr(tasks, "is_infected", lambda stream, address: not stream.read())
    file = services.store_upload(samples.opened("a.pdf", LARGE + b"%%EOF"), by=UserFactory())
    overwrite(file, raw(file)[:-1] + b"?")
    tasks.scan_file(file_id=str(file.pk))
    assert fresh(file).scan_state == ScanState.WAITING
    assert "file.changed" in caplog.text


# ── encrypting what was stored before ────────────────────────────────────────────────────────────


def names_on_disk():
    return {place.relative_to(default_storage.path("")).as_posix() for place in _places()}


def _places():
    return [place for place in Path(default_storage.path("")).rglob("*") if place.is_file()]


def run(command, *args):
    out = StringIO()
    call_command(command, *args, stdout=out, stderr=out)
    return out.getvalue()


def test_old_files_are_encrypted_once(django_capture_on_commit_callbacks):
    old, new = stored_before(LARGE), stored()
    before = fresh(new)
    with django_capture_on_commit_callbacks(execute=True):
        assert "Files encrypted: 1." in run("encrypt_files")
    after = fresh(old)
    assert after.key != old.key
    assert not default_storage.exists(old.key)
    assert samples.PDF not in raw(after)
    assert served(old) == (200, LARGE)
    assert (after.sha256, after.size, after.created_at) == (old.sha256, old.size, old.created_at)
    assert (fresh(new).key, bytes(fresh(new).wrapped_key)) == (before.key, bytes(before.wrapped_key))
    assert "Files encrypted: 0." in run("encrypt_files")
    assert not queries.unencrypted().exists()


def test_it_may_be_done_in_parts(django_capture_on_commit_callbacks):
    for _ in range(3):
        stored_before()
    with django_capture_on_commit_callbacks(execute=True):
        assert "2 of 3 encrypted." in run("encrypt_files", "--limit", "2")
        assert queries.unencrypted().count() == 1
        assert "Files encrypted: 1." in run("encrypt_files", "--limit", "2")
    assert compared().wrong == []


def test_a_changed_or_missing_old_file_is_left_and_named(django_capture_on_commit_callbacks):
    changed, missing, good = stored_before(), stored_before(), stored_before()
    overwrite(changed, b"%PDF-1.4 other %%EOF")
    default_storage.delete(missing.key)
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(CommandError, match=r"2 file\(s\)"):
        call_command("encrypt_files", stdout=out, stderr=out)
    assert f"{changed.pk}: its bytes are changed" in out.getvalue()
    assert f"{missing.pk}: its bytes are missing" in out.getvalue()
    assert set(queries.unencrypted()) == {changed, missing}
    assert served(good) == (200, samples.PDF)


class KilledError(Exception):
    """Stands for a process that is killed."""


@pytest.mark.parametrize("place", ["settle", "_switch", "discard"])
def test_a_run_killed_anywhere_leaves_the_old_file_or_the_new(place, monkeypatch, django_capture_on_commit_callbacks):
    file = stored_before(LARGE)

    def killed(*args, **kwargs):
        raise KilledError

    with monkeypatch.context() as here:
        here.setattr(services if place == "_switch" else keeping, place, killed)
        with pytest.raises(KilledError), django_capture_on_commit_callbacks(execute=True):
            run("encrypt_files")
    assert served(file) == (200, LARGE)
    assert len(names_on_disk()) == 2  # what the killed run wrote, or what it had no time to remove
    with django_capture_on_commit_callbacks(execute=True):
        run("encrypt_files")
    assert served(file) == (200, LARGE)
    assert not queries.unencrypted().exists()
    assert not [place for place in _places() if samples.PDF in place.read_bytes()]
    monkeypatch.setattr(tasks, "ORPHAN_AFTER", timedelta(days=-1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks._remove_stray_bytes()
    assert names_on_disk() == {fresh(file).key}


def test_bytes_without_a_row_are_removed_only_when_an_encrypted_file_holds_them():
    foreign = default_storage.save("2025/02/other", ContentFile(b"%PDF-1.4 of another database %%EOF"))
    young = default_storage.save(f"{clock.today():%Y/%m}/other", ContentFile(raw(stored())))
    left = default_storage.save("2025/02/left", ContentFile(samples.PDF))
    assert "Plain copies of encrypted files removed: 1." in run("encrypt_files")
    assert default_storage.exists(foreign)
    assert default_storage.exists(young)
    assert not default_storage.exists(left)


def test_two_runs_at_once_switch_a_file_once(monkeypatch, django_capture_on_commit_callbacks):
    file = stored_before()
    settle = keeping.settle

    def other_run_first(key):
        monkeypatch.setattr(keeping, "settle", settle)
        assert services.encrypt(file_id=file.pk)
        settle(key)

    monkeypatch.setattr(keeping, "settle", other_run_first)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.encrypt(file_id=file.pk) is False
    assert served(file) == (200, samples.PDF)
    assert names_on_disk() == {fresh(file).key}


def test_a_file_erased_meanwhile_stays_erased(monkeypatch, django_capture_on_commit_callbacks):
    file = stored_before()
    settle = keeping.settle

    def erased_first(key):
        services.erase(file_id=file.pk)
        settle(key)

    monkeypatch.setattr(keeping, "settle", erased_first)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.encrypt(file_id=file.pk) is False
    assert not StoredFile.objects.exists()
    assert names_on_disk() == set()


def test_who_read_the_row_before_it_was_switched_still_gets_the_file(django_capture_on_commit_callbacks):
    read_before = stored_before(LARGE)
    with django_capture_on_commit_callbacks(execute=True):
        services.encrypt(file_id=read_before.pk)
    with keeping.opened(read_before) as stream:
        assert stream.read() == LARGE


def test_a_file_erased_since_its_row_was_read_is_not_there_and_no_fault(
    monkeypatch, django_capture_on_commit_callbacks
):
    file = stored()
    opened = keeping.opened

    def erased_first(row):
        with django_capture_on_commit_callbacks(execute=True):
            services.erase(file_id=row.pk)
        return opened(row)

    monkeypatch.setattr(keeping, "opened", erased_first)
    found = compared()
    assert (found.files, found.wrong) == (0, [])
    with pytest.raises(Http404):
        views.serve(file)


def test_without_a_key_nothing_is_begun(settings):
    stored_before()
    settings.FILE_KEYS = []
    for command in ("encrypt_files", "rewrap_files"):
        with pytest.raises(CommandError, match="FILE_KEYS is empty"):
            run(command)


# ── another master key ───────────────────────────────────────────────────────────────────────────


def test_rewrapping_touches_no_bytes(settings):
    settings.FILE_KEYS = ["first"]
    files = [stored(LARGE) for _ in range(5)]
    old = stored_before()
    before = [raw(file) for file in files]
    settings.FILE_KEYS = ["second", "first"]
    assert ": 5." in run("rewrap_files", "--batch", "2")
    assert ": 0." in run("rewrap_files")
    settings.FILE_KEYS = ["second"]
    assert [raw(fresh(file)) for file in files] == before
    assert {fresh(file).key for file in files} == {file.key for file in files}
    assert [served(file) for file in files] == [(200, LARGE)] * 5
    assert fresh(old).wrapped_key is None


def test_rewrapping_names_what_it_cannot_open_and_goes_on(settings):
    settings.FILE_KEYS = ["lost"]
    lost = stored()
    settings.FILE_KEYS = ["first"]
    kept = stored()
    settings.FILE_KEYS = ["second", "first"]
    out = StringIO()
    with pytest.raises(CommandError, match="keep their older key") as caught:
        call_command("rewrap_files", "--batch", "1", stdout=out, stderr=out)
    assert caught.value.returncode == 3
    assert f"FILE_KEYS holds no key {lost.key_id}" in out.getvalue()
    assert fresh(lost).key_id == lost.key_id
    assert fresh(kept).key_id == encryption.newest_key_id()


def test_files_are_erased_and_swept_as_before(monkeypatch, django_capture_on_commit_callbacks):
    file, old = stored(), stored_before()
    for one in (file, old):
        StoredFile.objects.filter(pk=one.pk).update(created_at=clock.now() - timedelta(days=3))
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.remove_orphans() == 2
    assert not default_storage.exists(file.key)
    assert not default_storage.exists(old.key)
