"""Fixtures of the catalogue's tests."""

from contextlib import contextmanager
from datetime import datetime

import pytest
import time_machine

from portal.clock import VIETNAM


@pytest.fixture
def time_machine_at():
    """Stand still at a Vietnamese moment, `2026-12-01 09:00`."""

    @contextmanager
    def travel(moment):
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=VIETNAM), tick=False):
            yield

    return travel
