"""The clocks of a dossier: what each act makes of them, in segments, columns and figures for the ledger."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.calendars import calendar_for
from accounts.enums import DayKind, Role, UnitKind
from accounts.models import Calendar, DayOff
from dossiers import promise
from dossiers.enums import EventCode, SegmentKind, State
from dossiers.explaining import explain_due
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.promise import PromiseBasis, UnknownPromiseError
from dossiers.services import bulk_load, desk, segments
from dossiers.services.bulk_load import Act, Story, Term
from dossiers.services.proof.clocks import promises
from portal.clock import VIETNAM
from portal.worktime import ExplanationKind, Limit, LimitUnit
from procedures.enums import Channel, ClockName, ResumePolicy, RevisionState
from procedures.models import LimitRule, Revision
from procedures.start_rules import Begins
from tests.factories import RevisionFactory, UnitFactory
from tests.houses import WEDNESDAY_MORNING, draft, make_house, received

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    """Read "18/11 09:00" as a moment of 2026 in Vietnam."""
    return datetime.strptime(f"{text} 2026", "%d/%m %H:%M %Y").replace(tzinfo=VIETNAM)


def shown(moment: datetime | None) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m %H:%M") if moment else ""


@pytest.fixture
def house() -> SimpleNamespace:
    return make_house()


@pytest.fixture
def clocks(house):
    return segments.read(draft(house))


def limit(clocks, value="3", unit="working_day", **changes):
    """Give the dossier a revision with another limit; published ones never change."""
    revision = RevisionFactory(procedure=clocks.dossier.procedure, number=2, parts=False)
    revision.limits.all().delete()
    if value:
        LimitRule.objects.create(revision=revision, value=Decimal(value), unit=unit, **changes)
    Revision.objects.filter(pk=revision.pk).update(state=RevisionState.PUBLISHED)
    clocks.dossier.revision = revision


def rows(clocks):
    return [
        (row.clock, row.kind, shown(row.started_at), shown(row.ended_at), shown(row.due_at)) for row in clocks.segments
    ]


def test_an_online_submission_starts_the_clock_of_acceptance_without_the_cutoff(clocks):
    segments.start_accept(clocks, at("18/11 15:30"))
    assert rows(clocks) == [("accept", "run", "18/11 15:30", "", "19/11 15:30")]
    assert shown(clocks.dossier.accept_by) == "19/11 15:30"
    assert clocks.segments[0].start_rule == "online_receipt"


def test_receiving_ends_the_acceptance_and_starts_the_main_clock(house, clocks):
    segments.start_accept(clocks, at("18/11 09:00"))
    segments.start(clocks, Begins.RECEIVED, at("18/11 15:00"))
    assert rows(clocks) == [
        ("accept", "run", "18/11 09:00", "18/11 15:00", "19/11 09:00"),
        ("main", "run", "18/11 15:00", "", "24/11 07:30"),
    ]
    main = clocks.segments[1]
    assert (main.start_rule, main.limit_value, main.limit_unit, main.policy) == (
        "own_desk",
        3,
        "working_day",
        "restart",
    )
    assert main.calendar_unit_id == house.ward.pk
    assert main.minutes == 3 * 480


def test_another_authority_starts_the_clock_when_it_gets_the_dossier(house, clocks):
    clocks.dossier.receiving_unit = UnitFactory(name="Trung tâm nơi khác", kind=UnitKind.DESK)
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    assert rows(clocks) == [("main", "transfer", "18/11 09:00", "", "")]
    assert clocks.dossier.due_at is None
    segments.start(clocks, Begins.FORWARDED, at("19/11 10:00"))
    assert rows(clocks)[1] == ("main", "run", "19/11 10:00", "", "24/11 10:00")
    assert clocks.segments[1].start_rule == "other_authority"
    assert segments.facts(clocks, at("20/11 10:00")).minutes_used == 480


def test_before_the_decree_the_clock_ran_from_the_reception_everywhere(house, clocks):
    clocks.dossier.receiving_unit = UnitFactory(name="Trung tâm nơi khác", kind=UnitKind.DESK)
    segments.start(clocks, Begins.RECEIVED, at("04/08 09:00"))
    assert rows(clocks) == [("main", "run", "04/08 09:00", "", "07/08 09:00")]


def test_a_procedure_may_name_its_start_rule(house, clocks):
    limit(clocks, start_rule="other_authority")
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    assert clocks.segments[0].kind == SegmentKind.TRANSFER


def test_forwarding_changes_nothing_when_the_clock_runs_already(clocks):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.start(clocks, Begins.FORWARDED, at("18/11 10:00"))
    assert len(clocks.segments) == 1


def test_restart_gives_the_whole_limit_again(clocks):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_SUPPLEMENT, at("19/11 09:00"))
    assert shown(clocks.dossier.clock_stopped_at) == "19/11 09:00"
    assert shown(clocks.dossier.due_at) == "23/11 09:00"
    segments.resume(clocks, at("25/11 14:00"))
    assert rows(clocks)[1:] == [
        ("main", "stopped_supplement", "19/11 09:00", "25/11 14:00", ""),
        ("main", "run", "25/11 14:00", "", "30/11 14:00"),
    ]
    assert clocks.dossier.clock_stopped_at is None
    assert shown(clocks.dossier.first_due_at) == "23/11 09:00"
    assert shown(clocks.dossier.due_at) == "30/11 14:00"


def test_shift_moves_the_due_time_by_the_working_time_stopped(house, clocks):
    limit(clocks, resume_policy=ResumePolicy.SHIFT)
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_SUPPLEMENT, at("19/11 09:00"))
    segments.resume(clocks, at("20/11 14:00"))  # 11 hours and a half of work later
    assert shown(clocks.dossier.due_at) == "24/11 14:00"
    told = promise.read(clocks.segments[-1].explanation)
    assert told.basis == PromiseBasis.SHIFTED
    assert [line.kind for line in told.lines][-1] == ExplanationKind.DUE
    assert next(line.minutes for line in told.lines if line.kind == ExplanationKind.RESUMED) == 11 * 60 + 30


@pytest.mark.parametrize("kind", [SegmentKind.STOPPED_PAYMENT, SegmentKind.STOPPED_CHECK, SegmentKind.STOPPED_DECISION])
def test_other_stops_than_supplements_only_move_the_due_time(clocks, kind):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.stop(clocks, kind, at("19/11 09:00"))
    assert "cộng thêm" in explain_due(clocks.dossier, clocks.segments)[-1]
    segments.resume(clocks, at("20/11 09:00"))
    assert shown(clocks.dossier.due_at) == "24/11 09:00"
    told = " ".join(explain_due(clocks.dossier, clocks.segments))
    assert "Đã hết thời gian tạm dừng" in told
    assert "đã dừng 8 giờ 0 phút" in told
    segments.stop(clocks, SegmentKind.STOPPED_SUPPLEMENT, at("20/11 10:00"))
    segments.resume(clocks, at("23/11 10:00"))
    assert shown(clocks.dossier.due_at) == "26/11 10:00"  # the procedure still starts anew after a supplement


def test_facts_add_up_over_stops(clocks):
    assert segments.facts(clocks, at("18/11 09:00")) == segments.ClockFacts(None, None, None, "")
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_SUPPLEMENT, at("19/11 09:00"))
    segments.resume(clocks, at("20/11 09:00"))
    found = segments.facts(clocks, at("20/11 11:00"))
    assert (found.minutes_allowed, found.minutes_used, found.minutes_stopped) == (480 + 3 * 480, 600, 480)


def test_the_digest_changes_with_every_stored_word(clocks):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    before = segments.digest(clocks.segments)
    clocks.segments[0].explanation["lines"][0]["at"] = "2026-11-18T09:01:00+07:00"
    assert segments.digest(clocks.segments) != before


def test_the_digest_is_the_same_when_read_back(clocks):
    segments.start_accept(clocks, at("18/11 08:00"))
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.write(clocks)
    clocks.dossier.event_count = 1
    assert segments.digest(segments.read(clocks.dossier).segments) == segments.digest(clocks.segments)


def test_an_act_writes_at_most_once_each_way(clocks, django_assert_num_queries):
    segments.start_accept(clocks, at("18/11 09:00"))
    segments.write(clocks)
    segments.start(clocks, Begins.RECEIVED, at("18/11 10:00"))
    with django_assert_num_queries(2):
        segments.write(clocks)


def test_the_calendar_is_asked_once_an_act(clocks, django_assert_num_queries):
    clocks.calendar(clocks.dossier.competent_unit_id)
    with django_assert_num_queries(0):
        clocks.calendar(clocks.dossier.receiving_unit_id)
        clocks.calendar(clocks.dossier.department_id)


def test_same_day_is_promised_for_closing_time(house, clocks):
    limit(clocks, "1", "same_day")
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    assert shown(clocks.dossier.due_at) == "18/11 17:00"


def test_without_a_number_there_is_no_promise(house, clocks):
    limit(clocks, "")
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    assert clocks.segments[0].due_at is None
    assert promise.read(clocks.segments[0].explanation).basis == PromiseBasis.NO_LIMIT
    assert segments.facts(clocks, at("18/11 10:00")).minutes_allowed is None


def test_a_day_off_moves_a_promise_only_when_asked_and_only_later(house, clocks):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.write(clocks)
    calendar = Calendar.objects.get()
    day = DayOff.objects.create(calendar=calendar, day=at("20/11 00:00").date(), kind=DayKind.OFF, name="Nghỉ thử")
    again = segments.Clocks(clocks.dossier, list(ClockSegment.objects.order_by("position")))
    assert shown(again.segments[0].due_at) == "23/11 09:00"
    assert segments.move(again, again.segments[0], at("19/11 10:00"), why="Nghỉ thử")
    assert rows(again)[-1] == ("main", "moved", "19/11 10:00", "", "24/11 09:00")
    assert promise.read(again.segments[-1].explanation).move.why == "Nghỉ thử"
    assert shown(again.dossier.first_due_at) == "23/11 09:00"
    segments.write(again)
    day.delete()
    back = segments.Clocks(clocks.dossier, list(ClockSegment.objects.order_by("position")))
    assert not segments.move(back, back.segments[-1], at("19/11 11:00"), why="Bỏ ngày nghỉ")
    assert shown(back.dossier.due_at) == "24/11 09:00"


def test_moving_counts_stops_again(house, clocks):
    limit(clocks, resume_policy=ResumePolicy.SHIFT)
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_SUPPLEMENT, at("17/11 09:00"))
    segments.resume(clocks, at("18/11 09:00"))
    assert shown(clocks.dossier.due_at) == "20/11 09:00"
    DayOff.objects.create(calendar=Calendar.objects.get(), day=at("19/11 00:00").date(), kind=DayKind.OFF, name="Thử")
    again = segments.Clocks(clocks.dossier, clocks.segments)
    assert segments.move(again, again.segments[-1], at("18/11 10:00"), why="Thử")
    assert shown(again.dossier.due_at) == "23/11 09:00"


def test_finish_ends_everything(clocks):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_DECISION, at("18/11 10:00"))
    segments.finish(clocks, at("18/11 11:00"))
    assert clocks.open(ClockName.MAIN) is None
    assert clocks.dossier.clock_stopped_at is None
    segments.resume(clocks, at("18/11 12:00"))
    assert len(clocks.segments) == 2


def test_one_open_segment_a_clock(clocks):
    segments.start(clocks, Begins.RECEIVED, at("18/11 09:00"))
    segments.write(clocks)
    twin = ClockSegment.objects.get()
    twin.pk, twin.position = None, 9
    with pytest.raises(IntegrityError, match="segment_one_open"), transaction.atomic():
        twin.save()


def test_a_promise_of_a_later_version_is_said_not_guessed():
    with pytest.raises(UnknownPromiseError):
        promise.read({"version": 99})


def test_own_desk_is_the_desk_of_the_competent_house(house):
    city = UnitFactory(kind=UnitKind.CITY)
    center = UnitFactory(kind=UnitKind.DESK, parent=city)
    department = UnitFactory(kind=UnitKind.DEPARTMENT, parent=city)
    ward = UnitFactory(kind=UnitKind.WARD, parent=city)
    assert segments.is_own_desk(house.center, house.ward)
    assert segments.is_own_desk(center, department)
    assert not segments.is_own_desk(center, ward)
    assert not segments.is_own_desk(house.center, ward)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE dossiers_clocksegment SET due_at = due_at + interval '1 day'", "its clock is not the one"),
        ("UPDATE dossiers_clocksegment SET explanation = '{}'", "its clock is not the one"),
        ("DELETE FROM dossiers_clocksegment", "its clock is missing"),
        ("UPDATE dossiers_dossier SET due_at = due_at + interval '1 day'", "due_at is not what its clock says"),
    ],
)
def test_the_proof_finds_a_changed_promise(house, sql, told):
    with time_machine.travel(WEDNESDAY_MORNING, tick=False):
        received(house)
    assert [finding.text for finding in promises()] == []
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(told in finding.text for finding in promises())


def test_events_carry_the_figures_of_the_clock(house):
    with time_machine.travel(WEDNESDAY_MORNING, tick=False) as machine:
        dossier = received(house)
        machine.shift(3600)
        desk.forward(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="forwarded")
    assert (event.minutes_allowed, event.minutes_used, event.minutes_stopped) == (3 * 480, 60, 0)
    assert event.clock_digest == segments.digest(list(ClockSegment.objects.order_by("position")))


@pytest.mark.parametrize("ended", [None, "20/11 10:00"])
def test_the_loader_writes_what_the_clock_would(house, ended):
    began, limit = at("18/11 09:00"), Limit(Decimal(3), LimitUnit.WORKING_DAY)
    calendar = calendar_for(house.ward)
    term = Term(limit, promise.counted(began, limit, calendar, use_cutoff=True), calendar)
    acts = [Act(EventCode.RECEIVED, began, State.ACCEPTED)]
    acts += [Act(EventCode.RESULT_ISSUED, at(ended), State.DONE)] if ended else []
    story = Story(
        reference="X",
        owner=0,
        procedure=house.procedure,
        revision_id=house.revision.pk,
        receiving_unit=house.center,
        unit=house.ward,
        channel=Channel.DESK,
        level_offered=4,
        acts=acts,
        term=term,
    )
    told = bulk_load._clock(1, story)
    clocks = segments.Clocks(Dossier(), [told.row], calendars={house.ward.pk: calendar})
    for moment in ("19/11 11:00", "23/11 08:00"):
        if ended is None or at(moment) >= told.row.ended_at:
            assert bulk_load._clock_facts(story, told)(at(moment)) == asdict(segments.facts(clocks, at(moment)))
    assert bulk_load._clock_facts(story, told)(at("17/11 09:00")) == {}


def test_a_letter_of_apology_names_one_new_date_and_law_gives_no_more_time(house, clocks):
    limit(clocks, "3")
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))  # a Monday: due on Thursday
    segments.reappoint(clocks, at("24/11 17:00"), at("18/11 09:00"))
    assert rows(clocks)[-1] == ("main", "apology", "18/11 09:00", "", "24/11 17:00")
    assert shown(clocks.dossier.due_at) == "24/11 17:00"
    assert (shown(clocks.dossier.first_due_at), shown(clocks.dossier.reappointed_from)) == ("19/11 09:00",) * 2
    facts = segments.facts(clocks, at("20/11 09:00"))
    assert (facts.minutes_allowed, facts.minutes_used) == (3 * 480, 4 * 480)
    told = promise.read(clocks.segments[-1].explanation)
    assert (told.basis, told.naming.left) == (PromiseBasis.NAMED, 480)


def test_a_late_letter_gives_nothing_either_and_a_stop_behind_it_only_moves_it(house, clocks):
    limit(clocks, "3")
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))
    segments.reappoint(clocks, at("24/11 09:00"), at("20/11 09:00"))  # a day late
    segments.stop(clocks, SegmentKind.STOPPED_PAYMENT, at("23/11 09:00"))
    segments.resume(clocks, at("24/11 09:00"))
    assert shown(clocks.dossier.due_at) == "25/11 09:00"
    facts = segments.facts(clocks, at("25/11 09:00"))
    assert (facts.minutes_allowed, facts.minutes_used) == (3 * 480, 6 * 480)
    assert shown(clocks.dossier.reappointed_from) == "19/11 09:00"


def test_a_whole_limit_after_a_letter_is_a_whole_limit(house, clocks):
    limit(clocks, "3")
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))
    segments.reappoint(clocks, at("24/11 09:00"), at("18/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_SUPPLEMENT, at("19/11 09:00"))
    segments.resume(clocks, at("20/11 09:00"))
    facts = segments.facts(clocks, at("23/11 09:00"))
    assert (facts.minutes_allowed, facts.minutes_used) == ((3 + 3) * 480, (3 + 1) * 480)


def test_no_calendar_moves_what_a_letter_named(house, clocks):
    limit(clocks, "3")
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))
    segments.reappoint(clocks, at("24/11 09:00"), at("18/11 09:00"))
    assert not segments.move(clocks, clocks.segments[-1], at("19/11 10:00"), why="Nghỉ thử")


def test_while_the_clock_stands_there_is_nothing_to_name_anew(house, clocks):
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))
    segments.stop(clocks, SegmentKind.STOPPED_PAYMENT, at("17/11 09:00"))
    segments.reappoint(clocks, at("24/11 09:00"), at("18/11 09:00"))
    assert [row.kind for row in clocks.segments] == ["run", "stopped_payment"]


def test_the_database_takes_one_letter_a_dossier(house, clocks):
    segments.start(clocks, Begins.RECEIVED, at("16/11 09:00"))
    segments.reappoint(clocks, at("24/11 09:00"), at("17/11 09:00"))
    segments.reappoint(clocks, at("26/11 09:00"), at("18/11 09:00"))
    with pytest.raises(IntegrityError, match="segment_one_apology"):
        segments.write(clocks)
