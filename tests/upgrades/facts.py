"""What must be the same after an upgrade: figures, chains, due times. `python -m tests.upgrades.facts` prints them as JSON.

The figures are read as they were stored, and the open month is counted again besides.
"""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import django
import time_machine

READ_AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # ten in the morning in Vietnam, an hour after the story's end


def collect() -> dict[str, Any]:
    """Everything that is compared, in an order of its own."""
    from dossiers.models.dossier import Dossier  # after django.setup()
    from dossiers.models.event import DossierEvent
    from portal import clock
    from reporting.models import Snapshot
    from reporting.snapshot import compute_month
    from tests.upgrades.story import OPEN

    def figures() -> dict[str, str]:
        return {
            f"{row.run.month:%Y-%m} {'closed' if row.run.frozen_at else 'open'} {row.indicator} {row.basis} "
            f"{row.scope_kind} {row.scope_id}": f"{row.numerator}/{row.denominator}"
            for row in Snapshot.objects.select_related("run")
        }

    def moment(value: Any) -> str | None:
        return clock.local(value).isoformat() if value else None

    stored = figures()
    heads = {}
    for event in DossierEvent.objects.order_by("dossier_id", "seq"):
        heads[str(event.dossier_id)] = f"{event.seq} {event.hash}"
    compute_month(OPEN)
    return {
        "states": {str(one.pk): one.state for one in Dossier.objects.order_by("pk")},
        "due": {
            str(one.pk): [moment(one.accept_by), moment(one.first_due_at), moment(one.due_at)]
            for one in Dossier.objects.order_by("pk")
        },
        "chains": heads,
        "figures": dict(sorted(stored.items())),
        "figures counted again": dict(sorted(figures().items())),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
    django.setup()
    with time_machine.travel(READ_AT, tick=False):
        kept = collect()
    json.dump(kept, sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
