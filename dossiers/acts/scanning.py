"""Scanning at the desk: pictures of the papers that were handed over on paper."""

from django.utils.translation import gettext_lazy as _

from dossiers import workflow
from dossiers.enums import Action
from dossiers.events import EVENTS, Event

PAPER_SCANNED = "paper_scanned"

EVENTS.add(Event(code=PAPER_SCANNED, label=_("Quét giấy tờ"), icon="file"))

workflow.add(
    workflow.Transition(
        Action.SCAN_PAPER,
        frozenset(workflow.UNDECIDED),
        None,
        PAPER_SCANNED,
        frozenset(workflow.INTAKE_ROLES),
    )
)
