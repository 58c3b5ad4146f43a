"""The draft of a result lies with its applicant to check: sent, agreed to, corrected, taken back, agreed to in silence.

Civil registration is where it comes from: who asked for a certificate looks at its draft and has one working day; of some
papers the law wants words (docs/law.md). Which procedure asks for it is data of its revision (DraftCheck).
"""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import workflow
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import Action, EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.desk import ReasonForm
from dossiers.forms.drafting import AboutDraftForm
from dossiers.services import draft_checks
from procedures.enums import StepKind

DESK = frozenset(workflow.INTAKE_ROLES)
CITIZEN = frozenset({workflow.CITIZEN})
CHECKING = frozenset({State.CHECKING})

EVENTS.add(
    Event(
        code=EventCode.SENT_FOR_CHECK,
        icon="eye",
        label=_("Gửi bản dự thảo cho người nộp kiểm tra"),
        citizen=_("Mời bạn kiểm tra bản dự thảo"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: mời bạn kiểm tra bản dự thảo"),
            _(
                "%(unit)s đã soạn kết quả “%(procedure)s” và mời bạn kiểm tra từng mục của bản dự thảo, trả lời trước hết ngày "
                "%(answer_by)s. %(unless)s Thời hạn giải quyết tạm dừng đến khi có trả lời. Bạn trả lời trên cổng hoặc "
                "tại %(desk)s."
            ),
            _("Hồ sơ %(code)s: mời kiểm tra bản dự thảo trước hết %(answer_by)s. %(unless)s"),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.CHECK_CONFIRMED,
        icon="check",
        label=_("Người nộp đồng ý với bản dự thảo"),
        citizen=_("Bạn đã đồng ý với bản dự thảo"),
        tone="success",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: đã ghi nhận bạn đồng ý với bản dự thảo"),
            _(
                "Bản dự thảo kết quả “%(procedure)s” đã được đồng ý; hồ sơ được giải quyết tiếp. Hẹn trả kết quả: %(due)s."
            ),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.CHECK_CORRECTED,
        icon="edit",
        label=_("Người nộp đề nghị sửa bản dự thảo"),
        citizen=_("Bạn đã đề nghị sửa bản dự thảo"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: đã ghi nhận đề nghị sửa bản dự thảo"),
            _(
                "%(unit)s đã nhận đề nghị sửa bản dự thảo của hồ sơ “%(procedure)s”: %(text)s Bản đã sửa sẽ được gửi lại bạn."
            ),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.CHECK_SILENT,
        icon="hourglass",
        label=_("Hết hạn kiểm tra bản dự thảo, coi là đồng ý"),
        citizen=_("Hết hạn kiểm tra bản dự thảo, được coi là đồng ý"),
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: hết hạn kiểm tra bản dự thảo"),
            _("Hồ sơ “%(procedure)s” được giải quyết tiếp. %(text)s Hẹn trả kết quả: %(due)s."),
            _("Hồ sơ %(code)s: hết hạn kiểm tra bản dự thảo, được coi là đồng ý và giải quyết tiếp."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.CHECK_TAKEN_BACK,
        icon="return",
        label=_("Rút bản dự thảo đã gửi người nộp kiểm tra"),
        citizen=_("Cơ quan giải quyết rút bản dự thảo đã gửi, bạn chưa cần trả lời"),
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: bản dự thảo được rút lại"),
            _("%(unit)s rút bản dự thảo kết quả “%(procedure)s” đã gửi bạn. Lý do: %(text)s Bạn chưa cần trả lời."),
            _("Hồ sơ %(code)s: bản dự thảo đã gửi được rút lại, bạn chưa cần trả lời."),
        ),
        text_is_public=True,
    )
)

workflow.add(
    workflow.Transition(
        Action.SEND_FOR_CHECK,
        frozenset({State.PROCESSING}),
        State.CHECKING,
        EventCode.SENT_FOR_CHECK,
        frozenset({Role.OFFICER}),
        StepKind.APPRAISE,
    ),
    workflow.Transition(
        Action.TAKE_BACK_CHECK,
        CHECKING,
        State.PROCESSING,
        EventCode.CHECK_TAKEN_BACK,
        frozenset({Role.OFFICER, Role.UNIT_HEAD}),
        StepKind.APPRAISE,
    ),
    workflow.Transition(
        draft_checks.AGREE_SILENTLY,
        CHECKING,
        State.PROCESSING,
        EventCode.CHECK_SILENT,
        frozenset({workflow.SYSTEM}),
    ),
)
for citizens, desks, event in (
    (Action.CONFIRM_CHECK, Action.CONFIRM_CHECK_ON_BEHALF, EventCode.CHECK_CONFIRMED),
    (Action.CORRECT_CHECK, Action.CORRECT_CHECK_ON_BEHALF, EventCode.CHECK_CORRECTED),
):
    workflow.add(
        workflow.Transition(citizens, CHECKING, State.PROCESSING, event, CITIZEN),
        workflow.Transition(desks, CHECKING, State.PROCESSING, event, DESK),
    )

ACTS.add(
    DeskAct(
        code=Action.SEND_FOR_CHECK,
        label=_("Gửi người nộp kiểm tra bản dự thảo"),
        order=38,
        form=AboutDraftForm,
        service=draft_checks.send,
        is_beside_paper=True,
        foretell=_(
            "Người nộp xem đúng bản dự thảo này và có một ngày làm việc để trả lời; trong lúc chờ, hồ sơ tạm dừng tính hạn "
            "và dự thảo không sửa được."
        ),
        done=_("Bản dự thảo của hồ sơ %(code)s đã mở cho người nộp kiểm tra trên cổng; tin báo chờ gửi."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.TAKE_BACK_CHECK,
        label=_("Rút bản dự thảo đã gửi kiểm tra"),
        order=87,
        form=ReasonForm,
        service=draft_checks.take_back,
        foretell=_("Người nộp được báo lý do và không phải trả lời nữa; dự thảo sửa được và gửi lại được."),
        done=_("Đã rút bản dự thảo của hồ sơ %(code)s."),
        is_aside=True,
    )
)
