"""A database that is away costs one wait for the pool; once it is back nobody is turned away."""

import copy
import time

import pytest
from django.db import OperationalError, connection

from portal.pause import Pause
from portal.postgresql import base
from running.supervisor import free_port

pytestmark = pytest.mark.django_db
PATIENCE = 2


@pytest.fixture
def link(monkeypatch):
    """A connection of its own with a pool of its own, to a port where nobody listens yet."""
    monkeypatch.setattr(base, "pause", Pause(60))
    told = copy.deepcopy(connection.settings_dict)
    told["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 2, "timeout": PATIENCE}
    link = base.DatabaseWrapper(told, "apart")
    yield link
    link.close()
    link.close_pool()


def asked(link):
    """How long it took to be refused."""
    began = time.monotonic()
    with pytest.raises(OperationalError):
        link.ensure_connection()
    return time.monotonic() - began


def test_the_pool_is_waited_for_once(link):
    link.settings_dict.update(HOST="127.0.0.1", PORT=str(free_port()))
    assert asked(link) >= PATIENCE
    assert asked(link) + asked(link) < PATIENCE


def test_who_asks_when_it_is_back_is_served_and_ends_the_pause(link):
    base.pause.begin()
    link.pool.open(wait=True, timeout=30)
    with link.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert not base.pause.is_on()
