"""Ends of roles: what a person held goes on without them. Done by the system, the house's own affair."""

from django.utils.translation import gettext_lazy as _

from accounts.hanging import HANGING
from dossiers import workflow
from dossiers.enums import FINAL_STATES, Action, EventCode, State
from dossiers.events import EVENTS, Event
from dossiers.services.ends import HELD_DRAFTS, HELD_WORK

EVENTS.add(Event(code=EventCode.WORK_MOVED, label=_("Chuyển việc của người đã thôi vai trò")))

workflow.add(
    workflow.Transition(
        action=Action.MOVE_WORK,
        sources=frozenset(State) - FINAL_STATES - {State.DRAFT},
        target=None,
        event=EventCode.WORK_MOVED,
        roles=frozenset({workflow.SYSTEM}),
    )
)

HANGING.add(HELD_WORK)
HANGING.add(HELD_DRAFTS)
