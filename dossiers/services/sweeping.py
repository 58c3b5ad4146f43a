"""How sweeps go over rows that wait: a batch at a time, each row in a transaction of its own, one fault told and passed by.

Called by the sweeps of dossiers.services. They may run twice at once and may be killed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import QuerySet

from dossiers.models.dossier import Dossier
from portal.errors import UserError

BATCH = 200
# What a row that is not as it should be can raise; anything else is for the task to fail with, aloud.
FAULTS = (UserError, ObjectDoesNotExist, LookupError, ValueError, TypeError, AttributeError, DatabaseError)

log = structlog.get_logger(__name__)


def ids(found: QuerySet[Any]) -> Iterator[int]:
    """Keys of the rows, a batch at a time, each once: what fails stays behind and holds up nobody."""
    last = 0
    while batch := list(found.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from batch
        last = batch[-1]


def tried(act: Callable[[int], bool], key: int, failure: str, name: str) -> bool:
    """What the act says of one row; a fault is told in the log under `failure`, with the row's key as `name`."""
    try:
        return act(key)
    except FAULTS as error:
        log.warning(failure, error=type(error).__name__, **{name: key})
        return False


def free_dossier(of: QuerySet[Any]) -> Dossier | None:
    """The dossier of a row (`of` gives its id), locked; None when somebody is acting on it."""
    locked = Dossier.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return locked.filter(pk__in=of).first()
