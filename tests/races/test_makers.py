"""Makers of papers that are killed, fail, or meet: one number, one paper, one file, and no gap without its cancelled number."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from dossiers import tasks
from dossiers.enums import DraftKind, DraftState, State
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.services import decision, desk, paper_drafts, results
from dossiers.services.proof import files, ledger, papers
from portal import clock
from portal.errors import UserError
from tests import books, houses
from tests.races.together import at_once, killed_in, process, told
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
LATER = timedelta(minutes=10)

RENDERED = """
from dossiers.services import paper_drafts
from portal.pdf import html_to_pdf
def rendered(html):
    html_to_pdf(html)
    here_and_wait()
paper_drafts.make_file(draft_id=int(sys.argv[1]), to_pdf=rendered)
"""
KEPT = """
from dossiers.services import draft_rows, paper_drafts
draft_rows.changed = lambda *_, **__: here_and_wait()  # the bytes are on the disk, and nothing says so yet
paper_drafts.make_file(draft_id=int(sys.argv[1]))
"""
NUMBERED = """
from accounts.models import User
from dossiers.services import decision, paper_drafts
bind = paper_drafts.bind_number
def bound(*given, **named):
    bind(*given, **named)
    here_and_wait()
paper_drafts.bind_number = bound
decision.approve(dossier_id=int(sys.argv[1]), by=User.objects.get(pk=int(sys.argv[2])))
"""
SWEEP = """
from dossiers import tasks
print("made", tasks.make_missing_draft_files(), flush=True)
"""


@pytest.fixture(autouse=True)
def _nobody_at_work(monkeypatch):
    """The message to the worker is lost; what makes a file here is the test."""
    monkeypatch.setattr(paper_drafts, "enqueue", lambda *_, **__: None)


@pytest.fixture
def house():
    return houses.make_house()


def reviewed(house):
    """A result that waits for its signature alone."""
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    return decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])


def decided(house):
    """A result that is signed and numbered, without bytes."""
    dossier = decision.approve(dossier_id=reviewed(house).pk, by=house.people[Role.SIGNER])
    return dossier, PaperDraft.objects.get(dossier=dossier)


def sweep(after=LATER):
    with time_machine.travel(clock.now() + after, tick=False):
        return tasks.make_missing_draft_files()


def is_one_paper(dossier, draft, number):
    """Issue it: the number it had from the beginning, one file, one paper; everything agrees."""
    house_clerk = draft.dossier.competent_unit.memberships.get(role=Role.CLERK).user
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.problem) == (DraftState.SIGNED, number, "")
    results.issue(dossier_id=dossier.pk, by=house_clerk)
    form = PrintedForm.objects.get(dossier=dossier, name="result")
    assert (form.number, form.file_id) == (number, draft.file_id)
    assert StoredFile.objects.filter(name__endswith="result.pdf").count() == 1
    books.assert_whole()
    assert [str(one) for part in (ledger.chains(), papers.files()) for one in part] == []
    assert [one for one in files.stored(everything=True) if one.weight.name == "FAULT"] == []


@pytest.mark.parametrize("where", [RENDERED, KEPT], ids=["rendered", "kept"])
def test_a_worker_killed_between_number_and_bytes_leaves_the_number_and_the_next_makes_the_same_paper(house, where):
    dossier, draft = decided(house)
    before = StoredFile.objects.count()
    killed_in(where, draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.file) == (DraftState.NUMBERED, "01/TB-UBND", None)
    assert StoredFile.objects.count() == before
    books.assert_whole()
    with pytest.raises(UserError, match="chưa lập xong"):
        results.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert sweep() == 1
    is_one_paper(dossier, draft, "01/TB-UBND")


def test_a_process_killed_after_it_took_the_number_leaves_nothing_of_the_act(house):
    dossier = reviewed(house)
    count = dossier.event_count
    killed_in(NUMBERED, dossier.pk, house.people[Role.SIGNER].pk)
    dossier.refresh_from_db()
    draft = PaperDraft.objects.get(dossier=dossier)
    assert (dossier.event_count, draft.state, draft.number) == (count, DraftState.REVIEWED, "")
    assert DossierEvent.objects.filter(dossier_id=dossier.pk).count() == count
    books.assert_whole()
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    draft.refresh_from_db()
    assert draft.number == "01/TB-UBND"
    books.assert_whole()


def test_two_processes_that_sweep_at_once_make_one_file(house):
    dossier, draft = decided(house)
    PaperDraft.objects.update(numbered_at=clock.now() - LATER)
    children = [process(SWEEP) for _ in range(2)]
    said = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    assert sum(int(out.split()[-1]) for out, _errors in said) == 1
    is_one_paper(dossier, draft, "01/TB-UBND")


def test_two_sweeps_at_once_number_what_was_approved_before_drafts_once(house):
    dossier, draft = decided(house)
    unbound = {"numbered_at": None, "book": "", "book_year": None, "book_number": None, "number": ""}
    PaperDraft.objects.update(state=DraftState.REVIEWED, **unbound)
    with time_machine.travel(clock.now() + LATER, tick=False):
        at_once(tasks.make_missing_draft_files, tasks.make_missing_draft_files)
    draft.refresh_from_db()
    assert draft.number == "02/TB-UBND"  # the first was taken off the paper by hand above
    PaperDraft.objects.create(
        dossier=dossier,
        kind=draft.kind,
        template=draft.template,
        template_version=draft.template_version,
        author=draft.author,
        state=DraftState.DROPPED,
        dropped_reason="Số của bản trước.",
        numbered_at=clock.now(),
        book=draft.book,
        book_year=draft.book_year,
        book_number=1,
    )
    books.assert_whole()


def test_a_renderer_that_fails_for_days_keeps_the_number_stops_nobody_else_and_is_tried_again(house):
    _dossier, broken = decided(house)
    PaperDraft.objects.filter(pk=broken.pk).update(attempts=60, tried_at=clock.now(), problem="OSError")
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    for role in (Role.UNIT_HEAD, Role.SIGNER):
        decision.approve(dossier_id=dossier.pk, by=house.people[role])
    whole = PaperDraft.objects.get(dossier=dossier)
    assert sweep() == 1
    whole.refresh_from_db()
    assert whole.state == DraftState.SIGNED
    assert sweep(timedelta(hours=2)) == 1
    broken.refresh_from_db()
    assert (broken.state, broken.number) == (DraftState.SIGNED, "01/TB-UBND")
    books.assert_whole()


def test_a_paper_whose_renderer_fails_may_be_sent_back_and_its_number_stands_as_cancelled(house):
    dossier, draft = decided(house)

    def broken(_html):
        raise OSError

    for _turn in range(2):
        assert not paper_drafts.make_file(draft_id=draft.pk, to_pdf=broken)
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.attempts) == (DraftState.NUMBERED, "01/TB-UBND", 2)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.CLERK], reason="Chưa lập được văn bản.")
    assert books.standing() == [(1, DraftState.DROPPED)]
    books.assert_whole()
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    for role in (Role.UNIT_HEAD, Role.SIGNER):
        decision.approve(dossier_id=dossier.pk, by=house.people[role])
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert books.standing() == [(1, DraftState.DROPPED), (2, DraftState.ISSUED)]
    books.assert_whole()


def test_a_paper_sent_back_while_a_worker_renders_it_gets_no_file(house):
    dossier, draft = decided(house)

    def rendered(html):
        at_once(lambda: decision.send_back(dossier_id=dossier.pk, by=house.people[Role.CLERK], reason="Sai tên."))
        return houses.quick_sheet(html)

    before = StoredFile.objects.count()
    assert not paper_drafts.make_file(draft_id=draft.pk, to_pdf=rendered)
    draft.refresh_from_db()
    assert (draft.state, draft.file, draft.dropped_reason) == (DraftState.DROPPED, None, "Sai tên.")
    assert StoredFile.objects.count() == before
    again = PaperDraft.objects.get(continues=draft)
    assert (again.state, again.number, again.fields["noi_dung"]) == (DraftState.SENT_BACK, "", "Nội dung kết quả thử.")
    books.assert_whole()


def test_a_paper_sent_back_and_made_at_once_is_one_of_the_two(house):
    dossier, draft = decided(house)
    clerk = house.people[Role.CLERK]
    at_once(
        lambda: decision.send_back(dossier_id=dossier.pk, by=clerk, reason="Sai tên."),
        lambda: paper_drafts.make_file(draft_id=draft.pk, to_pdf=houses.quick_sheet),
        lambda: paper_drafts.make_file(draft_id=draft.pk, to_pdf=houses.quick_sheet),
    )
    draft.refresh_from_db()
    assert draft.state == DraftState.DROPPED  # whoever was first: the clerk may send back what has its bytes too
    assert StoredFile.objects.filter(name__endswith="result.pdf").count() == (1 if draft.file_id else 0)
    books.assert_whole()


def test_a_paper_sent_back_and_issued_at_once_is_one_of_the_two(house):
    dossier = houses.approved(house)
    clerk = house.people[Role.CLERK]
    found = at_once(
        lambda: decision.send_back(dossier_id=dossier.pk, by=clerk, reason="Sai tên."),
        lambda: results.issue(dossier_id=dossier.pk, by=clerk),
    )
    assert len(told(found)) == 1
    dossier.refresh_from_db()
    state = DraftState.ISSUED if dossier.state == State.DONE else DraftState.DROPPED
    assert books.standing() == [(1, state)]
    books.assert_whole()


def test_one_paper_sent_twice_at_once_leaves_once(house):
    dossier = houses.assigned(house)
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Mờ."}
    words = {"items": [item], "reason": "Mờ.", "answer_by": houses.workday(5).isoformat()}
    draft = houses.signed(house, dossier, DraftKind.SUPPLEMENT_REQUEST, words)
    clerk = house.people[Role.RECEPTIONIST]
    send = {"dossier_id": dossier.pk, "by": clerk, "draft_id": draft.pk}
    found = at_once(
        lambda: desk.request_supplement(**send),
        lambda: desk.request_supplement(**send),
        lambda: paper_drafts.return_draft(**send, reason="Sai tên."),
    )
    assert len(told(found)) == 2
    dossier.refresh_from_db()
    sent = PrintedForm.objects.filter(dossier=dossier, name="supplement_request").count()
    assert (dossier.state, sent) in {(State.SUPPLEMENT, 1), (State.PROCESSING, 0)}
    books.assert_whole()
