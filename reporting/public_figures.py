"""Live figures for public pages: written as PublicFact rows of the catalogue, which shows them without counting.

Portal-wide: `today` {"day", "filed", "online"} and `most_used` [{"procedure_id", "code", "filed"}] of the last seven
days. Per procedure: `usual_days` {"days", "dossiers"}, the days within which nine of ten recent dossiers were finished.
Called by tasks only.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dossiers.enums import EventCode
from portal import clock
from portal.db import read
from procedures.enums import Channel
from procedures.models import PublicFact
from reporting.few import SHARED

WEEK = timedelta(days=7)
RECENT = timedelta(days=180)
SHOWN = 10

# A dossier begins when it is sent, taken in at a counter, or prepared at the post.
_FIRST = ", ".join(f"'{code}'" for code in (EventCode.SUBMITTED, EventCode.RECEIVED, EventCode.PREPARED))
_FILED = f"seq = 1 AND code IN ({_FIRST}) AND NOT is_internal"
_TODAY = f"""
    SELECT count(*), count(*) FILTER (WHERE channel = {int(Channel.ONLINE)}) FROM dossiers_dossierevent
    WHERE {_FILED} AND happened_at >= %s AND happened_at < %s"""  # noqa: S608  our own constants
_MOST_USED = f"""
    SELECT procedure_id, procedure_code, count(*) FROM dossiers_dossierevent
    WHERE {_FILED} AND happened_at >= %s
    GROUP BY procedure_id, procedure_code ORDER BY count(*) DESC, procedure_code LIMIT {SHOWN}"""  # noqa: S608
_USUAL_DAYS = f"""
    SELECT e.procedure_id, count(*),
           percentile_disc(0.9) WITHIN GROUP (ORDER BY (e.happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
                                                     - (e.first_received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
    FROM dossiers_dossierevent e JOIN procedures_procedure p ON p.id = e.procedure_id
    WHERE e.code = '{EventCode.RESULT_ISSUED}' AND e.happened_at >= %s AND e.first_received_at IS NOT NULL
    GROUP BY e.procedure_id HAVING count(*) >= {SHARED.fewest}"""  # noqa: S608


@transaction.atomic
def refresh() -> None:
    """Write today's figures, the most used procedures and usual durations."""
    now = clock.now()
    start, end = clock.day_bounds(now.date())
    (filed, online) = read(_TODAY, [start, end])[0]
    _write("today", {"day": now.date().isoformat(), "filed": filed, "online": online}, now)
    used = read(_MOST_USED, [now - WEEK])
    _write("most_used", [{"procedure_id": pk, "code": code, "filed": count} for pk, code, count in used], now)
    rows = read(_USUAL_DAYS, [now - RECENT])
    PublicFact.objects.filter(key="usual_days").exclude(procedure_id__in=[row[0] for row in rows]).delete()
    PublicFact.objects.bulk_create(
        (
            PublicFact(procedure_id=pk, key="usual_days", value={"days": days, "dossiers": count}, as_of=now)
            for pk, count, days in rows
        ),
        update_conflicts=True,
        unique_fields=["procedure", "key"],
        update_fields=["value", "as_of"],
    )


def _write(key: str, value: Any, as_of: datetime) -> None:
    PublicFact.objects.update_or_create(procedure=None, key=key, defaults={"value": value, "as_of": as_of})
