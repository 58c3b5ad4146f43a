"""Corrections of times as the dossier's page and their own page show them."""

from typing import Any

from django.utils.translation import gettext as _

from dossiers.enums import Action, EventCode
from dossiers.events import EVENTS
from dossiers.models.correction import TimeCorrection
from dossiers.models.dossier import Dossier
from dossiers.reading import Reading
from dossiers.sections import Context
from dossiers.services import true_times
from portal import clock
from portal.templatetags.ui import badge

ANSWERS = {Action.AGREE_CORRECTION, Action.DECLINE_CORRECTION}


def of_reading(reading: Reading) -> Context | None:
    """Corrections of a dossier, read only when its ledger has one, and the way to ask for one."""
    known = any(event.code == EventCode.CORRECTION_ASKED for event in reading.events)
    may_ask = Action.ASK_CORRECTION in reading.actions and any(
        event.code in true_times.CORRECTABLE for event in reading.events
    )
    if not (known or may_ask):
        return None
    rows = of_dossier(reading.dossier) if known else []
    return {"corrections": rows, "may_ask": may_ask, "may_answer": bool(ANSWERS & set(reading.actions))}


def of_dossier(found: Dossier) -> list[dict[str, Any]]:
    """The corrections of a dossier, oldest first."""
    rows = TimeCorrection.objects.filter(dossier=found).select_related("asked_by", "decided_by", "attachment__file")
    return [_row(row, found) for row in rows]


def _row(row: TimeCorrection, found: Dossier) -> dict[str, Any]:
    return {"row": row, "act": EVENTS.label(row.code), "state": _state(row), "punctual": _punctual(row, found)}


def _state(row: TimeCorrection) -> str:
    if row.agrees is None:
        return badge("warning", _("chờ người thứ hai đồng ý"), "hourglass")
    return badge("success", _("đã đồng ý"), "check") if row.agrees else badge("danger", _("không đồng ý"), "cross")


def _punctual(row: TimeCorrection, found: Dossier) -> str:
    """How an end stands to the promise by each of the two times; '' for other acts.

    The promise is what stops and calendars made of it, before a letter of apology: that makes no limit longer.
    """
    promised = found.reappointed_from or found.due_at
    if row.code not in {EventCode.RESULT_ISSUED, EventCode.REFUSED} or promised is None:
        return ""
    day = clock.local(promised).date()
    entered, true = (
        _("đúng hẹn") if clock.local(at).date() <= day else _("trễ hẹn") for at in (row.entered_at, row.true_at)
    )
    words = {"entered": entered, "true": true}
    return _("Theo lúc ghi: %(entered)s. Theo thời điểm thật: %(true)s.") % words
