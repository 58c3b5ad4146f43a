"""A till on a working morning."""

import pytest
import time_machine

from dossiers import clocks
from tests import houses
from tests.dossiers.money.till import make_till


@pytest.fixture(autouse=True)
def _morning():
    clocks.forget()
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house(db):
    return make_till()
