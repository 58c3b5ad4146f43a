"""Withdrawal: wished for by the citizen, answered by a drafted paper once the dossier has been received."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import DRAFT_KINDS, HEADS, DraftedPaper
from dossiers.enums import Action, DraftKind, EventCode, PrintedName
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.drafting import AGREES, SendDraftForm, WithdrawalDraftForm
from dossiers.papers import PAPERS, TT_03_2025, TT_03_2025_FROM, Book, Edition, OutgoingPaper, PaperSize, Signer
from dossiers.services import desk
from dossiers.workflow import UNDECIDED
from procedures.enums import StepKind

EVENTS.add(
    Event(
        code=EventCode.WITHDRAWAL_REQUESTED,
        icon="return",
        label=_("Đề nghị rút hồ sơ"),
        citizen=_("Đã gửi đề nghị rút hồ sơ"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Đã nhận đề nghị rút hồ sơ %(code)s"),
            _("%(unit)s đã nhận đề nghị rút hồ sơ “%(procedure)s” và sẽ trả lời bạn."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.WITHDRAWN,
        icon="return",
        label=_("Rút hồ sơ"),
        citizen=_("Hồ sơ đã được rút"),
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s đã được rút"),
            _("Hồ sơ “%(procedure)s” đã được rút theo đề nghị của bạn."),
            _("Hồ sơ %(code)s đã được rút theo đề nghị của bạn."),
        ),
        text_is_public=True,
    )
)

EVENTS.add(
    Event(
        code=EventCode.WITHDRAWAL_DECLINED,
        icon="cross",
        label=_("Không đồng ý cho rút hồ sơ"),
        citizen=_("Cơ quan giải quyết không đồng ý cho rút hồ sơ"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: trả lời đề nghị rút hồ sơ"),
            _("%(unit)s không đồng ý cho rút hồ sơ “%(procedure)s”. Lý do: %(text)s Hồ sơ tiếp tục được giải quyết."),
            _("Hồ sơ %(code)s: không đồng ý cho rút. Lý do ghi trong văn bản trả lời trên cổng."),
        ),
        text_is_public=True,
    )
)

PAPERS.add(
    OutgoingPaper(
        code=PrintedName.WITHDRAWAL_ANSWER,
        label=_("Văn bản trả lời đề nghị rút hồ sơ"),
        editions=(
            Edition(
                date.min,
                _("VĂN BẢN TRẢ LỜI ĐỀ NGHỊ RÚT HỒ SƠ"),
                "dossiers/print/withdrawal_answer.html",
                PaperSize.A4,
            ),
        ),
        context=documents.nothing_more,
        signer=Signer.ACTOR,
        called_by=(EventCode.WITHDRAWN, EventCode.WITHDRAWAL_DECLINED),
        draft_kind=DraftKind.WITHDRAWAL_ANSWER,
        book=Book("outgoing", "TL-UBND"),
    )
)
PAPERS.add(
    OutgoingPaper(
        code=PrintedName.WITHDRAWAL_NOTICE,
        label=_("Thông báo dừng giải quyết hồ sơ"),
        editions=(
            Edition(
                TT_03_2025_FROM,
                _("THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"),
                "dossiers/print/withdrawal_notice.html",
                PaperSize.A5,
                "05",
                TT_03_2025,
            ),
        ),
        context=documents.nothing_more,
        signer=Signer.ACTOR,
        called_by=(EventCode.WITHDRAWN,),
        draft_kind=DraftKind.WITHDRAWAL_ANSWER,
        book=Book("withdrawal_notice", "TBDHS"),
    )
)
# Where the dossier lies, whoever has it there.
WRITERS: dict[str, frozenset[str]] = {
    StepKind.INTAKE: frozenset({Role.RECEPTIONIST, Role.DESK_HEAD}),
    StepKind.ASSIGN: frozenset({Role.UNIT_HEAD}),
    StepKind.APPRAISE: frozenset({Role.OFFICER, Role.UNIT_HEAD}),
    StepKind.REVIEW: frozenset({Role.UNIT_HEAD}),
    StepKind.SIGN: frozenset({Role.SIGNER}),
    StepKind.STAMP: frozenset({Role.CLERK}),
    StepKind.WITHDRAWAL: frozenset(HEADS),
}
DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.WITHDRAWAL_ANSWER,
        label=_("Trả lời đề nghị rút hồ sơ"),
        paper=PrintedName.WITHDRAWAL_ANSWER,
        becomes=documents.of_withdrawal,
        writers=WRITERS,
        states=frozenset(UNDECIDED),
        acts=(Action.WITHDRAW, Action.DECLINE_WITHDRAWAL),
        form=WithdrawalDraftForm,
        context=documents.withdrawal_draft,
        check=desk.check_withdrawal_answer,
        may_begin=lambda dossier: dossier.wants_withdrawal,
        issued_by=lambda draft: Action.WITHDRAW if draft.fields.get("answer") == AGREES else Action.DECLINE_WITHDRAWAL,
    )
)

ACTS.add(
    DeskAct(
        code=Action.WITHDRAW,
        label=_("Gửi văn bản đồng ý cho rút hồ sơ"),
        order=100,
        form=SendDraftForm,
        service=desk.approve_withdrawal,
        foretell=_("Hồ sơ kết thúc theo đề nghị rút của người nộp. Việc này không hoàn lại được."),
        done=_("Đã cho rút hồ sơ %(code)s."),
        is_danger=True,
        fits=lambda dossier: dossier.wants_withdrawal,
    )
)
ACTS.add(
    DeskAct(
        code=Action.DECLINE_WITHDRAWAL,
        label=_("Gửi văn bản không đồng ý cho rút hồ sơ"),
        order=101,
        form=SendDraftForm,
        service=desk.decline_withdrawal,
        foretell=_("Người nộp nhận văn bản trả lời với lý do; hồ sơ tiếp tục được giải quyết."),
        done=_(
            "Đã trả lời đề nghị rút hồ sơ %(code)s. Tin báo chờ gửi theo cách liên lạc người nộp để lại; "
            "không để lại gì thì in văn bản để gửi."
        ),
    )
)
