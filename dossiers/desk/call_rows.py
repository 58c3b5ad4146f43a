"""Calls the desk owes, as the dossier's page, the list and the form show them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from dossiers import calls
from dossiers.audiences import AUDIENCES
from dossiers.desk.rows import state_badge
from dossiers.enums import CallReason
from dossiers.events import Audience
from dossiers.models.call import Call
from dossiers.models.dossier import Dossier
from dossiers.reading import Reading
from dossiers.sections import Context
from portal.templatetags.ui import moment

VALUES = (
    "id",
    "since",
    "who",
    "phone",
    "words",
    "tries",
    "tried_at",
    "dossier_id",
    "dossier__code",
    "dossier__reference",
    "dossier__state",
    "dossier__owner_name",
    "dossier__submitter_name",
    "dossier__owner_id",
    "dossier__submitter_id",
)


def of_reading(reading: Reading) -> Context | None:
    """Whom no message reached: whom to call, at which number, what to say."""
    if not reading.dossier.needs_call:
        return None
    found = calls.open_calls(reading.dossier.pk).order_by("since", "pk")
    return {
        "calls": [shown(one, reading.dossier) for one in found],
        "may_note": bool(reading.roles & calls.CALLERS),
    }


def shown(owed: Call, dossier: Dossier) -> dict[str, Any]:
    """One call as pages show it."""
    names = {"owner": dossier.owner_name, "submitter": dossier.submitter_name}
    return {
        "who": _who(owed.who, names),
        "phone": owed.phone,
        "words": owed.words,
        "since": owed.since,
        "tries": owed.tries,
        "tried_at": owed.tried_at,
        "why": CallReason(owed.reason).label,
        "url": reverse("desk:call", args=[owed.dossier_id, owed.pk]),
        "edition": owed.edition,
    }


def _who(who: str, names: Mapping[str, str]) -> str:
    """The audience and its name as filed."""
    known = next((one for one in Audience if one == who), Audience.SUBMITTER)
    name = names.get(who) or names["submitter"]
    return f"{AUDIENCES[known].label} {name}".strip()


def row(found: Mapping[str, Any]) -> dict[str, Any]:
    """One call as the list shows it, from VALUES."""
    names = {"owner": found["dossier__owner_name"], "submitter": found["dossier__submitter_name"]}
    return {
        "url": reverse("desk:dossier", args=[found["dossier_id"]]),
        "call_url": reverse("desk:call", args=[found["dossier_id"], found["id"]]),
        "code": found["dossier__code"] or found["dossier__reference"],
        "state": state_badge(found["dossier__state"]),
        "who": _who(found["who"], names),
        "phone": found["phone"],
        "words": found["words"],
        "since": moment(found["since"]),
        "tried": moment(found["tried_at"]) if found["tried_at"] else "",
        "tries": found["tries"],
    }
