"""The house of tests on a working morning, and a desk person at a browser."""

import pytest
import time_machine

from dossiers import clocks
from tests import houses
from tests.client import StrictClient


@pytest.fixture(autouse=True)
def _morning():
    clocks.forget()
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house(db):
    return houses.make_house()


@pytest.fixture
def enter():
    """Sign somebody in, second factor settled as the demo does it."""

    def as_user(user, kind=StrictClient):
        client = kind()
        client.force_login(user)
        session = client.session
        session["demo_person"] = True
        session.save()
        return client

    return as_user
