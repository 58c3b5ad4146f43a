"""How many statements the main acts take, in how many messages to the database, frozen; each dossier is locked once.

Savepoints of the test are not counted.
"""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import OrgUnit
from dossiers.services import desk, drafts
from portal import rows
from tests import houses

pytestmark = pytest.mark.django_db
FURTHER = re.compile(r"; (?:SELECT|INSERT|UPDATE|DELETE|WITH) ")
CONTROL = re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|COMMIT)")


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield houses.make_house()


def messages(act):
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen if not CONTROL.match(query["sql"])]


def count(found):
    """The statements in these messages, which Django counts as one query each."""
    return sum(1 + len(FURTHER.findall(sql)) for sql in found)


def locks(found):
    return [sql for sql in found if re.search(r"FOR (NO KEY )?UPDATE", sql)]


def test_statements_of_one_message_are_one_query_for_django_and_counted_here(house):
    unit = OrgUnit.objects.first()
    found = messages(lambda: rows.send(rows.seek_keys(OrgUnit, [unit.pk]), rows.updating(unit, ["name"])))
    assert (len(found), count(found)) == (1, 2)


def test_sending_takes_thirteen_statements_in_eleven_messages_and_one_lock(house):
    houses.submitted(house)  # the process has read the revision once
    draft = houses.draft(house)
    found = messages(
        lambda: drafts.send(dossier_id=draft.pk, by=house.citizen, delivery="online", version=draft.version)
    )
    assert len(found) <= 11, "\n".join(found)
    assert count(found) <= 13, "\n".join(found)
    assert len(locks(found)) == 1


def test_receiving_takes_twenty_statements_in_thirteen_messages_and_one_lock(house):
    dossier = houses.submitted(house)
    found = messages(lambda: desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST]))
    assert len(found) <= 13, "\n".join(found)
    assert count(found) <= 20, "\n".join(found)
    assert len(locks(found)) == 1
