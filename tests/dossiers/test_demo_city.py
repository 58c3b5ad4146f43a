"""The demo city: each role of the cast finds work, the books agree, papers are made when first opened."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.urls import reverse

from accounts import seeds
from accounts.calendars import calendar_for
from accounts.enums import ClosingState
from accounts.models import LeaveCover, OrgUnit, UnitClosing, User
from accounts.queries import covered_by, memberships_of
from dossiers import calls, money, queries
from dossiers.desk import inbox, owed_letters
from dossiers.enums import DraftKind, DraftState, EventCode, Rung, State
from dossiers.models.clock import ClockWarning
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.money import CashDay
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.scenarios.city.load import load
from dossiers.services import opening, unmade
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from dossiers.tasks import print_missing_papers
from portal import clock
from portal.celery import left_to_sweeps
from portal.pdf import PaperFaultError
from procedures.enums import StepKind
from tests.client import StrictClient
from tests.house.source import ROOT
from tests.houses import quick_sheet
from tests.shared import rows_of_a_module
from tests.weights import weight_of

FRIDAY = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
ENOUGH = 3
pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.slow, pytest.mark.web]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The cast's ward and its neighbour with little ordinary work, as on a Friday afternoon."""
    with rows_of_a_module(django_db_blocker), time_machine.travel(FRIDAY, tick=False):
        call_command("seed_demo", verbosity=0)
        cast = seeds.accounts_of_cast()
        told = load(cast=cast, units=["p-vung-tau", "p-tam-thang"], now=clock.now(), scale=0.1)
        with django_db_blocker.block():
            yield told


def test_limits_come_near_on_every_rung_and_letters_are_owed_on_their_way_and_sent(loaded, db):
    reached = set(ClockWarning.objects.values_list("rung", flat=True))
    assert reached >= {Rung.HALF, Rung.MOST, Rung.ASK, Rung.LETTER, Rung.DUE, Rung.LATE, Rung.SUPPLEMENT, Rung.INTAKE}
    letters = PaperDraft.objects.filter(kind=DraftKind.APOLOGY)
    assert letters.filter(state=DraftState.SUBMITTED).exists()
    assert letters.filter(state=DraftState.NUMBERED).exists()
    assert Dossier.objects.filter(reappointed_from__isnull=False).exists()
    with time_machine.travel(FRIDAY, tick=False):
        head = list(memberships_of(seeds.accounts_of_cast()["unit_head"]))
        assert owed_letters.owed(head).count() >= ENOUGH


@pytest.fixture
def cast(loaded, db, settings):
    settings.DEMO = True
    with time_machine.travel(FRIDAY, tick=False):
        yield seeds.accounts_of_cast()


def client_of(user):
    client = StrictClient()
    client.force_login(user)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client


def acts_at_desk(user):
    """Items that lie in the person's lists with an act they may do."""
    held = list(memberships_of(user))
    who = {"user_id": user.pk, "memberships": held, "now": clock.now(), "stands_in_for": covered_by(user.pk)}
    tabs = [tab for tab in inbox.TABS if tab != inbox.DONE_TAB]
    found = WorkItem.objects.filter(
        pk__in={pk for tab in tabs for pk in inbox.tab_items(tab, **who).values_list("pk", flat=True)}
    )
    return [
        item for item in found.select_related("dossier") if queries.allowed_actions(item.dossier, user, work=[item])
    ]


def acts_of_citizen(user):
    """Dossiers of the account with an act it may do; a draft waits to be gone on with."""
    found = Dossier.objects.filter(account=user)
    return [row for row in found if row.state == State.DRAFT or queries.allowed_actions(row, user)]


def test_every_life_was_told_to_its_end(loaded):
    assert loaded.refused == 0


