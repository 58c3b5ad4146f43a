"""The demo city for modules whose tests all stand on it."""

import pytest

from accounts import seeds
from accounts.models import User
from tests.shared import rows_of_a_module


@pytest.fixture(scope="module")
def keys(django_db_setup, django_db_blocker):
    """The demo city, loaded once for all tests of the module that asks: the cast's primary keys by name."""
    with rows_of_a_module(django_db_blocker):
        keys = {name: user.pk for name, user in seeds.load().items()}
        with django_db_blocker.block():
            yield keys


@pytest.fixture
def people(keys, db):
    """The cast, read anew for each test."""
    users = User.objects.in_bulk(keys.values())
    return {name: users[pk] for name, pk in keys.items()}
