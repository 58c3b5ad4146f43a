"""A page, a paper and a message about one dossier say the same due time and the same reasons, whatever is edited later."""

from datetime import date, time

import pytest
import time_machine

from accounts.enums import CalendarChoice, DayKind, Role, UnitKind
from accounts.services import drop_calendar, put_day, set_hours
from dossiers import documents
from dossiers.citizen import sections as citizen_sections
from dossiers.desk import sections as desk_sections
from dossiers.explaining import explain_due
from dossiers.models.dossier import Dossier
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.papers import PAPERS
from dossiers.services import calendar_moves, desk, submission
from integrations.models import OutboxMessage
from portal import clock
from tests.factories import MembershipFactory, UnitFactory
from tests.houses import WEDNESDAY_MORNING, asked, assigned, make_house, received, submitted

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def moments():
    with time_machine.travel(WEDNESDAY_MORNING, tick=False) as machine:
        yield machine


@pytest.fixture
def house():
    return make_house()


def shown(moment):
    return clock.local(moment).strftime("%H:%M %d/%m/%Y") if moment else ""


def said(dossier):
    """The due time as each place says it, and the sentences that explain it."""
    fresh = Dossier.objects.get(pk=dossier.pk)
    receipt = PrintedForm.objects.filter(dossier=fresh, name="receipt").order_by("-event_seq").first()
    places = {
        "desk": shown(desk_sections.due_facts(fresh)["at"]),
        "citizen": shown(citizen_sections.due(fresh)["at"]),
        "message": OutboxMessage.objects.filter(channel="email").order_by("-pk").first().body,
        "explanation": explain_due(fresh),
    }
    if receipt is not None:
        context = documents.context(receipt)
        qr = documents.qr_text(PAPERS["receipt"], fresh, title="", issued_at=clock.now(), due_at=context["due_at"])
        places |= {"receipt": shown(context["due_at"]), "qr": qr.rsplit("|", 1)[-1], "limit": context["limit_text"]}
    return places


def edit_everything(house):
    """Every kind of edit a calendar knows; the promises are kept."""
    boss = house.people[Role.ADMINISTRATOR]
    keep = {"by": boss, "decision": CalendarChoice.KEEP}
    put_day(unit_id=None, day=FRIDAY, kind=DayKind.OFF, name="Nghỉ đột xuất", **keep)
    put_day(unit_id=house.ward.pk, day=date(2026, 11, 19), kind=DayKind.OFF, name="Nghỉ nữa", **keep)
    put_day(unit_id=None, day=date(2026, 11, 21), kind=DayKind.WORKDAY, name="Làm bù", **keep)
    set_hours(unit_id=None, weekly={1: [(time(8), time(9))]}, cutoff=time(8), **keep)
    drop_calendar(unit_id=house.ward.pk, **keep)


def test_after_the_reception(house):
    dossier = received(house)
    before = said(dossier)
    assert {before["desk"], before["citizen"], before["receipt"], before["qr"]} == {"09:00 23/11/2026"}
    assert "09:00 23/11/2026" in before["message"]
    assert "23/11/2026" in before["explanation"][-1]
    assert before["limit"] == "3 ngày làm việc"
    edit_everything(house)
    assert said(dossier) == before


def test_while_the_desk_has_not_answered(house):
    dossier = submitted(house)
    before = said(dossier)
    assert before["desk"] == before["citizen"] == "09:00 19/11/2026"
    assert "09:00 19/11/2026" in before["message"]
    assert "19/11/2026" in before["explanation"][-1]
    edit_everything(house)
    assert said(dossier) == before


def test_after_a_supplement(house, moments):
    dossier = assigned(house)
    officer = house.people[Role.OFFICER]
    items = [{"paper_code": "TP1", "name": "Giấy tờ", "note": "mờ"}]
    asked(house, dossier, by=officer, items=items, reason="Mờ", answer_by=date(2026, 12, 1))
    moments.shift(86400)
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã bổ sung")
    before = said(dossier)
    assert before["desk"] == before["citizen"] == "09:00 24/11/2026"
    assert "09:00 24/11/2026" in before["message"]
    assert "Hẹn trả lần đầu" in before["explanation"][-1]
    assert before["receipt"] == before["qr"] == "09:00 24/11/2026"  # printed anew; the first one keeps its own promise
    first, second = PrintedForm.objects.filter(dossier=dossier, name="receipt").order_by("event_seq")
    assert shown(documents.context(first)["due_at"]) == "09:00 23/11/2026"
    context = documents.context(second)
    assert shown(context["renewed_at"]) == "09:00 19/11/2026"
    assert (context["signer_name"], shown(context["received_at"])) == ("Cán bộ receptionist", "09:00 18/11/2026")
    edit_everything(house)
    assert said(dossier) == before


def test_a_moved_promise_says_so_everywhere(house):
    dossier = received(house)
    put_day(
        by=house.people[Role.ADMINISTRATOR],
        unit_id=None,
        day=FRIDAY,
        kind=DayKind.OFF,
        name="Nghỉ đột xuất",
        decision=CalendarChoice.MOVE,
    )
    calendar_moves.move_waiting()
    after = said(dossier)
    assert after["desk"] == after["citizen"] == after["receipt"] == after["qr"] == "09:00 24/11/2026"
    assert "09:00 24/11/2026" in after["message"]
    assert any("Nghỉ đột xuất" in line and "được dời" in line for line in after["explanation"])
    edit_everything(house)
    assert said(dossier) == after


def test_received_for_another_authority_nothing_is_promised_before_it_has_the_dossier(house, moments):
    dossier = submitted(house)
    elsewhere = UnitFactory(name="Trung tâm nơi khác", kind=UnitKind.DESK)
    stranger = MembershipFactory(role=Role.RECEPTIONIST, unit=elsewhere).user
    Dossier.objects.filter(pk=dossier.pk).update(receiving_unit=elsewhere)
    WorkItem.objects.filter(dossier=dossier).update(unit=elsewhere)
    desk.receive(dossier_id=dossier.pk, by=stranger)
    context = documents.context(PrintedForm.objects.get(dossier=dossier))
    assert (context["due_at"], context["waits_for"]) == (None, house.ward.name)
    assert "tính từ khi" in explain_due(Dossier.objects.get(pk=dossier.pk))[-1]
    moments.shift(3600)
    desk.forward(dossier_id=dossier.pk, by=stranger)
    places = said(dossier)
    assert places["desk"] == places["citizen"] == places["receipt"] == "10:00 23/11/2026"
    assert "10:00 23/11/2026" in places["message"]


def test_pages_ask_no_calendar_for_the_explanation(house, django_assert_num_queries):
    dossier = Dossier.objects.get(pk=received(house).pk)
    with django_assert_num_queries(1):
        assert len(explain_due(dossier)) > 2
