"""What the demo city needs of this room: the two plans of targets, and closed months for every month that has dossiers."""

import time
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from accounts.models import OrgUnit
from accounts.seeds import accounts_of_cast
from portal import clock
from portal.clock import Month
from portal.errors import BusyError
from reporting import facts
from reporting.enums import Basis
from reporting.indicators.online_share_all import ONLINE_SHARE_ALL
from reporting.models import FactDossier, Run, TargetPlan
from reporting.snapshot import compute_month, freeze_month
from reporting.target_plans import PlanDecision, save_draft
from reporting.targets import read_plan, write

PATIENCE = 30
GROWING = timedelta(weeks=10)  # the demo city tells eight weeks, and a little before
PLANS = Path(__file__).parent / "data"
GROUP = "khoi-xa-2025"


def load(*, old_only: bool = False) -> list[Run]:
    """Write the plans, close past months that have dossiers, count this month. Idempotent.

    `old_only`: leave the months alone that the demo city's dossiers may still come into.
    """
    for path in sorted(PLANS.glob("plan_*.json")):
        points, problems = read_plan(path)
        if problems:
            raise ValueError(f"{path.name}: {problems[0]}")
        write(points)
    facts.drain(patient=True)
    frozen = set(Run.objects.filter(frozen_at__isnull=False).values_list("month", flat=True))
    this_month = Month.of(clock.today())
    before = Month.of(clock.today() - GROWING) if old_only else this_month
    runs = [_closed(month) for month in _months() if month < before and month.first_day not in frozen]
    return [*runs, compute_month(this_month)]


def draft_plan() -> None:
    """Targets of next year as a draft by one person of home affairs, waiting for the second; once."""
    author = accounts_of_cast().get("home_affairs")
    group = OrgUnit.objects.filter(code=GROUP).exists()
    if author is None or not group or TargetPlan.objects.exists():
        return
    year = clock.today().year + 1
    decision = PlanDecision(
        name=_("Kế hoạch mẫu %(year)s") % {"year": year},
        decision_number=_("02/KH-UBND (mẫu)"),
        decided_on=clock.today(),
        issuer=_("Kế hoạch mẫu của hệ thống trình diễn"),
    )
    rows = [
        {
            "indicator": ONLINE_SHARE_ALL.code,
            "basis": Basis.CUMULATIVE.value,
            "scope_kind": "group",
            "unit_code": GROUP,
            "month_end": f"{Month(year, month).last_day:%d/%m/%Y}",
            "percent": percent,
            "derived": "",
            "head": "",
        }
        for month, percent in ((6, "82"), (12, "85"))
    ]
    save_draft(by=author, decision=decision, rows=rows)


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
    days = FactDossier.objects.filter(received_day__isnull=False).dates("received_day", "month")
    return [Month.of(day) for day in days]
