"""Asking another unit: the question, its answer on paper, the question taken back, silence recorded where it agrees."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents, workflow
from dossiers.consultations import ANSWER_PAPER, ANSWERERS
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import Action, ConsultationAnswer, DraftKind, EventCode, State
from dossiers.events import EVENTS, Event
from dossiers.forms.consultation import AskForm, ConsultationDraftForm
from dossiers.papers import PAPERS, Book, Edition, OutgoingPaper, PaperSize, Signer
from dossiers.reasons import REASONS, Reason
from dossiers.services import consulting
from procedures.enums import StepKind

UNDER_WAY = frozenset({State.PROCESSING})

workflow.add(
    workflow.Transition(
        Action.CONSULT, UNDER_WAY, None, EventCode.CONSULTED, frozenset({Role.OFFICER}), StepKind.APPRAISE
    ),
    workflow.Transition(
        Action.ANSWER_CONSULTATION,
        UNDER_WAY,
        None,
        EventCode.CONSULTATION_ANSWERED,
        ANSWERERS,
        StepKind.CONSULT,
        workflow.Moves.NEXT,
    ),
    # As a draft, where the asked unit has a head who signs.
    workflow.Transition(Action.SUBMIT_DRAFT, UNDER_WAY, None, EventCode.DRAFT_SUBMITTED, ANSWERERS, StepKind.CONSULT),
    # The item that these two close is the one the service names: it lies in another unit than the person does, or nobody acts.
    workflow.Transition(
        Action.END_CONSULTATION,
        UNDER_WAY,
        None,
        EventCode.CONSULTATION_ENDED,
        frozenset({Role.OFFICER, Role.UNIT_HEAD}),
        moves=workflow.Moves.NEXT,
    ),
    workflow.Transition(
        consulting.CLOSE_SILENT,
        UNDER_WAY,
        None,
        EventCode.CONSULTATION_SILENT,
        frozenset({workflow.SYSTEM}),
        moves=workflow.Moves.NEXT,
    ),
)
EVENTS.add(Event(code=EventCode.CONSULTED, icon="users", label=_("Lấy ý kiến đơn vị khác")))
EVENTS.add(
    Event(
        code=EventCode.CONSULTATION_ANSWERED,
        icon="users",
        label=_("Trả lời lấy ý kiến"),
        tone="success",
    )
)
EVENTS.add(Event(code=EventCode.CONSULTATION_ENDED, icon="return", label=_("Rút câu hỏi lấy ý kiến"), tone="warning"))
EVENTS.add(
    Event(
        code=EventCode.CONSULTATION_SILENT,
        icon="hourglass",
        label=_("Hết hạn lấy ý kiến, không trả lời được coi là đồng ý"),
        tone="warning",
    )
)
PAPERS.add(
    OutgoingPaper(
        code=ANSWER_PAPER,
        label=_("Văn bản trả lời lấy ý kiến"),
        editions=(Edition(date.min, _("TRẢ LỜI LẤY Ý KIẾN"), "dossiers/print/consultation_answer.html", PaperSize.A4),),
        context=documents.consultation_answer,
        signer=Signer.ACTOR,
        called_by=(EventCode.CONSULTATION_ANSWERED,),
        draft_kind=DraftKind.CONSULTATION_ANSWER,
        book=Book("opinion", "YK"),
        is_of_writer=True,
        has_qr=False,
        is_inside=True,
    )
)

DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.CONSULTATION_ANSWER,
        label=_("Văn bản trả lời lấy ý kiến"),
        paper=ANSWER_PAPER,
        writers={StepKind.CONSULT: ANSWERERS},
        states=UNDER_WAY,
        acts=(Action.ANSWER_CONSULTATION,),
        form=ConsultationDraftForm,
        context=documents.consultation_draft,
        check=consulting.check_answer,
        signers=consulting.SIGNERS,
        sent_by_writer=True,
    )
)

LAW = "NĐ 61/2018/NĐ-CP, Điều 19 khoản 5"
for reason in (
    Reason(ConsultationAnswer.AGREES, _("Đồng ý"), (Action.ANSWER_CONSULTATION,), LAW),
    Reason(ConsultationAnswer.CONDITIONS, _("Đồng ý với điều kiện"), (Action.ANSWER_CONSULTATION,), LAW),
    Reason(ConsultationAnswer.DISAGREES, _("Không đồng ý"), (Action.ANSWER_CONSULTATION,), LAW),
):
    REASONS.add(reason)

ACTS.add(
    DeskAct(
        code=Action.CONSULT,
        label=_("Lấy ý kiến đơn vị khác"),
        order=85,
        form=AskForm,
        service=consulting.ask,
        foretell=_(
            "Đơn vị được hỏi chỉ thấy câu hỏi và giấy tờ bạn chọn, không thấy phần còn lại của hồ sơ. "
            "Hồ sơ chỉ trình được khi có trả lời hoặc bạn rút câu hỏi; hạn trả kết quả vẫn tính."
        ),
        done=_("Câu hỏi lấy ý kiến về hồ sơ %(code)s đã ở hàng việc của đơn vị được hỏi."),
        is_aside=True,
    )
)
