"""Apology and new date (form 04): drafted by the agency that is late, signed by its head, sent by the desk; once for a dossier."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents, drafting, workflow
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import Action, DraftKind, EventCode, PrintedName, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.drafting import ApologyDraftForm, SendDraftForm
from dossiers.papers import (
    PAPERS,
    TT_01_2018,
    TT_03_2025,
    TT_03_2025_FROM,
    Book,
    Edition,
    OutgoingPaper,
    PaperSize,
    Signer,
)
from dossiers.reasons import REASONS, Reason
from dossiers.services import apologies
from dossiers.workflow import SENDING_ROLES, Moves, Transition
from procedures.enums import StepKind

TOLD = Wording(
    _("Hồ sơ %(code)s: xin lỗi và hẹn lại ngày trả kết quả"),
    _(
        "%(unit)s xin lỗi vì không trả kết quả hồ sơ “%(procedure)s” đúng hẹn %(due_before)s. Hẹn lại: %(due)s. "
        "Lý do: %(text)s"
    ),
    _("Hồ sơ %(code)s: cơ quan xin lỗi, hẹn lại %(due)s thay cho %(due_before)s."),
)
EVENTS.add(
    Event(
        code=EventCode.REAPPOINTED,
        icon="calendar",
        label=_("Xin lỗi, hẹn lại ngày trả"),
        citizen=_("Cơ quan xin lỗi và hẹn lại ngày trả kết quả"),
        tone="warning",
        audience=CITIZENS,
        wording=TOLD,
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.REAPPOINTED_LATE,
        icon="calendar",
        label=_("Xin lỗi muộn, hẹn lại ngày trả"),
        citizen=_("Cơ quan xin lỗi (muộn) và hẹn lại ngày trả kết quả"),
        tone="danger",
        audience=CITIZENS,
        wording=TOLD,
        text_is_public=True,
    )
)

workflow.add(
    Transition(
        Action.REAPPOINT,
        frozenset({State.PROCESSING}),
        None,
        EventCode.REAPPOINTED,
        frozenset(SENDING_ROLES),
        StepKind.DRAFT_SEND,
        Moves.CLOSE,
    )
)

PAPERS.add(
    OutgoingPaper(
        code=PrintedName.APOLOGY,
        label=_("Văn bản xin lỗi và hẹn lại ngày trả kết quả"),
        editions=(
            Edition(
                date.min,
                _("PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"),
                "dossiers/print/apology.html",
                PaperSize.A5,
                "04",
                TT_01_2018,
            ),
            Edition(
                TT_03_2025_FROM,
                _("VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT"),
                "dossiers/print/apology.html",
                PaperSize.A5,
                "04",
                TT_03_2025,
            ),
        ),
        context=documents.nothing_more,
        signer=Signer.ACTOR,
        called_by=(EventCode.REAPPOINTED, EventCode.REAPPOINTED_LATE),
        draft_kind=DraftKind.APOLOGY,
        book=Book("apology", "PXL"),
    )
)

DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.APOLOGY,
        label=_("Văn bản xin lỗi và hẹn lại"),
        paper=PrintedName.APOLOGY,
        writers={
            StepKind.ASSIGN: frozenset({Role.UNIT_HEAD}),
            StepKind.APPRAISE: frozenset({Role.OFFICER, Role.UNIT_HEAD}),
            StepKind.REVIEW: frozenset({Role.UNIT_HEAD}),
            StepKind.SIGN: frozenset({Role.SIGNER}),
            StepKind.STAMP: frozenset({Role.CLERK}),
        },
        states=frozenset({State.PROCESSING}),
        acts=(Action.REAPPOINT,),
        form=ApologyDraftForm,
        context=documents.apology_draft,
        check=apologies.check,
        may_begin=apologies.may_begin,
        keeps=apologies.kept,
        advises=drafting.when_to_apologise,
        order=10,
    )
)

ACTS.add(
    DeskAct(
        code=Action.REAPPOINT,
        label=_("Gửi văn bản xin lỗi, hẹn lại ngày trả"),
        order=82,
        form=SendDraftForm,
        service=apologies.reappoint,
        foretell=_(
            "Người nộp nhận văn bản xin lỗi đã ký; hạn trả chuyển sang ngày hẹn lại, hẹn trước vẫn hiện và vẫn tính số liệu. "
            "Mỗi hồ sơ chỉ hẹn lại được một lần."
        ),
        done=_(
            "Đã gửi văn bản xin lỗi và hẹn lại ngày trả hồ sơ %(code)s. Tin báo chờ gửi theo cách liên lạc người nộp để "
            "lại; không để lại gì thì in văn bản để gửi."
        ),
    )
)

LAW = "NĐ 61/2018/NĐ-CP, Điều 19 khoản 9"
for code, label in (
    ("late_workload", _("Nhiều hồ sơ, thiếu người thụ lý")),
    ("late_officer", _("Cán bộ xử lý chậm")),
    ("late_opinion", _("Chờ ý kiến của cơ quan, đơn vị phối hợp")),
    ("late_checking", _("Cần xác minh, kiểm tra thực tế thêm")),
    ("late_law", _("Vướng mắc về quy định, phải xin hướng dẫn")),
    ("late_software", _("Sự cố phần mềm, máy chủ, đường truyền")),
    ("late_other", _("Nguyên nhân khác")),
):
    REASONS.add(Reason(code, label, (Action.REAPPOINT,), LAW))
