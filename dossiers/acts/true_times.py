"""Late in the software only: the true time of an act, asked for with evidence, agreed to by a second person. The house's own affair."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import workflow
from dossiers.draft_kinds import HEADS
from dossiers.enums import Action, EventCode, State
from dossiers.events import EVENTS, Event
from dossiers.workflow import UNDECIDED, Transition

EVENTS.add(Event(code=EventCode.CORRECTION_ASKED, icon="clock", label=_("Đề nghị đính chính thời điểm")))
EVENTS.add(Event(code=EventCode.TIME_CORRECTED, icon="clock", label=_("Đồng ý đính chính thời điểm"), tone="success"))
EVENTS.add(Event(code=EventCode.CORRECTION_DECLINED, icon="clock", label=_("Không đồng ý đính chính"), tone="warning"))

RECEIVED_EVER = frozenset({*UNDECIDED, State.DONE, State.RETURNED, State.REFUSED, State.STOPPED, State.WITHDRAWN})
ASKING = frozenset(
    {Role.OFFICER, Role.UNIT_HEAD, Role.SIGNER, Role.CLERK, Role.RECEPTIONIST, Role.RETURNER, Role.DESK_HEAD}
)
for _action, _event, _roles in (
    (Action.ASK_CORRECTION, EventCode.CORRECTION_ASKED, ASKING),
    (Action.AGREE_CORRECTION, EventCode.TIME_CORRECTED, frozenset(HEADS)),
    (Action.DECLINE_CORRECTION, EventCode.CORRECTION_DECLINED, frozenset(HEADS)),
):
    workflow.add(Transition(_action, RECEIVED_EVER, None, _event, _roles))
