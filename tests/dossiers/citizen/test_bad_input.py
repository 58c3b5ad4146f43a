"""Bad input of the citizen: a sentence at its place, the right status, nothing half-saved, what is not mine is 404."""

import errno
import html
import unicodedata
from datetime import date, timedelta

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.urls import reverse

from accounts.enums import Role
from accounts.models import OrgUnit, Party
from dossiers.enums import State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.services import drafts
from portal import clock
from portal.errors import UserError
from procedures.enums import OfflineReason, ServiceLevel
from procedures.models import OnlineOffering, Procedure, Revision
from tests.dossiers.citizen.conftest import FULL, PDF, body, pdf, replace_spec
from tests.factories import SPEC, UserFactory
from tests.houses import draft, submitted
from vault import keeping
from vault.enums import ScanState
from vault.models import StoredFile
from vault.opener.samples import HEIC
from vault.opener.samples import pdf as blank_pdf
from vault.opening import open_upload

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


@pytest.fixture
def open_draft(house):
    return drafts.start(account=house.citizen, procedure_id=house.procedure.pk, unit_id=house.ward.pk)


def step_url(dossier):
    return reverse("my:step", args=[dossier.reference, "nguoi_yeu_cau"])


def post_step(client, dossier, **changes):
    dossier.refresh_from_db()
    return client.post(step_url(dossier), {**FULL, "version": dossier.version, **changes})


# ── start ──


def test_start_unknown_procedure_is_404(signed_in):
    assert signed_in.get(reverse("my:start", args=["9.999999"])).status_code == 404
    assert signed_in.post(reverse("my:start", args=["x" * 500])).status_code == 404


@pytest.mark.parametrize("unit", ["", "0", "-1", "999999999999999999999", "abc", "\x00"])
def test_start_unknown_unit_is_told(signed_in, house, unit):
    answer = signed_in.post(reverse("my:start", args=[house.procedure.code]), {"unit": unit})
    assert answer.status_code == 400
    assert not Dossier.objects.exists()


def test_start_expired_revision_is_told(signed_in, house):
    Revision.objects.filter(pk=house.revision.pk).update(valid_to=date(2024, 1, 1))
    url = reverse("my:start", args=[house.procedure.code])
    assert "không có phiên bản" in signed_in.get(url).content.decode()
    assert signed_in.post(url, {"unit": house.ward.pk}).status_code == 400
    assert not Dossier.objects.exists()


def test_start_closed_unit_names_its_heir(house):
    heir = OrgUnit.objects.create(code="moi", name="UBND phường Mới", kind="ward", valid_from=date(2025, 7, 1))
    house.ward.successors.add(heir)
    OrgUnit.objects.filter(pk=house.ward.pk).update(valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(drafts.UserError) as caught:
        drafts.start(account=house.citizen, procedure_id=house.procedure.pk, unit_id=house.ward.pk)
    assert "UBND phường Mới" in caught.value.message


def test_start_counter_only_is_told(signed_in, house):
    OnlineOffering.objects.update(level=ServiceLevel.NONE, reason=OfflineReason.PRESENCE)
    url = reverse("my:start", args=[house.procedure.code])
    assert "chưa nhận hồ sơ trực tuyến" in signed_in.get(url).content.decode()
    assert signed_in.post(url, {"unit": house.ward.pk}).status_code == 400


def test_start_twice_is_one_draft(signed_in, house):
    url = reverse("my:start", args=[house.procedure.code])
    first, second = (signed_in.post(url, {"unit": house.ward.pk}) for _try in range(2))
    assert first.url == second.url
    assert Dossier.objects.count() == 1


# ── answers ──


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("so_dinh_danh", "0770901234", "12 chữ số"),
        ("so_dinh_danh", "077090123456x", "chữ số"),
        ("ngay_sinh", "31/02/1990", "không có trong lịch"),
        ("ngay_sinh", "", "bắt buộc"),
        ("ho_ten", "A\x00B", "không hợp lệ"),
        ("ho_ten", "x" * 10_000, "quá dài"),
        ("muc_dich", "x" * 10_000, "quá dài"),
        ("muc_dich", "\x00", "không hợp lệ"),
    ],
)
def test_step_bad_value_is_named_at_its_field_and_nothing_is_kept(signed_in, open_draft, field, value, word):
    answer = post_step(signed_in, open_draft, **{field: value})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert word in text
    assert f'href="#id_{field}"' in text
    assert f'id="id_{field}_error"' in text
    assert "Bổ túc" in text or field == "muc_dich"  # what was typed stays
    open_draft.refresh_from_db()
    assert open_draft.answers == {}
    assert open_draft.version == 0


