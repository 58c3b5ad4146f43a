"""September has been closed and one ward missed its target; home affairs has two people."""

from datetime import datetime

import pytest
import time_machine

from accounts.enums import Role
from portal.clock import VIETNAM
from reporting.models import (
    Shortfall,
)
from reporting.snapshot import freeze_month
from reporting.tasks import follow_up
from tests.factories import CalendarFactory, MembershipFactory
from tests.reporting.test_snapshot import golden
from tests.reporting.test_views import SEPTEMBER, target

CLOSING_DAY = datetime(2022, 10, 5, 10, 0, tzinfo=VIETNAM)  # a Wednesday


@pytest.fixture
def october():
    with time_machine.travel(CLOSING_DAY, tick=False) as clock:
        yield clock


@pytest.fixture
def missed(city, october, one_transaction):
    """Ward 1 stands at 2 of 5 against 70 %; ward 2 and the office reached theirs."""
    CalendarFactory()
    golden(city)
    target(city.wards, "0.70")
    target(city.offices, "0.50")
    city.head = MembershipFactory(role=Role.SIGNER, unit=city.first, user__full_name="Chủ tịch Một").user
    city.other = MembershipFactory(role=Role.SIGNER, unit=city.second).user
    city.home = MembershipFactory(role=Role.HOME_AFFAIRS, unit=city.wards).user
    city.run = freeze_month(SEPTEMBER)
    october.shift(1)
    assert follow_up() == 1
    city.shortfall = Shortfall.objects.get()
    return city


@pytest.fixture
def second(missed):
    return MembershipFactory(role=Role.HOME_AFFAIRS, unit=missed.wards, user__full_name="Người Thứ Hai").user
