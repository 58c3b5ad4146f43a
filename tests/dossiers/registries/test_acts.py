"""The registry of desk acts beside the transition table; and a transition with its paper, added from its page."""

import inspect

import pytest
import time_machine
from django.urls import reverse

from dossiers import workflow
from dossiers.desk.acts import ACTS
from dossiers.enums import Action, State
from dossiers.events import EVENTS
from dossiers.forms.desk import ActForm
from dossiers.models.event import DossierEvent
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS
from integrations.models import OutboxMessage
from portal.errors import NotNowError
from tests import houses
from tests.dossiers.acts.printed import printed
from tests.dossiers.registries import test_events, test_papers
from tests.house.howto import blocks, module_of
from tests.house.test_templates import VIETNAMESE

pytestmark = pytest.mark.unit
# Acts with a page or a place of their own: the citizen's, those at the counter around a question to another unit, those on money and on times entered late
ELSEWHERE = {
    Action.SUBMIT,
    Action.ANSWER_SUPPLEMENT,
    Action.REQUEST_WITHDRAWAL,
    Action.RECEIVE_AT_COUNTER,
    Action.ANSWER_CONSULTATION,
    Action.END_CONSULTATION,
    Action.SUPPLEMENT_DONE,
    Action.NOTE_VISIT,
    Action.SCAN_PAPER,
    Action.CONFIRM_CHECK,
    Action.CORRECT_CHECK,
    Action.CONFIRM_CHECK_ON_BEHALF,
    Action.CORRECT_CHECK_ON_BEHALF,
    Action.PAY,
    Action.REFUND,
    Action.ASK_CORRECTION,
    Action.AGREE_CORRECTION,
    Action.DECLINE_CORRECTION,
    Action.REPLACE_RECEIPT,
    Action.PREPARE_AT_POST,  # the counter's page
    Action.HAND_OVER,  # signatures of a sheet
    Action.SEND_BY_POST,
}


def faults(act):
    """What an act of the desk fails to say."""
    found = [name for name in ("label", "foretell", "done") if not VIETNAMESE.search(str(getattr(act, name)))]
    if not issubclass(act.form, ActForm) or not callable(act.service):
        found.append("form or service")
    if callable(act.service) and (unfit := misfits(act)):
        found.append(f"a service that takes what its form gives, and no more: {unfit}")
    if "%(code)s" not in str(act.done) or not str(act.foretell).endswith("."):
        found.append("which dossier was done; a whole sentence on what will happen")
    if all(row.action != act.code for row in workflow.rows()):
        found.append("a row of the transition table")
    return found


def misfits(act):
    """Arguments that the form gives and the service does not take, or that it must have and nobody gives."""
    if act.form.facts is not ActForm.facts:
        return []  # the form words its own arguments
    given = {*act.form.base_fields, "dossier_id", "by", "version", "item_id"} - {"item"}
    takes = inspect.signature(act.service).parameters
    needed = {name for name, taken in takes.items() if taken.default is taken.empty}
    return sorted((given - takes.keys()) | (needed - given))


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.code)
def test_every_act_says_what_it_must(act):
    assert not (found := faults(act)), found


def test_every_row_of_the_table_can_be_done_somewhere():
    by_people = {str(row.action) for row in workflow.rows() if row.roles != {workflow.SYSTEM}}
    assert by_people - {act.code for act in ACTS} == set(ELSEWHERE)


def test_acts_stand_in_one_order():
    places: dict[int, list[str]] = {}
    for act in ACTS:
        places.setdefault(act.order, []).append(str(act.code))
    assert {order: codes for order, codes in places.items() if len(codes) > 1} == {}


@pytest.mark.django_db
def test_the_page_on_transitions_adds_one_with_its_paper(tmp_path, settings, client):
    (tmp_path / "dossiers" / "print").mkdir(parents=True)
    (sheet,) = blocks("add-a-transition", "django")
    (tmp_path / "dossiers" / "print" / "stop_notice.html").write_text(sheet, encoding="utf-8")
    engine = {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}
    settings.TEMPLATES = [engine, *settings.TEMPLATES[1:]]
    house = houses.make_house()
    try:
        module = module_of("add-a-transition", tmp_path)
        assert faults(ACTS["stop"]) == []
        assert test_events.faults(EVENTS["work_stopped"]) == []
        assert test_papers.faults(PAPERS["stop_notice"]) == []
        with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
            _stop_one(house, client, module)
    finally:
        EVENTS.remove("work_stopped")
        PAPERS.remove("stop_notice")
        ACTS.remove("stop")
        workflow.remove(*(row for row in workflow.rows() if row.action == "stop"))
    assert test_every_row_of_the_table_can_be_done_somewhere() is None


def _stop_one(house, client, module):
    dossier = houses.assigned(house)
    head, officer = house.people["unit_head"], house.people["officer"]
    with pytest.raises(NotNowError):
        module.stop(dossier_id=dossier.pk, by=officer, reason="Không được.")
    client.force_login(head)
    session = client.session
    session["demo_person"] = True
    session.save()
    page = client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "Dừng giải quyết" in page
    dossier.refresh_from_db()
    sent = {"version": dossier.version, "reason": "Cơ quan khác đang điều tra."}
    answer = client.post(reverse("desk:act", args=[dossier.pk, "stop"]), sent)
    assert answer.status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.STOPPED
    assert not dossier.work_items.filter(closed_at=None).exists()
    assert DossierEvent.objects.get(dossier_id=dossier.pk, code="work_stopped").label == "Dừng giải quyết hồ sơ"
    sheet = printed(PrintedForm.objects.get(dossier=dossier, name="stop_notice"))
    assert "Cơ quan khác đang điều tra." in sheet
    assert "Số: 01/2026/TB-DGQ" in sheet
    assert "Mẫu số 05 (TT 03/2025/TT-VPCP)" in sheet
    assert "Cán bộ unit_head" in sheet
    assert "điều tra" in OutboxMessage.objects.get(kind="dossier.work_stopped", channel="email").body
