"""Papers that came and printed forms at a dossier's page: what opens, for whom, and what stands beside it."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers.models.attachment import Attachment
from dossiers.models.result import PrintedForm
from procedures.enums import PaperForm
from tests import houses
from tests.dossiers.desk.acting import address
from tests.factories import MembershipFactory, UnitFactory
from vault.enums import ScanState
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.web]


def stored(state=ScanState.CLEAN, name="giấy.pdf"):
    key = default_storage.save("thu/tep", ContentFile(b"%PDF-1.4 noi dung"))
    return StoredFile.objects.create(
        key=key,
        name=name,
        mime="application/pdf",
        size=17,
        sha256=hashlib.sha256(b"%PDF-1.4 noi dung").hexdigest(),
        scan_state=state,
    )


def attached(dossier, file):
    return Attachment.objects.create(
        dossier=dossier, paper_code="TP1", paper_name="Giấy tờ chứng minh", form=PaperForm.E_COPY, file=file
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [(ScanState.CLEAN, 200), (ScanState.NOT_SCANNED, 200), (ScanState.WAITING, 409), (ScanState.INFECTED, 403)],
)
def test_files_open_only_when_the_scan_allows(house, enter, state, status):
    dossier = houses.submitted(house)
    row = attached(dossier, stored(state))
    client = enter(house.people[Role.RECEPTIONIST])
    link = f"/mot-cua/{dossier.pk}/tep/{row.pk}/"
    assert (link in client.get(address(dossier)).content.decode()) == (status == 200)
    response = client.get(link)
    assert response.status_code == status
    if status == 200:
        assert b"".join(response.streaming_content) == b"%PDF-1.4 noi dung"
        assert "attachment" in response.headers["Content-Disposition"]
        assert PersonalDataRead.objects.filter(what="mở giấy tờ").count() == 1


def test_what_to_mind_before_opening_stands_beside_the_file(house, enter):
    dossier = houses.submitted(house)
    file = stored()
    client = enter(house.people[Role.RECEPTIONIST])
    attached(dossier, file)
    assert "Lưu ý khi mở" not in client.get(address(dossier)).content.decode()
    StoredFile.objects.filter(pk=file.pk).update(remarks=["turned", "links", "form"])
    text = client.get(address(dossier)).content.decode()
    assert "Lưu ý khi mở: có liên kết ra ngoài; có ô điền (biểu mẫu)" in " ".join(text.split())
    assert "đã xoay" not in text  # what was done to a picture is told to its sender


def test_files_of_other_dossiers_and_scopes_are_not_found(house, enter):
    first, second = houses.submitted(house), houses.submitted(house)
    row = attached(first, stored())
    client = enter(house.people[Role.RECEPTIONIST])
    assert client.get(f"/mot-cua/{second.pk}/tep/{row.pk}/").status_code == 404
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(parent=UnitFactory())).user
    assert enter(stranger).get(f"/mot-cua/{first.pk}/tep/{row.pk}/").status_code == 404
    paper_seen = first.attachments.get(file=None)
    assert client.get(f"/mot-cua/{first.pk}/tep/{paper_seen.pk}/").status_code == 404


def test_printed_form_says_when_it_is_being_made(house, enter):
    dossier = houses.received(house)
    form = PrintedForm.objects.get(dossier=dossier)
    PrintedForm.objects.filter(pk=form.pk).update(file=None)
    client = enter(house.people[Role.RECEPTIONIST])
    link = f"/mot-cua/{dossier.pk}/phieu/{form.pk}/"
    page = client.get(link).content.decode()
    assert "chờ in từ" in page
    assert "đang in" not in page
    partial = client.get(f"{link}?doi=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in partial
    assert "every 2s" in partial
    PrintedForm.objects.filter(pk=form.pk).update(file=stored(name="phiếu.pdf"))
    ready = client.get(f"{link}?doi=1", headers={"HX-Request": "true"}).content.decode()
    assert "Tải phiếu để in" in ready
    assert "every 2s" not in ready
    response = client.get(link)
    assert response.headers["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    other = houses.submitted(house)
    assert client.get(f"/mot-cua/{other.pk}/phieu/{form.pk}/").status_code == 404


def test_a_printed_form_may_stand_in_a_frame_of_our_own_page_once_it_is_made(house, enter):
    dossier = houses.received(house)
    form = PrintedForm.objects.filter(dossier=dossier).first()
    desk = enter(house.people[Role.RECEPTIONIST])
    where = f"/mot-cua/{dossier.pk}/phieu/{form.pk}/in/"
    PrintedForm.objects.filter(pk=form.pk).update(file=None)
    assert desk.get(where).status_code == 204
    PrintedForm.objects.filter(pk=form.pk).update(file=stored())
    PersonalDataRead.objects.all().delete()
    assert desk.head(where).status_code == 200
    assert not PersonalDataRead.objects.exists()
    answer = desk.get(where)
    assert (answer.status_code, answer["Content-Disposition"], answer["X-Frame-Options"]) == (
        200,
        "inline",
        "SAMEORIGIN",
    )
    assert answer["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 noi dung"
    assert PersonalDataRead.objects.exists()
    elsewhere = desk.get(where.removesuffix("in/"))
    assert "sandbox" in elsewhere["Content-Security-Policy"]  # there as any file
    assert b"".join(elsewhere.streaming_content)
