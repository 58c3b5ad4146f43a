"""Two connections on the steps of one route: a branch done twice, a draft changed while it is approved, a route published anew."""

from datetime import timedelta
from itertools import pairwise

import pytest

from accounts.enums import ClosingRule, Role
from accounts.services import order_closing, prepare_closing, set_cover
from accounts.services.closings import ClosingFacts
from accounts.services.covers import Leave
from dossiers.enums import DraftKind, DraftState, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.models.work import WorkItem
from dossiers.services import closings, decision, desk, moving, paper_drafts, results
from dossiers.services.proof import ledger, work
from portal import clock
from portal.errors import NotNowError, StaleError
from procedures import services
from procedures.enums import RevisionState, StepKind
from tests import books, houses
from tests.factories import MembershipFactory, RevisionFactory
from tests.races.together import at_once, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def house():
    return houses.make_house()


def agrees(dossier):
    """Chain, books and work are whole; gives the dossier with the codes of its events."""
    events = list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq"))
    now = Dossier.objects.get(pk=dossier.pk)
    assert [event.seq for event in events] == list(range(1, now.event_count + 1))
    assert all(one.hash == two.previous_hash for one, two in pairwise(events))
    assert [found.text for part in (ledger.states, work.ended, work.missing, work.people) for found in part()] == []
    books.assert_whole()
    return now, [event.code for event in events]


def open_steps(dossier):
    return sorted(WorkItem.objects.filter(dossier=dossier, closed_at=None).values_list("position", flat=True))


def test_one_branch_done_twice_at_once_is_done_once_and_the_join_waits_for_the_other():
    house = houses.make_house(houses.BRANCHES)
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    item = WorkItem.objects.get(dossier=dossier, position=3, closed_at=None)
    draft = houses.drafted(dossier_id=dossier.pk, by=officer, item_id=item.pk)
    done = {"dossier_id": dossier.pk, "by": officer, "draft_id": draft.pk, "item_id": item.pk}
    found = at_once(
        lambda: decision.propose(**done), lambda: decision.propose(**done), lambda: decision.propose(**done)
    )
    assert sum(isinstance(one, StaleError) for one in told(found)) == 2
    _now, codes = agrees(dossier)
    assert (codes.count("proposed"), open_steps(dossier)) == (1, [4])


def test_both_branches_done_at_once_open_the_join_once():
    house = houses.make_house(houses.BRANCHES)
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    MembershipFactory(role=Role.OFFICER, unit=house.office)
    draft = houses.drafted(dossier_id=dossier.pk, by=officer)
    items = list(WorkItem.objects.filter(dossier=dossier, closed_at=None).order_by("position"))
    WorkItem.objects.filter(dossier=dossier, closed_at=None).update(holder=officer)
    acts = [
        lambda item=item: decision.propose(dossier_id=dossier.pk, by=officer, draft_id=draft.pk, item_id=item.pk)
        for item in items
    ]
    assert told(at_once(*acts)) == []
    _now, codes = agrees(dossier)
    assert (codes.count("proposed"), open_steps(dossier)) == (2, [5])
    assert WorkItem.objects.filter(dossier=dossier, position=5).count() == 1


