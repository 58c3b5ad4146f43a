"""What is stored, what is refused, what is swept."""

import errno
import hashlib
import unicodedata
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal import clock
from portal.errors import UserError
from tests.factories import PartyFactory, UserFactory
from tests.vault import samples
from vault import content, integrity, keeping, queries, services, tasks, views
from vault.enums import ItemKind, ScanState
from vault.models import StoredFile, VaultItem
from vault.opening import TooLargeError

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


@pytest.mark.parametrize(
    ("name", "data", "mime"),
    [
        ("đơn.pdf", samples.PDF, content.PDF),
        ("anh.jpg", samples.picture("JPEG"), content.JPEG),
        ("ANH.JPEG", samples.picture("JPEG"), content.JPEG),
        ("anh.png", samples.picture("PNG"), content.PNG),
        ("don.docx", samples.docx(), content.DOCX),
        ("bang.xlsx", samples.xlsx(), content.XLSX),
    ],
)
def test_store_upload_accepts_the_five_types(name, data, mime):
    file = services.store_upload(samples.opened(name, data), by=UserFactory())
    assert (file.mime, file.size, file.sha256) == (mime, len(data), hashlib.sha256(data).hexdigest())
    assert file.scan_state == ScanState.NOT_SCANNED
    assert name not in file.key
    with keeping.opened(file) as stored:
        assert stored.read() == data
    with default_storage.open(file.key) as stored:
        assert data[:40] not in stored.read()


