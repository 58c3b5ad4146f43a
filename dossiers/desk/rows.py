"""Rows of the desk's lists, pre-formatted from `.values()`: no model object per row, no work left to the template."""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts import naming as unit_names
from accounts.models import OrgUnit
from dossiers import clocks
from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from portal.templatetags.ui import badge, due_short, moment
from portal.worktime import WorkCalendar
from procedures import naming as procedure_names
from procedures.enums import StepKind

ITEM_VALUES = (
    "id",
    "due_at",
    "legal_at",
    "is_waiting",
    "is_asked",
    "closed_at",
    "name",
    "kind",
    "parent_id",
    "position",
    "steps_total",
    "unit_id",
    "role",
    "opened_at",
    "holder_id",
    "held_since",
    "dossier_id",
    "dossier__version",
    "dossier__code",
    "dossier__reference",
    "dossier__state",
    "dossier__due_at",
    "dossier__owner_name",
    "dossier__procedure_id",
)
DOSSIER_VALUES = (
    "id",
    "created_at",
    "code",
    "reference",
    "state",
    "due_at",
    "clock_stopped_at",
    "competent_unit_id",
    "owner_name",
    "procedure_id",
)
STATE_TONES = {
    State.INTAKE_FIX: "warning",
    State.SUBMITTED: "info",
    State.ACCEPTED: "info",
    State.PROCESSING: "info",
    State.SUPPLEMENT: "warning",
    State.PAYMENT: "warning",
    State.CHECKING: "warning",
    State.DONE: "success",
    State.RETURNED: "success",
    State.NOT_ACCEPTED: "danger",
    State.REFUSED: "danger",
    State.STOPPED: "neutral",
    State.WITHDRAWN: "neutral",
}


def state_badge(state: str) -> SafeString:
    """The state of a dossier as icon, word and colour."""
    return badge(STATE_TONES.get(State(state), "neutral"), State(state).label)


def item_rows(
    found: Iterable[Mapping[str, Any]],
    *,
    units: Iterable[OrgUnit],
    now: datetime,
    asked_of: Container[int] = (),
) -> list[dict[str, Any]]:
    """Cells of work items, for the heads' list and lists of papers; those of the inbox: dossiers.desk.lines.

    `found`: ITEM_VALUES of each.

    A question to one of the reader's units (`asked_of`) leads to its own page, where nothing else of the dossier stands, nor
    whose it is.
    """
    calendars, rows = clocks.calendars(units), list(found)
    unit_of = unit_names.units(row["unit_id"] for row in rows)
    procedure_of = procedure_names.procedures(row["dossier__procedure_id"] for row in rows)
    return [
        {
            **_item_row(row, now, calendars.get(row["unit_id"])),
            **(_asked_row(row) if _is_asked(row) and row["unit_id"] in asked_of else {}),
            "procedure": procedure_of[row["dossier__procedure_id"]].name,
            "unit": unit_of[row["unit_id"]].name,
        }
        for row in rows
    ]


def dossier_rows(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Cells of dossiers, for the answers of a search."""
    rows = list(found)
    procedure_of = procedure_names.procedures(row["procedure_id"] for row in rows)
    return [
        {
            "url": reverse("desk:dossier", args=[row["id"]]),
            "code": row["code"] or row["reference"],
            "procedure": procedure_of[row["procedure_id"]].name,
            "owner": row["owner_name"],
            "state": state_badge(row["state"]),
            "due": moment(row["due_at"]) if row["due_at"] else "",
        }
        for row in rows
    ]


def _item_row(row: Mapping[str, Any], now: datetime, calendar: WorkCalendar | None) -> dict[str, Any]:
    state = State(row["dossier__state"])
    return {
        "url": reverse("desk:dossier", args=[row["dossier_id"]]),
        "left": _left(row, state, now, calendar),
        "code": row["dossier__code"] or row["dossier__reference"],
        "is_provisional": not row["dossier__code"],
        "owner": row["dossier__owner_name"],
        "step": _step(row),
        "until": moment(row["closed_at"] or row["due_at"])
        if row["closed_at"] or row["kind"] != StepKind.RETURN
        else "",
        "promised": moment(row["dossier__due_at"]) if row["dossier__due_at"] else "",
        "since": moment(row["held_since"] or row["opened_at"]) if row["closed_at"] is None else "",
        "pick": f"{row['id']}-{row['dossier__version']}",
    }


def _is_asked(row: Mapping[str, Any]) -> bool:
    """Whether it is a question to another unit, or the signing or sending of its answer."""
    return bool(row["is_asked"])


def _asked_row(row: Mapping[str, Any]) -> dict[str, str]:
    """What differs for a question to one's unit."""
    item_id = row["id"] if row["kind"] == StepKind.CONSULT else row["parent_id"]
    return {"url": reverse("desk:consultation", args=[item_id]), "owner": "", "step": row["name"]}


def _step(row: Mapping[str, Any]) -> str:
    """The place in the route; what lies beside the route has none."""
    if not row["position"]:
        return str(row["name"])
    words = {"position": row["position"], "total": row["steps_total"], "name": row["name"]}
    return _("bước %(position)s/%(total)s · %(name)s") % words


def _left(row: Mapping[str, Any], state: State, now: datetime, calendar: WorkCalendar | None) -> str:
    if row["closed_at"] is not None:
        return state_badge(state)
    if row["kind"] == StepKind.RETURN:
        return _("chờ đến nhận")
    if row["is_waiting"]:
        return due_short(None)
    minutes = clocks.minutes_left(now, row["legal_at"], calendar)
    if minutes == 0 and row["legal_at"] < now:
        return badge("danger", _("vừa quá hạn"), "alert")
    return due_short(minutes)


MODELS = (WorkItem, Dossier)  # what the value names above belong to; a test resolves each of them
