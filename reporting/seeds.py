"""What the demo city needs of this room: the two plans of targets, and closed months for every month that has dossiers."""

from pathlib import Path

from django.db import connection

from portal import clock
from portal.clock import Month
from reporting.models import Run
from reporting.snapshot import compute_month, freeze_month
from reporting.targets import read_plan, write

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
    runs = [freeze_month(month) for month in _months() if month < this_month and month.first_day not in frozen]
    return [*runs, compute_month(this_month)]


def _months() -> list[Month]:
    """Months in which a dossier was received, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT date_trunc('month', happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh') "
            "FROM dossiers_dossierevent WHERE code = 'received' ORDER BY 1"
        )
        return [Month.of(row[0].date()) for row in cursor.fetchall()]
