"""Who else has a dossier open: short-lived, kept in the cache alone, in no ledger and no log; gone with the cache is nothing.

A page that opens says so for some minutes; its script says it again while it stays open and asks who else is there. Two who
say it in one moment may miss each other until the next time.
"""

from datetime import datetime, timedelta

from django.core.cache import cache

from accounts.models import User
from portal import clock

OPENED = timedelta(minutes=5)  # without scripts nothing tells that a page was left
STAYS = timedelta(seconds=100)  # with them it is told every minute
MOST = 10


def others(dossier_id: int, user: User, *, stays: bool = False) -> list[str]:
    """Names of the colleagues who have a dossier open, after saying that this person has it too."""
    now, key = clock.now(), f"open:{dossier_id}"
    known: dict[int, tuple[str, datetime]] = cache.get(key) or {}
    here = {pk: kept for pk, kept in known.items() if kept[1] > now}
    until = now + (STAYS if stays else OPENED)
    here[user.pk] = (user.full_name, until)
    newest = sorted(here.items(), key=lambda one: one[1][1])[-MOST:]
    cache.set(key, dict(newest), timeout=int(OPENED.total_seconds()))
    return sorted(name for pk, (name, _until) in here.items() if pk != user.pk)