def test_step_missing_fields_are_named(signed_in, open_draft):
    answer = signed_in.post(step_url(open_draft), {"version": 0})
    assert answer.status_code == 400
    assert answer.content.decode().count("Mục này bắt buộc") >= 3


def test_step_forged_fields_are_ignored(signed_in, open_draft):
    answer = post_step(signed_in, open_draft, state="returned", owner=1, account=99, answers="{}", la="x")
    assert answer.status_code == 302
    open_draft.refresh_from_db()
    assert open_draft.state == State.DRAFT
    assert set(open_draft.answers) == {"ho_ten", "ngay_sinh", "so_dinh_danh", "muc_dich"}


def test_step_forged_party_reference_is_not_an_identity(signed_in, open_draft):
    stranger = Party.objects.create(kind="person", full_name="Người Lạ", search_name="nguoi la", sort_name="x")
    answer = post_step(signed_in, open_draft, so_dinh_danh=f'{{"party": {stranger.pk}}}')
    assert answer.status_code == 400


def test_step_decomposed_name_is_the_same_party(signed_in, house, open_draft):
    post_step(signed_in, open_draft, ho_ten=unicodedata.normalize("NFD", FULL["ho_ten"]))
    open_draft.refresh_from_db()
    assert open_draft.owner == house.party
    assert open_draft.answers["ho_ten"] == FULL["ho_ten"]


@pytest.mark.parametrize("version", ["", "7", "-1", "abc", "9" * 40, "\x00"])
def test_step_stale_or_forged_version_keeps_what_was_typed(signed_in, open_draft, version):
    post_step(signed_in, open_draft)
    answer = signed_in.post(step_url(open_draft), {**FULL, "muc_dich": "Việc khác", "version": version})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Việc khác" in text
    open_draft.refresh_from_db()
    assert f'name="version" value="{open_draft.version}"' in text
    assert open_draft.answers["muc_dich"] == FULL["muc_dich"]


def test_step_unknown_step_leads_home(signed_in, open_draft):
    answer = signed_in.get(reverse("my:step", args=[open_draft.reference, "khong-co"]))
    assert answer.url == reverse("my:dossier", args=[open_draft.reference])


def test_step_leave_saves_an_unfinished_page(signed_in, open_draft):
    answer = signed_in.post(step_url(open_draft), {"ho_ten": "Trần Bê", "leave": "1", "version": 0})
    assert answer.status_code == 302
    open_draft.refresh_from_db()
    assert open_draft.answers == {"ho_ten": "Trần Bê"}
    assert open_draft.owner is None


def test_step_number_without_name_is_told(signed_in, open_draft):
    answer = signed_in.post(step_url(open_draft), {"so_dinh_danh": "077090123456", "leave": "1", "version": 0})
    assert answer.status_code == 400
    assert "họ tên cùng với số định danh" in answer.content.decode()


def test_identity_number_is_kept_when_left_blank_and_stands_nowhere_in_clear(signed_in, open_draft):
    post_step(signed_in, open_draft)
    page = signed_in.get(step_url(open_draft)).content.decode()
    assert "077090123456" not in page
    assert "456" in page
    before = Dossier.objects.get().answers["so_dinh_danh"]
    assert post_step(signed_in, open_draft, so_dinh_danh="", muc_dich="Khác").status_code == 302
    assert Dossier.objects.get().answers["so_dinh_danh"] == before
    assert not Party.objects.filter(identity_sealed__contains="077090123456").exists()


