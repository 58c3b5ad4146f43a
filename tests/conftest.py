"""The suite as a microscope: undefined template variables fail, unordered lists are shuffled, locks need `of`."""

import gc
import os
from datetime import timedelta

import pgtrigger
import pytest
from django.db import connection
from django.test import TransactionTestCase

from integrations.registry import KINDS, MessageKind
from portal import kept
from procedures import published
from tests import databases
from tests.client import StrictClient

# Nothing made while tests are collected is garbage; looking for some takes a fifth of that time.
gc.disable()


def pytest_collection_modifyitems(items):
    """What takes longest is begun first, so that no core waits at the end for one long test on the other."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish():
    """From here on look for garbage, seldom, and never among what has been loaded: modules and tests stay to the end."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_keepdb, django_db_blocker):
    """Let several checkouts or people share one server: PYTEST_DB names the test database.

    PYTEST_BESIDE sets a run apart from another of the same checkout; both copy the same migrated database. One that is
    kept (--reuse-db) is migrated as any other.
    """
    wishes = connection.settings_dict.setdefault("TEST", {})
    name, beside = os.environ.get("PYTEST_DB", ""), os.environ.get("PYTEST_BESIDE", "")
    if name or beside:
        wishes["NAME"] = f"test_{name}{beside}{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            wishes |= {"TEMPLATE": databases.migrated(), "MIGRATE": False}


@pytest.fixture
def client():
    """Django's test client that also fails on template leaks and inline scripts."""
    return StrictClient()


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What a process keeps (revisions, names, calendars) belongs to one test: numbers may come back with other rows."""
    published.forget()
    kept.forget_all()


@pytest.fixture(autouse=True, scope="session")
def _kind_of_tests():
    """What tests write that no room writes."""
    KINDS.add(MessageKind("thu", "tin thử", timedelta(days=30)))


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.SEAL_FILE = tmp_path / "seals.jsonl"


@pytest.fixture(autouse=True, scope="session")
def _flush_may_truncate_the_ledger():
    """Tests with real transactions empty the tables afterwards; only there the append-only trigger is set aside."""
    teardown = TransactionTestCase._fixture_teardown
    never_emptied = [
        f"{model._meta.label}:{trigger.name}"
        for model, trigger in pgtrigger.registered()
        if trigger.operation == pgtrigger.Truncate
    ]

    def tolerant(self):
        with pgtrigger.ignore(*never_emptied):
            teardown(self)

    TransactionTestCase._fixture_teardown = tolerant
    yield
    TransactionTestCase._fixture_teardown = teardown
