"""Supplements: asked for once and in full with form 02, drafted, signed by a head, sent by the desk; answered by the citizen."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents, drafting
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import Action, DraftKind, EventCode, PrintedName, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms.drafting import SendDraftForm, SupplementDraftForm
from dossiers.papers import PAPERS, Book, OutgoingPaper, PaperSize, Signer, of_both_circulars
from dossiers.services import desk
from procedures.enums import StepKind

EVENTS.add(
    Event(
        code=EventCode.SUPPLEMENT_REQUESTED,
        icon="alert",
        label=_("Yêu cầu bổ sung, hoàn thiện"),
        citizen=_("Cơ quan giải quyết yêu cầu bổ sung hồ sơ"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s cần bổ sung"),
            _(
                "%(unit)s đề nghị bạn bổ sung hồ sơ “%(procedure)s” trước hết ngày %(answer_by)s: %(text)s "
                "Thời hạn giải quyết tạm dừng đến khi bạn bổ sung."
            ),
            _(
                "Hồ sơ %(code)s cần bổ sung trước hết ngày %(answer_by)s. "
                "Nội dung cần bổ sung có trên cổng và tại Bộ phận Một cửa."
            ),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.SUPPLEMENT_ANSWERED,
        icon="upload",
        label=_("Nộp bổ sung"),
        citizen=_("Đã nộp phần bổ sung"),
        audience=CITIZENS,
        wording=Wording(
            _("Đã nhận phần bổ sung của hồ sơ %(code)s"),
            _("Phần bổ sung của hồ sơ “%(procedure)s” đã được gửi đến %(unit)s. Hẹn trả kết quả: %(due)s."),
        ),
        text_is_public=True,
    )
)

PAPERS.add(
    OutgoingPaper(
        code=PrintedName.SUPPLEMENT_REQUEST,
        label=_("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        editions=of_both_circulars(
            "02", _("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"), "dossiers/print/supplement_request.html", PaperSize.A5
        ),
        context=documents.supplement_request,
        signer=Signer.ACTOR,
        called_by=(EventCode.SUPPLEMENT_REQUESTED,),
        draft_kind=DraftKind.SUPPLEMENT_REQUEST,
        book=Book("guidance", "HDHS"),
    )
)

DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.SUPPLEMENT_REQUEST,
        label=_("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        paper=PrintedName.SUPPLEMENT_REQUEST,
        writers={
            StepKind.INTAKE: frozenset({Role.RECEPTIONIST, Role.DESK_HEAD}),
            StepKind.APPRAISE: frozenset({Role.OFFICER, Role.UNIT_HEAD}),
        },
        states=frozenset({State.SUBMITTED, State.PROCESSING}),
        acts=(Action.REQUEST_SUPPLEMENT,),
        form=SupplementDraftForm,
        context=documents.supplement_draft,
        check=desk.check_supplement,
        advises=drafting.when_to_ask,
    )
)

ACTS.add(
    DeskAct(
        code=Action.REQUEST_SUPPLEMENT,
        label=_("Gửi yêu cầu bổ sung"),
        order=80,
        form=SendDraftForm,
        service=desk.request_supplement,
        foretell=_("Người nộp nhận phiếu yêu cầu bổ sung đã ký; hồ sơ tạm dừng tính hạn cho đến khi bổ sung xong."),
        done=_(
            "Đã ban hành yêu cầu bổ sung của hồ sơ %(code)s. Tin báo chờ gửi theo cách liên lạc người nộp để lại; "
            "không để lại gì thì in phiếu để gửi."
        ),
    )
)