# ── a newer sheet ──


def test_draft_moves_to_the_sheet_in_force_and_is_told(signed_in, house, open_draft):
    post_step(signed_in, open_draft)
    spec = {
        **SPEC,
        "steps": [
            {
                **SPEC["steps"][0],
                "fields": [
                    *SPEC["steps"][0]["fields"][:3],
                    {"key": "ly_do", "label": "Lý do mới", "kind": "text", "required": True},
                ],
            }
        ],
    }
    newer = replace_spec(house, spec)
    answer = signed_in.get(reverse("my:check", args=[open_draft.reference]))
    text = answer.content.decode()
    assert "Lý do mới" in text
    assert "không còn trong biểu mẫu" in text
    open_draft.refresh_from_db()
    assert open_draft.revision == newer
    assert "muc_dich" not in open_draft.answers
    assert open_draft.owner is None  # incomplete again


def test_draft_of_a_closed_unit_says_so_and_is_kept(signed_in, house, open_draft):
    OrgUnit.objects.filter(pk=house.ward.pk).update(valid_to=clock.today() - timedelta(days=1))
    page = reverse("my:dossier", args=[open_draft.reference])
    assert signed_in.get(step_url(open_draft)).url == page
    assert "không còn hoạt động" in signed_in.get(page).content.decode()
    assert post_step(signed_in, open_draft).status_code == 302
    open_draft.refresh_from_db()
    assert open_draft.answers == {}


# ── files ──


def send(client, dossier, file, paper="TP1"):
    return client.post(reverse("my:files", args=[dossier.reference]), {"paper": paper, "file": file})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("don.pdf", b"<html><script>alert(1)</script>"),
        ("don.html", b"<html>"),
        ("a.svg", b"<svg/>"),
        ("a.pdf", b""),
        ("a", PDF),
    ],
)
def test_file_of_a_wrong_kind_is_refused(signed_in, open_draft, name, content):
    answer = send(signed_in, open_draft, SimpleUploadedFile(name, content))
    assert answer.status_code == 400
    assert not StoredFile.objects.exists()
    assert not Attachment.objects.exists()


def test_file_too_large_is_413_and_never_stored(signed_in, open_draft, settings):
    settings.UPLOAD_MAX_FILE = 1024
    answer = send(signed_in, open_draft, pdf(content=PDF + b"x" * 5_000))
    assert answer.status_code == 413
    assert "nặng hơn" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_files_over_the_dossier_limit_are_413(signed_in, open_draft, settings):
    settings.UPLOAD_MAX_DOSSIER = len(PDF) + 10
    assert send(signed_in, open_draft, pdf()).status_code == 302
    assert send(signed_in, open_draft, pdf(content=PDF + b"%2")).status_code == 413
    assert Attachment.objects.count() == 1


def test_one_bad_file_of_several_loses_only_itself(signed_in, open_draft):
    url = reverse("my:files", args=[open_draft.reference])
    answer = signed_in.post(url, {"paper": "TP1", "file": [pdf("a.pdf"), SimpleUploadedFile("b.pdf", b"<html>")]})
    assert answer.status_code == 400
    assert Attachment.objects.get().file.name == "a.pdf"


def tell(client, dossier, *files):
    """What the page says after several files were sent at once."""
    url = reverse("my:files", args=[dossier.reference])
    return client.post(url, {"paper": "TP1", "file": list(files)}, follow=True)


