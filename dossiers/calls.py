"""Calls the desk owes: written where a person cannot be told otherwise, in the caller's transaction; read by pages.

Made by dossiers.notices (the authority calls instead of sending) and by dossiers.services.untold (a message failed). The
caller has the dossier locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.enums import COUNTER_ROLES, Role
from accounts.models import Membership
from accounts.queries import with_predecessors
from dossiers.events import Audience
from dossiers.models.call import Call
from dossiers.models.dossier import Dossier
from integrations.models import OutboxMessage
from portal import clock

CALLERS = COUNTER_ROLES | {Role.RETURNER}  # who serves at the desk


@dataclass(frozen=True, slots=True)
class Untold:
    """What somebody was not told: who, at which number ('' when none is known), of what, and why not."""

    who: Audience | str
    phone: str
    kind: str
    words: str
    reason: str
    message: OutboxMessage | None = None


def owe(dossier: Dossier, untold: Untold) -> None:
    """Put a call on the list of the desk; what it owes already to the number says the later news from now on.

    Who left no number is not somebody else who left none: each has a call. A message may fail after a later one has failed:
    then the call stays as it is.
    """
    known = open_calls(dossier.pk).filter(phone=untold.phone)
    if not untold.phone:
        known = known.filter(who=str(untold.who))
    if untold.message is not None and known.filter(message__gt=untold.message.pk).exists():
        return
    if not say(known, untold):
        place = {"phone": untold.phone, "unit_id": dossier.receiving_unit_id, "since": clock.now()}
        Call.objects.create(dossier_id=dossier.pk, **place, **_facts(untold))
    _mark(dossier, needs_call=True)


def say(owed: QuerySet[Call], untold: Untold) -> int:
    """Let calls say other news from now on; gives how many."""
    return owed.update(**_facts(untold), updated_at=clock.now())


def _facts(untold: Untold) -> dict[str, Any]:
    return {
        "who": str(untold.who),
        "kind": untold.kind,
        "words": untold.words[:300],
        "reason": untold.reason,
        "message": untold.message,
    }


def settle(dossier: Dossier) -> None:
    """Note on the dossier whether a call is still owed; after calls were closed."""
    _mark(dossier, needs_call=open_calls(dossier.pk).exists())


def _mark(dossier: Dossier, *, needs_call: bool) -> None:
    if dossier.needs_call != needs_call:
        dossier.needs_call = needs_call
        Dossier.objects.filter(pk=dossier.pk).update(needs_call=needs_call)


def open_calls(dossier_id: int) -> QuerySet[Call]:
    """Calls owed about one dossier."""
    return Call.objects.filter(dossier_id=dossier_id, closed_at__isnull=True)


def listed(held: Iterable[Membership]) -> QuerySet[Call]:
    """Calls owed by the desks a person serves at, and by closed desks whose work they go on with."""
    units = with_predecessors(sorted({row.unit_id for row in held if row.role in CALLERS}))
    return Call.objects.filter(unit_id__in=units, closed_at__isnull=True)
