"""How sweeps of dossiers take what hangs on one: with its dossier locked, or not at all. The sweeps: portal.sweeps."""

from typing import Any

from django.db.models import QuerySet

from dossiers.models.dossier import Dossier


def free_dossier(of: QuerySet[Any]) -> Dossier | None:
    """The dossier of a row (`of` gives its id), locked; None when somebody is acting on it."""
    locked = Dossier.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return locked.filter(pk__in=of).first()
