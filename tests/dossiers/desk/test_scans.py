"""Scans of papers that were handed over: each file kept with its paper, one event, by those who received it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from dossiers.models.event import DossierEvent
from dossiers.services import desk as desk_services
from dossiers.services import scans
from portal.errors import NotNowError
from tests import houses
from tests.factories import MembershipFactory, UnitFactory
from tests.vault.samples import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.web]


@pytest.fixture
def dossier(house):
    return desk_services.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))


@pytest.fixture
def desk(house, enter):
    return enter(house.people[Role.RECEPTIONIST])


def scan(name="giay.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def events(dossier):
    return DossierEvent.objects.filter(dossier_id=dossier.pk, code="paper_scanned")


def test_a_scan_becomes_the_file_of_the_paper_that_was_ticked_and_stands_in_the_ledger(house, desk, dossier):
    where = f"/mot-cua/{dossier.pk}/quet/"
    page = desk.get(where)
    assert "chưa quét" in page.content.decode()
    assert page.context["qr"].startswith("data:image/png")
    for _twice in range(2):  # the same file a second time is told and changes nothing
        assert desk.post(where, {"paper": "TP1", "file": scan()}).status_code == 302
    paper = dossier.attachments.get()
    assert (paper.form, paper.file.name) == ("original", "giay.pdf")
    event = events(dossier).get()
    assert (event.papers_total, event.papers_digitised, event.actor_role) == (1, 1, Role.RECEPTIONIST)
    desk.post(where, {"paper": "TP1", "file": scan("trang-2.pdf", PDF + b"%2\n")})
    assert [row.form for row in dossier.attachments.order_by("pk")] == ["original", "e_copy"]
    assert events(dossier).count() == 2
    assert f"/mot-cua/{dossier.pk}/quet/" in desk.get(f"/mot-cua/{dossier.pk}/").content.decode()


def test_what_is_no_paper_of_it_or_no_file_is_told_and_keeps_nothing(house, desk, dossier):
    where = f"/mot-cua/{dossier.pk}/quet/"
    for sent, sentence in (
        ({"paper": "TP1"}, "chưa chọn tệp"),
        ({"paper": "TP9", "file": scan()}, "không có loại giấy tờ đó"),
        ({"paper": "TP1", "file": scan("x.exe", b"MZ")}, "x.exe"),
    ):
        page = desk.post(where, sent)
        assert page.status_code == 400
        assert sentence in page.content.decode()
    assert dossier.attachments.get().file is None
    assert not events(dossier).exists()


def test_others_do_not_scan_and_a_finished_dossier_takes_no_scan(house, enter, dossier):
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=UnitFactory(kind="desk", parent=UnitFactory())).user
    assert enter(stranger).get(f"/mot-cua/{dossier.pk}/quet/").status_code == 404
    assert enter(house.people[Role.OFFICER]).get(f"/mot-cua/{dossier.pk}/quet/").status_code == 403
    with pytest.raises(NotNowError):
        scans.keep(dossier_id=dossier.pk, by=house.people[Role.OFFICER], paper_code="TP1", upload=scan())
    type(dossier).objects.filter(pk=dossier.pk).update(state="done")
    assert enter(house.people[Role.RECEPTIONIST]).get(f"/mot-cua/{dossier.pk}/quet/").status_code == 302
