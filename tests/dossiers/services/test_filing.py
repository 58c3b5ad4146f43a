"""Whose dossier it is: names as filed, numbers that somebody merely typed, numbers the counter checked."""

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import IdentitySource, Role
from accounts.models import Party
from accounts.services import OtherNameError, PartyFacts, confirm_name_change, link_identity, own_party, update_party
from accounts.services.parties import find_or_create_party
from dossiers import documents, queries
from dossiers.answers import owner_doubts
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.result import PrintedForm
from dossiers.services import desk, drafts, submission
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import UserError
from tests import houses
from tests.factories import UserFactory
from vault.models import VaultItem

pytestmark = [pytest.mark.django_db, pytest.mark.unit]
NUMBER = "077190000123"
OTHER = PartyFacts(full_name="Lê Văn Khác", identity_kind="citizen_id", identity=NUMBER)


@pytest.fixture
def house(db):
    return houses.make_house()


@pytest.fixture
def bearer(house):
    """A stranger with an account whose number was proven."""
    user = UserFactory(full_name="Trần Thị Chủ Số", email="chu-so@example.test")
    party = link_identity(user=user, identity_kind="citizen_id", identity=NUMBER, source=IdentitySource.COUNTER)
    Party.objects.filter(pk=party.pk).update(phone="0988888888", address="9 Bí Mật", email=user.email)
    return user


def answers(**changes):
    return {"ho_ten": "Lê Văn Khác", "ngay_sinh": "1990-01-02", "so_dinh_danh": NUMBER, **changes}


def filled(house, **changes):
    """A draft of the house's citizen, for whom `changes` say."""
    dossier = drafts.start(account=house.citizen, procedure_id=house.procedure.pk, unit_id=house.ward.pk)
    return save(house, dossier, **changes)


def save(house, dossier, **changes):
    return drafts.save_step(
        dossier_id=dossier.pk,
        by=house.citizen,
        step_key="nguoi_yeu_cau",
        answers=answers(**changes),
        version=dossier.version,
    )


def sent(house, **changes):
    dossier = filled(house, **changes)
    Attachment.objects.create(dossier=dossier, paper_code="TP1", paper_name="Giấy tờ chứng minh", form="e_copy")
    return submission.submit(dossier_id=dossier.pk, by=house.citizen)


# ── a number somebody merely typed ───────────────────────────────────────────────────────────────


def test_typed_number_names_its_bearer_but_tells_nothing_of_them_and_opens_nothing(house, bearer):
    dossier = sent(house)
    dossier.refresh_from_db()
    assert dossier.owner.user == bearer
    assert (dossier.owner_name, dossier.owner_is_confirmed) == ("Lê Văn Khác", False)
    assert (dossier.owner_phone, dossier.owner_address, dossier.owner_email) == ("", "", "")
    assert not queries.for_citizen(bearer).exists()
    assert not OutboxMessage.objects.filter(address__contains="chu-so").exists()
    context = documents.context(PrintedForm(dossier=dossier, name="receipt", event_seq=1, called_at=clock.now()))
    assert context["owner"].full_name == "Lê Văn Khác"
    assert "Bí Mật" not in str(context["owner"])


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_result_enters_the_vault_of_a_confirmed_owner_only(house, is_confirmed):
    dossier = houses.approved(house)
    Dossier.objects.filter(pk=dossier.pk).update(owner_is_confirmed=is_confirmed)
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert VaultItem.objects.exists() == is_confirmed


def test_the_page_of_a_typed_number_says_the_same_whether_it_has_a_bearer_or_not(house, bearer):
    with_bearer = filled(house)
    drafts.discard(dossier_id=with_bearer.pk, by=house.citizen)
    without = filled(house, so_dinh_danh="077190000999")
    assert (without.owner_name, without.owner_is_confirmed) == ("Lê Văn Khác", False)


def test_correcting_the_name_beside_a_kept_number_keeps_the_number(house, bearer):
    dossier = save(house, filled(house), ho_ten="Lê Văn Khác Nữa", so_dinh_danh="")
    assert dossier.owner.user == bearer
    assert dossier.owner_name == "Lê Văn Khác Nữa"


def test_ones_own_number_does_not_slide_under_another_name(house):
    own = link_identity(user=house.citizen, identity_kind="citizen_id", identity=NUMBER, source=IdentitySource.COUNTER)
    dossier = filled(house, ho_ten="Nguyễn Văn Mẫu")
    assert (dossier.owner, dossier.owner_is_confirmed) == (own, True)
    with pytest.raises(UserError) as caught:
        save(house, dossier, ho_ten="Lê Văn Khác", so_dinh_danh="")
    assert caught.value.field == "so_dinh_danh"


