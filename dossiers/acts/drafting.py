"""Drafts on their way: submitted, given back, signed, dropped. The house's own affair until the act that issues the paper."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import workflow
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import HEADS
from dossiers.enums import Action, EventCode, State
from dossiers.events import EVENTS, Event
from dossiers.forms import drafting as forms
from dossiers.services import paper_drafts
from dossiers.workflow import SENDING_ROLES, UNDECIDED, Moves, Transition
from procedures.enums import StepKind

# While a paper can be on its way. A dossier that waits for its applicant may still have a wish to withdraw to answer.
ON_THE_WAY = frozenset({State.SUBMITTED, State.INTAKE_FIX, *UNDECIDED})
# Where drafts are written; who may write which kind there: dossiers.draft_kinds.
WRITERS = (
    (StepKind.INTAKE, frozenset({Role.RECEPTIONIST, Role.DESK_HEAD})),
    (StepKind.ASSIGN, frozenset({Role.UNIT_HEAD})),
    (StepKind.APPRAISE, frozenset({Role.OFFICER, Role.UNIT_HEAD})),
    (StepKind.REVIEW, frozenset({Role.UNIT_HEAD})),
    (StepKind.SIGN, frozenset({Role.SIGNER})),
    (StepKind.STAMP, frozenset({Role.CLERK})),
    (StepKind.WITHDRAWAL, frozenset(HEADS)),
)

EVENTS.add(Event(code=EventCode.DRAFT_SUBMITTED, icon="send", label=_("Trình ký dự thảo văn bản")))
EVENTS.add(Event(code=EventCode.DRAFT_RETURNED, icon="return", label=_("Trả lại dự thảo văn bản"), tone="warning"))
EVENTS.add(Event(code=EventCode.DRAFT_SIGNED, icon="stamp", label=_("Ký duyệt văn bản, cấp số"), tone="success"))
EVENTS.add(Event(code=EventCode.DRAFT_DROPPED, icon="trash", label=_("Bỏ dự thảo văn bản"), tone="warning"))

for kind, roles in WRITERS:
    workflow.add(
        Transition(Action.SUBMIT_DRAFT, ON_THE_WAY, None, EventCode.DRAFT_SUBMITTED, roles, kind),
        Transition(Action.DROP_DRAFT, ON_THE_WAY, None, EventCode.DRAFT_DROPPED, roles, kind),
    )
workflow.add(
    Transition(
        Action.SIGN_DRAFT,
        ON_THE_WAY,
        None,
        EventCode.DRAFT_SIGNED,
        frozenset(HEADS),
        StepKind.DRAFT_SIGN,
        Moves.CLOSE,
    ),
    Transition(
        Action.RETURN_DRAFT,
        ON_THE_WAY,
        None,
        EventCode.DRAFT_RETURNED,
        frozenset(HEADS),
        StepKind.DRAFT_SIGN,
        Moves.CLOSE,
    ),
    Transition(
        Action.RETURN_DRAFT,
        ON_THE_WAY,
        None,
        EventCode.DRAFT_RETURNED,
        frozenset(SENDING_ROLES),
        StepKind.DRAFT_SEND,
        Moves.CLOSE,
    ),
)

ACTS.add(
    DeskAct(
        code=Action.SUBMIT_DRAFT,
        label=_("Trình ký dự thảo"),
        order=45,
        form=forms.AboutDraftForm,
        service=paper_drafts.submit,
        foretell=_("Dự thảo chuyển đến người ký; từ lúc này không sửa được nữa."),
        done=_("Đã trình ký dự thảo của hồ sơ %(code)s."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.SIGN_DRAFT,
        label=_("Ký duyệt văn bản"),
        order=46,
        form=forms.AboutDraftForm,
        service=paper_drafts.sign,
        foretell=_("Văn bản được cấp số và lập tệp, rồi chuyển đến nơi gửi cho người nộp."),
        is_beside_paper=True,
        done=_("Đã ký duyệt văn bản của hồ sơ %(code)s. Tệp chờ lập."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.RETURN_DRAFT,
        label=_("Trả lại dự thảo"),
        order=91,
        form=forms.DraftReasonForm,
        service=paper_drafts.return_draft,
        foretell=_("Dự thảo quay về người soạn, kèm lý do. Số đã cấp (nếu có) được ghi hủy trong sổ."),
        done=_("Đã trả lại dự thảo của hồ sơ %(code)s."),
        is_aside=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.DROP_DRAFT,
        label=_("Bỏ dự thảo"),
        order=92,
        form=forms.DraftReasonForm,
        service=paper_drafts.drop_draft,
        foretell=_("Dự thảo không được gửi đi nữa. Số đã cấp (nếu có) được ghi hủy trong sổ."),
        done=_("Đã bỏ dự thảo của hồ sơ %(code)s."),
        is_aside=True,
        is_danger=True,
    )
)