def test_each_role_of_the_cast_has_three_things_to_do(cast):
    # those who work on no dossier have their lists: units, procedures, people
    lists = {
        "home_affairs": OrgUnit.objects.filter(kind="ward", valid_to=None),
        "home_affairs_second": OrgUnit.objects.filter(kind="ward", valid_to=None),
        "procedure_controller": OrgUnit.objects.filter(kind="ward", valid_to=None),
        "administrator": User.objects.filter(memberships__isnull=False).distinct(),
        "cashier": money.queue([OrgUnit.objects.get(code="p-vung-tau-ttpvhcc")]),
    }
    few = {}
    for person in seeds.invited():
        user = cast[person.key]
        found = lists.get(person.key)
        acts = list(found) if found is not None else acts_at_desk(user) if person.roles else acts_of_citizen(user)
        if len(acts) < ENOUGH:
            few[person.key] = len(acts)
    assert few == {}


def test_who_has_no_work_yet_is_invited_by_nobody():
    assert {person.key for person in seeds.cast() if person.waits} == {"helper"}


def test_the_books_agree_and_the_papers_are_counted_without_alarm(cast):
    told = list(examine())
    assert [str(one) for one in told if one.weight is not Weight.NOTE] == []
    assert any("papers of the demo city are not made yet" in str(one) for one in told)


def test_every_state_is_there_and_acts_of_the_house_lie_in_office_hours(cast):
    states = Counter(Dossier.objects.values_list("state", flat=True))
    assert set(State.values) == set(states)
    calendar = calendar_for(OrgUnit.objects.get(code="p-vung-tau"))
    by_staff = DossierEvent.objects.filter(actor_unit_id__isnull=False).values_list("happened_at", flat=True)
    assert all(calendar.is_workday(clock.local(at).date()) for at in by_staff)
    assert all(7 <= clock.local(at).hour < 18 for at in by_staff)
    oldest = DossierEvent.objects.order_by("happened_at").first()
    assert clock.now() - timedelta(weeks=9) < oldest.happened_at < clock.now() - timedelta(weeks=4)


def test_what_a_day_asks_for_first_is_there(cast):
    """Late at intake, calls owed, due soon, late, waiting for the citizen, in consultation, drafts on every step."""
    now, ward = clock.now(), OrgUnit.objects.get(code="p-vung-tau")
    at_work = WorkItem.objects.filter(closed_at=None)
    late = at_work.filter(kind=StepKind.INTAKE, dossier__state=State.SUBMITTED, due_at__lt=now)
    assert late.filter(dossier__competent_unit=ward).count() >= ENOUGH
    assert late.exclude(dossier__competent_unit=ward).count() >= 1
    for key in ("receptionist", "returner", "desk_head"):
        held = list(memberships_of(cast[key]))
        assert calls.listed(held).count() >= ENOUGH, key
        assert Dossier.objects.filter(pk__in=calls.listed(held).values("dossier_id"), needs_call=True).exists()
    there = Dossier.objects.filter(competent_unit=ward, finished_at=None)
    running = there.filter(state__in=[State.ACCEPTED, State.PROCESSING])
    assert running.filter(due_at__lt=now).count() >= 1
    assert running.filter(due_at__gte=now, due_at__lt=now + timedelta(days=2)).count() >= ENOUGH
    assert there.filter(state__in=[State.SUPPLEMENT, State.INTAKE_FIX, State.CHECKING]).count() >= ENOUGH
    assert at_work.filter(kind=StepKind.CONSULT, dossier__competent_unit=ward).count() >= ENOUGH
    waiting = set(PaperDraft.objects.filter(dossier__competent_unit=ward).values_list("state", flat=True))
    assert {
        DraftState.DRAFTING,
        DraftState.SUBMITTED,
        DraftState.REVIEWED,
        DraftState.NUMBERED,
    } <= waiting  # signed; bytes come with the opening


LISTS_OF = {
    "desk_head": ("desk:inbox", "desk:holders", "desk:calls"),
    "unit_head": ("desk:inbox", "desk:holders"),
    "officer": ("desk:inbox",),
    "receptionist": ("desk:inbox", "desk:calls"),
}