def test_recall_after_the_successor_acted_is_refused_with_a_sentence(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    houses.proposed(dossier_id=dossier.pk, by=officer)
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    with pytest.raises(NotNowError, match="đã bắt đầu xử lý hoặc đã chuyển tiếp"):
        moving.recall(dossier_id=dossier.pk, by=officer, reason="Nhầm.", item_id=item.pk)
    with pytest.raises(NotNowError):
        moving.recall(dossier_id=dossier.pk, by=officer, reason="Nhầm.")
    _now, codes = agrees(dossier)
    assert "recalled" not in codes


def test_a_result_called_back_and_changed_while_it_is_approved_is_approved_as_it_was_shown_or_not_at_all(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    houses.proposed(dossier_id=dossier.pk, by=officer, content="Bản thứ nhất.")
    shown = PaperDraft.objects.get(dossier=dossier)

    def change():
        moving.recall(dossier_id=dossier.pk, by=officer, reason="Sửa.")
        return houses.proposed(dossier_id=dossier.pk, by=officer, content="Bản thứ hai.")

    def approve():
        head = house.people[Role.UNIT_HEAD]
        return decision.approve(dossier_id=dossier.pk, by=head, draft_id=shown.pk, draft_version=shown.version)

    changed, approved = at_once(change, approve)
    assert len(told([changed, approved])) == 1
    draft = PaperDraft.objects.get(dossier=dossier)
    agreed = list(PaperReview.objects.filter(draft=draft, agrees=True).values_list("version", flat=True))
    if told([changed]):
        assert (draft.version, draft.fields["noi_dung"], agreed) == (1, "Bản thứ nhất.", [1])
    else:
        assert (draft.version, draft.fields["noi_dung"], agreed) == (2, "Bản thứ hai.", [])
        assert isinstance(approved, StaleError | NotNowError)
    agrees(dossier)


def test_a_request_signed_returned_dropped_and_written_at_once_has_one_outcome(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    head = house.people[Role.UNIT_HEAD]
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Mờ."}
    words = {"items": [item], "reason": "Mờ.", "answer_by": houses.workday(5).isoformat()}
    written = {"dossier_id": dossier.pk, "by": officer, "kind": DraftKind.SUPPLEMENT_REQUEST}
    draft = paper_drafts.write(**written, fields=words)
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=draft.pk)
    on_it = {"dossier_id": dossier.pk, "draft_id": draft.pk}
    other = {**words, "reason": "Mờ cả hai trang."}
    found = at_once(
        lambda: paper_drafts.sign(**on_it, by=head, draft_version=1),
        lambda: paper_drafts.return_draft(**on_it, by=head, reason="Ghi rõ."),
        lambda: paper_drafts.drop_draft(**on_it, by=officer, reason="Thôi."),
        lambda: paper_drafts.write(**written, fields=other, draft_id=draft.pk, draft_version=1),
    )
    draft.refresh_from_db()
    _now, codes = agrees(dossier)
    did = [code for code in codes if code in {"draft_signed", "draft_returned", "draft_dropped"}]
    assert len(told(found)) == 4 - len(did) - (not told(found[3:]))
    if "draft_signed" in did:
        assert (draft.version, draft.number, len(PaperReview.objects.filter(draft=draft, agrees=True))) == (
            1,
            "01/2026/HDHS",
            1,
        )
    else:
        assert draft.number == ""


def test_a_draft_written_by_two_at_once_keeps_one_and_tells_the_other(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    draft = houses.drafted(dossier_id=dossier.pk, by=officer, content="Bản đầu.")
    words = {"kinh_gui": dossier.owner_name, "noi_dung": "Sửa"}
    written = {"dossier_id": dossier.pk, "by": officer, "kind": DraftKind.RESULT, "draft_id": draft.pk}
    found = at_once(
        *[
            lambda n=n: paper_drafts.write(**written, fields={**words, "noi_dung": f"Sửa {n}"}, draft_version=1)
            for n in (0, 1)
        ],
        lambda: decision.propose(dossier_id=dossier.pk, by=officer, draft_id=draft.pk, draft_version=1),
    )
    assert len(told(found)) == 2
    draft.refresh_from_db()
    kept = [one for one in found if not isinstance(one, StaleError | NotNowError)]
    assert draft.state == (DraftState.SUBMITTED if isinstance(kept[0], Dossier) else DraftState.DRAFTING)
    assert draft.version == (1 if isinstance(kept[0], Dossier) else 2)
    agrees(dossier)


def test_a_route_published_anew_while_dossiers_run_leaves_them_on_theirs():
    house = houses.make_house()
    dossiers = [houses.assigned(house) for _ in range(2)]
    again = RevisionFactory(
        procedure=house.procedure, number=2, valid_from=clock.today(), parts=False, parts__route=houses.BRANCHES
    )
    assert again.state == RevisionState.DRAFT
    officer = house.people[Role.OFFICER]
    found = at_once(
        lambda: services.publish(revision_id=again.pk),
        *[lambda one=one: houses.proposed(dossier_id=one.pk, by=officer) for one in dossiers],
    )
    assert told(found) == []
    for dossier in dossiers:
        for role in (Role.UNIT_HEAD, Role.SIGNER):
            decision.approve(dossier_id=dossier.pk, by=house.people[role])
        houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
        results.return_to_citizen(dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Người nhận")
        now, codes = agrees(dossier)
        assert (now.state, now.revision_id, codes.count("approved")) == (State.RETURNED, house.revision.pk, 2)
        assert WorkItem.objects.filter(dossier=dossier, kind=StepKind.SIGN).exists()
    counter = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    assert counter.revision_id == again.pk


def test_a_ward_closed_while_its_papers_are_signed_and_issued_keeps_its_books(house):
    beside = houses.make_house(beside=house)
    signing = houses.assigned(house)
    houses.proposed(dossier_id=signing.pk, by=house.people[Role.OFFICER])
    decision.approve(dossier_id=signing.pk, by=house.people[Role.UNIT_HEAD])
    issuing = houses.approved(house)
    facts = ClosingFacts(clock.today() - timedelta(days=1), "Nghị quyết thử", ClosingRule.ONE, {"": beside.ward.pk})
    by = beside.people[Role.ADMINISTRATOR]
    plan = prepare_closing(by=by, unit_id=house.ward.pk, facts=facts)
    found = at_once(
        lambda: order_closing(by=by, closing_id=plan.pk),
        lambda: decision.approve(dossier_id=signing.pk, by=house.people[Role.SIGNER]),
        lambda: results.issue(dossier_id=issuing.pk, by=house.people[Role.CLERK]),
        lambda: closings.follow_all(plan.pk),
    )
    closings.follow_all(plan.pk)
    assert all(isinstance(one, StaleError | NotNowError) for one in told(found)), told(found)
    for dossier in (signing, issuing):
        now, _codes = agrees(dossier)
        assert now.competent_unit == beside.ward
    houses.made(signing)
    draft = PaperDraft.objects.get(dossier=signing)
    if draft.number == "":
        decision.approve(dossier_id=signing.pk, by=beside.people[Role.SIGNER])
    houses.issue(dossier_id=signing.pk, by=beside.people[Role.CLERK])
    books.assert_whole()


def test_a_cover_that_ends_while_the_cover_acts_leaves_one_act_by_somebody_who_might(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    second = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    today = clock.today()
    set_cover(by=officer, leave=Leave(officer.pk, second.pk, today, today + timedelta(days=2), "Nghỉ phép"))
    draft = houses.drafted(dossier_id=dossier.pk, by=second)
    propose = {"dossier_id": dossier.pk, "draft_id": draft.pk, "draft_version": draft.version}
    found = at_once(lambda: decision.propose(**propose, by=second), lambda: decision.propose(**propose, by=officer))
    assert len(told(found)) == 1
    _now, codes = agrees(dossier)
    assert codes.count("proposed") == 1
