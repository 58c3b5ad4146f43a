"""Erasing words: an act with its event, the digest stays, and nothing but that one text goes."""

import secrets
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.db.utils import ProgrammingError

from accounts.enums import Role
from dossiers import workflow
from dossiers.enums import EventCode
from dossiers.models.event import DossierEvent, EventText
from dossiers.services import desk, seals
from dossiers.services.erasure import erase_text
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from portal import rights
from portal.errors import NotNowError, UserError
from tests import houses

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def faults():
    return [finding.text for finding in examine() if finding.weight is not Weight.NOTE]


def refused(house):
    dossier = houses.submitted(house)
    return houses.refuse(house, dossier, reason_code="other", reason="Bệnh án của bà Mẫu.")


def test_the_words_go_and_the_event_says_so(house):
    dossier = refused(house)
    seals.seal_now()
    before = DossierEvent.objects.get(dossier_id=dossier.pk, seq=4)
    erase_text(dossier_id=dossier.pk, seq=4, by=house.people[Role.SIGNER], reason="Theo yêu cầu của chủ hồ sơ.")
    (text,) = EventText.objects.filter(dossier=dossier)
    assert (text.seq, text.text, text.is_public) == (5, "Theo yêu cầu của chủ hồ sơ.", False)
    event = DossierEvent.objects.get(dossier_id=dossier.pk, seq=5)
    assert (event.code, event.about_seq, event.actor_role, event.state_to) == (
        EventCode.TEXT_ERASED,
        4,
        Role.SIGNER,
        dossier.state,
    )
    assert DossierEvent.objects.get(dossier_id=dossier.pk, seq=4).text_digest == before.text_digest != ""
    assert faults() == []
    assert seals.seal_now() == 2
    assert faults() == []


def test_the_system_erases_on_an_operators_command(house):
    dossier = houses.received(house)
    desk.forward(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    desk.assign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], officer_id=house.people[Role.OFFICER].pk)
    houses.asked(
        house,
        dossier,
        by=house.people[Role.OFFICER],
        items=[{"paper_code": "TP1", "name": "Giấy tờ", "note": "mờ"}],
        reason="Bản chụp mờ.",
        answer_by=date(2026, 12, 1),
    )
    seq = EventText.objects.get(dossier=dossier).seq
    out = StringIO()
    call_command("erase_text", dossier.code, str(seq), "--reason", "Quyết định 5/QĐ-UBND", stdout=out)
    assert "Erased" in out.getvalue()
    event = DossierEvent.objects.filter(dossier_id=dossier.pk).latest("seq")
    assert (event.actor_role, event.actor_id, event.about_seq) == (workflow.SYSTEM, None, seq)
    assert faults() == []
    with pytest.raises(CommandError, match="đã được xoá"):
        call_command("erase_text", dossier.code, str(seq), "--reason", "lần nữa")
    with pytest.raises(CommandError, match="no dossier"):
        call_command("erase_text", "H29.951-000000-0001", "1", "--reason", "x")


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_goes(house, reason):
    dossier = refused(house)
    with pytest.raises(UserError, match="lý do"):
        erase_text(dossier_id=dossier.pk, seq=4, by=None, reason=reason)
    assert EventText.objects.filter(dossier=dossier, seq=4).exists()


def test_who_does_not_answer_for_the_authority_may_not(house):
    dossier = refused(house)
    for person in (house.people[Role.RECEPTIONIST], house.people[Role.OFFICER], house.citizen):
        with pytest.raises(NotNowError):
            erase_text(dossier_id=dossier.pk, seq=4, by=person, reason="x")
    draft = houses.draft(house)
    with pytest.raises(NotNowError):
        erase_text(dossier_id=draft.pk, seq=1, by=None, reason="x")


def test_a_fault_leaves_event_and_text(house, monkeypatch):
    dossier = refused(house)
    monkeypatch.setattr("dossiers.services.erasure.apply", lambda *_args: dossier)  # no event: the database refuses
    with pytest.raises((InternalError, ProgrammingError), match="by an act that says so"), transaction.atomic():
        erase_text(dossier_id=dossier.pk, seq=4, by=None, reason="x")
    assert EventText.objects.filter(dossier=dossier, seq=4).exists()


def test_texts_are_never_worded_anew(house):
    refused(house)
    with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
        EventText.objects.update(text="khác")


def test_the_applications_role_erases_only_so(house, settings):
    dossier = refused(house)
    name = f"app_{secrets.token_hex(4)}"
    settings.DATABASE_URL = f"postgresql://{name}:x@db/motcua"
    rights.grant(rights.application())
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {name}")
        with pytest.raises(ProgrammingError), transaction.atomic():
            EventText.objects.all().delete()
        erase_text(dossier_id=dossier.pk, seq=4, by=None, reason="Theo yêu cầu.")
        cursor.execute("RESET ROLE")
    assert not EventText.objects.filter(dossier=dossier, seq=4).exists()
    assert faults() == []


def test_an_erased_text_put_back_is_found(house):
    dossier = refused(house)
    erase_text(dossier_id=dossier.pk, seq=4, by=None, reason="Theo yêu cầu.")
    EventText.objects.create(dossier=dossier, seq=4, text="Bệnh án của bà Mẫu.")
    assert faults() == [f"dossier {dossier.pk}: the text of event 4 is there although it was erased"]
