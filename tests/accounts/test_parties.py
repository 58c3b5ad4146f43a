"""Parties: sealed identity, matching that neither leaks nor overwrites, own data, the log of reads."""

import pytest
from django.db import connection

from accounts.enums import IdentityKind, IdentitySource, PartyKind
from accounts.models import Party, PersonalDataRead
from accounts.queries import find_party_by_identity
from accounts.services import PartyFacts, find_or_create_party, link_identity, log_read, own_party, update_party
from portal.errors import UserError
from portal.sealing import unseal
from tests.factories import UserFactory

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


def test_new_party_is_normalised_and_sealed():
    party = declared()
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


def test_identical_declaration_reuses_the_row_and_another_contact_makes_a_new_one():
    first = declared()
    assert declared() == first
    other = declared(
        PartyFacts(full_name="Nguyễn Thị Bưởi", birth_date="1996-03-12", phone="0911111111", identity=NUMBER)
    )
    assert other != first
    first.refresh_from_db()
    assert first.phone == "0903123456"


def test_declaration_without_number_or_contact_never_joins_a_namesake():
    facts = PartyFacts(full_name="Nguyễn Văn An")
    assert declared(facts) != declared(facts)


def test_declared_number_of_an_account_holder_does_not_reach_their_party():
    victim = link_identity(
        user=UserFactory(full_name="Nguyễn Thị Bưởi"),
        identity_kind=IdentityKind.CITIZEN_ID, identity=NUMBER, source=IdentitySource.COUNTER,
    )  # fmt: skip
    stranger = UserFactory(full_name="Kẻ Lạ")
    assert declared(user=stranger) != victim
    victim.refresh_from_db()
    assert victim.phone == ""


def test_account_that_only_declared_a_number_does_not_receive_counter_dossiers():
    squatter = UserFactory(full_name="Nguyễn Thị Bưởi")
    own = declared(user=squatter)
    assert own.user == squatter
    assert counter() != own


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


def test_reads_are_logged_but_not_ones_own():
    user, officer = UserFactory(), UserFactory()
    party = own_party(user)
    log_read(reader=user, party=party, what="hồ sơ")
    log_read(reader=officer, party=party, what="hồ sơ", subject="H29-1", request_id="abc")
    row = PersonalDataRead.objects.get()
    assert (row.reader, row.subject, row.request_id) == (officer, "H29-1", "abc")
