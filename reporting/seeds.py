"""What the demo city needs of this room: the two plans of targets, and closed months for every month that has dossiers."""

import time
from pathlib import Path

from django.db import connection

from portal import clock
from portal.clock import Month
from portal.errors import BusyError
from reporting.models import Run
from reporting.snapshot import compute_month, freeze_month
from reporting.targets import read_plan, write

PATIENCE = 30
PLANS = Path(__file__).parent / "data"


def load() -> list[Run]:
    """Write the plans, close past months that have dossiers, count this month. Idempotent."""
    for path in sorted(PLANS.glob("plan_*.json")):
        points, problems = read_plan(path)
        if problems:
            raise ValueError(f"{path.name}: {problems[0]}")
        write(points)
    frozen = set(Run.objects.filter(frozen_at__isnull=False).values_list("month", flat=True))
    this_month = Month.of(clock.today())
    runs = [_closed(month) for month in _months() if month < this_month and month.first_day not in frozen]
    return [*runs, compute_month(this_month)]


def _closed(month: Month) -> Run:
    """Close a month, waiting for acts that are being written at this moment."""
    for _second in range(PATIENCE):
        try:
            return freeze_month(month)
        except BusyError:
            time.sleep(1)
    return freeze_month(month)


def _months() -> list[Month]:
    """Months in which a dossier was received, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('month', happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh') "
            "FROM dossiers_dossierevent WHERE code = 'received' ORDER BY 1"
        )
        return [Month.of(row[0].date()) for row in cursor.fetchall()]
