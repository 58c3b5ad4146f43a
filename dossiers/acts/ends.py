"""Ends of roles and units: what a person or a unit had goes on without them. Done by the system, on an administrator's order."""

from django.utils.translation import gettext_lazy as _

from accounts.closing import PARTS
from accounts.hanging import HANGING
from dossiers import workflow
from dossiers.enums import FINAL_STATES, Action, EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.services.closings import DOSSIERS, DRAFTS
from dossiers.services.ends import HELD_DRAFTS, HELD_WORK

EVENTS.add(Event(code=EventCode.WORK_MOVED, icon="user", label=_("Chuyển việc sang người hoặc phòng kế nhiệm")))
EVENTS.add(
    Event(
        code=EventCode.UNIT_FOLLOWED,
        icon="users",
        label=_("Chuyển hồ sơ sang đơn vị kế thừa"),
        citizen=_("Hồ sơ được chuyển sang đơn vị kế thừa"),
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: đổi cơ quan giải quyết"),
            _("Hồ sơ “%(procedure)s” nay do %(unit)s giải quyết. %(text)s"),
            _(
                "Hồ sơ %(code)s nay do đơn vị kế thừa giải quyết, hạn không đổi. Xem trên cổng hoặc hỏi Bộ phận Một cửa."
            ),
        ),
        text_is_public=True,
    )
)

for _action, _event in ((Action.MOVE_WORK, EventCode.WORK_MOVED), (Action.FOLLOW_UNIT, EventCode.UNIT_FOLLOWED)):
    workflow.add(
        workflow.Transition(
            action=_action,
            sources=frozenset(State) - FINAL_STATES - {State.DRAFT},
            target=None,
            event=_event,
            roles=frozenset({workflow.SYSTEM}),
        )
    )

HANGING.add(HELD_WORK)
HANGING.add(HELD_DRAFTS)
PARTS.add(DOSSIERS)
PARTS.add(DRAFTS)