def test_two_people_who_name_one_number_have_one_owner_and_their_own_words(house):
    first = filled(house, ho_ten="Lê Văn Một")
    neighbour = UserFactory()
    own_party(neighbour)
    house.citizen = neighbour
    second = filled(house, ho_ten="Lê Văn Hai")
    assert first.owner == second.owner
    first.refresh_from_db()
    assert (first.owner_name, second.owner_name) == ("Lê Văn Một", "Lê Văn Hai")


# ── names as filed ───────────────────────────────────────────────────────────────────────────────


def test_a_confirmed_change_of_name_leaves_what_was_filed(house):
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    facts = PartyFacts(full_name="Lê Thị Đổi Tên", identity="077185000001")
    confirm_name_change(by=house.people[Role.DESK_HEAD], unit_id=house.center.pk, facts=facts, basis="QĐ 12/QĐ-UBND")
    dossier.refresh_from_db()
    assert (dossier.owner_name, dossier.owner.full_name) == ("Lê Thị Mẫu", "Lê Thị Đổi Tên")
    assert (dossier.submitter_name, dossier.owner_birth_date) == ("Lê Thị Mẫu", "1985-05-06")
    context = documents.context(PrintedForm.objects.get(dossier=dossier))
    assert (context["owner"].full_name, context["submitter"].full_name) == ("Lê Thị Mẫu", "Lê Thị Mẫu")
    again = desk.receive_at_counter(
        by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house, owner=facts)
    )
    assert (again.owner, again.owner_name) == (dossier.owner, "Lê Thị Đổi Tên")


def test_own_name_is_taken_as_it_is_when_the_dossier_is_sent(house):
    dossier = houses.draft(house)
    update_party(party_id=house.party.pk, by=house.citizen, facts=PartyFacts(full_name="Nguyễn Văn Mới"))
    sent_one = submission.submit(dossier_id=dossier.pk, by=house.citizen)
    update_party(party_id=house.party.pk, by=house.citizen, facts=PartyFacts(full_name="Nguyễn Văn Sau"))
    sent_one.refresh_from_db()
    assert (sent_one.submitter_name, sent_one.owner_name) == ("Nguyễn Văn Mới", "Nguyễn Văn Mẫu")


def test_a_sent_dossier_without_a_name_is_refused_by_the_database(house):
    dossier = houses.submitted(house)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).update(owner_name="")


# ── the counter ──────────────────────────────────────────────────────────────────────────────────


def test_counter_dossier_belongs_to_the_proven_bearer_who_may_look(house, bearer):
    facts = PartyFacts(full_name="Trần Thị Chủ Số", identity=NUMBER)
    filing = houses.counter_filing(house, owner=facts)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert dossier.owner_is_confirmed
    assert (dossier.owner_phone, dossier.owner_email) == ("0988888888", "chu-so@example.test")
    assert list(queries.for_citizen(bearer)) == [dossier]


def test_dossiers_of_a_row_that_handed_its_number_over_stay_the_persons(house):
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=houses.counter_filing(house))
    user = UserFactory(full_name="Lê Thị Mẫu")
    link_identity(user=user, identity_kind="citizen_id", identity="077185000001", source=IdentitySource.E_IDENTITY)
    assert list(queries.for_citizen(user)) == [dossier]


def test_another_name_stops_the_counter_and_leaves_nothing(house, bearer):
    filing = houses.counter_filing(house, owner=OTHER)
    with pytest.raises(OtherNameError) as caught:
        desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert caught.value.field == "full_name"
    assert not Dossier.objects.exists()


def test_the_stop_of_the_one_who_hands_in_names_their_field(house, bearer):
    filing = houses.counter_filing(house, submitter=OTHER)
    with pytest.raises(UserError) as caught:
        desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert caught.value.field == "submitter_name"
    assert not Dossier.objects.exists()


def test_a_shop_under_its_owners_number_is_a_party_of_its_own(house):
    person = find_or_create_party(PartyFacts(full_name="Lê Thị Mẫu", identity=NUMBER), source=IdentitySource.COUNTER)
    shop = PartyFacts(kind="household", full_name="Quán Mẫu", identity_kind="tax_code", identity=NUMBER)
    dossier = desk.receive_at_counter(
        by=house.people[Role.RECEPTIONIST],
        filing=houses.counter_filing(house, owner=shop, submitter=PartyFacts(full_name="Lê Thị Mẫu", identity=NUMBER)),
    )
    assert (dossier.owner.kind, dossier.submitter) == ("household", person)
    assert (dossier.owner_name, dossier.submitter_name) == ("Quán Mẫu", "Lê Thị Mẫu")


@pytest.mark.parametrize(("born", "doubts"), [("", 0), ("1985", 0), ("1985-05", 0), ("1948", 1), ("1948-07-02", 1)])
def test_officer_is_told_of_a_birth_date_that_contradicts_the_number(house, born, doubts):
    facts = PartyFacts(full_name="Lê Thị Mẫu", birth_date=born, identity="077185000001")
    filing = houses.counter_filing(house, owner=facts)
    dossier = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert len(owner_doubts(dossier)) == doubts
