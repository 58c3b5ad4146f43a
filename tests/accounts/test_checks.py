"""A database with the demo's people, or their password, is refused in production, by the real check against real rows."""

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts import seeds
from accounts.checks import no_demo_people
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def ids(settings) -> list[str]:
    settings.DEMO = False
    return [message.id for message in no_demo_people(None)]


def test_people_of_the_demo_are_refused(settings):
    seeds.load()
    assert ids(settings) == ["accounts.E001"]


def test_the_password_of_the_demo_is_refused_under_another_name(settings):
    hashed = make_password(seeds.DEMO_PASSWORD)
    UserFactory.create_batch(2, password=hashed)
    assert ids(settings) == ["accounts.E002"]


def test_a_superuser_with_the_password_of_the_demo_is_refused(settings):
    UserFactory(password=make_password(seeds.DEMO_PASSWORD), is_superuser=True)
    assert ids(settings) == ["accounts.E002"]


def test_people_of_ones_own_are_fine(settings):
    UserFactory.create_batch(2, password=make_password("a password of their own"), is_superuser=True)
    assert ids(settings) == []


def test_the_demo_itself_is_not_asked(settings):
    seeds.load()
    assert no_demo_people(None) == []


def test_a_database_without_tables_holds_nobody(settings, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    assert ids(settings) == []


def test_a_database_that_is_away_is_named_and_stops_nobody(settings, monkeypatch):
    away = connection.get_connection_params() | {"host": "127.0.0.1", "port": 1}
    monkeypatch.setattr(connection, "get_connection_params", lambda: away)
    assert ids(settings) == ["accounts.W001"]
