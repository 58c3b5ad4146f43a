"""Parties: sealed identity, matching that neither leaks nor overwrites, own data, the log of reads."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.enums import IdentityKind, IdentitySource, PartyKind, Role
from accounts.models import NameChange, Party, PersonalDataRead
from accounts.queries import find_party_by_identity, parties_of
from accounts.services import (
    OtherNameError,
    PartyFacts,
    confirm_name_change,
    find_or_create_party,
    link_identity,
    log_read,
    own_party,
    update_party,
)
from portal.errors import UserError
from portal.sealing import unseal
from tests.factories import MembershipFactory, PartyFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.unit]
NUMBER = "077196001234"
FACTS = PartyFacts(
    full_name="Nguyễn  Thị Bưởi",
    birth_date="1996-03-12",
    phone="+84 903 123 456",
    identity=NUMBER,
    address="12 Ba Cu",
)


def declared(facts=FACTS, user=None):
    return find_or_create_party(facts, source=IdentitySource.DECLARED, user=user)


def counter(facts=FACTS):
    return find_or_create_party(facts, source=IdentitySource.COUNTER)


def proven(user):
    return link_identity(
        user=user, identity_kind=IdentityKind.CITIZEN_ID, identity=NUMBER, source=IdentitySource.COUNTER
    )


def test_new_party_is_normalised_and_sealed():
    party = counter()
    assert (party.full_name, party.search_name, party.phone) == ("Nguyễn Thị Bưởi", "nguyen thi buoi", "0903123456")
    assert party.identity_kind == IdentityKind.CITIZEN_ID
    assert unseal(party.identity_sealed) == NUMBER
    assert party.identity_masked == "•••••••••234"
    assert list(find_party_by_identity(NUMBER)) == [party]


def test_identity_number_stands_nowhere_in_clear_in_the_table():
    declared()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM accounts_party p")
        assert NUMBER not in cursor.fetchone()[0]


def test_identity_number_is_not_logged(caplog):
    with caplog.at_level("DEBUG"):
        party = declared()
        log_read(reader=UserFactory(), party=party, what="hồ sơ")
    assert NUMBER not in caplog.text


def test_a_number_has_one_row_whatever_is_said_beside_it_and_keeps_nobodys_contacts():
    first = declared()
    other = declared(PartyFacts(full_name="Lê Văn Nhầm", birth_date="1990", phone="0911111111", identity=NUMBER))
    assert other == first
    other.refresh_from_db()
    assert (other.full_name, other.birth_date, other.phone, other.address) == ("Nguyễn Thị Bưởi", "1996-03-12", "", "")


def test_identical_declaration_without_a_number_reuses_the_row_and_another_contact_makes_a_new_one():
    first = declared(replace(FACTS, identity=""))
    assert declared(replace(FACTS, identity="")) == first
    assert declared(replace(FACTS, identity="", phone="0911111111")) != first
    first.refresh_from_db()
    assert first.phone == "0903123456"


def test_declaration_without_number_or_contact_never_joins_a_namesake():
    facts = PartyFacts(full_name="Nguyễn Văn An")
    assert declared(facts) != declared(facts)


def test_declared_number_of_an_account_holder_changes_nothing_of_theirs():
    bearer = proven(UserFactory(full_name="Nguyễn Thị Bưởi"))
    stranger = UserFactory(full_name="Kẻ Lạ")
    assert declared(replace(FACTS, full_name="Tên Khác Hẳn"), user=stranger) == bearer
    bearer.refresh_from_db()
    assert (bearer.full_name, bearer.birth_date, bearer.phone, bearer.address) == ("Nguyễn Thị Bưởi", "", "", "")


def test_account_that_only_declared_a_number_does_not_receive_counter_dossiers():
    squatter = UserFactory(full_name="Nguyễn Thị Bưởi")
    own = declared(user=squatter)
    assert own.user == squatter
    assert counter() != own
    assert declared() != own


def test_what_was_only_declared_is_overwritten_by_what_the_counter_saw():
    first = declared(replace(FACTS, full_name="Lê Văn Nhầm"))
    found = counter()
    assert found == first
    assert (found.full_name, found.phone, found.is_proven) == ("Nguyễn Thị Bưởi", "0903123456", True)


def test_another_name_under_a_proven_number_is_stopped_at_the_counter_and_said_nothing_about_online():
    first = counter()
    other = replace(FACTS, full_name="Nguyễn Thị Bòng")
    with pytest.raises(OtherNameError) as caught:
        counter(other)
    assert caught.value.field == "full_name"
    assert "Bưởi" not in caught.value.message
    assert declared(other) == first
    assert Party.objects.count() == 1


def test_accents_and_capitals_are_no_other_name():
    assert counter() == counter(replace(FACTS, full_name="NGUYỄN THI BƯƠI"))


def test_a_person_and_their_household_business_bear_one_number_and_are_both_found():
    person = counter()
    shop = counter(PartyFacts(kind=PartyKind.HOUSEHOLD, full_name="Quán Bưởi", identity=NUMBER))
    written = PartyFacts(kind="household", full_name="Quán Bưởi", identity_kind="citizen_id", identity=NUMBER)
    assert (shop.identity_kind, shop.kind) == (IdentityKind.CITIZEN_ID, PartyKind.HOUSEHOLD)
    assert counter(written) == shop != person
    assert set(find_party_by_identity(NUMBER)) == {person, shop}


def test_the_database_itself_refuses_a_second_bearer():
    party = counter()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyFactory(kind=party.kind, identity_kind=party.identity_kind, identity_index=party.identity_index)


def test_proving_takes_the_number_over_and_keeps_the_former_row():
    former = counter()
    user = UserFactory(full_name="Nguyễn Thị Bưởi")
    own = proven(user)
    former.refresh_from_db()
    assert (former.same_as, former.identity_index, former.identity_masked) == (own, "", own.identity_masked)
    assert set(find_party_by_identity(NUMBER)) == set(parties_of(user)) == {own, former}
    assert counter() == own


def test_a_number_proven_for_one_account_is_not_proven_for_another():
    proven(UserFactory(full_name="Nguyễn Thị Bưởi"))
    with pytest.raises(UserError) as caught:
        proven(UserFactory(full_name="Nguyễn Thị Bưởi"))
    assert caught.value.field == "identity"


def test_proven_sign_in_under_another_name_is_stopped():
    former = counter()
    with pytest.raises(OtherNameError):
        proven(UserFactory(full_name="Tên Khác Hẳn"))
    former.refresh_from_db()
    assert former.same_as is None
    assert former.identity_index


def test_counter_joins_the_proven_party_and_fills_but_never_changes_account_contacts():
    user = UserFactory(full_name="Nguyễn Thị Bưởi", phone="0988888888")
    own = link_identity(
        user=user, identity_kind=IdentityKind.CITIZEN_ID, identity=NUMBER, source=IdentitySource.COUNTER
    )
    found = counter()
    assert found == own
    assert (found.phone, found.address) == ("0988888888", "12 Ba Cu")


def test_counter_renews_contacts_of_a_proven_party_without_account():
    first = counter()
    again = counter(PartyFacts(full_name="Nguyễn Thị Bưởi", phone="0911111111", identity=NUMBER))
    assert again == first
    assert (again.phone, again.address, again.birth_date) == ("0911111111", "12 Ba Cu", "1996-03-12")


def test_a_year_told_later_does_not_erase_the_day_but_a_contradiction_counts():
    assert counter().birth_date == "1996-03-12"
    assert counter(replace(FACTS, birth_date="1996")).birth_date == "1996-03-12"
    assert counter(replace(FACTS, birth_date="1997")).birth_date == "1997"
    assert counter(replace(FACTS, birth_date="1997-05")).birth_date == "1997-05"


def test_own_facts_fill_the_blanks_of_the_own_party():
    user = UserFactory(full_name="nguyễn thị bưởi")
    party = declared(user=user)
    assert party.user == user
    assert party.birth_date == "1996-03-12"
    assert unseal(party.identity_sealed) == NUMBER


def test_facts_of_somebody_else_are_not_the_own_party():
    user = UserFactory(full_name="Trần Văn Con")
    assert declared(user=user).user is None


def test_firm_is_found_by_tax_code():
    firm = PartyFacts(kind=PartyKind.FIRM, full_name="Công ty TNHH Mẫu", identity="0100112437")
    party = counter(firm)
    assert party.identity_kind == IdentityKind.TAX_CODE
    assert counter(firm) == party


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (PartyFacts(full_name="A"), "full_name"),
        (PartyFacts(full_name="Nguyễn Văn A", identity="12345"), "identity"),
        (PartyFacts(full_name="Nguyễn Văn A", phone="12"), "phone"),
        (PartyFacts(full_name="Nguyễn Văn A", email="khong phai thu"), "email"),
        (PartyFacts(full_name="Nguyễn Văn A", birth_date="2090-01-01"), "birth_date"),
        (PartyFacts(full_name="N" * 10_000), "full_name"),
    ],
)
def test_malformed_fact_names_its_field_and_saves_nothing(facts, field):
    with pytest.raises(UserError) as caught:
        declared(facts)
    assert caught.value.field == field
    assert not Party.objects.exists()


def test_own_party_is_made_once():
    user = UserFactory(full_name="Lê Thị Ổi", phone="0903000001")
    assert own_party(user) == own_party(user)
    assert own_party(user).phone == "0903000001"


def test_update_party_is_for_the_owner_only():
    party = own_party(UserFactory())
    with pytest.raises(UserError):
        update_party(party_id=party.pk, by=UserFactory(), facts=FACTS)


def test_update_party_clears_what_was_emptied_and_renames_the_account():
    user = UserFactory(full_name="Lê Thị Ổi")
    party = declared(PartyFacts(full_name="Lê Thị Ổi", address="1 Trần Phú"), user=user)
    party = update_party(party_id=party.pk, by=user, facts=PartyFacts(full_name="Lê Thị Ổi Hồng"))
    user.refresh_from_db()
    assert (party.address, user.full_name) == ("", "Lê Thị Ổi Hồng")


def test_proven_number_cannot_be_replaced_by_its_owner():
    user = UserFactory(full_name="Nguyễn Thị Bưởi")
    party = link_identity(
        user=user, identity_kind=IdentityKind.CITIZEN_ID, identity=NUMBER, source=IdentitySource.COUNTER
    )
    with pytest.raises(UserError) as caught:
        update_party(party_id=party.pk, by=user, facts=PartyFacts(full_name="Nguyễn Thị Bưởi", identity="077196009999"))
    assert caught.value.field == "identity"


def test_proven_name_cannot_be_changed_by_its_owner():
    user = UserFactory(full_name="Nguyễn Thị Bưởi")
    party = proven(user)
    with pytest.raises(UserError) as caught:
        update_party(party_id=party.pk, by=user, facts=PartyFacts(full_name="Tên Khác Hẳn"))
    assert caught.value.field == "full_name"
    update_party(party_id=party.pk, by=user, facts=PartyFacts(full_name="Nguyễn Thị Bười"))


# ── a change of name ─────────────────────────────────────────────────────────────────────────────


def test_a_head_confirms_a_change_of_name_and_it_is_recorded():
    user = UserFactory(full_name="Nguyễn Thị Bưởi")
    party = proven(user)
    head = MembershipFactory(role=Role.DESK_HEAD)
    facts = PartyFacts(full_name="Nguyễn Thị Bòng", identity=NUMBER)
    row = confirm_name_change(by=head.user, unit_id=head.unit_id, facts=facts, basis=" QĐ 12/QĐ-UBND ")
    assert (row.party, row.old_name, row.new_name) == (party, "Nguyễn Thị Bưởi", "Nguyễn Thị Bòng")
    assert (row.confirmed_by, row.unit, row.basis) == (head.user, head.unit, "QĐ 12/QĐ-UBND")
    assert row.at is not None
    user.refresh_from_db()
    assert user.full_name == "Nguyễn Thị Bòng"
    assert counter(replace(FACTS, full_name="Nguyễn Thị Bòng")) == party


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"basis": "  "}, "basis"),
        ({"identity": "077196009999"}, "identity"),
        ({"identity": ""}, "identity"),
        ({"full_name": "Nguyễn Thị Bưởi"}, "full_name"),
        ({"full_name": "B0"}, "full_name"),
        ({"role": Role.RECEPTIONIST}, None),
    ],
)
def test_a_change_of_name_that_is_not_confirmed_changes_nothing(changes, field):
    counter()
    clerk = MembershipFactory(role=changes.pop("role", Role.DESK_HEAD))
    basis = changes.pop("basis", "QĐ 12")
    facts = replace(PartyFacts(full_name="Nguyễn Thị Bòng", identity=NUMBER), **changes)
    with pytest.raises(UserError) as caught:
        confirm_name_change(by=clerk.user, unit_id=clerk.unit_id, facts=facts, basis=basis)
    assert caught.value.field == field
    assert Party.objects.get().full_name == "Nguyễn Thị Bưởi"
    assert not NameChange.objects.exists()


def test_a_name_that_was_only_declared_needs_no_confirmation():
    declared()
    head = MembershipFactory(role=Role.DESK_HEAD)
    with pytest.raises(UserError) as caught:
        confirm_name_change(
            by=head.user, unit_id=head.unit_id, facts=replace(FACTS, full_name="Nguyễn Thị Bòng"), basis="QĐ 12"
        )
    assert caught.value.field == "identity"


def test_a_recorded_change_of_name_stays():
    counter()
    head = MembershipFactory(role=Role.DESK_HEAD)
    facts = replace(FACTS, full_name="Nguyễn Thị Bòng")
    row = confirm_name_change(by=head.user, unit_id=head.unit_id, facts=facts, basis="QĐ 12")
    with pytest.raises(ProgrammingError), transaction.atomic():
        row.delete()


def test_reads_are_logged_but_not_ones_own():
    user, officer = UserFactory(), UserFactory()
    party = own_party(user)
    log_read(reader=user, party=party, what="hồ sơ")
    log_read(reader=officer, party=party, what="hồ sơ", subject="H29-1", request_id="abc")
    row = PersonalDataRead.objects.get()
    assert (row.reader, row.subject, row.request_id) == (officer, "H29-1", "abc")
