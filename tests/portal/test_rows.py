"""Plain rows: what is read and written without the ORM's compiler is what the ORM reads and writes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, OrgUnit, User
from dossiers.models.dossier import Dossier
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from integrations.models import OutboxMessage
from portal import rows
from tests import houses
from tests.factories import MembershipFactory, UnitFactory

pytestmark = pytest.mark.django_db


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_the_same_as_the_orms():
    dossier = houses.received(houses.make_house())
    assert columns(rows.by_key(Dossier, dossier.pk)) == columns(Dossier.objects.get(pk=dossier.pk))
    (found,) = rows.where(WorkItem, dossier.pk, column="dossier_id", also="closed_at IS NULL", order="id")
    assert columns(found) == columns(WorkItem.objects.get(dossier=dossier, closed_at=None))


def test_rows_come_with_the_one_row_they_point_to():
    membership = MembershipFactory()
    with CaptureQueriesContext(connection) as seen:
        (found,) = rows.with_one(
            Membership, "unit", membership.user_id, column="user_id", also="role = %s", given=[membership.role]
        )
        assert columns(found.unit) == columns(membership.unit)
    assert len(seen) == 1
    assert columns(found) == columns(Membership.objects.get(pk=membership.pk))


@pytest.mark.parametrize("together", [True, False])
def test_what_is_wanted_at_once_goes_in_one_message_or_one_by_one_where_the_server_prepares(monkeypatch, together):
    first, second = UnitFactory.create_batch(2)
    if not together:
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "server_side_binding", True)
    second.name, new = "Tên mới 100%", OutboxMessage(kind="x", channel="email", address="a", body="b", dedupe_key="k")
    with CaptureQueriesContext(connection) as seen:
        nobody, _renamed, _put, units = rows.send(
            rows.seek_keys(User, []),
            rows.updating(second, ["name"]),
            rows.inserting([new]),
            rows.seek_keys(OrgUnit, [first.pk, second.pk]),
        )
    assert nobody == {}
    assert units[second.pk].name == "Tên mới 100%"
    assert OutboxMessage.objects.get().pk == new.pk
    assert len(seen) == (1 if together else 3)


def test_a_missing_row_is_the_models_own_error():
    with pytest.raises(Dossier.DoesNotExist):
        rows.by_key(Dossier, 1)


def test_rows_by_keys_leave_out_what_is_not_there_and_ask_nothing_for_nothing():
    units = UnitFactory.create_batch(2)
    found = rows.by_keys(OrgUnit, [units[1].pk, None, units[0].pk, units[0].pk, 10**9])
    assert found == {unit.pk: unit for unit in units}
    with CaptureQueriesContext(connection) as seen:
        assert rows.by_keys(OrgUnit, [None]) == {}
    assert len(seen) == 0


def test_written_and_changed_rows_are_the_orms():
    message = rows.insert(OutboxMessage(kind="x", channel="email", address="a@example.test", body="b", dedupe_key="k"))
    stored = OutboxMessage.objects.get(pk=message.pk)
    assert columns(stored) == columns(message)
    assert stored.state == "waiting"
    before = stored.updated_at
    message.state = "sent"
    message.body = "not written"
    rows.update(message, ["state"])
    stored.refresh_from_db()
    assert (stored.state, stored.body) == ("sent", "b")
    assert stored.updated_at > before


def test_text_passes_the_door_and_the_row_keeps_what_came_of_it():
    message = OutboxMessage(kind="x", channel="email", address="a", body="a\u200b\u0110\u00a0b", dedupe_key="k")
    rows.insert(message)
    stored = OutboxMessage.objects.get()
    assert stored.body == message.body == "a\u0110 b"
    message.subject = "\u0065\u0302"
    rows.update(message, ["subject"])
    stored.refresh_from_db()
    assert stored.subject == message.subject == "\u00ea"


def test_a_column_the_database_would_fill_is_written_when_something_stands_there():
    dossier = houses.submitted(houses.make_house())
    said = {"dossier": dossier, "name": "receipt", "called_at": dossier.submitted_at}
    plain, numbered = (
        PrintedForm(**said, event_seq=1),
        PrintedForm(**said, event_seq=2, book="notice:H29.951", number="07/2026"),
    )
    rows.insert(plain)
    rows.insert(numbered)
    stored = PrintedForm.objects.in_bulk()
    assert (stored[plain.pk].book, stored[numbered.pk].book) == ("", "notice:H29.951")


def test_known_rows_may_be_left_alone():
    first = OutboxMessage(kind="x", channel="email", address="a", body="b", dedupe_key="k")
    rows.insert(first)
    second = OutboxMessage(kind="x", channel="email", address="a", body="other", dedupe_key="k")
    third = OutboxMessage(kind="x", channel="email", address="a", body="new", dedupe_key="k2")
    rows.insert_all([second, third], skip_known=True)
    assert list(OutboxMessage.objects.order_by("pk").values_list("body", flat=True)) == ["b", "new"]


def test_a_locked_row_names_its_table():
    house = houses.make_house()
    with CaptureQueriesContext(connection) as seen:
        rows.by_key(User, house.citizen.pk, lock=True)
    assert seen[0]["sql"].endswith('FOR NO KEY UPDATE OF "accounts_user"')
