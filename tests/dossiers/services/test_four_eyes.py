"""Whoever wrote a paper does not sign it while somebody else can; alone they may, and it is noted."""

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import LeaveCover, Membership
from dossiers.enums import DraftKind, DraftState
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.services import consulting, decision, four_eyes, paper_drafts
from portal import clock
from portal.errors import UserError
from tests import houses
from tests.dossiers.services import asking
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

REFUSAL = {"reason_code": "other", "reason": "Sai mẫu."}


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def put(house, by, submits=None):
    """A refusal at intake, written by a person and put before its signer."""
    dossier = houses.submitted(house)
    row = paper_drafts.write(dossier_id=dossier.pk, by=by, kind=DraftKind.INTAKE_REFUSAL, fields=REFUSAL)
    paper_drafts.submit(dossier_id=dossier.pk, by=submits or by, draft_id=row.pk)
    row.refresh_from_db()
    return row


def sign(row, by):
    paper_drafts.sign(dossier_id=row.dossier_id, by=by, draft_id=row.pk)
    row.refresh_from_db()
    return row.state


def note_of(row):
    return PaperReview.objects.get(draft=row, agrees=True).note


def test_what_the_only_head_wrote_goes_to_who_signs_for_the_authority(house):
    row = put(house, house.people[Role.DESK_HEAD])
    assert (row.handling.unit, row.handling.role) == (house.ward, Role.SIGNER)
    assert sign(row, house.people[Role.SIGNER]) == DraftState.NUMBERED
    assert note_of(row) == ""


def test_another_head_of_the_unit_signs_and_the_writer_is_told_who(house):
    second = MembershipFactory(role=Role.DESK_HEAD, unit=house.center, user__full_name="Trưởng Hai").user
    row = put(house, house.people[Role.DESK_HEAD])
    assert row.handling.unit == house.center
    with pytest.raises(UserError, match="người khác phải ký: Trưởng Hai"):
        sign(row, house.people[Role.DESK_HEAD])
    assert PaperDraft.objects.get(pk=row.pk).state == DraftState.SUBMITTED
    assert sign(row, second) == DraftState.NUMBERED


def test_whoever_put_it_forward_counts_as_its_writer(house):
    second = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    row = put(house, house.people[Role.RECEPTIONIST], submits=second)
    with pytest.raises(UserError, match="người khác phải ký"):
        sign(row, second)


def test_nobody_else_is_there_so_the_writer_signs_and_it_is_noted(house):
    Membership.objects.filter(role=Role.SIGNER).delete()
    row = put(house, house.people[Role.DESK_HEAD])
    assert sign(row, house.people[Role.DESK_HEAD]) == DraftState.NUMBERED
    assert note_of(row) == str(four_eyes.ALONE)


def test_whoever_is_on_leave_or_owns_the_dossier_is_nobody_else(house):
    Membership.objects.filter(role=Role.SIGNER).delete()
    head, today = house.people[Role.DESK_HEAD], clock.today()
    away = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    owner = MembershipFactory(role=Role.DESK_HEAD, unit=house.center).user
    LeaveCover.objects.create(user=away, cover=head, valid_from=today, valid_to=today, reason="Ốm", named_by=head)
    house.party.user = owner
    house.party.save()
    row = put(house, head)
    assert sign(row, head) == DraftState.NUMBERED


def test_an_officer_who_is_head_too_does_not_agree_to_what_they_wrote(house):
    writer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    other = MembershipFactory(role=Role.OFFICER, unit=house.office).user
    dossier = houses.assigned(house)
    row = houses.drafted(dossier_id=dossier.pk, by=writer)
    dossier.work_items.filter(closed_at=None).update(holder=other)
    decision.propose(dossier_id=dossier.pk, by=other, draft_id=row.pk)
    MembershipFactory(role=Role.UNIT_HEAD, unit=house.office, user=writer)
    with pytest.raises(UserError, match="người khác phải ký: Cán bộ unit_head"):
        decision.approve(dossier_id=dossier.pk, by=writer)
    Membership.objects.filter(user=head).delete()
    decision.approve(dossier_id=dossier.pk, by=writer)
    assert note_of(row) == str(four_eyes.ALONE)


def test_a_head_who_answers_for_an_asked_unit_is_signed_by_another_head_where_there_is_one(db):
    house = asking.make_house()
    item = asking.ask(house, houses.assigned(house))
    head = MembershipFactory(role=Role.UNIT_HEAD, unit=item.unit).user
    assert not consulting.needs_signature(item.unit_id, head)
    second = MembershipFactory(role=Role.UNIT_HEAD, unit=item.unit).user
    assert consulting.needs_signature(item.unit_id, head)
    consulting.submit_answer(item_id=item.pk, by=head, kind="agrees", text="")
    row = PaperDraft.objects.get(work_item=item)
    with pytest.raises(UserError, match="người khác phải ký"):
        sign(row, head)
    assert sign(row, second) == DraftState.NUMBERED