@pytest.mark.parametrize("key", sorted(LISTS_OF))
def test_full_lists_of_the_desk_are_no_heavier_than_a_page_may_be(cast, key):
    client = client_of(cast[key])
    for name in LISTS_OF[key]:
        for query in ("", "?muc=nhom"):
            page = client.get(reverse(name) + query)
            assert page.status_code == 200
            weight = weight_of(page.content)
            assert not weight.is_too_much, (name, query, weight)


def test_the_house_itself_has_a_past(cast):
    today = clock.today()
    assert LeaveCover.objects.filter(cover=cast["officer"], valid_from__lte=today, valid_to__gte=today).count() == 1
    assert DossierEvent.objects.filter(code=EventCode.WORK_MOVED).count() >= ENOUGH
    assert UnitClosing.objects.get().state == ClosingState.DONE
    followed = DossierEvent.objects.filter(code=EventCode.UNIT_FOLLOWED).values_list("dossier_id", flat=True)
    assert (
        Dossier.objects.filter(pk__in=followed, state=State.PROCESSING, competent_unit__code="p-vung-tau").count()
        >= ENOUGH
    )


def test_the_drawer_of_yesterday_waits_to_be_taken_over_and_a_transfer_to_be_matched(cast):
    closed, still_open = CashDay.objects.exclude(closed_at=None).get(), CashDay.objects.get(closed_at=None)
    assert (closed.difference, hasattr(closed, "handover")) == (-2000, False)
    assert closed.payments.count() >= ENOUGH
    assert still_open.payments.exists()
    assert money.unmatched([closed.desk_id]).count() == 1


def test_loading_again_changes_nothing(cast):
    before = Dossier.objects.count(), DossierEvent.objects.count()
    assert load(cast=cast, units=["p-vung-tau", "p-tam-thang"], now=clock.now()).refused == 0
    assert (Dossier.objects.count(), DossierEvent.objects.count()) == before


# ── papers ───────────────────────────────────────────────────────────────────────────────────────


def test_the_first_opening_makes_the_paper_and_says_so_in_the_ledger(cast):
    draft = PaperDraft.objects.filter(kind="result", state="issued").first()
    form = PrintedForm.objects.get(dossier_id=draft.dossier_id, name="result")
    issued = DossierEvent.objects.get(dossier_id=form.dossier_id, seq=form.event_seq)
    assert (form.file_id, issued.paper_digest) == (None, unmade.NOT_MADE)
    version = Dossier.objects.get(pk=form.dossier_id).version
    made = opening.opened(form, to_pdf=quick_sheet)
    again = opening.opened(PrintedForm.objects.get(pk=form.pk), to_pdf=quick_sheet)
    assert again.file_id == made.file_id
    event = DossierEvent.objects.get(dossier_id=form.dossier_id, code=EventCode.PAPER_MADE)
    assert (event.about_seq, event.paper_digest, event.draft_id) == (form.event_seq, made.file.sha256, draft.pk)
    draft.refresh_from_db()
    assert (draft.file_id, draft.fields) == (made.file_id, {})
    assert Dossier.objects.get(pk=form.dossier_id).version == version
    assert [str(one) for one in examine() if one.weight is Weight.FAULT] == []


def test_who_opens_a_paper_just_after_another_gets_the_others_bytes(cast):
    form = PrintedForm.objects.filter(is_made_on_opening=True, name="result").first()
    read_before = PrintedForm.objects.get(pk=form.pk)
    made = opening.opened(form, to_pdf=quick_sheet)
    assert read_before.file_id is None
    assert opening.opened(read_before, to_pdf=_never).file_id == made.file_id


