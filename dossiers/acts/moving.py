"""Work changes hands: taken, released, reassigned, called back. The house's own affair; the dossier stays where it is."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import HEAD_ROLES, WORK_ROLES, Role
from dossiers import workflow
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import FINAL_STATES, Action, EventCode, State
from dossiers.events import EVENTS, Event
from dossiers.forms import desk as forms
from dossiers.services import moving
from dossiers.workflow import ANY, Held, Moves, Transition

EVENTS.add(Event(code=EventCode.TAKEN, icon="user", label=_("Nhận việc")))
EVENTS.add(Event(code=EventCode.RELEASED, icon="return", label=_("Trả việc về hàng chờ"), tone="warning"))
EVENTS.add(Event(code=EventCode.REASSIGNED, icon="user", label=_("Giao việc cho người khác"), tone="warning"))
EVENTS.add(Event(code=EventCode.RECALLED, icon="return", label=_("Thu hồi việc đã chuyển"), tone="warning"))

WITH_WORK = frozenset(State) - FINAL_STATES - {State.DRAFT}
STEP_ROLES = WORK_ROLES - {Role.CASHIER}  # no step waits for a cashier

workflow.add(
    Transition(Action.TAKE, WITH_WORK, None, EventCode.TAKEN, STEP_ROLES, ANY, Moves.HAND, held=Held.FREE),
    Transition(Action.RELEASE, WITH_WORK, None, EventCode.RELEASED, STEP_ROLES, ANY, Moves.HAND, held=Held.OWN),
    Transition(Action.REASSIGN, WITH_WORK, None, EventCode.REASSIGNED, HEAD_ROLES, ANY, Moves.HAND, is_over=True),
    # The state it goes back to is that of the act called back.
    Transition(
        Action.RECALL,
        frozenset({State.PROCESSING}),
        None,
        EventCode.RECALLED,
        STEP_ROLES,
        ANY,
        Moves.RECALL,
        held=Held.SENT,
    ),
)

ACTS.add(
    DeskAct(
        code=Action.TAKE,
        label=_("Nhận việc"),
        order=200,
        form=forms.PlainForm,
        service=moving.take,
        foretell=_("Việc chuyển vào mục Của tôi; người khác thấy bạn đang giữ."),
        done=_("Bạn đã nhận việc của hồ sơ %(code)s."),
        is_aside=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.RECALL,
        label=_("Thu hồi việc đã chuyển"),
        order=210,
        form=forms.ReasonForm,
        service=moving.recall,
        foretell=_("Người nhận chưa bắt đầu; hồ sơ trở lại bước bạn vừa làm, như trước khi chuyển."),
        done=_("Đã thu hồi hồ sơ %(code)s về bước trước."),
        is_aside=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.RELEASE,
        label=_("Trả việc về hàng chờ"),
        order=220,
        form=forms.ReasonForm,
        service=moving.release,
        foretell=_("Việc trở lại hàng chờ của đơn vị để người khác nhận; hạn không đổi."),
        done=_("Đã trả việc của hồ sơ %(code)s về hàng chờ."),
        is_aside=True,
        is_together=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.REASSIGN,
        label=_("Giao việc cho người khác"),
        order=230,
        form=forms.ReassignForm,
        service=moving.reassign,
        foretell=_("Người được chọn thấy việc ở mục Của tôi; hạn không đổi."),
        done=_("Đã giao lại việc của hồ sơ %(code)s."),
        is_aside=True,
    )
)
