"""What happened to a dossier, as the desk reads it: newest first, the older part of a long history folded."""

from typing import Any

from django.utils.translation import gettext as _

from dossiers import workflow
from dossiers.events import EVENTS
from dossiers.models.event import DossierEvent
from dossiers.reading import Reading
from dossiers.reasons import REASONS
from dossiers.sections import Context

LATEST = 6  # happenings that stand open


def of_reading(reading: Reading) -> Context:
    """What happened, newest first, as ui/timeline wants it; of a long history the older part is folded."""
    events = [_happening(event) for event in reversed(reading.events)]
    shown = LATEST if len(events) > LATEST + 1 else len(events)  # one more line costs no more than its fold
    return {"events": events[:shown], "older": events[shown:]}


def _happening(event: Any) -> dict[str, Any]:
    by = ", ".join(part for part in (event.actor_name, event.unit_name) if part)
    if event.actor_role == workflow.SYSTEM:
        by = _("hệ thống tự thực hiện")
    kind = EVENTS.get(event.code)
    return {
        "title": f"{event.label} – {by}" if by else event.label,
        "at": event.happened_at,
        "text": _event_text(event, event.words or ""),
        "tone": kind.tone if kind else "info",
        "icon": kind.icon if kind else "",
    }


def _event_text(event: DossierEvent, text: str) -> str:
    reason = REASONS.get(event.reason_code)
    return f"{reason.label}.\n{text}".strip() if reason is not None else text
