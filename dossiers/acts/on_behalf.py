"""What the desk records for somebody who comes in person: the supplement brought, in full or in part; a wish to withdraw on paper."""

from django.utils.translation import gettext_lazy as _

from dossiers import workflow
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import Action, EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.on_behalf import WithdrawOnBehalfForm
from dossiers.services import on_behalf

DESK = frozenset(workflow.INTAKE_ROLES)

EVENTS.add(
    Event(
        code=EventCode.SUPPLEMENT_PARTLY,
        icon="upload",
        label=_("Ghi nhận bổ sung chưa đủ"),
        citizen=_("Phần bổ sung mang đến quầy còn thiếu"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: phần bổ sung còn thiếu"),
            _("%(desk)s đã ghi nhận lần bổ sung của hồ sơ “%(procedure)s”. %(text)s"),
            _("Hồ sơ %(code)s: phần bổ sung mang đến còn thiếu. Mục còn thiếu có trên cổng và tại quầy."),
        ),
        text_is_public=True,
    )
)

workflow.add(
    workflow.Transition(
        Action.SUPPLEMENT_DONE,
        frozenset({State.INTAKE_FIX}),
        State.SUBMITTED,
        EventCode.SUPPLEMENT_ANSWERED,
        DESK,
    ),
    workflow.Transition(
        Action.SUPPLEMENT_DONE,
        frozenset({State.SUPPLEMENT}),
        State.PROCESSING,
        EventCode.SUPPLEMENT_ANSWERED,
        DESK,
    ),
    workflow.Transition(
        Action.NOTE_VISIT, frozenset({State.INTAKE_FIX, State.SUPPLEMENT}), None, EventCode.SUPPLEMENT_PARTLY, DESK
    ),
    workflow.Transition(
        Action.WITHDRAW_ON_BEHALF,
        frozenset({State.SUBMITTED, State.INTAKE_FIX}),
        State.WITHDRAWN,
        EventCode.WITHDRAWN,
        DESK,
    ),
    workflow.Transition(
        Action.WITHDRAW_ON_BEHALF,
        frozenset(workflow.UNDECIDED),
        None,
        EventCode.WITHDRAWAL_REQUESTED,
        DESK,
    ),
)

ACTS.add(
    DeskAct(
        code=Action.WITHDRAW_ON_BEHALF,
        label=_("Ghi nhận đề nghị rút hồ sơ"),
        order=115,
        form=WithdrawOnBehalfForm,
        service=on_behalf.withdraw,
        foretell=_(
            "Dùng khi người nộp mang đơn giấy đến quầy. Hồ sơ chưa tiếp nhận được rút ngay; hồ sơ đã tiếp nhận thì "
            "lãnh đạo nơi đang giữ trả lời đề nghị."
        ),
        done=_("Đã ghi nhận đề nghị rút hồ sơ %(code)s."),
        is_aside=True,
    )
)