def test_a_paper_that_cannot_be_made_is_said_on_every_page_and_stays_unmade(cast, monkeypatch):
    def faulty(html):
        raise PaperFaultError("Chữ “x” chạy ra ngoài khổ giấy ở trang 1.")

    monkeypatch.setattr(opening.opened, "__kwdefaults__", {"to_pdf": faulty})
    unmade_here = PrintedForm.objects.filter(is_made_on_opening=True, file=None)
    ward = unmade_here.filter(dossier__receiving_unit__code="p-vung-tau-ttpvhcc")
    slip, result = ward.filter(name="receipt").first(), ward.filter(name="result").first()
    mine = unmade_here.filter(dossier__account=cast["citizen_email"]).first()
    draft = PaperDraft.objects.get(dossier_id=result.dossier_id, kind="result", issued_seq=result.event_seq)
    head, citizen = client_of(cast["desk_head"]), client_of(cast["citizen_email"])
    for client, name, args in (
        (head, "desk:print_form", [slip.dossier_id, slip.pk]),
        (head, "desk:draft_print", [result.dossier_id, draft.pk]),
        (citizen, "my:print_form", [mine.dossier.reference, mine.pk]),
    ):
        page = client.get(reverse(name, args=args))
        assert page.status_code == 409
        assert "chưa mở được. Chữ “x” chạy ra ngoài khổ giấy ở trang 1." in page.content.decode()
    assert not PrintedForm.objects.filter(pk__in=[slip.pk, result.pk, mine.pk], file__isnull=False).exists()
    assert not DossierEvent.objects.filter(code=EventCode.PAPER_MADE).exists()


def _never(html):
    raise AssertionError("made twice")


def test_a_paper_that_lost_its_mark_or_its_making_is_a_fault(cast):
    form = PrintedForm.objects.filter(is_made_on_opening=True, name="receipt").first()
    PrintedForm.objects.filter(pk=form.pk).update(is_made_on_opening=False)
    assert any(f"event {form.event_seq} says that its paper is not made" in str(one) for one in examine())
    other = PrintedForm.objects.filter(is_made_on_opening=True, name="receipt").last()
    other = opening.opened(other, to_pdf=quick_sheet)
    PrintedForm.objects.filter(pk=other.pk).update(
        file=opening.opened(
            PrintedForm.objects.filter(is_made_on_opening=True, name="result").first(), to_pdf=quick_sheet
        ).file
    )
    assert any(f"printed form {other.pk} was made when opened and no event says so" in str(one) for one in examine())


def test_pages_make_what_is_opened_and_the_sweep_leaves_it(cast, monkeypatch):
    monkeypatch.setattr(opening.opened, "__kwdefaults__", {"to_pdf": quick_sheet})
    assert print_missing_papers() == 0
    at_desk = PrintedForm.objects.filter(dossier__receiving_unit__code="p-vung-tau-ttpvhcc", is_made_on_opening=True)
    form = at_desk.filter(name="receipt").first()
    page = client_of(cast["desk_head"]).get(reverse("desk:print_form", args=[form.dossier_id, form.pk]))
    assert page.status_code == 200
    assert b"".join(page.streaming_content).startswith(b"%PDF")
    mine = PrintedForm.objects.filter(
        dossier__account=cast["citizen_email"], is_made_on_opening=True, file=None
    ).first()
    address = reverse("my:print_form", args=[mine.dossier.reference, mine.pk])
    citizen = client_of(cast["citizen_email"])
    assert address in citizen.get(reverse("my:dossier", args=[mine.dossier.reference])).content.decode()
    assert b"".join(citizen.get(address).streaming_content).startswith(b"%PDF")


def test_only_the_loader_leaves_papers_unmade_or_stops_the_clock(settings):
    callers = {
        path.relative_to(ROOT).as_posix()
        for room in ("accounts", "dossiers", "integrations", "portal", "procedures", "reporting", "vault")
        for path in (ROOT / room).rglob("*.py")
        if any(word in path.read_text() for word in ("leaving_papers(", "standing_at(", "left_to_sweeps("))
    }
    declared = {"dossiers/services/unmade.py", "portal/clock.py", "portal/celery.py"}
    assert callers - declared == {"dossiers/scenarios/city/telling.py"}
    settings.DEMO = False
    for forbidden in (unmade.leaving_papers(), clock.standing_at(FRIDAY), left_to_sweeps()):
        with pytest.raises(ImproperlyConfigured), forbidden:
            pass