def test_each_of_several_files_is_told_by_name(signed_in, open_draft, settings):
    settings.UPLOAD_MAX_FILE = 20_000
    answer = tell(
        signed_in,
        open_draft,
        pdf("tốt.pdf"),
        SimpleUploadedFile("nặng.pdf", PDF + bytes(30_000)),
        SimpleUploadedFile("IMG_1.HEIC", HEIC),
        SimpleUploadedFile("khóa.pdf", blank_pdf(user="1234")),
        SimpleUploadedFile("rỗng.pdf", b""),
        pdf("trùng.pdf"),
    )
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 413
    assert "Đã nhận tệp “tốt.pdf”." in text
    assert "nặng.pdf: Tệp nặng hơn" in text
    assert "Đã nhận tệp “IMG_1.HEIC” (đã đổi sang ảnh JPEG" in text
    assert "khóa.pdf: Tệp có mật khẩu" in text
    assert "rỗng.pdf: Tệp này rỗng" in text
    assert "“trùng.pdf”: tệp này đã có ở đây với tên “tốt.pdf”" in text
    assert [row.file.name for row in Attachment.objects.order_by("pk")] == ["tốt.pdf", "IMG_1.jpg"]


def test_the_same_file_again_is_said_to_be_there_and_nothing_is_lost(signed_in, open_draft):
    for data, name in ((PDF, "a.pdf"), (HEIC, "a.heic")):
        first = tell(signed_in, open_draft, SimpleUploadedFile(name, data)).content.decode()
        again = tell(signed_in, open_draft, SimpleUploadedFile(f"lai-{name}", data)).content.decode()
        assert "tệp này đã có" not in first
        assert f"“lai-{name}”: tệp này đã có" in again
        assert "Đã nhận tệp" not in again
    kept = Attachment.objects.get(file__name="a.jpg").file
    with keeping.opened(kept) as stream:  # the cleaned picture, downloaded and sent again, is the same too
        again = tell(signed_in, open_draft, SimpleUploadedFile("tai-ve.jpg", stream.read())).content.decode()
    assert "tệp này đã có" in again
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (2, 2)


def test_the_same_file_for_another_round_or_paper_is_no_twin(signed_in, open_draft):
    tell(signed_in, open_draft, pdf())
    Attachment.objects.update(paper_code="TP2")
    assert "tệp này đã có" not in tell(signed_in, open_draft, pdf()).content.decode()
    assert Attachment.objects.count() == 2


def test_a_blank_page_is_kept_and_asked_about(signed_in, open_draft):
    text = tell(signed_in, open_draft, pdf("trang.pdf", blank_pdf())).content.decode()
    assert "Đã nhận tệp “trang.pdf”." in text
    assert "chỉ có trang trắng" in text


