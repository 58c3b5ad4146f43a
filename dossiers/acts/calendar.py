"""A due time moved later because the working calendar was edited: done by the system, told to the citizen."""

from django.utils.translation import gettext_lazy as _

from accounts.promises import KEEPERS
from dossiers import workflow
from dossiers.enums import EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.services.calendar_moves import KEEPER, MOVE_CLOCK

EVENTS.add(
    Event(
        code=EventCode.CLOCK_MOVED,
        icon="calendar",
        label=_("Dời hạn do lịch làm việc thay đổi"),
        citizen=_("Hạn được dời do lịch làm việc thay đổi"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: hạn được dời"),
            _("Hạn của hồ sơ “%(procedure)s” thay đổi do lịch làm việc. %(text)s"),
            _("Hồ sơ %(code)s: hạn được dời do lịch làm việc thay đổi. Hạn mới có trên cổng và tại Bộ phận Một cửa."),
        ),
        text_is_public=True,
    )
)

# A promise runs in these states; in all others it stands, or there is none any more.
workflow.add(
    workflow.Transition(
        action=MOVE_CLOCK,
        sources=frozenset({State.SUBMITTED, State.ACCEPTED, State.PROCESSING}),
        target=None,
        event=EventCode.CLOCK_MOVED,
        roles=frozenset({workflow.SYSTEM}),
    )
)

KEEPERS.add(KEEPER)