HOSTILE = {
    "html as pdf": ("don.pdf", b"<html><script>alert(1)</script></html>"),
    "html": ("don.html", b"<html></html>"),
    "svg": ("anh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "svg as png": ("anh.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "xml as docx": ("don.docx", b"<?xml version='1.0'?><a/>"),
    "exe as pdf": ("don.pdf", b"MZ\x90\x00" + b"\0" * 100),
    "gif": ("anh.gif", b"GIF89a" + b"\0" * 20),
    "pdf named jpg": ("anh.jpg", samples.PDF),
    "jpg named pdf": ("anh.pdf", samples.picture("JPEG")),
    "no extension": ("don", samples.PDF),
    "double extension": ("don.pdf.exe", samples.PDF),
    "cut pdf": ("don.pdf", samples.PDF[:20]),
    "pdf later in the file": ("don.pdf", b"<html>" + samples.PDF),
    "cut jpeg": ("anh.jpg", samples.picture("JPEG", (800, 600))[:700]),
    "only the sign of jpeg": ("anh.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40),
    "broken png": ("anh.png", samples.picture("PNG")[:50]),
    "png of 400 million points": ("anh.png", samples.giant_png()),
    "zip": ("don.docx", samples.archive({"a.txt": "a"})),
    "zip bomb": ("don.docx", samples.docx(**{"word/media/a": b"\0" * 40_000_000})),
    "zip of many entries": ("don.docx", samples.docx(**{f"word/{n}": "" for n in range(2_100)})),
    "docx with macros": ("don.docx", samples.docx(**{"word/vbaProject.bin": "x"})),
    "xlsx named docx": ("don.docx", samples.xlsx()),
    "cut zip": ("don.docx", samples.docx()[:60]),
    "empty": ("don.pdf", b""),
    "old word": ("don.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_store_upload_refuses_hostile_files(case):
    name, data = HOSTILE[case]
    with pytest.raises(UserError) as caught:
        services.store_upload(samples.opened(name, data), by=UserFactory())
    assert caught.value.message.endswith((".", "ơn."))
    assert not StoredFile.objects.exists()


def test_store_upload_refuses_an_archive_with_a_password():
    data = bytearray(samples.docx())
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(sign)
        data[at + offset] |= 1
    with pytest.raises(UserError):
        services.store_upload(samples.opened("don.docx", bytes(data)), by=UserFactory())


def test_store_upload_over_the_limit_is_too_large(settings):
    settings.UPLOAD_MAX_FILE = 30
    with pytest.raises(TooLargeError):
        services.store_upload(samples.opened("don.pdf", samples.PDF), by=UserFactory())


def test_store_upload_full_disk_is_told(monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(UserError) as caught:
        services.store_upload(samples.opened("don.pdf", samples.PDF), by=UserFactory())
    assert "đang đầy" in caught.value.message
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\đơn.pdf", "đơn.pdf"),
        (unicodedata.normalize("NFD", "Giấy khai sinh.pdf"), "Giấy khai sinh.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("hình\u202egnp.exe.pdf", "hìnhgnp.exe.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("   ", "tệp"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_clean_name(given, shown):
    assert content.clean_name(given) == shown


def test_store_bytes_is_clean_and_kept():
    file = services.store_bytes(name="H29-1-receipt.pdf", mime=content.PDF, content=samples.PDF)
    assert (file.scan_state, file.uploaded_by, file.size) == (ScanState.CLEAN, None, len(samples.PDF))


def test_deposit_twice_is_one_item():
    file = services.store_bytes(name="kq.pdf", mime=content.PDF, content=samples.PDF)
    owner = PartyFactory(user=UserFactory())
    facts = {"kind": ItemKind.RESULT, "paper_kind": "KQ1", "title": "Kết quả", "issued_on": date(2026, 1, 2)}
    first = services.deposit(owner=owner, file=file, **facts)
    assert services.deposit(owner=owner, file=file, **facts) == first
    assert list(queries.mine(owner.user)) == [first]
    assert list(queries.mine(UserFactory())) == []


def test_reusable_for_leaves_out_expired_infected_and_others():
    owner = PartyFactory()
    today = clock.today()
    items = {}
    for name, expires in (("good", None), ("last day", today), ("expired", today - timedelta(days=1)), ("bad", None)):
        file = services.store_bytes(name=f"{name}.pdf", mime=content.PDF, content=samples.PDF + name.encode())
        facts = {"kind": ItemKind.RESULT, "paper_kind": "GT1", "title": name, "issued_on": today, "expires_on": expires}
        items[name] = services.deposit(owner=owner, file=file, **facts)
    StoredFile.objects.filter(pk=items["bad"].file_id).update(scan_state=ScanState.INFECTED)
    found = {item.title for item in queries.reusable_for(owner, ["GT1"])}
    assert found == {"good", "last day"}
    assert not queries.reusable_for(owner, ["GT2", ""]).exists()
    assert not queries.reusable_for(PartyFactory(), ["GT1"]).exists()


def test_may_open():
    def opened(state, *, own):
        return queries.may_open(StoredFile(scan_state=state), own=own)

    assert not opened(ScanState.INFECTED, own=True)
    assert not opened(ScanState.INFECTED, own=False)
    assert opened(ScanState.WAITING, own=True)
    assert not opened(ScanState.WAITING, own=False)
    assert opened(ScanState.CLEAN, own=False)
    assert opened(ScanState.NOT_SCANNED, own=False)


def age(file, days):
    StoredFile.objects.filter(pk=file.pk).update(created_at=clock.now() - timedelta(days=days))


def test_remove_orphans_erases_only_old_files_nobody_refers_to(django_capture_on_commit_callbacks):
    by = UserFactory()
    old, young, kept = (
        services.store_upload(samples.opened(f"{n}.pdf", samples.PDF + bytes([n])), by=by) for n in (65, 66, 67)
    )
    age(old, 3)
    age(kept, 3)
    VaultItem.objects.create(
        owner=PartyFactory(), file=kept, kind=ItemKind.RESULT, paper_kind="A", title="A", issued_on=date(2026, 1, 1)
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.remove_orphans() == 1
    assert set(StoredFile.objects.all()) == {young, kept}
    assert not default_storage.exists(old.key)
    assert default_storage.exists(kept.key)
    assert tasks.remove_orphans() == 0


def test_remove_orphans_erases_stray_bytes(monkeypatch):
    month = f"{clock.today():%Y/%m}"
    from django.core.files.base import ContentFile

    stray = default_storage.save(f"{month}/stray", ContentFile(b"x"))
    assert tasks.remove_orphans() == 0
    monkeypatch.setattr(tasks, "ORPHAN_AFTER", timedelta(days=-1))
    assert tasks.remove_orphans() == 1
    assert not default_storage.exists(stray)


def test_erase_leaves_what_is_referred_to():
    file = services.store_bytes(name="kq.pdf", mime=content.PDF, content=samples.PDF)
    services.deposit(
        owner=PartyFactory(), file=file, kind=ItemKind.RESULT, paper_kind="A", title="A", issued_on=date(2026, 1, 1)
    )
    assert services.erase(file_id=file.pk) is False
    assert StoredFile.objects.filter(pk=file.pk).exists()


def _changed(file, data=b"%PDF-1.4 something else %%EOF"):
    default_storage.delete(file.key)
    default_storage.save(file.key, ContentFile(data))


def test_changed_bytes_are_never_served(caplog):
    file = services.store_bytes(name="giấy.pdf", mime=content.PDF, content=samples.PDF)
    served = views.serve(file)
    assert b"".join(served.streaming_content) == samples.PDF
    served.close()
    _changed(file)
    answer = views.serve(file)
    assert answer.status_code == 500
    assert "không còn đúng như khi nhận" in answer.content.decode()
    assert "file.changed" in caplog.text


def test_bytes_are_compared_in_rounds(monkeypatch):
    monkeypatch.setattr(integrity, "LEAST", 2)
    files = [services.store_bytes(name="a.pdf", mime=content.PDF, content=samples.PDF) for _ in range(5)]
    files.sort(key=lambda file: file.pk)
    _changed(files[2])
    default_storage.delete(files[4].key)
    runs = [integrity.compare() for _ in range(4)]
    assert [run.files for run in runs] == [2, 2, 1, 2]
    assert [run.wrong for run in runs] == [[], [(str(files[2].pk), "changed")], [(str(files[4].pk), "missing")], []]
    assert [run.ended_at is not None for run in runs] == [False, False, True, True]
    everything = integrity.compare(everything=True)
    assert (everything.files, len(everything.wrong)) == (5, 2)
