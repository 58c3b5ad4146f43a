"""The registry of events: each one whole, in words people can read, told to somebody who can be reached."""

import re

import pytest

from dossiers import paper_checks, workflow
from dossiers.audiences import AUDIENCES
from dossiers.enums import Decision, EventCode, State
from dossiers.events import EVENTS, PLACEHOLDERS, Audience, told_to_citizens
from dossiers.models.event import DossierEvent, EventText
from dossiers.services import desk, paper_drafts
from integrations.models import OutboxMessage
from portal.icons import _SHAPES
from portal.templatetags.ui import TONES
from tests import houses
from tests.house.howto import module_of
from tests.house.test_templates import VIETNAMESE

pytestmark = pytest.mark.unit
NAMED = re.compile(r"%\((\w+)\)s")
TWO_MESSAGES = 134  # signs of two text messages with Vietnamese letters
SAMPLE = {
    "code": "H29.951.11.28-261118-0001",
    "procedure": "x",
    "unit": "UBND phường Mẫu",
    "desk": "Bộ phận Một cửa",
    "due": "16:30 23/11/2026",
    "due_before": "16:30 20/11/2026",
    "accept_by": "16:30 23/11/2026",
    "text": "x",
    "answer_by": "23/11/2026",
    "unless": paper_checks.unless(silence_agrees=False),
}


def faults(event):
    """What an event fails to say."""
    found = []
    if len(event.code) > DossierEvent._meta.get_field("code").max_length:
        found.append("code too long for its column")
    if not VIETNAMESE.search(str(event.label)):
        found.append("label")
    if event.citizen is not None and not VIETNAMESE.search(str(event.citizen)):
        found.append("sentence for the citizen")
    if event.tone not in TONES or (event.icon and event.icon not in _SHAPES):
        found.append("tone or icon")
    if bool(event.audience) != (event.wording is not None):
        found.append("audience and wording go together")
    if event.audience and event.citizen is None:
        found.append("who is told must find it in the timeline")
    found += [f"contact of {who}" for who in event.audience if AUDIENCES[who].left is None]
    return found + (wording_faults(event) if event.wording else [])


def wording_faults(event):
    """What its notices fail to say."""
    found, wording = [], event.wording
    for part in (wording.subject, wording.body, wording.short):
        if part is None:
            continue
        used = set(NAMED.findall(str(part)))
        if used - PLACEHOLDERS:
            found.append(f"placeholders {used - PLACEHOLDERS}")
        if not VIETNAMESE.search(str(part)):
            found.append("wording")
        if "text" in used and not event.text_is_public:
            found.append("words of the act that are not public")
    if wording.short is not None:
        if {"text", "procedure"} & set(NAMED.findall(str(wording.short))):
            found.append("content of the dossier in a short message")
        if len(str(wording.short) % SAMPLE) > TWO_MESSAGES:
            found.append("short message too long")
    return found


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.code)
def test_every_event_says_what_it_must(event):
    assert not (found := faults(event)), found


def test_every_code_that_is_asked_for_is_declared():
    wanted = {row.event for row in workflow.rows()} | {str(code) for code in EventCode}
    for row in workflow.rows():
        wanted |= {workflow.outcome(row, decision)[1] for decision in Decision}
    assert {str(code) for code in wanted} - {event.code for event in EVENTS} == set()
    assert {event.code for event in EVENTS} - {str(code) for code in wanted} == set(), "declared, but nothing makes it"


def test_every_audience_is_declared():
    assert set(AUDIENCES) == set(Audience)


def test_the_house_keeps_its_own_affairs():
    inside = {event.code for event in EVENTS} - set(told_to_citizens())
    assert inside >= {"assigned", "proposed", "sent_back", "approved", "text_erased"}


@pytest.mark.django_db
def test_public_words_are_those_of_public_events():
    house = houses.make_house()
    draft = houses.signed(house, houses.submitted(house), "intake_refusal", {"reason_code": "other", "reason": "Sai."})
    paper_drafts.return_draft(dossier_id=draft.dossier_id, by=house.people["receptionist"], reason="Ghi rõ mẫu nào.")
    houses.refuse(house, houses.submitted(house), reason_code="other", reason="Sai mẫu.")
    for words in EventText.objects.all():
        event = DossierEvent.objects.get(dossier_id=words.dossier_id, seq=words.seq)
        assert words.is_public == EVENTS[event.code].text_is_public
    assert {words.is_public for words in EventText.objects.all()} == {True, False}


@pytest.mark.django_db
def test_the_page_on_events_adds_one(tmp_path, client):
    house = houses.make_house()
    code = "postponed"
    try:
        module = module_of("add-an-event", tmp_path)
        assert faults(module.POSTPONED) == []
        assert (EVENTS.label(code), code in told_to_citizens()) == ("Hẹn lại ngày trả", True)
        workflow.add(
            workflow.Transition(
                "postpone", frozenset({State.ACCEPTED}), None, code, frozenset({"receptionist"}), "intake"
            )
        )
        dossier = houses.received(house)
        opened = desk.begin(dossier_id=dossier.pk, action="postpone", by=house.people["receptionist"], version=None)
        desk.apply(opened, desk.Deed(text="Máy in hỏng."))
        assert DossierEvent.objects.get(dossier_id=dossier.pk, code=code).label == "Hẹn lại ngày trả"
        letter = OutboxMessage.objects.get(kind=f"dossier.{code}", channel="email")
        assert letter.subject == f"Hồ sơ {dossier.code}: hẹn lại ngày trả kết quả"
        client.force_login(house.citizen)
        page = client.get(f"/ho-so/{dossier.reference}/").content.decode()
        assert "Cơ quan hẹn lại ngày trả kết quả" in page
        assert "Máy in hỏng." in page
    finally:
        EVENTS.remove(code)
        workflow.remove(*(row for row in workflow.rows() if row.action == "postpone"))


def test_every_event_has_a_mark_of_its_own_in_a_timeline():
    assert [event.code for event in EVENTS if not event.icon] == []