def test_a_full_temporary_folder_is_told_and_spares_the_other_files(signed_in, open_draft, monkeypatch, settings):
    """Files too large for memory wait on disk while they arrive; a full disk is no error page."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    write = TemporaryFileUploadHandler.receive_data_chunk
    make = uploadhandler.TemporaryUploadedFile

    def filling(self, raw_data, start):
        if self.file_name == "đầy.pdf":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, raw_data, start)

    def full(name, *args, **kwargs):
        if name == "không chỗ.pdf":
            raise OSError(errno.ENOSPC, "No space left on device")
        return make(name, *args, **kwargs)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", filling)
    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", full)
    answer = tell(
        signed_in, open_draft, pdf("một.pdf"), pdf("đầy.pdf"), pdf("hai.pdf", PDF + b"%"), pdf("không chỗ.pdf")
    )
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 400
    for name in ("đầy.pdf", "không chỗ.pdf"):
        assert f"{name}: Kho tệp của hệ thống đang đầy" in text
    assert [row.file.name for row in Attachment.objects.order_by("pk")] == ["một.pdf", "hai.pdf"]


def test_a_store_that_is_full_is_told_and_keeps_the_page(signed_in, open_draft, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keeping.default_storage, "save", full)
    answer = tell(signed_in, open_draft, SimpleUploadedFile("a.heic", HEIC))
    assert "a.heic: Kho tệp của hệ thống đang đầy" in html.unescape(answer.content.decode())
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_file_is_opened_before_anything_is_locked(open_draft, house, monkeypatch):
    depths = []

    def watched(upload):
        depths.append(len(connection.savepoint_ids))
        return open_upload(upload)

    monkeypatch.setattr(drafts, "open_upload", watched)
    before = len(connection.savepoint_ids)
    drafts.attach(dossier_id=open_draft.pk, by=house.citizen, paper_code="TP1", upload=pdf())
    assert depths == [before]


def test_same_file_twice_comes_in_once(signed_in, open_draft, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(signed_in, open_draft, pdf("a.pdf"))
        send(signed_in, open_draft, pdf("b.pdf"))
    assert Attachment.objects.count() == 1
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("paper", ["", "khong-co", "\x00", "x" * 9_000])
def test_file_for_an_unknown_paper_is_refused(signed_in, open_draft, paper):
    assert send(signed_in, open_draft, pdf(), paper=paper).status_code == 400
    assert not StoredFile.objects.exists()


def test_no_file_is_told(signed_in, open_draft):
    url = reverse("my:files", args=[open_draft.reference])
    assert signed_in.post(url, {"paper": "TP1"}).status_code == 400
    assert signed_in.post(url, {"paper": "TP1", "item": "abc"}).status_code == 400


def test_removed_file_is_gone_with_its_bytes(signed_in, open_draft, django_capture_on_commit_callbacks):
    send(signed_in, open_draft, pdf())
    attachment = Attachment.objects.get()
    url = reverse("my:remove_file", args=[open_draft.reference, attachment.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.post(url).status_code == 302
        assert signed_in.post(url).status_code == 302  # twice is no error
    assert not StoredFile.objects.exists()


def test_hostile_name_is_escaped_everywhere(signed_in, open_draft):
    send(signed_in, open_draft, pdf('"><img src=x onerror=alert(1)>.pdf'))
    for name in ("my:files", "my:check"):
        assert "<img src=x" not in signed_in.get(reverse(name, args=[open_draft.reference])).content.decode()
    url = reverse("my:file", args=[open_draft.reference, Attachment.objects.get().pk])
    answer = signed_in.get(url)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert body(answer) == PDF


def test_discard_erases_draft_answers_and_files(signed_in, open_draft, django_capture_on_commit_callbacks):
    send(signed_in, open_draft, pdf())
    url = reverse("my:discard", args=[open_draft.reference])
    assert signed_in.get(url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.post(url).status_code == 302
    assert not Dossier.objects.exists()
    assert not StoredFile.objects.exists()


def test_sent_dossier_is_never_discarded(signed_in, house):
    dossier = submitted(house)
    assert signed_in.post(reverse("my:discard", args=[dossier.reference])).status_code == 302
    assert Dossier.objects.filter(pk=dossier.pk).exists()
    with pytest.raises(drafts.NotNowError):
        drafts.discard(dossier_id=dossier.pk, by=house.citizen)


# ── sending ──


@pytest.mark.parametrize(
    "changes", [{"declared": ""}, {"delivery": "bồ câu"}, {"version": ""}, {"version": "x"}, {"delivery": "\x00"}]
)
def test_submit_bad_form_sends_nothing(signed_in, house, changes):
    dossier = draft(house)
    data = {"delivery": "desk", "declared": "on", "version": dossier.version, **changes}
    answer = signed_in.post(reverse("my:submit", args=[dossier.reference]), data)
    assert answer.status_code == 400
    dossier.refresh_from_db()
    assert dossier.state == State.DRAFT


def test_submit_what_changed_since_the_check_is_refused(signed_in, house):
    dossier = draft(house)
    Dossier.objects.filter(pk=dossier.pk).update(version=3)
    data = {"delivery": "desk", "declared": "on", "version": 0}
    answer = signed_in.post(reverse("my:submit", args=[dossier.reference]), data)
    assert answer.status_code == 409
    dossier.refresh_from_db()
    assert dossier.state == State.DRAFT


def test_submit_without_token_is_explained(house):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(house.citizen)
    dossier = draft(house)
    assert strict.post(reverse("my:submit", args=[dossier.reference])).status_code == 403


def test_infected_file_is_named_and_never_sent(signed_in, open_draft):
    post_step(signed_in, open_draft)
    send(signed_in, open_draft, pdf("xấu.pdf"))
    StoredFile.objects.update(scan_state=ScanState.INFECTED)
    assert (
        "có mã độc nên không gửi được"
        in signed_in.get(reverse("my:check", args=[open_draft.reference])).content.decode()
    )
    open_draft.refresh_from_db()
    data = {"delivery": "desk", "declared": "on", "version": open_draft.version}
    answer = signed_in.post(reverse("my:submit", args=[open_draft.reference]), data)
    assert answer.status_code == 400
    open_draft.refresh_from_db()
    assert open_draft.state == State.DRAFT


def test_waiting_file_does_not_hold_the_citizen(signed_in, open_draft):
    post_step(signed_in, open_draft)
    send(signed_in, open_draft, pdf())
    StoredFile.objects.update(scan_state=ScanState.WAITING)
    open_draft.refresh_from_db()
    data = {"delivery": "desk", "declared": "on", "version": open_draft.version}
    assert signed_in.post(reverse("my:submit", args=[open_draft.reference]), data).status_code == 302


def test_doubtful_number_warns_and_is_kept(signed_in, open_draft):
    answer = post_step(signed_in, open_draft, so_dinh_danh="077085123456")
    assert answer.status_code == 302
    assert "khác năm sinh đã khai" in signed_in.get(answer.url).content.decode()
    open_draft.refresh_from_db()
    assert "so_dinh_danh" in open_draft.answers


# ── not mine ──

PAGES = ["my:dossier", "my:files", "my:check", "my:done", "my:discard", "my:supplement", "my:withdraw"]


@pytest.mark.parametrize("name", [*PAGES, "my:submit"])
def test_foreign_reference_is_404(client, house, name):
    mine, sent = draft(house), submitted(house)
    client.force_login(UserFactory())
    for dossier in (mine, sent):
        url = reverse(name, args=[dossier.reference])
        assert client.post(url).status_code in {404, 405}
        assert client.get(url).status_code in {404, 405}
    assert client.get(reverse("my:dossier", args=["ABCD-EFGH-JKMN"])).status_code == 404


def test_foreign_files_and_steps_are_404(client, house):
    dossier = submitted(house)
    attachment = Attachment.objects.get(dossier=dossier)
    attachment.file = StoredFile.objects.create(
        key="x", name="a.pdf", mime="application/pdf", size=1, sha256="0", scan_state="clean"
    )
    attachment.save()
    mine = draft(house, account=UserFactory(), owner=None)
    client.force_login(mine.account)
    for reference in (dossier.reference, mine.reference):  # also under a reference of my own
        assert client.get(reverse("my:file", args=[reference, attachment.pk])).status_code == 404
        assert client.get(reverse("my:print_form", args=[reference, 10**30])).status_code == 404
        assert client.post(reverse("my:remove_file", args=[reference, attachment.pk])).status_code in {302, 404}
    assert client.post(step_url(dossier), FULL).status_code == 404
    assert Attachment.objects.filter(pk=attachment.pk).exists()


@pytest.mark.parametrize("name", PAGES)
def test_anonymous_is_sent_to_sign_in(client, house, name):
    answer = client.get(reverse(name, args=[draft(house).reference]))
    assert answer.status_code == 302
    assert "/tai-khoan/" in answer.url


def test_internal_procedure_does_not_exist_for_the_public_and_opens_for_staff(house, client):
    Procedure.objects.filter(pk=house.procedure.pk).update(is_internal=True)
    address = reverse("my:start", args=[house.procedure.code])
    client.force_login(house.citizen)
    assert client.get(address).status_code == 404
    with pytest.raises(UserError, match="nội bộ"):
        drafts.start(account=house.citizen, procedure_id=house.procedure.pk, unit_id=house.ward.pk)
    dossier = drafts.start(account=house.people[Role.OFFICER], procedure_id=house.procedure.pk, unit_id=house.ward.pk)
    assert dossier.is_internal
